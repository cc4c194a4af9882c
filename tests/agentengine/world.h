// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/agentengine/scene.h"

#include <deque>

namespace belfry::agentengine {

// An agent's engine between a spool, a backend and a network that are played: small enough to be seen through, true to
// what the contracts allow. Whoever breaks a promise is noted in `broken`.
class World
{
public:
    World();

    // One thing happens; `what` chooses it, `dice` decides its details. Every number is valid.
    void step(int what, quint64 dice);
    // The network holds, all jobs come to their end, until nothing happens any more.
    void heal();
    // What does not hold once all is healed; empty = nothing.
    QStringList unfinished() const;

    QStringList broken;
    int started = 0; // processes

private:
    struct Job { // an attempt as its host sees it
        qint64 epoch = 0;
        wire::AttemptPhase phase = wire::AttemptPhase::Ordered;
        Duration leaseUntil{0};
        QByteArray log;
        std::optional<wire::AttemptResult> result;
    };
    struct Held { // an attempt as the backend sees it
        qint64 epoch = 0;
        std::optional<wire::AttemptResult> result;
        bool begun = false;
        bool cancelWanted = false;
        Duration leaseUntil{0}; // the newest that was sent
        QByteArray log;
        qint64 durable = 0;
    };

    void tell(EventBody body);
    void carryOut(const StartOrder &effect);
    void carryOut(const CancelOrder &effect);
    void carryOut(const RenewLease &effect);
    void carryOut(const SendMessage &effect);
    void carryOut(const SendLog &effect);
    void carryOut(const DeleteEntry &effect);
    void carryOut(const Reconnect &effect);
    void carryOut(const Notice &) { }

    void backendHears(const wire::AgentHello &message);
    void backendHears(const wire::AttemptStarted &message);
    void backendHears(const wire::AttemptEnded &message);
    void backendHears(const wire::LogChunk &message);
    void backendHears(const wire::AgentPing &message);
    void backendHears(const wire::AgentDraining &) { }
    void backendHears(const wire::LogMissing &) { }

    void connect();
    void disconnect();
    void restartAgent();
    void restartBackend();
    void assign();
    void cancelSome(quint64 dice);
    void sync();
    void deliverUp();
    void deliverDown(quint64 dice);
    void repeatDown(quint64 dice);
    void begin(quint64 dice);
    void print(quint64 dice);
    void finish(quint64 dice);
    void down(wire::BackendToAgent message);
    std::vector<wire::AttemptReport> scan() const;
    void end(AttemptKey key, wire::AttemptResult result);
    void blame(AttemptKey key, const QString &what);
    void giveLeases(Duration reading);
    Held *heldOf(RunId run, int attempt, qint64 epoch);
    template <class Map> static typename Map::iterator pick(Map &map, quint64 dice);

    Instant m_now{1'700'000'000'000};
    Duration m_monotonic{50'000};
    Duration bootTime() const { return m_monotonic + 1h; }
    std::unique_ptr<Engine> m_engine;
    bool m_full = false;
    std::map<AttemptKey, Job> m_spool;
    std::map<AttemptKey, int> m_processes; // ever started

    std::map<AttemptKey, Held> m_held;
    qint64 m_epoch = 1;
    qint64 m_lastRun = 0;
    bool m_greeted = false; // the backend has heard the hello of this connection

    bool m_open = false;
    std::deque<wire::AgentToBackend> m_up;
    std::deque<wire::BackendToAgent> m_down;
    std::vector<wire::BackendToAgent> m_delivered; // down, in this connection
};

} // namespace belfry::agentengine
