// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/agenttable.h"

#include <cstdlib>

namespace belfry::engine {

namespace {

constexpr qint64 skewJump = 500; // ms: more is a step of a clock, not a late message

} // namespace

Agent awayAtStart(Agent agent, Instant now)
{
    if (agent.state != AgentState::Unreachable)
        agent.lastSeen = now;
    agent.state = AgentState::Unreachable;
    return agent;
}

AgentTable::AgentTable(const std::vector<Agent> &agents, Instant now)
{
    for (const Agent &agent : agents) {
        KnownAgent &known = m_agents[agent.name];
        known.agent = awayAtStart(agent, now);
        derive(known);
    }
}

KnownAgent *AgentTable::find(const QString &name)
{
    const auto found = m_agents.find(name);
    return found == m_agents.end() ? nullptr : &found->second;
}

KnownAgent *AgentTable::find(SessionId session)
{
    const auto found = m_sessions.find(session);
    return found == m_sessions.end() ? nullptr : find(found->second);
}

KnownAgent &AgentTable::add(const QString &name)
{
    KnownAgent &known = m_agents[name];
    known.agent.name = name;
    return known;
}

void AgentTable::remove(const QString &name)
{
    m_agents.erase(name);
}

void AgentTable::connect(KnownAgent &known, SessionId session)
{
    if (known.session)
        m_sessions.erase(*known.session);
    known.session = session;
    known.draining = false;
    known.refused.clear();
    m_sessions[session] = known.agent.name;
    derive(known);
}

void AgentTable::disconnect(KnownAgent &known, Instant now)
{
    if (known.session)
        m_sessions.erase(*known.session);
    known.session.reset();
    known.draining = false;
    known.refused.clear();
    known.agent.lastSeen = now;
    derive(known);
}

void AgentTable::heard(KnownAgent &known, Instant now, Instant agentNow)
{
    const qint64 skew = agentNow.ms - now.ms;
    if (skew > known.agent.skewMs || std::abs(skew - known.agent.skewMs) > skewJump)
        known.agent.skewMs = skew;
    known.agent.lastSeen = now;
}

void AgentTable::setDrained(KnownAgent &known, bool drained)
{
    known.agent.drained = drained;
    derive(known);
}

void AgentTable::setDraining(KnownAgent &known)
{
    known.draining = true;
    derive(known);
}

void AgentTable::attach(KnownAgent &known, AttemptKey key)
{
    known.live.insert(key);
    derive(known);
}

void AgentTable::detach(KnownAgent &known, AttemptKey key)
{
    known.live.erase(key);
    derive(known);
}

void AgentTable::derive(KnownAgent &known)
{
    known.agent.used = int(known.live.size());
    if (!known.session)
        known.agent.state = AgentState::Unreachable;
    else
        known.agent.state = known.takesWork() ? AgentState::Online : AgentState::Draining;
}

} // namespace belfry::engine
