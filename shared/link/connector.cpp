// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/link/connector.h"

#include <QHostAddress>
#include <QNetworkProxy>
#include <QNetworkRequest>
#include <QRegularExpression>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

bool isLoopback(const QString &host)
{
    return host == u"localhost" || host.endsWith(u".localhost") || QHostAddress(host).isLoopback();
}

// Qt tells the status of a refused upgrade only in words.
int refusedStatus(const QString &errorString)
{
    static const QRegularExpression pattern(u"status code: ([0-9]{3})"_s);
    return pattern.match(errorString).capturedView(1).toInt();
}

// Qt 6.4 knows no codes from 1012 to 2999: it takes such a close for a breach of the protocol and forgets what it said.
// A backend sends only one of them.
int trueCode(int code, const QString &reason)
{
    const bool unknownToQt
        = code == QWebSocketProtocol::CloseCodeProtocolError && reason.startsWith(u"Invalid close code");
    return unknownToQt ? wire::closeOverload : code;
}

Error connectError(const QUrl &url, const QString &errorString)
{
    const QString place = url.toString(QUrl::RemovePath);
    switch (refusedStatus(errorString)) {
    case 401:
        return {ErrorKind::Denied, u"%1 refused the token"_s.arg(place)};
    case 403:
        return {ErrorKind::Denied, u"%1 does not let this token in here: its role is another"_s.arg(place)};
    case 404:
        return {ErrorKind::Invalid, u"%1 is no Belfry backend: it has no %2"_s.arg(place, url.path())};
    default:
        return {ErrorKind::Unavailable, u"%1: %2"_s.arg(place, errorString)};
    }
}

} // namespace

Result<QUrl> backendUrl(const QString &text, bool insecure)
{
    QUrl url(text.trimmed(), QUrl::StrictMode);
    const auto bad = [&](const QString &why) {
        return fail(ErrorKind::Invalid, u"'%1' is no backend's address: %2"_s.arg(text.left(128), why));
    };
    if (!url.isValid() || url.host().isEmpty() || (url.scheme() != u"ws" && url.scheme() != u"wss"))
        return bad(u"write it like ws://127.0.0.1:7410 or wss://belfry.example:7410"_s);
    if (!url.userInfo().isEmpty())
        return bad(u"a token or password does not belong into it"_s);
    if (url.scheme() == u"ws" && !isLoopback(url.host()) && !insecure)
        return bad(
            u"ws:// would send the token in clear over the network; use wss://, or allow it with `insecure: true`"_s);
    if (url.port() < 0)
        url.setPort(wire::defaultPort);
    url.setPath({});
    url.setQuery(QString());
    url.setFragment({});
    return url;
}

Connector::Connector(ConnectorSettings settings, Random &random, const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_settings(std::move(settings))
    , m_random(random)
    , m_clock(clock)
{
    m_retry.setSingleShot(true);
    m_deadline.setSingleShot(true);
    connect(&m_retry, &QTimer::timeout, this, &Connector::tryNow);
    connect(&m_deadline, &QTimer::timeout, this, [this] {
        giveUp({ErrorKind::Unavailable,
            u"%1 did not answer in %2"_s.arg(m_settings.url.toString(), formatDuration(m_settings.connectTimeout))});
    });
}

Connector::~Connector()
{
    dropSocket();
}

void Connector::start()
{
    if (m_running)
        return;
    m_running = true;
    m_retry.start(0);
}

void Connector::stop()
{
    m_running = false;
    m_retry.stop();
    m_deadline.stop();
    dropSocket();
    if (m_link)
        m_link->close(1000, u"done"_s);
}

void Connector::retryNow()
{
    if (m_running && !m_socket && !m_link)
        m_retry.start(0);
}

void Connector::tryNow()
{
    if (!m_running || m_socket || m_link)
        return;
    const Result<QByteArray> token = m_settings.token ? m_settings.token() : QByteArray();
    if (!token) {
        giveUp(token.error());
        return;
    }
    QUrl url = m_settings.url;
    url.setPath(m_settings.path);
    QNetworkRequest request(url);
    if (!token->isEmpty())
        request.setRawHeader("Authorization", "Bearer " + *token);
    QWebSocketHandshakeOptions options;
    options.setSubprotocols({m_settings.subprotocol});

    m_socket = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this);
    WebSocketLink::limitIncoming(m_socket, m_settings.limits);
    m_socket->setProxy(QNetworkProxy::NoProxy); // a web proxy of the environment is not meant for the backend
    m_socket->setSslConfiguration(m_settings.tls);
    connect(m_socket, &QWebSocket::connected, this, &Connector::onConnected);
    // A refused connection says so first, and only then that it is an error.
    connect(m_socket, &QWebSocket::disconnected, this, [this] {
        const bool isKnown = m_socket->error() != QAbstractSocket::UnknownSocketError;
        giveUp(connectError(m_socket->requestUrl(),
            isKnown ? m_socket->errorString() : u"the connection was closed before it was made"_s));
    });
    connect(m_socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this,
        [this] { giveUp(connectError(m_socket->requestUrl(), m_socket->errorString())); });
    m_deadline.start(m_settings.connectTimeout);
    m_socket->open(request, options);
}

void Connector::onConnected()
{
    if (m_socket->subprotocol() != m_settings.subprotocol) {
        giveUp({ErrorKind::Invalid, u"%1 does not speak %2"_s.arg(m_settings.url.toString(), m_settings.subprotocol)});
        return;
    }
    m_deadline.stop();
    QWebSocket *socket = std::exchange(m_socket, nullptr);
    socket->disconnect(this);
    m_link = new WebSocketLink(socket, m_settings.limits, m_settings.liveness, this);
    m_connectedAt = m_clock.monotonic();
    connect(m_link, &Link::closed, this, &Connector::onLinkClosed);
    Q_EMIT connected(m_link);
}

void Connector::onLinkClosed(int code, const QString &reason)
{
    std::exchange(m_link, nullptr)->deleteLater();
    // A connection that is dropped at once is no better than one that was refused.
    if (m_clock.monotonic() - m_connectedAt >= wire::lastRetry)
        m_backoff.reset();
    if (const auto asked = retryAfterOf(reason))
        m_floor = std::max(m_floor, *asked);
    Q_EMIT disconnected(trueCode(code, reason), reason, scheduleRetry());
}

void Connector::giveUp(const Error &error)
{
    m_deadline.stop();
    dropSocket();
    Q_EMIT failed(error, scheduleRetry());
}

Duration Connector::scheduleRetry()
{
    if (!m_running)
        return Duration(0);
    const Duration wait = std::max(m_backoff.next(m_random), std::exchange(m_floor, Duration(0)));
    m_retry.start(wait);
    return wait;
}

// Not at once: this may run inside one of the socket's own signals.
void Connector::dropSocket()
{
    if (!m_socket)
        return;
    QWebSocket *socket = std::exchange(m_socket, nullptr);
    socket->disconnect(this);
    socket->abort();
    socket->deleteLater();
}

} // namespace belfry
