// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/lifecycle.h"

#include "backend/engine/dispatch.h"
#include "backend/engine/leases.h"
#include "backend/engine/order.h"
#include "backend/engine/retry.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

void saveFates(Step &step, OpenRun &open, Verdict verdict)
{
    for (Occasion &occasion : open.pending) {
        occasion.fate = verdict.fate;
        occasion.reason = verdict.reason.toString();
        step.changes.save(occasion);
    }
    open.pending.clear();
}

// What is fixed only when the first attempt is made: what a run that waited for another is to catch up on.
void pinWindow(Step &step, Run &run)
{
    run.lastSuccess = step.state.jobs.lastSuccess(run.job);
    if (run.cause == Cause::Manual) {
        run.windowStart = run.lastSuccess;
        run.windowEnd = step.now;
    }
}

void finish(Step &step, OpenRun &open, RunState state, Instant endedAt)
{
    Run &run = open.run;
    run.state = state;
    run.endedAt = endedAt;
    run.notBefore.reset();
    run.heldSince.reset();
    run.heldBy.clear();
    run.holdReason.clear();
    step.changes.save(run);
    step.state.jobs.noteEnd(run);
    step.state.queue.leave(run.job, run.id);
    const JobId job = run.job;
    step.state.runs.remove(run.id);
    noteIdle(step.state, job);
}

QString withWhy(const QString &text, const QString &why)
{
    return why.isEmpty() ? text : text + u": "_s + why;
}

QString whatEnded(const Outcome &outcome)
{
    return outcome.reason.isEmpty() && outcome.exitCode ? u"exit code %1"_s.arg(*outcome.exitCode) : outcome.reason;
}

Instant clamped(Instant at, Instant from, Instant until)
{
    return std::max(from, std::min(at, until));
}

void recordFacts(Step &step, Attempt &attempt, const Outcome &outcome, const wire::AttemptResult *facts)
{
    attempt.state = outcome.state;
    attempt.exitCode = outcome.exitCode;
    attempt.signal = outcome.signal;
    attempt.reason = outcome.reason;
    attempt.endedAt = step.now;
    if (!facts)
        return;
    const KnownAgent *known = step.state.agents.find(attempt.agent);
    const Duration skew(known ? known->agent.skewMs : 0);
    const Instant earliest = attempt.startedAt.value_or(attempt.assignedAt);
    attempt.endedAt = clamped(facts->endedAt - skew, earliest, std::max(earliest, step.now));
    if (!attempt.startedAt && facts->notStarted.isEmpty())
        attempt.startedAt = clamped(facts->startedAt - skew, earliest, *attempt.endedAt);
    attempt.cpu = facts->cpu;
    attempt.peakMemory = facts->peakMemory;
    attempt.logWritten = facts->logWritten;
    attempt.logHash = facts->logHash.left(64);
    attempt.logLost = facts->logLost;
    attempt.logLostWhy = facts->logLostWhy;
    attempt.outputs = facts->outputs;
}

void takeLimits(Step &step, const OpenRun &open)
{
    const JobDefinition &definition = *open.definition;
    if (definition.limits.empty())
        return;
    Limits &limits = step.state.limits;
    holdLimits(step.state, open);
    const Demand demand{0, definition.project, definition.limits};
    for (const RateUse &use : limits.spend(demand, open.attempt->key(), step.now)) {
        const LimitKey key{use.project, use.limit};
        if (const auto until = limits.expire(key, step.now))
            step.changes.removeRateUses(key.project, key.name, *until);
        step.changes.save(use);
    }
}

std::optional<Duration> retryOf(Step &step, const OpenRun &open, const Outcome &outcome)
{
    const Job *job = step.state.jobs.find(open.run.job);
    if (open.run.cancelRequested || !job || job->removed)
        return std::nullopt;
    return retryDelay(*open.definition, outcome, open.run.attempts, step.dice);
}

} // namespace

OpenRun &makeRun(Step &step, const Job &job, Run run, const std::optional<Pinned> &pinned)
{
    Engine::State &state = step.state;
    state.lastRun = RunId(state.lastRun.value + 1);
    run.id = state.lastRun;
    run.job = job.id;
    run.jobName = job.definition.fullName();
    const DefinitionPtr definition = pinned ? pinned->definition : state.jobs.current(job.id);
    run.version = pinned ? pinned->version : job.version;
    run.priority = definition->priority;
    run.queuedAt = step.now;
    run.lastSuccess = state.jobs.lastSuccess(job.id);
    OpenRun &open = state.runs.add({std::move(run), definition, {}, {}});
    step.changes.save(open.run);
    watchDeadline(state, open);
    noteIdle(step.state, job.id);
    requeue(step, open);
    return open;
}

void coverOccasion(Step &step, OpenRun &open, Instant at)
{
    Run &run = open.run;
    run.occasion = std::max(at, run.occasion.value_or(at));
    run.firstOccasion = std::min(at, run.firstOccasion.value_or(at));
    run.windowEnd = run.occasion;
    step.changes.save(run);
    watchDeadline(step.state, open);
}

void assign(Step &step, OpenRun &open, KnownAgent &known)
{
    Engine::State &state = step.state;
    Run &run = open.run;
    if (run.attempts == 0)
        pinWindow(step, run);
    Attempt attempt{.run = run.id,
        .attempt = run.attempts + 1,
        .agent = known.agent.name,
        .bootId = known.agent.bootId,
        .epoch = state.epoch,
        .assignedAt = step.now,
        .logCap = open.definition->logCap};
    run.attempts = attempt.attempt;
    run.agent = attempt.agent;
    run.state = RunState::Assigned;
    run.reason.clear();
    run.notBefore.reset();
    run.exitCode.reset();
    run.signal.reset();
    saveFates(step, open, {Fate::Ran, {}});
    state.runs.setAttempt(open, attempt);
    state.agents.attach(known, attempt.key());
    state.jobs.noteAgent(run.job, known.agent.name);
    takeLimits(step, open);
    noteCapacity(state, known);
    state.queue.occupy(run.job, run.id);
    step.changes.save(run);
    step.changes.save(attempt);
    auto order = orderOf(run, *open.definition, attempt);
    if (!order)
        return endAttempt(
            step, open, {.state = RunState::NotStarted, .reason = u"not started: "_s + order.error().message}, nullptr);
    lease(step, open, known, *order);
    step.send(*known.session, std::move(*order));
}

void noteStart(Step &step, OpenRun &open, qint64 pid, Instant at)
{
    Attempt &attempt = *open.attempt;
    if (attempt.state != RunState::Assigned)
        return;
    attempt.state = RunState::Running;
    attempt.pid = pid;
    attempt.startedAt = clamped(at, attempt.assignedAt, std::max(attempt.assignedAt, step.now));
    open.run.state = RunState::Running;
    if (!open.run.startedAt)
        open.run.startedAt = attempt.startedAt;
    step.changes.save(attempt);
    step.changes.save(open.run);
}

void endAttempt(Step &step, OpenRun &open, const Outcome &outcome, const wire::AttemptResult *facts)
{
    Engine::State &state = step.state;
    Run &run = open.run;
    Attempt attempt = *open.attempt;
    recordFacts(step, attempt, outcome, facts);
    step.changes.save(attempt);
    releaseLimits(state, open);
    state.leases.drop(attempt.key());
    state.runs.clearAttempt(open);
    if (KnownAgent *known = state.agents.find(attempt.agent)) {
        state.agents.detach(*known, attempt.key());
        noteCapacity(state, *known);
    }
    if (!run.startedAt)
        run.startedAt = attempt.startedAt;
    run.exitCode = outcome.exitCode;
    run.signal = outcome.signal;
    const QString why = run.cancelRequested ? run.reason : QString();
    run.reason = outcome.state == RunState::Cancelled ? withWhy(outcome.reason, why) : outcome.reason;
    const auto delay = retryOf(step, open, outcome);
    if (!delay)
        return finish(step, open, outcome.state, *attempt.endedAt);
    run.state = RunState::Retrying;
    run.notBefore = step.now + *delay;
    run.reason = u"attempt %1: %2"_s.arg(attempt.attempt).arg(whatEnded(outcome));
    step.changes.save(run);
    requeue(step, open);
}

void cancel(Step &step, OpenRun &open, const QString &by, const QString &why, Verdict ofOccasions)
{
    Run &run = open.run;
    if (run.cancelRequested)
        return;
    run.cancelRequested = step.now;
    run.cancelledBy = by;
    if (!isLive(run.state))
        return endWaiting(step, open, withWhy(u"cancelled"_s, why), ofOccasions);
    run.reason = why;
    step.changes.save(run);
    const KnownAgent *known = step.state.agents.find(open.attempt->agent);
    if (known && known->session)
        step.send(*known->session, cancelOf(*open.attempt, *open.definition, why));
}

void endWaiting(Step &step, OpenRun &open, const QString &why, Verdict ofOccasions)
{
    open.run.reason = why;
    saveFates(step, open, ofOccasions);
    finish(step, open, RunState::Cancelled, step.now);
}

} // namespace belfry::engine
