// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/listener.h"

#include "backend/server/httpconnection.h"

#include <QLoggingCategory>
#include <QSslSocket>
#include <QWebSocket>

#include <sys/socket.h>
#include <unistd.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(logListener, "belfry.listener")

constexpr Duration resumeAfter = 1s;
constexpr Duration noticeEvery = 10s;

QString sourceOf(qintptr descriptor)
{
    sockaddr_storage address{};
    socklen_t length = sizeof address;
    if (::getpeername(int(descriptor), reinterpret_cast<sockaddr *>(&address), &length) != 0)
        return {};
    return QHostAddress(reinterpret_cast<const sockaddr *>(&address)).toString();
}

// Costs nothing but the system call: what a flood must not make us do is make objects.
void turnAway(qintptr descriptor, bool inClear)
{
    static const QByteArray text = [] {
        HttpResponse response{.status = 503, .body = "Too many connections; come back later.\n"};
        response.headers.emplace_back("Retry-After", "5");
        return response.toBytes(false);
    }();
    if (inClear) [[maybe_unused]]
        const auto sent
            = ::send(int(descriptor), text.constData(), std::size_t(text.size()), MSG_DONTWAIT | MSG_NOSIGNAL);
    ::close(int(descriptor));
}

} // namespace

Listener::Listener(Access &access, ListenSettings settings, PlainAnswer answer, QObject *parent)
    : QTcpServer(parent)
    , m_access(access)
    , m_settings(std::move(settings))
    , m_answer(std::move(answer))
    , m_gate(access, gateSettings())
    , m_webSockets(u"belfry"_s, QWebSocketServer::NonSecureMode)
{
    m_webSockets.setSupportedSubprotocols(
        {QLatin1StringView(wire::clientSubprotocol), QLatin1StringView(wire::agentSubprotocol)});
    m_webSockets.setMaxPendingConnections(m_settings.maxPending);
    m_webSockets.setHandshakeTimeout(m_settings.headTimeout);
    connect(&m_webSockets, &QWebSocketServer::newConnection, this, &Listener::onUpgraded);
    connect(this, &QTcpServer::acceptError, this, &Listener::onAcceptError);
    m_resume.setSingleShot(true);
    m_resume.setInterval(resumeAfter);
    connect(&m_resume, &QTimer::timeout, this, &QTcpServer::resumeAccepting);
    m_notice.setSingleShot(true);
    m_notice.setInterval(noticeEvery);
    connect(&m_notice, &QTimer::timeout, this, [this] {
        qCWarning(logListener, "turned away %lld connections: too many at once", std::exchange(m_refused, 0));
    });
}

Listener::~Listener() = default;

GateSettings Listener::gateSettings() const
{
    GateSettings gate = m_settings.gate;
    if (!m_settings.address.isLoopback() && !m_settings.address.isNull())
        gate.hosts.append(m_settings.address.toString());
    return gate;
}

void Listener::reload(const GateSettings &gate, const std::optional<QSslConfiguration> &tls)
{
    m_settings.gate = gate;
    m_settings.tls = tls;
    m_gate.reload(gateSettings());
}

Status Listener::start()
{
    const bool network = !m_settings.descriptor && !m_settings.address.isLoopback();
    if (network && !m_settings.tls && !m_settings.allowInsecureNetwork)
        return fail(ErrorKind::Invalid,
            u"%1 can be reached from the network, and without TLS tokens would travel in clear: configure `tls`, "
            u"listen on "
            u"127.0.0.1, or set `allow_insecure_network: true`"_s.arg(m_settings.address.toString()));
    setListenBacklogSize(1024);
    const bool listening = m_settings.descriptor ? setSocketDescriptor(*m_settings.descriptor)
                                                 : listen(m_settings.address, m_settings.port);
    if (!listening)
        return fail(ErrorKind::Unavailable,
            u"cannot listen on %1:%2: %3"_s.arg(m_settings.address.toString()).arg(m_settings.port).arg(errorString()));
    return {};
}

void Listener::stop()
{
    m_resume.stop();
    close();
}

void Listener::onAcceptError(QAbstractSocket::SocketError error)
{
    // Qt has paused accepting, so that this does not spin while file descriptors are short.
    qCWarning(logListener, "cannot accept connections: %s (%d); trying again in 1 s", qUtf8Printable(errorString()),
        int(error));
    m_resume.start();
}

bool Listener::mayTake(const QString &source) const
{
    if (m_pending >= m_settings.maxPending || m_connections >= m_settings.maxConnections)
        return false;
    const auto found = m_bySource.find(source);
    return found == m_bySource.end() || found->second < m_settings.maxPerSource;
}

void Listener::incomingConnection(qintptr descriptor)
{
    const QString source = sourceOf(descriptor);
    if (!mayTake(source)) {
        ++m_refused;
        if (!m_notice.isActive())
            m_notice.start();
        turnAway(descriptor, !m_settings.tls);
        return;
    }
    auto *tls = m_settings.tls ? new QSslSocket : nullptr;
    QTcpSocket *socket = tls ? tls : new QTcpSocket;
    if (!socket->setSocketDescriptor(descriptor)) {
        delete socket;
        ::close(int(descriptor));
        return;
    }
    socket->setSocketOption(QAbstractSocket::LowDelayOption, 1);
    ++m_pending;
    ++m_connections;
    ++m_bySource[source];
    connect(socket, &QObject::destroyed, this, [this] { --m_connections; });
    new HttpConnection(socket, source, this);
    if (tls) {
        tls->setSslConfiguration(*m_settings.tls);
        tls->startServerEncryption();
    }
}

void Listener::left(const QString &source)
{
    --m_pending;
    const auto found = m_bySource.find(source);
    if (found != m_bySource.end() && --found->second == 0)
        m_bySource.erase(found);
}

Admission Listener::admit(const HttpRequest &request, const QHostAddress &source, Duration &delay)
{
    const Admission admission = m_gate.admit(request);
    if (admission.badToken) {
        delay = m_access.noteFailure(source);
        qCInfo(logListener, "a token that is not valid came from %s", qUtf8Printable(source.toString()));
    }
    return admission;
}

void Listener::upgrade(QTcpSocket *socket, const Admission &admission)
{
    socket->setParent(this);
    // Exactly the head: nothing more is taken from the network before the handshake is done, so that its end cannot be
    // mistaken. The limit is lifted in onUpgraded.
    socket->setReadBufferSize(socket->bytesAvailable());
    const auto key = std::pair(socket->peerAddress().toString(), socket->peerPort());
    m_upgrades.insert_or_assign(key, Upgrade{admission.kind, admission.identity, socket});
    connect(socket, &QTcpSocket::disconnected, this, [this, key] { m_upgrades.erase(key); });
    connect(socket, &QTcpSocket::disconnected, socket, &QObject::deleteLater);
    m_webSockets.handleConnection(socket);
}

void Listener::onUpgraded()
{
    while (QWebSocket *socket = m_webSockets.nextPendingConnection()) {
        const auto found = m_upgrades.find({socket->peerAddress().toString(), socket->peerPort()});
        if (found == m_upgrades.end() || !found->second.transport) {
            socket->abort();
            socket->deleteLater();
            continue;
        }
        const Upgrade upgrade = found->second;
        QTcpSocket *const transport = upgrade.transport;
        m_upgrades.erase(found);
        transport->setParent(socket); // Qt leaves it to itself; WebSocketLink looks for it there
        transport->disconnect(this);
        disconnect(
            transport, &QTcpSocket::disconnected, transport, &QObject::deleteLater); // its QWebSocket owns it now
        connect(transport, &QObject::destroyed, this, [this] { --m_connections; });
        transport->setReadBufferSize(0);
        if (upgrade.kind == Admission::Kind::Clients)
            Q_EMIT clientUpgraded(socket, upgrade.identity);
        else
            Q_EMIT agentUpgraded(socket, upgrade.identity);
    }
}

} // namespace belfry
