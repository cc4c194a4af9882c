// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/contest.h"
#include "backend/engine/state.h"

namespace belfry::engine {

// A copy of what decides who starts next, in which obstacles can be taken away. The decision itself is asked, not
// remade. The state must not change meanwhile.
class WhatIf
{
public:
    WhatIf(Engine::State &state, Instant now);

    // The run is over: it holds nothing, and waits for nothing. Saying so twice changes nothing.
    void endRun(const OpenRun &open);
    // The agent is connected and takes work.
    void openAgent(const QString &name);
    void passUntil(Instant at) { m_now = std::max(m_now, at); }
    // The run stands in the queue, though something holds it back.
    void stand(const OpenRun &open);

    // Who comes before a run.
    struct Rivals {
        std::vector<RunId> assigned; // instead of it, and those ahead of it in its line where one of these is
        std::vector<RunId> claiming; // that wait for their turn at a limit that it needs
    };
    // Who comes before this run; nullopt: it would be assigned now. Nothing is changed by asking.
    std::optional<Rivals> rivalsOf(const OpenRun &open);

private:
    std::vector<RunId> claimants(const OpenRun &open) const;
    void addAhead(const OpenRun &open, std::vector<RunId> &before) const;
    void changeLoad(const QString &agent, int by);

    Engine::State &m_state;
    Instant m_now;
    RunQueue m_queue;
    Limits m_limits;
    Placement m_placement;
    std::map<QString, KnownAgent> m_agents; // those that differ from the state's
    std::set<RunId> m_ended;
};

} // namespace belfry::engine
