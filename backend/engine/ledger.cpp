// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/ledger.h"

namespace belfry::engine {

Standing standingOf(const Owed &owed, const JobDefinition &definition, Instant now)
{
    if (!owed.skip.isEmpty())
        return {Standing::Final, {Fate::Skipped, owed.skip}};
    const Duration late = now - owed.due;
    if (definition.startBy && late > *definition.startBy)
        return {Standing::Final, {Fate::Expired, reason::startBy}};
    if (late < definition.catchUp.lateTolerance)
        return {};
    if (late > definition.catchUp.window)
        return {Standing::Final, {Fate::Missed, reason::outsideWindow}};
    return {Standing::Late, {}};
}

namespace {

CatchUpPolicy policyOf(const Candidate &candidate, const CatchUp &policy)
{
    return candidate.then.value_or(policy.policy);
}

// The last occasion of each set of parameters that gets a run.
std::map<Params, std::size_t> newestOf(const std::vector<Candidate> &candidates, const CatchUp &policy)
{
    std::map<Params, std::size_t> newest;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
        if (!candidates[i].late || policyOf(candidates[i], policy) != CatchUpPolicy::None)
            newest[candidates[i].params] = i;
    }
    return newest;
}

} // namespace

std::vector<Settled> settle(const std::vector<Candidate> &candidates, const CatchUp &policy)
{
    std::vector<Settled> settled(candidates.size());
    const auto newest = newestOf(candidates, policy);
    int left = policy.max;
    for (std::size_t i = candidates.size(); i-- > 0;) {
        if (!candidates[i].late)
            continue;
        switch (policyOf(candidates[i], policy)) {
        case CatchUpPolicy::None:
            settled[i] = {.kind = Settled::Missed, .reason = reason::downtime};
            break;
        case CatchUpPolicy::Latest:
            settled[i].kind = Settled::CatchUp;
            if (const std::size_t last = newest.at(candidates[i].params); last != i)
                settled[i] = {.kind = Settled::Missed, .reason = reason::superseded, .by = last};
            break;
        case CatchUpPolicy::All:
            settled[i] = left-- > 0 ? Settled{.kind = Settled::CatchUp, .backlog = true}
                                    : Settled{.kind = Settled::Missed, .reason = reason::overMax};
            break;
        }
    }
    return settled;
}

Admission admit(const JobDefinition &definition, const Crowd &crowd, bool backlog)
{
    if (backlog)
        return crowd.waiting < maxWaiting ? Admission{} : Admission{Admission::Skip, {}};
    switch (definition.overlap) {
    case OverlapPolicy::Skip:
        if (crowd.holding + crowd.waiting > 0)
            return {Admission::Skip, {}};
        break;
    case OverlapPolicy::Replace:
        if (crowd.holding + crowd.waiting > 0)
            return {Admission::Replace, {}};
        break;
    case OverlapPolicy::Queue:
    case OverlapPolicy::Allow:
        if (definition.maxQueued > 0 && crowd.lastEqual && crowd.waitingEqual >= std::size_t(definition.maxQueued))
            return {Admission::Merge, *crowd.lastEqual};
        break;
    }
    if (crowd.waiting >= maxWaiting)
        return {Admission::Skip, {}};
    return {};
}

int roomOf(const JobDefinition &definition)
{
    return definition.overlap == OverlapPolicy::Allow ? std::max(1, definition.maxRunning) : 1;
}

} // namespace belfry::engine
