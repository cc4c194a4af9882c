// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/link/websocketlink.h"

#include "shared/base/clock.h"

#include <QSslSocket>
#include <QWebSocket>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration letGoAfter = 5s;
constexpr qsizetype maxReasonBytes = 123; // RFC 6455 5.5: a control frame holds 125, two are the code
constexpr int brokenCode = 1006;

Duration monotonicNow()
{
    return SystemClock().monotonic();
}

QString cutReason(const QString &reason)
{
    QByteArray bytes = reason.toUtf8();
    if (bytes.size() <= maxReasonBytes)
        return reason;
    qsizetype end = maxReasonBytes;
    while (end > 0 && (uchar(bytes[end]) & 0xc0) == 0x80)
        --end;
    return QString::fromUtf8(bytes.first(end));
}

} // namespace

WebSocketLink::WebSocketLink(QWebSocket *socket, const LinkLimits &limits, const Liveness &liveness, QObject *parent)
    : Link(parent)
    , m_socket(socket)
    , m_limits(limits)
    , m_liveness(liveness)
{
    m_socket->setParent(this);
    limitIncoming(m_socket, limits);
    m_transport = m_socket->findChild<QTcpSocket *>(QString(), Qt::FindDirectChildrenOnly);
    const QHostAddress address = m_socket->peerAddress();
    m_peer = address.protocol() == QAbstractSocket::IPv6Protocol ? u"[%1]:%2"_s : u"%1:%2"_s;
    m_peer = m_peer.arg(address.toString()).arg(m_socket->peerPort());
    m_lastHeard = m_lastLook = m_lastPing = monotonicNow();
    m_letGo.setSingleShot(true);
    m_letGo.setInterval(letGoAfter);
    connectSocket();

    // Four looks in the shortest time that matters keep the error below a quarter of it.
    Duration shortest = m_liveness.silence;
    if (m_liveness.ping > 0ms && (shortest == 0ms || m_liveness.ping < shortest))
        shortest = m_liveness.ping;
    if (shortest > 0ms) {
        m_life.setInterval(std::max(shortest / 4, Duration(1)));
        m_life.start();
    }
}

WebSocketLink::~WebSocketLink() = default;

void WebSocketLink::limitIncoming(QWebSocket *socket, const LinkLimits &limits)
{
    socket->setMaxAllowedIncomingFrameSize(quint64(limits.incomingFrame));
    socket->setMaxAllowedIncomingMessageSize(quint64(limits.incomingMessage));
}

void WebSocketLink::connectSocket()
{
    connect(m_socket, &QWebSocket::textMessageReceived, this, [this](const QString &message) {
        if (m_state == State::Open)
            Q_EMIT textReceived(message);
    });
    connect(m_socket, &QWebSocket::binaryMessageReceived, this, [this](const QByteArray &message) {
        if (m_state == State::Open)
            Q_EMIT binaryReceived(message);
    });
    connect(m_socket, &QWebSocket::bytesWritten, this, &Link::drained);
    connect(m_socket, &QWebSocket::aboutToClose, this, [this] { m_goodbye = true; });
    connect(m_socket, &QWebSocket::disconnected, this, &WebSocketLink::onDisconnected);
    connect(m_socket, &QWebSocket::pong, this, &WebSocketLink::heard);
    connect(m_socket, &QWebSocket::textFrameReceived, this, &WebSocketLink::heard);
    connect(m_socket, &QWebSocket::binaryFrameReceived, this, &WebSocketLink::heard);
    if (m_transport)
        connect(m_transport, &QIODevice::readyRead, this, &WebSocketLink::heard);
    connect(&m_life, &QTimer::timeout, this, &WebSocketLink::checkLife);
    connect(&m_letGo, &QTimer::timeout, this, [this] { m_socket->abort(); });
}

void WebSocketLink::sendText(const QString &message)
{
    if (mayQueue(message.size()))
        m_socket->sendTextMessage(message);
}

void WebSocketLink::sendBinary(const QByteArray &message)
{
    if (mayQueue(message.size()))
        m_socket->sendBinaryMessage(message);
}

bool WebSocketLink::mayQueue(qint64 bytes)
{
    if (m_state != State::Open)
        return false;
    if (bytesWaiting() + bytes <= m_limits.outgoingBacklog)
        return true;
    abort(wire::closeOverload, u"more than %1 bytes wait for this peer"_s.arg(m_limits.outgoingBacklog));
    return false;
}

qint64 WebSocketLink::bytesWaiting() const
{
    // A TLS socket's own count stops at the cipher; what the network has not taken waits behind it.
    const auto *tls = qobject_cast<const QSslSocket *>(m_transport.data());
    return m_socket->bytesToWrite() + (tls ? tls->encryptedBytesToWrite() : 0);
}

void WebSocketLink::close(int code, const QString &reason)
{
    if (m_state != State::Open)
        return;
    m_state = State::Closing;
    m_ownCode = code;
    m_ownReason = cutReason(reason);
    m_letGo.start();
    m_socket->close(QWebSocketProtocol::CloseCode(code), m_ownReason);
}

void WebSocketLink::abort(int code, const QString &reason)
{
    if (m_state == State::Closed)
        return;
    if (m_ownCode == 0) {
        m_ownCode = code;
        m_ownReason = reason;
    }
    m_socket->abort();
    finish(m_ownCode, m_ownReason);
}

void WebSocketLink::heard()
{
    m_lastHeard = monotonicNow();
    // Pongs are sent by Qt unasked: a peer that pings and never reads must not fill our memory.
    if (m_state != State::Closed && bytesWaiting() > m_limits.outgoingBacklog)
        abort(wire::closeOverload, u"more than %1 bytes wait for this peer"_s.arg(m_limits.outgoingBacklog));
}

void WebSocketLink::checkLife()
{
    const Duration now = monotonicNow();
    const Duration interval(m_life.interval());
    // The time in which this process itself stood still is no silence of the peer.
    const Duration gap = now - std::exchange(m_lastLook, now);
    if (gap > 2 * interval + 1s)
        m_lastHeard += gap - interval;
    if (m_liveness.silence > 0ms && now - m_lastHeard >= m_liveness.silence) {
        abort(brokenCode, u"nothing was heard for %1"_s.arg(formatDuration(now - m_lastHeard)));
        return;
    }
    if (m_state == State::Open && m_liveness.ping > 0ms && now - m_lastPing >= m_liveness.ping - interval / 2) {
        m_lastPing = now;
        m_socket->ping();
    }
}

void WebSocketLink::onDisconnected()
{
    if (m_ownCode != 0)
        finish(m_ownCode, m_ownReason);
    else if (m_goodbye)
        finish(m_socket->closeCode(), m_socket->closeReason());
    else
        finish(brokenCode, m_socket->errorString().isEmpty() ? u"the connection broke"_s : m_socket->errorString());
}

void WebSocketLink::finish(int code, const QString &reason)
{
    if (m_state == State::Closed)
        return;
    m_state = State::Closed;
    m_life.stop();
    m_letGo.stop();
    QMetaObject::invokeMethod(
        this, [this, code, reason] { Q_EMIT closed(code, reason); }, Qt::QueuedConnection);
}

} // namespace belfry
