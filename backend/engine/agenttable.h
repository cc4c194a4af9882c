// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/events.h"

#include <set>

namespace belfry::engine {

struct KnownAgent {
    Agent agent; // `state` and `used` always follow from the rest
    std::optional<SessionId> session; // none: unreachable since agent.lastSeen
    bool draining = false; // it said so itself, in this session
    Duration bootTime{0}; // the newest reading of its host's CLOCK_BOOTTIME in this session
    std::set<AttemptKey> live; // attempts assigned to it that are not final
    std::set<AttemptKey> refused; // that its hello named and that are not its own

    bool takesWork() const { return session && !draining && !agent.drained; }
};

// No session outlives the process: an agent that was online when the store was left is away since `now`.
Agent awayAtStart(Agent agent, Instant now);

// The agents by name, and which connection is whose.
class AgentTable
{
public:
    // They are away at first.
    AgentTable(const std::vector<Agent> &agents, Instant now);

    const std::map<QString, KnownAgent> &all() const { return m_agents; }
    KnownAgent *find(const QString &name);
    KnownAgent *find(SessionId session);
    KnownAgent &add(const QString &name);
    void remove(const QString &name);

    void connect(KnownAgent &known, SessionId session);
    void disconnect(KnownAgent &known, Instant now);
    // What the agent says now is what it measured a moment ago, so the largest recent difference is the closest.
    void heard(KnownAgent &known, Instant now, Instant agentNow);
    void setDrained(KnownAgent &known, bool drained);
    void setDraining(KnownAgent &known);
    void attach(KnownAgent &known, AttemptKey key);
    void detach(KnownAgent &known, AttemptKey key);
    int online() const { return int(m_sessions.size()); }

private:
    static void derive(KnownAgent &known);

    std::map<QString, KnownAgent> m_agents;
    std::map<SessionId, QString> m_sessions;
};

} // namespace belfry::engine
