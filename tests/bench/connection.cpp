// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/connection.h"

#include "shared/wire/limits.h"
#include "tests/bench/report.h"

#include <QJsonDocument>
#include <QNetworkProxy>
#include <QNetworkRequest>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>

namespace belfry::bench {

using namespace Qt::StringLiterals;

Connection::Connection(const QString &url, const QByteArray &token, QObject *parent)
    : QObject(parent)
    , m_socket(new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this))
{
    connect(m_socket, &QWebSocket::textMessageReceived, this, &Connection::onText);
    connect(m_socket, &QWebSocket::disconnected, this,
        [this] { fail(u"the connection ended: %1 %2"_s.arg(m_socket->closeReason(), m_socket->errorString())); });
    QNetworkRequest request(QUrl(url + u"/ws"_s));
    request.setRawHeader("Authorization", "Bearer " + token);
    QWebSocketHandshakeOptions options;
    options.setSubprotocols({QLatin1StringView(wire::clientSubprotocol)});
    m_socket->setProxy(QNetworkProxy::NoProxy);
    m_socket->open(request, options);
}

void Connection::ask(const QString &method, const QString &params, Done done)
{
    m_open.emplace(++m_last, std::move(done));
    m_socket->sendTextMessage(
        uR"({"jsonrpc":"2.0","id":%1,"method":"%2","params":%3})"_s.arg(QString::number(m_last), method, params));
}

void Connection::onText(const QString &text)
{
    const QJsonObject message = QJsonDocument::fromJson(text.toUtf8()).object();
    if (message.contains("error"_L1))
        fail(u"the backend refuses: "_s + message["error"_L1]["message"_L1].toString());
    if (!message.contains("id"_L1)) {
        if (message["method"_L1] == "hello"_L1)
            Q_EMIT ready();
        return;
    }
    const auto found = m_open.find(message["id"_L1].toInteger());
    if (found == m_open.end())
        fail(u"an answer to nothing: "_s + text.left(200));
    const Done done = std::move(found->second);
    m_open.erase(found);
    done(message["result"_L1].toObject());
}

} // namespace belfry::bench
