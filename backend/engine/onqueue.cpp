// SPDX-License-Identifier: GPL-3.0-or-later
// What people do with a run that waits: hold it back, let it go, and change its place in the queue.
#include "backend/engine/dispatch.h"
#include "backend/engine/reactions.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

Result<OpenRun *> waitingRun(Engine::State &state, RunId id)
{
    OpenRun *open = state.runs.find(id);
    if (!open && id.value > 0 && id <= state.lastRun)
        return fail(ErrorKind::Conflict, u"run %1 is over already"_s.arg(id.value));
    if (!open)
        return fail(ErrorKind::NotFound, u"there is no run %1"_s.arg(id.value));
    if (!isWaiting(open->run.state))
        return fail(ErrorKind::Conflict,
            u"run %1 lives on agent %2 and waits no more; it can be cancelled"_s.arg(id.value).arg(open->run.agent));
    return open;
}

Result<AnswerBody> hold(Step &step, const HoldRun &event)
{
    const auto open = waitingRun(step.state, event.run);
    if (!open)
        return fail(open.error());
    Run &run = (*open)->run;
    if (event.held && run.heldSince)
        return fail(ErrorKind::Conflict,
            u"run %1 is held by %2 since %3 already"_s.arg(run.id.value)
                .arg(run.heldBy.isEmpty() ? u"somebody"_s : run.heldBy, toRfc3339(*run.heldSince)));
    if (!event.held && !run.heldSince)
        return fail(ErrorKind::Conflict, u"run %1 is not held"_s.arg(run.id.value));
    run.heldSince = event.held ? std::optional(step.now) : std::nullopt;
    run.heldBy = event.held ? event.by : QString();
    run.holdReason = event.held ? event.reason : QString();
    step.changes.save(run);
    requeue(step, **open);
    return AnswerBody(wire::Nothing{});
}

Result<AnswerBody> prioritize(Step &step, const PrioritizeRun &event)
{
    if (event.priority < 0 || event.priority > 100)
        return fail(ErrorKind::Invalid, u"priority: %1 is out of range, 0 to 100"_s.arg(event.priority));
    const auto open = waitingRun(step.state, event.run);
    if (!open)
        return fail(open.error());
    Run &run = (*open)->run;
    // Its place in the queue has the priority in it: it leaves with the old one.
    step.state.queue.leave(run.job, run.id);
    run.priority = event.priority;
    run.priorityBy = event.by;
    step.changes.save(run);
    requeue(step, **open);
    return AnswerBody(wire::Nothing{});
}

} // namespace

void on(Step &step, const HoldRun &event)
{
    step.answer(event.token, hold(step, event));
}

void on(Step &step, const PrioritizeRun &event)
{
    step.answer(event.token, prioritize(step, event));
}

} // namespace belfry::engine
