// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/client.h"
#include "shared/base/clock.h"
#include "shared/model/role.h"

#include <QTimer>

namespace belfry {

// The console's connection to one backend: its state in words, how old what is shown is, how far the clocks are apart,
// and what the token may do. Watching objects follow clientChanged(): another address has another Client.
class Session final : public QObject
{
    Q_OBJECT

public:
    enum class Phase {
        Connecting, // never connected so far
        Ready,
        Lost, // was connected, tries again
        Refused, // for good: the token, or another protocol
    };
    Q_ENUM(Phase)

    explicit Session(const Clock &clock, QObject *parent = nullptr);
    ~Session() override;

    // Ends the present connection and makes one to this backend.
    void open(const Address &address);
    void retryNow();

    Client *client() const { return m_client.get(); }
    const Address &address() const { return m_address; }
    Phase phase() const { return m_phase; }
    bool isReady() const { return m_phase == Phase::Ready; }
    // Why it is not ready.
    QString trouble() const;
    std::optional<Duration> retryIn() const;
    // Since when what is shown may be out of date; nullopt while connected and before the first connection.
    std::optional<Instant> staleSince() const { return m_staleSince; }

    const wire::StatusReply &status() const { return m_status; }
    // Asks for it again, soon: calls in a row are one.
    void refreshStatus();
    Duration latency() const { return m_latency; }
    // The backend's clock minus ours.
    Duration skew() const { return m_skew; }
    bool hasSkew() const { return m_hasSkew; }

    // Why a request that needs this role cannot be made now; empty when it can. The backend decides; this is for
    // telling beforehand. A role that this version does not know counts as viewer.
    QString whyNot(Role needed) const;

Q_SIGNALS:
    // There is another client(): watches of the old one are dead.
    void clientChanged();
    void phaseChanged();
    void statusChanged();
    // Each second, for what shows ages and durations.
    void tick();

private:
    void onState();
    void askStatus();

    const Clock &m_clock;
    Address m_address;
    std::unique_ptr<Client> m_client;
    Phase m_phase = Phase::Connecting;
    std::optional<Instant> m_staleSince;
    wire::StatusReply m_status;
    Duration m_latency{0};
    Duration m_skew{0};
    bool m_hasSkew = false;
    QTimer m_tick;
    QTimer m_statusDue;
    QTimer m_statusSoon;
};

} // namespace belfry
