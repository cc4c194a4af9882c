// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/lightagent.h"

#include "shared/base/clock.h"
#include "shared/wire/limits.h"
#include "tests/bench/report.h"

#include <QNetworkProxy>
#include <QNetworkRequest>
#include <QWebSocket>
#include <QWebSocketHandshakeOptions>

namespace belfry::bench {

using namespace Qt::StringLiterals;

LightAgent::LightAgent(QString name, const Settings &settings, std::vector<Order> &orders, QObject *parent)
    : QObject(parent)
    , m_name(std::move(name))
    , m_settings(settings)
    , m_orders(orders)
{ }

void LightAgent::open()
{
    m_socket = new QWebSocket(QString(), QWebSocketProtocol::VersionLatest, this);
    connect(m_socket, &QWebSocket::connected, this, [this] {
        if (!m_settings.bare) {
            sayHello();
            return;
        }
        m_connected = true;
        Q_EMIT connected();
    });
    connect(m_socket, &QWebSocket::binaryMessageReceived, this, &LightAgent::onBinary);
    connect(m_socket, &QWebSocket::disconnected, this, [this] { finish(m_socket->closeReason()); });
    connect(m_socket, qOverload<QAbstractSocket::SocketError>(&QWebSocket::error), this,
        [this] { finish(m_socket->errorString()); });
    QNetworkRequest request(m_settings.url);
    request.setRawHeader("Authorization", "Bearer " + m_settings.token);
    QWebSocketHandshakeOptions options;
    options.setSubprotocols({QLatin1StringView(wire::agentSubprotocol)});
    m_socket->setProxy(QNetworkProxy::NoProxy);
    m_socket->open(request, options);
}

void LightAgent::finish(const QString &why)
{
    if (!m_socket)
        return;
    m_socket->disconnect(this);
    m_socket->deleteLater();
    m_socket = nullptr;
    m_connected = false;
    Q_EMIT lost(why);
}

void LightAgent::sayHello()
{
    wire::AgentHello hello;
    hello.version = QStringLiteral(BELFRY_VERSION);
    hello.name = m_name;
    hello.instance = u"bench-"_s + m_name;
    hello.bootId = u"bench"_s;
    hello.now = SystemClock().now();
    hello.bootTime = SystemClock().monotonic();
    hello.labels = {{u"bench"_s, QString()}, {u"name"_s, m_name}};
    hello.slots = m_settings.slotCount;
    m_socket->sendBinaryMessage(wire::encodeFrame(std::vector<wire::AgentToBackend>{hello}));
}

void LightAgent::ping()
{
    if (m_connected && !m_settings.bare)
        m_socket->sendBinaryMessage(
            wire::encodeFrame(std::vector<wire::AgentToBackend>{wire::AgentPing{SystemClock().now()}}));
}

void LightAgent::onBinary(const QByteArray &bytes)
{
    const qint64 at = realtimeNs();
    const auto frame = wire::decodeBackendFrame(bytes);
    if (!frame)
        fail(frame.error().message);
    std::vector<wire::AgentToBackend> answers;
    for (const wire::BackendToAgent &message : frame->messages) {
        if (std::holds_alternative<wire::AgentWelcome>(message)) {
            m_connected = true;
            Q_EMIT connected();
        } else if (const auto *refused = std::get_if<wire::AgentRefused>(&message)) {
            fail(u"agent %1 is refused: %2"_s.arg(m_name, refused->reason));
        } else if (const auto *start = std::get_if<wire::StartAttempt>(&message)) {
            const auto occasion = start->env.find(u"BELFRY_OCCASION"_s);
            m_orders.push_back({start->run, occasion == start->env.end() ? QString() : occasion->second, at});
            if (!m_settings.starts)
                continue;
            const Instant now(at / 1'000'000);
            answers.push_back(wire::AttemptStarted{start->run, start->attempt, start->epoch, 1, now});
            if (!m_settings.ends)
                continue;
            wire::AttemptResult result;
            result.exitCode = 0;
            result.startedAt = result.endedAt = now;
            answers.push_back(wire::AttemptEnded{start->run, start->attempt, start->epoch, result});
        }
    }
    // Frames have a limit; a real agent keeps to it in the same way.
    constexpr std::size_t most = 2000;
    for (std::size_t from = 0; from < answers.size(); from += most)
        m_socket->sendBinaryMessage(wire::encodeFrame(std::vector<wire::AgentToBackend>(
            answers.begin() + qptrdiff(from), answers.begin() + qptrdiff(std::min(from + most, answers.size())))));
}

} // namespace belfry::bench
