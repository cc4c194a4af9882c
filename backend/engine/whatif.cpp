// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/whatif.h"

#include "backend/engine/dispatch.h"

#include <algorithm>

namespace belfry::engine {

WhatIf::WhatIf(Engine::State &state, Instant now)
    : m_state(state)
    , m_now(now)
    , m_queue(state.queue)
    , m_limits(state.limits)
    , m_placement(state.placement)
{ }

void WhatIf::changeLoad(const QString &agent, int by)
{
    if (const KnownAgent *known = m_state.agents.find(agent)) {
        KnownAgent &mine = m_agents.try_emplace(agent, *known).first->second;
        mine.agent.used += by;
        m_placement.update(mine);
    }
}

void WhatIf::endRun(const OpenRun &open)
{
    const Run &run = open.run;
    if (!m_ended.insert(run.id).second)
        return;
    m_queue.leave(run.job, run.id);
    m_limits.dropClaim(QueueKey::of(run));
    if (!open.attempt)
        return;
    m_limits.release({0, open.definition->project, open.definition->limits}, run.id);
    changeLoad(open.attempt->agent, -1);
}

void WhatIf::openAgent(const QString &name)
{
    const KnownAgent *known = m_state.agents.find(name);
    if (!known)
        return;
    KnownAgent &mine = m_agents.try_emplace(name, *known).first->second;
    mine.session = mine.session.value_or(SessionId(-1));
    mine.draining = false;
    mine.agent.drained = false;
    m_placement.update(mine);
}

void WhatIf::stand(const OpenRun &open)
{
    if (const auto demand = demandOf(m_state, open))
        engine::stand(m_queue, open, m_state.lines.of(*demand));
}

std::vector<RunId> WhatIf::claimants(const OpenRun &open) const
{
    std::vector<RunId> found;
    const auto &needs = open.definition->limits;
    for (const auto &[key, claim] : m_limits.claims()) {
        if (QueueKey::of(open.run) < key || key.run == open.run.id)
            continue;
        for (const LimitKey &limit : claim.limits) {
            if (limit.project == open.definition->project && needs.count(limit.name) != 0) {
                found.push_back(key.run);
                break;
            }
        }
    }
    return found;
}

// Who needs the same and is ahead of it in its line would come before it in any case.
void WhatIf::addAhead(const OpenRun &open, std::vector<RunId> &before) const
{
    const std::vector<RunId> ahead = m_queue.aheadInLine(QueueKey::of(open.run));
    const auto isBefore = [&](RunId id) { return std::ranges::find(before, id) != before.end(); };
    if (std::ranges::none_of(ahead, isBefore))
        return;
    for (const RunId id : ahead) {
        if (!isBefore(id))
            before.push_back(id);
    }
}

std::optional<WhatIf::Rivals> WhatIf::rivalsOf(const OpenRun &asked)
{
    const Contest contest{m_queue, m_state.lines, m_placement, m_limits};
    const Limits limits = m_limits;
    Rivals rivals;
    std::map<RunId, QString> assigned;
    bool starts = false;
    m_limits.noteTime();
    m_queue.unblockAll();
    reviewClaims(contest);
    while (const auto head = nextToStart(contest, m_now, [](const Shortage &) {})) {
        starts = head->key.run == asked.run.id;
        if (starts)
            break;
        const OpenRun &open = *m_state.runs.find(head->key.run);
        const Demand demand = m_state.lines.demand(head->line);
        const QString agent = *m_placement.choose(demand.agents, wishOf(m_state, open));
        rivals.assigned.push_back(open.run.id);
        assigned[open.run.id] = agent;
        m_queue.occupy(open.run.job, open.run.id);
        m_limits.hold(demand, open.run.id, m_now);
        m_limits.spend(demand, {open.run.id, open.run.attempts + 1}, m_now);
        changeLoad(agent, 1);
        reviewClaims(contest);
    }
    rivals.claiming = claimants(asked);
    for (const auto &[id, agent] : assigned) {
        changeLoad(agent, -1);
        m_queue.leave(m_state.runs.find(id)->run.job, id);
    }
    for (const auto &[id, agent] : assigned)
        stand(*m_state.runs.find(id));
    m_limits = limits;
    if (starts)
        return std::nullopt;
    addAhead(asked, rivals.assigned);
    return rivals;
}

} // namespace belfry::engine
