// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/reactions.h"

#include "backend/engine/accounting.h"
#include "backend/engine/dispatch.h"
#include "backend/engine/lifecycle.h"
#include "backend/engine/parameters.h"
#include "backend/engine/preview.h"
#include "backend/engine/skips.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxKey = 256; // characters

Result<wire::TriggerReply> trigger(Step &step, const TriggerJob &event)
{
    Engine::State &state = step.state;
    const auto id = state.jobs.named(event.job);
    if (!id)
        return fail(id.error());
    const Job &job = *state.jobs.find(*id);
    if (event.key.size() > maxKey)
        return fail(ErrorKind::Invalid, u"key: at most %1 characters"_s.arg(maxKey));
    const QByteArray request = TriggerKeys::requestOf(job.definition.fullName(), event);
    if (!event.key.isEmpty()) {
        const auto made = state.keys.find(job.definition.project, event.key, request);
        if (!made)
            return fail(made.error());
        if (*made)
            return wire::TriggerReply{**made, true};
    }
    auto params = paramsOfTrigger(job.definition, event.params, step.now);
    if (!params)
        return fail(params.error());
    if (const auto status = checkTrigger(state, job, event); !status)
        return fail(status.error());
    if (job.definition.overlap == OverlapPolicy::Replace)
        replaceRuns(step, job.id, event.by);
    const auto lastSuccess = state.jobs.lastSuccess(job.id);
    const OpenRun &open = makeRun(step, job,
        {.cause = Cause::Manual,
            .windowStart = lastSuccess,
            .windowEnd = step.now,
            .params = std::move(*params),
            .by = event.by,
            .triggerReason = event.reason});
    if (!event.key.isEmpty()) {
        const TriggerKey key{job.definition.project, event.key, request, open.run.id, step.now};
        state.keys.add(key);
        step.changes.save(key);
    }
    return wire::TriggerReply{open.run.id, false};
}

Result<KnownAgent *> agentNamed(Engine::State &state, const QString &name)
{
    if (KnownAgent *known = state.agents.find(name))
        return known;
    return fail(ErrorKind::NotFound, u"there is no agent '%1'"_s.arg(name.left(128)));
}

void forget(Step &step, const QString &name)
{
    step.state.placement.remove(name);
    step.state.agents.remove(name);
    step.changes.removeAgent(name);
}

Status tryForget(Step &step, const QString &name)
{
    const auto known = agentNamed(step.state, name);
    if (!known)
        return fail(known.error());
    if ((*known)->session)
        return fail(
            ErrorKind::Conflict, u"agent %1 is connected and would come back at once; stop it first"_s.arg(name));
    if (!(*known)->live.empty())
        return fail(ErrorKind::Conflict,
            u"run %1 may still live on agent %2; an agent can be forgotten when it holds none"_s
                .arg((*known)->live.begin()->run.value)
                .arg(name));
    forget(step, name);
    return {};
}

Status tryCancel(Step &step, const CancelRun &event)
{
    Engine::State &state = step.state;
    if (OpenRun *open = state.runs.find(event.run)) {
        cancel(step, *open, event.by, event.reason);
        return {};
    }
    if (event.run.value > 0 && event.run <= state.lastRun)
        return fail(ErrorKind::Conflict, u"run %1 is over already"_s.arg(event.run.value));
    return fail(ErrorKind::NotFound, u"there is no run %1"_s.arg(event.run.value));
}

Result<AnswerBody> bodyOf(const Status &status)
{
    if (!status)
        return fail(status.error());
    return AnswerBody(wire::Nothing{});
}

bool wasAwayLongEnough(const Step &step, const KnownAgent &known)
{
    return known.agent.ephemeral && !known.session && known.live.empty()
        && known.agent.lastSeen + ephemeralMemory <= step.now;
}

} // namespace

void on(Step &step, const TriggerJob &event)
{
    auto reply = trigger(step, event);
    if (reply)
        step.answer(event.token, AnswerBody(*reply));
    else
        step.answer(event.token, fail(reply.error()));
}

void on(Step &step, const CancelRun &event)
{
    step.answer(event.token, bodyOf(tryCancel(step, event)));
}

void on(Step &step, const DrainAgent &event)
{
    const auto known = agentNamed(step.state, event.name);
    if (!known)
        return step.answer(event.token, fail(known.error()));
    if ((*known)->agent.drained != event.drained) {
        step.state.agents.setDrained(**known, event.drained);
        step.changes.save((*known)->agent);
        noteCapacity(step.state, **known);
    }
    step.answer(event.token, AnswerBody(wire::Nothing{}));
}

void on(Step &step, const ForgetAgent &event)
{
    step.answer(event.token, bodyOf(tryForget(step, event.name)));
}

void on(Step &step, const TimePassed &)
{
    const Instant oldest = step.now - TriggerKeys::lifetime;
    if (step.state.keys.prune(step.now))
        step.changes.removeKeys(oldest);
    forgetOldSkips(step);
}

void on(Step &step, const StartsStopped &)
{
    step.state.stopped = true;
}

void ring(Step &step)
{
    Engine::State &state = step.state;
    while (const auto timer = state.timers.take(step.now)) {
        if (timer->kind == Timers::AgentForgotten) {
            const KnownAgent *known = state.agents.find(timer->agent);
            if (known && wasAwayLongEnough(step, *known)) {
                step.say(u"agent %1 is forgotten: it is ephemeral and has been away for %2"_s.arg(
                    timer->agent, formatDuration(ephemeralMemory)));
                forget(step, timer->agent);
            }
            continue;
        }
        if (timer->kind == Timers::RateEases) {
            state.limits.noteTime();
            continue;
        }
        OpenRun *open = state.runs.find(timer->run);
        if (!open || !isWaiting(open->run.state))
            continue;
        if (timer->kind == Timers::RunDue)
            requeue(step, *open);
        else if (const auto deadline = deadlineOf(state, *open); deadline && *deadline < step.now)
            endWaiting(step, *open, reason::startBy.toString(), {Fate::Expired, reason::startBy});
    }
}

} // namespace belfry::engine
