// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/session.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration statusEvery = 10s;
constexpr Duration statusSoon = 500ms; // the backend counts anew a little after a change

} // namespace

Session::Session(const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
{
    m_tick.setInterval(1s);
    m_statusDue.setInterval(statusEvery);
    connect(&m_tick, &QTimer::timeout, this, &Session::tick);
    connect(&m_statusDue, &QTimer::timeout, this, &Session::askStatus);
    m_statusSoon.setSingleShot(true);
    m_statusSoon.setInterval(statusSoon);
    connect(&m_statusSoon, &QTimer::timeout, this, [this] {
        if (isReady())
            askStatus();
    });
    m_tick.start();
}

Session::~Session() = default;

void Session::open(const Address &address)
{
    m_address = address;
    m_statusDue.stop();
    m_staleSince.reset();
    m_hasSkew = false;
    m_status = {};
    m_phase = Phase::Connecting;
    if (m_client) {
        m_client->disconnect(this);
        m_client.release()->deleteLater(); // this may be called from one of its signals
    }
    m_client = std::make_unique<Client>(address, Client::Options{.firstConnection = std::nullopt});
    connect(m_client.get(), &Client::stateChanged, this, &Session::onState);
    Q_EMIT clientChanged();
    Q_EMIT phaseChanged();
    m_client->start();
}

void Session::retryNow()
{
    if (m_phase == Phase::Refused)
        open(Address(m_address)); // the token file may hold another one now
    else if (m_client)
        m_client->retryNow();
}

void Session::onState()
{
    switch (m_client->state()) {
    case Client::State::Connecting:
        m_phase = Phase::Connecting;
        break;
    case Client::State::Ready:
        m_phase = Phase::Ready;
        m_staleSince.reset();
        askStatus();
        m_statusDue.start();
        break;
    case Client::State::Reconnecting:
        m_phase = Phase::Lost;
        m_staleSince = m_clock.now();
        m_statusDue.stop();
        break;
    case Client::State::Failed:
        m_phase = Phase::Refused;
        if (!m_staleSince && !m_status.version.isEmpty())
            m_staleSince = m_clock.now();
        m_statusDue.stop();
        break;
    }
    Q_EMIT phaseChanged();
}

void Session::refreshStatus()
{
    if (!m_statusSoon.isActive())
        m_statusSoon.start();
}

void Session::askStatus()
{
    const Duration sent = m_clock.monotonic();
    m_client->ask(
        wire::ServerStatus{}, this, [this, sent, client = m_client.get()](const Answer<wire::StatusReply> &answer) {
            if (!answer || client != m_client.get())
                return; // the connection broke, which has its own signal
            m_status = *answer;
            m_latency = m_clock.monotonic() - sent;
            m_skew = m_status.now + m_latency / 2 - m_clock.now();
            m_hasSkew = true;
            Q_EMIT statusChanged();
        });
}

QString Session::trouble() const
{
    return m_client ? m_client->trouble().message : tr("No backend has been chosen.");
}

std::optional<Duration> Session::retryIn() const
{
    return m_client ? m_client->retryIn() : std::nullopt;
}

QString Session::whyNot(Role needed) const
{
    if (!isReady())
        return tr("There is no connection to the backend.");
    const QString role = m_client->server().role;
    if (!includes(enumOf<Role>(role).value_or(Role::Viewer), needed))
        return tr(
            "This needs the role %1; the token in use is a %2's. An admin makes others with `belfry token create`.")
            .arg(nameOf(needed), role);
    return {};
}

} // namespace belfry
