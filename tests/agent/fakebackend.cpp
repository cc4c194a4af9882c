// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/agent/fakebackend.h"

#include "shared/wire/frame.h"

#include <QTcpSocket>
#include <QWebSocket>

namespace belfry {

using namespace Qt::StringLiterals;

FakeBackend::FakeBackend()
    : m_upgrader(u"fake"_s, QWebSocketServer::NonSecureMode)
{
    m_upgrader.setSupportedSubprotocols({QLatin1StringView(wire::agentSubprotocol)});
    connect(&m_upgrader, &QWebSocketServer::newConnection, this, [this] {
        m_link = new WebSocketLink(m_upgrader.nextPendingConnection(), {}, {}, this);
        m_logBytes = 0;
        connect(m_link, &Link::binaryReceived, this, &FakeBackend::receive);
    });
    connect(&m_listener, &QTcpServer::newConnection, this, [this] {
        QTcpSocket *socket = m_listener.nextPendingConnection();
        connect(socket, &QTcpSocket::readyRead, this, [this, socket] { admit(socket); });
    });
    if (!m_listener.listen(QHostAddress::LocalHost))
        qFatal("no loopback port");
}

QString FakeBackend::url() const
{
    return u"ws://127.0.0.1:%1"_s.arg(m_listener.serverPort());
}

void FakeBackend::admit(QTcpSocket *socket)
{
    const QByteArray head = socket->peek(16 << 10);
    if (!head.contains("\r\n\r\n"))
        return;
    socket->disconnect(this);
    if (head.contains("Authorization: Bearer " + token + "\r\n") && head.startsWith("GET /agent ")) {
        m_socket = socket;
        m_upgrader.handleConnection(socket);
        Q_EMIT socket->readyRead();
        return;
    }
    ++refused;
    socket->write("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
    socket->disconnectFromHost();
}

void FakeBackend::order(wire::StartAttempt order)
{
    m_held[{order.run, order.attempt}].epoch = order.epoch;
    order.bootId = hellos.back().bootId;
    send({std::move(order)});
}

void FakeBackend::send(std::vector<wire::BackendToAgent> messages)
{
    sendRaw(wire::encodeFrame(messages));
}

void FakeBackend::sendRaw(const QByteArray &bytes)
{
    if (m_link)
        m_link->sendBinary(bytes);
}

void FakeBackend::cut()
{
    if (!m_link)
        return;
    ++cuts;
    m_link->disconnect(this);
    m_link->abort(1001, u"cut"_s);
    m_link->deleteLater();
    m_link = nullptr;
}

void FakeBackend::close(int code, const QString &reason)
{
    m_link->close(code, reason);
}

void FakeBackend::stall()
{
    m_link->disconnect(this);
    disconnect(m_socket, &QTcpSocket::readyRead, nullptr, nullptr);
    m_socket->setReadBufferSize(1);
}

void FakeBackend::receive(const QByteArray &bytes)
{
    const auto frame = wire::decodeAgentFrame(bytes);
    if (!frame)
        qFatal("the agent sent a bad frame: %s", qPrintable(frame.error().message));
    for (const wire::AgentToBackend &message : frame->messages) {
        if (!m_link)
            return; // cut in the middle of the frame
        std::visit([this](const auto &each) { on(each); }, message);
    }
}

void FakeBackend::on(const wire::AgentHello &message)
{
    hellos.push_back(message);
    if (!welcomes)
        return;
    wire::AgentWelcome welcome{.epoch = 1};
    for (const wire::AttemptReport &report : message.attempts) {
        const auto found = m_held.find({report.run, report.attempt});
        const bool known = found != m_held.end() && found->second.epoch == report.epoch;
        welcome.attempts.push_back({report.run, report.attempt, known, known && found->second.committed,
            known ? qint64(found->second.log.size()) : 0});
    }
    send({std::move(welcome)});
}

void FakeBackend::on(const wire::AttemptStarted &message)
{
    ++m_held[{message.run, message.attempt}].starts;
}

void FakeBackend::on(const wire::AttemptEnded &message)
{
    Held &held = m_held[{message.run, message.attempt}];
    ++held.ends;
    held.result = message.result;
    if (!commits)
        return;
    held.committed = true;
    send({wire::ResultCommitted{message.run, message.attempt}});
}

void FakeBackend::on(const wire::LogChunk &message)
{
    Held &held = m_held[{message.run, message.attempt}];
    if (message.offset > held.log.size())
        ++held.holes;
    const qint64 fresh = message.offset + message.bytes.size() - held.log.size();
    if (fresh > 0)
        held.log += message.bytes.last(qsizetype(std::min<qint64>(fresh, message.bytes.size())));
    held.index.insert(held.index.end(), message.index.begin(), message.index.end());
    m_logBytes += message.bytes.size();
    if (cutAfter > 0 && m_logBytes > cutAfter)
        cut();
    else if (acknowledges)
        send({wire::LogAck{message.run, message.attempt, held.log.size(), held.log.size()}});
}

void FakeBackend::on(const wire::AgentPing &message)
{
    ++pings;
    send({wire::BackendPing{message.now}});
}

void FakeBackend::on(const wire::AgentDraining &message)
{
    drainings += message.reason;
}

void FakeBackend::on(const wire::LogMissing &message)
{
    Held &held = m_held[{message.run, message.attempt}];
    if (message.offset > held.log.size())
        ++held.holes;
    if (message.until > held.log.size())
        held.log.append(message.until - held.log.size(), '\0');
    send({wire::LogAck{message.run, message.attempt, held.log.size(), held.log.size()}});
}

} // namespace belfry
