// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/dispatch.h"

#include "backend/engine/contest.h"
#include "backend/engine/lifecycle.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

void unblock(Engine::State &state, const std::set<LineId> &lines)
{
    for (const LineId line : lines)
        state.queue.unblock(line);
}

Contest contestOf(Engine::State &state)
{
    return {state.queue, state.lines, state.placement, state.limits};
}

} // namespace

bool isPaused(const Engine::State &state, const Run &run)
{
    const Job *job = state.jobs.find(run.job);
    return job && job->pausedSince && run.cause != Cause::Manual && run.state == RunState::Queued;
}

Instant earliestStart(const Run &run)
{
    Instant earliest = run.notBefore.value_or(Instant());
    if (run.state == RunState::Queued && run.occasion)
        earliest = std::max(earliest, *run.occasion);
    return earliest;
}

Placement::Wish wishOf(const Engine::State &state, const OpenRun &open)
{
    Placement::Wish wish{.strategy = open.definition->placement, .avoid = {}, .last = {}, .live = {}};
    if (open.run.attempts > 0 && open.definition->retries.otherAgent)
        wish.avoid = open.run.agent;
    if (wish.strategy == ::belfry::Placement::Sticky)
        wish.last = state.jobs.lastAgent(open.run.job);
    if (wish.strategy == ::belfry::Placement::Spread) {
        for (const RunId id : state.runs.ofJob(open.run.job)) {
            if (const OpenRun &other = *state.runs.find(id); other.attempt)
                ++wish.live[other.attempt->agent];
        }
    }
    return wish;
}

Result<Demand> demandOf(Engine::State &state, const OpenRun &open)
{
    const auto agents = state.placement.classOf(open.definition->agent);
    if (!agents)
        return fail(agents.error().within(u"run %1 cannot be placed: agent"_s.arg(open.run.id.value)));
    const auto &limits = open.definition->limits;
    return Demand{*agents, limits.empty() ? QString() : open.definition->project, limits};
}

void holdLimits(Engine::State &state, const OpenRun &open)
{
    const JobDefinition &definition = *open.definition;
    if (!definition.limits.empty())
        state.limits.hold({0, definition.project, definition.limits}, open.run.id, open.attempt->assignedAt);
}

void releaseLimits(Engine::State &state, const OpenRun &open)
{
    const JobDefinition &definition = *open.definition;
    if (!definition.limits.empty())
        state.limits.release({0, definition.project, definition.limits}, open.run.id);
}

void stand(RunQueue &queue, const OpenRun &open, LineId line)
{
    const Run &run = open.run;
    if (run.state == RunState::Retrying) {
        queue.occupy(run.job, run.id);
        queue.retry(QueueKey::of(run), line);
    } else {
        queue.wait(run.job, QueueKey::of(run), line, run.backlog);
    }
}

Status enqueue(Engine::State &state, const OpenRun &open, Instant now)
{
    const Run &run = open.run;
    if (isLive(run.state)) {
        state.queue.occupy(run.job, run.id);
        return {};
    }
    const auto demand = demandOf(state, open);
    if (!demand)
        return fail(demand.error());
    const LineId line = state.lines.of(*demand);
    const Instant earliest = earliestStart(run);
    if (earliest > now)
        state.timers.set({earliest, Timers::RunDue, run.id, {}});
    const bool isHeld = earliest > now || isPaused(state, run) || run.heldSince;
    if (!isHeld)
        stand(state.queue, open, line);
    else if (run.state == RunState::Retrying)
        state.queue.occupy(run.job, run.id);
    else
        state.queue.leave(run.job, run.id);
    return {};
}

void requeue(Step &step, const OpenRun &open)
{
    if (const auto status = enqueue(step.state, open, step.now); !status)
        step.warn(status.error().message);
}

std::optional<Instant> deadlineOf(const Engine::State &state, const OpenRun &open)
{
    const Run &run = open.run;
    if (run.state != RunState::Queued || !open.definition->startBy || !run.occasion)
        return std::nullopt;
    Instant deadline = *run.occasion + *open.definition->startBy;
    for (const DueRule &rule : state.agenda.rules(run.job)) {
        if (rule.key == run.rule)
            deadline = deadline + rule.rule.jitterAt(*run.occasion);
    }
    return deadline;
}

void watchDeadline(Engine::State &state, const OpenRun &open)
{
    if (const auto deadline = deadlineOf(state, open))
        state.timers.set({*deadline + 1ms, Timers::RunExpires, open.run.id, {}});
}

void noteCapacity(Engine::State &state, const KnownAgent &known)
{
    if (!state.placement.update(known))
        return;
    for (const Placement::ClassId id : state.placement.classesOf(known.agent.name))
        unblock(state, state.lines.ofAgents(id));
}

void noteIdle(Engine::State &state, JobId job)
{
    if (!state.runs.ofJob(job).empty() || state.held.count(job) != 0)
        return state.agenda.setIdle(job, std::nullopt);
    state.agenda.setIdle(job, state.jobs.lastEnded(job).value_or(Instant()));
}

void watchEphemeral(Engine::State &state, const KnownAgent &known)
{
    if (known.agent.ephemeral && !known.session && known.live.empty())
        state.timers.set({known.agent.lastSeen + ephemeralMemory, Timers::AgentForgotten, {}, known.agent.name});
}

void dispatch(Step &step)
{
    Engine::State &state = step.state;
    if (state.stopped || state.clock.isHeld())
        return;
    const Contest contest = contestOf(state);
    const auto setTimer = [&state](const Shortage &shortage) {
        if (shortage.freeAt)
            state.timers.set({*shortage.freeAt, Timers::RateEases, {}, {}});
    };
    reviewClaims(contest);
    while (const auto head = nextToStart(contest, step.now, setTimer)) {
        OpenRun &open = *state.runs.find(head->key.run);
        const Demand &demand = state.lines.demand(head->line);
        const bool isLimited = !demand.limits.empty();
        const QString agent = *state.placement.choose(demand.agents, wishOf(state, open));
        assign(step, open, *state.agents.find(agent));
        if (isLimited)
            reviewClaims(contest);
    }
}

} // namespace belfry::engine
