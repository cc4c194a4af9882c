// SPDX-License-Identifier: GPL-3.0-or-later
// What people say of a run that is over, or that nobody hears of any more.
#include "backend/engine/accounting.h"
#include "backend/engine/dispatch.h"
#include "backend/engine/lifecycle.h"
#include "backend/engine/reactions.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

Status checkRerun(const Engine::State &state, const Job *job, const RerunRun &event)
{
    const Run &run = event.run;
    if (state.runs.find(run.id))
        return fail(ErrorKind::Conflict, u"run %1 is not over yet; cancel it first, or wait"_s.arg(run.id.value));
    if (!job || job->removed)
        return fail(ErrorKind::Conflict, u"job %1 of run %2 was removed"_s.arg(run.jobName).arg(run.id.value));
    const QString name = job->definition.fullName();
    if (job->pausedSince)
        return fail(ErrorKind::Conflict, u"job %1 is paused; resume it first"_s.arg(name));
    const std::set<RunId> &others = state.runs.ofJob(job->id);
    if (event.definition->overlap == OverlapPolicy::Skip && !others.empty())
        return fail(ErrorKind::Conflict,
            u"run %1 of job %2 is not over, and its overlap is `skip`; try again later"_s.arg(others.begin()->value)
                .arg(name));
    if (state.queue.waitingCount(job->id) >= maxWaiting)
        return fail(ErrorKind::Conflict,
            u"%1 runs of job %2 are waiting already; try again later or cancel some"_s.arg(maxWaiting).arg(name));
    return {};
}

Status declareLost(Step &step, const DeclareLost &event)
{
    Engine::State &state = step.state;
    const qint64 number = event.run.value;
    OpenRun *open = state.runs.find(event.run);
    if (!open && number > 0 && event.run <= state.lastRun)
        return fail(ErrorKind::Conflict, u"run %1 is over already"_s.arg(number));
    if (!open)
        return fail(ErrorKind::NotFound, u"there is no run %1"_s.arg(number));
    if (event.reason.isEmpty())
        return fail(ErrorKind::Invalid, u"reason: say how it is known that run %1 lives no more"_s.arg(number));
    if (!open->attempt)
        return fail(
            ErrorKind::Conflict, u"run %1 waits, it has no attempt that could be lost; cancel it"_s.arg(number));
    KnownAgent *known = state.agents.find(open->attempt->agent);
    if (known && known->session)
        return fail(ErrorKind::Conflict,
            u"agent %1, which has run %2, is connected and will say how it ends; to end it, cancel it"_s
                .arg(known->agent.name)
                .arg(number));
    const QString who = event.by.isEmpty() ? u"declared lost"_s : u"declared lost by "_s + event.by;
    endAttempt(step, *open, lostOutcome(who + u": "_s + event.reason), nullptr);
    if (known)
        watchEphemeral(state, *known);
    return {};
}

} // namespace

void on(Step &step, const RerunRun &event)
{
    Engine::State &state = step.state;
    const Job *job = state.jobs.find(event.run.job);
    if (const Status status = checkRerun(state, job, event); !status)
        return step.answer(event.token, fail(status.error()));
    if (event.definition->overlap == OverlapPolicy::Replace)
        replaceRuns(step, job->id, event.by);
    const OpenRun &open = makeRun(step, *job,
        {.cause = Cause::Manual,
            .windowStart = state.jobs.lastSuccess(job->id),
            .windowEnd = step.now,
            .params = event.run.params,
            .by = event.by,
            .triggerReason = event.reason,
            .rerunOf = event.run.id},
        Pinned{state.jobs.pin(job->id, event.run.version, event.definition), event.run.version});
    step.answer(event.token, AnswerBody(wire::TriggerReply{open.run.id, false}));
}

void on(Step &step, const DeclareLost &event)
{
    const Status status = declareLost(step, event);
    step.answer(event.token, status ? Result<AnswerBody>(AnswerBody(wire::Nothing{})) : fail(status.error()));
}

} // namespace belfry::engine
