// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/api.h"
#include "shared/wire/rpc.h"

#include <QPointer>
#include <QWebSocket>
#include <QWebSocketServer>

#include <deque>

namespace belfry {

// The other end of a Client's connection on loopback: greets, collects requests, and says what a test tells it to.
class FakeBackend : public QObject
{
    Q_OBJECT

public:
    FakeBackend();

    QUrl url() const;
    bool isListening() const { return m_server.isListening(); }
    // Nobody can connect until listen() is called again, on the same port.
    void stopListening() { m_server.close(); }
    bool listen();

    // Of the present connection: requests that have come and were not taken yet.
    std::deque<rpc::Message> requests;
    // Requests that came without being asked for, and are not worth a test's look.
    QStringList ignored = {QStringLiteral("log.credit"), QStringLiteral("watch.close")};
    int connections = 0;
    qint64 credit = 0; // given by log.credit
    QByteArray authorization; // of the newest connection
    wire::ServerHello hello{.version = QStringLiteral("9.9"), .protocol = 1, .epoch = 1};
    bool greets = true;

    bool hasClient() const { return m_socket; }
    // The oldest request; it has to be there.
    rpc::Message take();
    template <class Request> Request take(QJsonValue *id = nullptr)
    {
        const rpc::Message message = take();
        if (message.method != QLatin1StringView(Request::method))
            qFatal("expected %s, got %s", Request::method, qPrintable(message.method));
        if (id)
            *id = message.id;
        return *fromJson<Request>(message.params);
    }
    template <class Reply> void answer(const QJsonValue &id, const Reply &reply)
    {
        sendText(rpc::response(id, toJson(reply)));
    }
    void refuse(const QJsonValue &id, const Error &error, const QJsonArray &problems = {});
    template <class Note> void notify(const QString &method, const Note &note)
    {
        sendText(rpc::notification(method, toJson(note)));
    }
    void sendText(const QString &text) { m_socket->sendTextMessage(text); }
    void sendBytes(const QByteArray &bytes) { m_socket->sendBinaryMessage(bytes); }
    // A piece of log with one index entry.
    void sendLog(int watch, RunId run, qint64 offset, const QByteArray &bytes);
    // As a killed process does: no goodbye.
    void cut();
    void close(int code, const QString &reason);

private:
    void onText(const QString &text);

    QWebSocketServer m_server;
    QPointer<QWebSocket> m_socket;
    quint16 m_port = 0;
};

} // namespace belfry
