// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/engine/effects.h"
#include "agent/engine/events.h"
#include "agent/engine/logflow.h"

#include <deque>

namespace belfry::agentengine {

// How often it pings while an attempt with a lease lives: each ping renews the lease.
constexpr Duration leasePing = 5s;

// The agent's decisions: what is started, adopted, cancelled, told, resent and forgotten. Pure; apply() is the only
// mutation, and a repeated, late or unexpected event changes nothing that was settled. What to run where is the
// backend's decision alone; this side sees to it that no (run, attempt) is started twice and nothing unacknowledged is
// forgotten.
class Engine
{
public:
    explicit Engine(Identity identity);

    Effects apply(const Event &event);
    // Monotonic time at which TimePassed is wanted; nothing when nothing waits for time.
    std::optional<Duration> nextDue() const;

    const Identity &identity() const { return m_identity; }
    bool welcomed() const { return m_link == Link::Welcomed; }
    // What the spool is believed to hold, with what the backend has not acknowledged of what could not be started.
    std::vector<wire::AttemptReport> attempts() const;

private:
    enum class Link { Away, Open, Greeted, Welcomed };
    enum class Grave { Finished, Quarantined };

    struct Entry {
        wire::AttemptReport report; // result and log size as the spool has them
        bool spooled = true; // false: refused, so that only the answer is kept
        bool known = false; // the backend has said in this connection that it is its own
        bool disowned = false; // ... that it is not
        bool startTold = false; // in this connection
        bool committed = false; // the backend holds the result
        qint64 durable = 0; // bytes of log that the backend holds
        Duration leaseUntil{0}; // CLOCK_BOOTTIME, the newest that the backend has said; 0: it gave none
        bool cancelling = false;
        Duration grace{0};
        QString cancelReason;
    };
    using Entries = std::map<AttemptKey, Entry>;

    void on(const SpoolScanned &event);
    void on(const EntryQuarantined &event);
    void on(const Connected &event);
    void on(const Disconnected &event);
    void on(const Received &event);
    void on(const AttemptStarted &event);
    void on(const OutputGrew &event);
    void on(const AttemptEnded &event);
    void on(const StartFailed &event);
    void on(const CancelFailed &event);
    void on(const LogShort &event);
    void on(const LogSkipped &event);
    void on(const LogUnreadable &event);
    void on(const SpoolChecked &event);
    void on(const IdentityChanged &event);
    void on(const TimePassed &event);
    void on(const StopRequested &event);

    void take(const wire::AgentWelcome &message);
    void take(const wire::AgentRefused &message);
    void take(const wire::StartAttempt &message);
    void take(const wire::CancelAttempt &message);
    void take(const wire::ResultCommitted &message);
    void take(const wire::LogAck &message);
    void take(const wire::BackendPing &message);
    void take(const wire::LeasesRenewed &message);

    void greet();
    void leave(Duration after);
    void lose();
    void merge(const wire::AttemptReport &report);
    void welcomeEntry(Entry &entry, const wire::AttemptStanding &standing);
    void answerAgain(const wire::StartAttempt &order, Entry &entry);
    std::optional<wire::AttemptResult> hindrance(const wire::StartAttempt &order) const;
    wire::AttemptResult nothingRan() const;
    void tellStart(Entry &entry);
    void tellEnd(const Entry &entry);
    void cancel(Entry &entry);
    void renew(Entry &entry, Duration until);
    Duration pingPeriod() const;
    void forgetIfDone(AttemptKey key);
    void bury(AttemptKey key, Grave grave);
    void send(wire::AgentToBackend message);
    void say(QString text);
    void warn(QString text);
    QString drainReason() const;

    Identity m_identity;
    Instant m_now;
    Duration m_monotonic{0};
    Duration m_bootTime{0};
    Effects m_effects; // of the event in hand

    Link m_link = Link::Away;
    bool m_scanned = false;
    bool m_stopping = false;
    QString m_spoolTrouble;
    Duration m_heard{0};
    Duration m_pinged{0};

    Entries m_entries;
    std::map<AttemptKey, Grave> m_graves; // never to be started (again)
    std::deque<AttemptKey> m_graveOrder; // oldest first; bounds m_graves
    std::map<AttemptKey, wire::CancelAttempt> m_early; // cancels of this connection that came before their order
    LogFlow m_logs;
    std::map<AttemptKey, Duration> m_retryCancel; // due times
    std::map<AttemptKey, Duration> m_retryLog;
};

} // namespace belfry::agentengine
