// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/contest.h"

namespace belfry::engine {

namespace {

// Whether all limits leave room for it; if not, it claims its turn.
bool mayTake(const Contest &contest, const Demand &demand, QueueKey key, Instant now,
    const std::function<void(const Shortage &)> &onLack)
{
    if (demand.limits.empty())
        return true;
    const auto lacking = contest.limits.lacking(demand, key, now);
    if (lacking.empty())
        return true;
    contest.limits.claim(demand, key, lacking);
    for (const Shortage &shortage : lacking)
        onLack(shortage);
    return false;
}

} // namespace

std::optional<RunQueue::Head> nextToStart(
    const Contest &contest, Instant now, const std::function<void(const Shortage &)> &onLack)
{
    while (const auto head = contest.queue.first()) {
        const Demand &demand = contest.lines.demand(head->line);
        if (contest.placement.hasRoom(demand.agents) && mayTake(contest, demand, head->key, now, onLack))
            return head;
        contest.queue.block(head->line);
    }
    return std::nullopt;
}

void reviewClaims(const Contest &contest)
{
    std::vector<QueueKey> idle;
    for (const auto &[key, claim] : contest.limits.claims()) {
        if (!contest.queue.inLine(key) || !contest.placement.isServed(claim.demand.agents))
            idle.push_back(key);
    }
    for (const QueueKey key : idle)
        contest.limits.dropClaim(key);
    for (const LimitKey &key : contest.limits.takeEased()) {
        for (const LineId line : contest.lines.ofLimit(key.project, key.name))
            contest.queue.unblock(line);
    }
}

} // namespace belfry::engine
