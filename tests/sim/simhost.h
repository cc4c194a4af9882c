// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/engine/engine.h"
#include "tests/sim/simnetwork.h"

#include <memory>

namespace belfry::sim {

// What a process does, decided by its run and attempt alone.
struct Plan {
    Duration length{0};
    int exitCode = 0;
    qint64 output = 0; // bytes
    bool startFails = false;
};
// Sees what is true, whatever the programs believe.
class Witness
{
public:
    virtual ~Witness() = default;
    virtual Plan planOf(const wire::StartAttempt &order) = 0;
    virtual void started(AttemptKey key, const wire::StartAttempt &order) = 0;
    virtual void ended(AttemptKey key) = 0;
};

// A machine with a boot id, a spool on its disk, processes with their supervisors, and the agent's process with the
// real engine. Each of them can die alone.
class SimHost final : public AgentSide
{
public:
    SimHost(SimLoop &loop, SimNetwork &network, Witness &witness, agentengine::Identity identity);

    void startAgent();
    void crashAgent();
    void stopAgent(); // SIGTERM
    void reboot(); // every process dies; what was just written may be gone
    void killSupervisor(); // of one process
    void stepClock(Duration by) { m_offset += by; }
    bool isAgentUp() const { return m_engine != nullptr; }
    const QString &name() const { return m_identity.name; }
    std::size_t spooled() const { return m_spool.size(); }
    QStringList complaints; // of what the agent asked for and must not

    void connected(int connection) override;
    void receive(int connection, const wire::BackendToAgent &message) override;
    void closed(int connection, int code) override;

private:
    struct Entry {
        wire::StartAttempt order;
        wire::AttemptReport report;
        Duration written{0};
        bool alive = false; // the process
        qint64 process = 0; // makes news of an earlier one harmless
        bool unseen = false; // its supervisor is dead
        bool cancelling = false;
        Duration leaseUntil{0}; // CLOCK_BOOTTIME; 0: none
        qint64 output = 0; // bytes written when it ends
    };

    Instant clock() const { return Instant(1'767'607'200'000) + m_loop.now() + m_offset; }
    void apply(agentengine::EventBody body);
    void carryOut(const agentengine::Effect &effect);
    void dial(Duration after);
    void wake();
    void order(const wire::StartAttempt &order);
    void run(AttemptKey key);
    void exit(AttemptKey key, qint64 process, wire::AttemptResult result);
    void cancel(const agentengine::CancelOrder &order);
    void renew(const agentengine::RenewLease &lease);
    void watchLease(AttemptKey key, qint64 process);
    Duration bootTime() const { return m_loop.now() - m_bootedAt; }
    void sendLog(const agentengine::SendLog &block);
    std::vector<wire::AttemptReport> scan();
    void finish(Entry &entry, wire::AttemptResult result);

    SimLoop &m_loop;
    SimNetwork &m_network;
    Witness &m_witness;
    agentengine::Identity m_identity;
    int m_boots = 1;
    Duration m_bootedAt{0};
    Duration m_offset{0};
    std::unique_ptr<agentengine::Engine> m_engine;
    qint64 m_life = 0; // of the agent's process
    std::optional<int> m_connection;
    bool m_dialling = false;
    std::optional<Duration> m_wake;
    std::map<AttemptKey, Entry> m_spool;
    qint64 m_lastProcess = 0;
};

} // namespace belfry::sim
