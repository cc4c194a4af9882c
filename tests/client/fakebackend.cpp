// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/client/fakebackend.h"

#include <QJsonArray>
#include <QNetworkRequest>
#include <QWebSocketProtocol>

namespace belfry {

using namespace Qt::StringLiterals;

FakeBackend::FakeBackend()
    : m_server(u"fake"_s, QWebSocketServer::NonSecureMode)
{
    m_server.setSupportedSubprotocols({u"belfry.v1"_s});
    connect(&m_server, &QWebSocketServer::newConnection, this, [this] {
        m_socket = m_server.nextPendingConnection();
        requests.clear();
        ++connections;
        authorization = m_socket->request().rawHeader("Authorization");
        connect(m_socket, &QWebSocket::textMessageReceived, this, &FakeBackend::onText);
        connect(m_socket, &QWebSocket::disconnected, m_socket, &QObject::deleteLater);
        if (greets)
            notify(u"hello"_s, hello);
    });
    listen();
}

bool FakeBackend::listen()
{
    const bool good = m_server.listen(QHostAddress::LocalHost, m_port);
    m_port = m_server.serverPort();
    return good;
}

QUrl FakeBackend::url() const
{
    return QUrl(u"ws://127.0.0.1:%1"_s.arg(m_port));
}

void FakeBackend::onText(const QString &text)
{
    const auto message = rpc::parse(text);
    if (!message)
        qFatal("the client sent what is no message: %s", qPrintable(text));
    if (!ignored.contains(message->method)) {
        requests.push_back(*message);
        return;
    }
    if (message->method == "log.credit"_L1)
        credit += message->params[u"bytes"].toInteger();
    answer(message->id, wire::Nothing());
}

rpc::Message FakeBackend::take()
{
    if (requests.empty())
        qFatal("there is no request");
    rpc::Message message = std::move(requests.front());
    requests.pop_front();
    return message;
}

void FakeBackend::refuse(const QJsonValue &id, const Error &error, const QJsonArray &problems)
{
    rpc::RpcError rpcError = rpc::toRpcError(error);
    if (!problems.isEmpty())
        rpcError.data.insert(u"problems"_s, problems);
    sendText(rpc::failure(id, rpcError));
}

void FakeBackend::sendLog(int watch, RunId run, qint64 offset, const QByteArray &bytes)
{
    const wire::LogPiece piece{watch, run, 1, offset, {{offset, int(bytes.size()), 1, Instant(1)}}, bytes};
    sendBytes(toCbor(piece, Keys::Names).toCbor());
}

void FakeBackend::cut()
{
    QWebSocket *socket = m_socket;
    m_socket = nullptr;
    requests.clear();
    socket->abort();
    socket->deleteLater();
}

void FakeBackend::close(int code, const QString &reason)
{
    m_socket->close(QWebSocketProtocol::CloseCode(code), reason);
    m_socket = nullptr;
    requests.clear();
}

} // namespace belfry
