// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/preview.h"

#include "backend/engine/blockers.h"
#include "backend/engine/dispatch.h"
#include "backend/engine/ledger.h"
#include "backend/engine/order.h"
#include "backend/engine/parameters.h"
#include "backend/engine/refusals.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;
using wire::BlockerKind;

namespace {

// The run that a trigger would make; it is in no table and no queue.
OpenRun runOf(const Engine::State &state, const Job &job, Params params, const TriggerJob &event, Instant now)
{
    const auto lastSuccess = state.jobs.lastSuccess(job.id);
    Run run{.id = RunId(state.lastRun.value + 1),
        .job = job.id,
        .jobName = job.definition.fullName(),
        .version = job.version,
        .cause = Cause::Manual,
        .rule = {},
        .windowStart = lastSuccess,
        .windowEnd = now,
        .lastSuccess = lastSuccess,
        .params = std::move(params),
        .priority = job.definition.priority,
        .queuedAt = now,
        .by = event.by,
        .triggerReason = event.reason};
    return {std::move(run), state.jobs.current(job.id), {}, {}};
}

std::vector<RunId> replacedBy(const Engine::State &state, const Job &job)
{
    std::vector<RunId> runs;
    if (job.definition.overlap != OverlapPolicy::Replace)
        return runs;
    for (const RunId id : state.runs.ofJob(job.id)) {
        const Run &run = state.runs.find(id)->run;
        if (!run.backlog || !isWaiting(run.state))
            runs.push_back(id);
    }
    return runs;
}

// Runs that wait are gone as soon as another one takes their place; what lives is waited for.
void dropReplaced(std::vector<wire::Blocker> &blockers, const std::vector<RunId> &replaced)
{
    for (wire::Blocker &blocker : blockers) {
        if (blocker.kind == BlockerKind::Overlap)
            std::erase_if(blocker.runs, [&](const wire::BlockingRun &each) {
                return isWaiting(each.state) && std::ranges::count(replaced, each.run) > 0;
            });
    }
    std::erase_if(
        blockers, [](const wire::Blocker &each) { return each.kind == BlockerKind::Overlap && each.runs.empty(); });
}

void fillCommand(wire::PreviewReply &reply, const OpenRun &open)
{
    const Attempt attempt{.run = open.run.id, .attempt = 1};
    const auto order = orderOf(open.run, *open.definition, attempt);
    if (!order) {
        reply.refusal = u"it could not be started: %1"_s.arg(order.error().message);
        return;
    }
    reply.command = order->command;
    reply.script = order->script;
    reply.dir = order->dir;
}

QString sentenceOf(const wire::PreviewReply &reply, const std::optional<QString> &agent)
{
    if (!reply.refusal.isEmpty())
        return u"It would be refused: %1."_s.arg(reply.refusal);
    QString text;
    if (!reply.replaces.empty())
        text = u"It would take the place of %1 (overlap: replace). "_s.arg(Words::runs(reply.replaces));
    if (reply.starts)
        return text + (agent ? u"It would start at once, on agent %1."_s.arg(*agent) : u"It would start at once."_s);
    QStringList parts;
    for (const wire::Blocker &blocker : reply.blockers)
        parts += blocker.text;
    return text + u"It would wait: %1."_s.arg(parts.join(u"; "_s));
}

} // namespace

Status checkTrigger(const Engine::State &state, const Job &job, const TriggerJob &event)
{
    const QString name = job.definition.fullName();
    if (job.pausedSince && !(event.force && !event.reason.isEmpty()))
        return fail(
            ErrorKind::Conflict, u"job %1 is paused; to run it nevertheless use --force with a --reason"_s.arg(name));
    if (job.definition.overlap == OverlapPolicy::Skip && !state.runs.ofJob(job.id).empty())
        return fail(ErrorKind::Conflict,
            u"run %1 of job %2 is not over, and its overlap is `skip`; try again later"_s
                .arg(state.runs.ofJob(job.id).begin()->value)
                .arg(name));
    if (state.queue.waitingCount(job.id) >= maxWaiting)
        return fail(ErrorKind::Conflict,
            u"%1 runs of job %2 are waiting already; try again later or cancel some"_s.arg(maxWaiting).arg(name));
    return {};
}

Result<wire::PreviewReply> previewOf(Engine::State &state, const TriggerJob &event, Instant now)
{
    const auto id = state.jobs.named(event.job);
    if (!id)
        return fail(id.error());
    const Job &job = *state.jobs.find(*id);
    auto params = paramsOfTrigger(job.definition, event.params, now);
    if (!params)
        return fail(params.error());
    const OpenRun open = runOf(state, job, std::move(*params), event, now);
    const Words words(job.definition.zone, now);
    wire::PreviewReply reply{
        .job = open.run.jobName, .version = job.version, .params = open.run.params, .replaces = replacedBy(state, job)};
    fillCommand(reply, open);
    if (const Status good = checkTrigger(state, job, event); !good)
        reply.refusal = good.error().message;
    reply.blockers = blockersOf(state, open, words);
    dropReplaced(reply.blockers, reply.replaces);
    reply.starts = reply.refusal.isEmpty() && reply.blockers.empty();
    std::optional<QString> agent;
    if (const auto demand = demandOf(state, open)) {
        reply.agents = answersOf(state, open, *demand, words);
        agent = state.placement.choose(demand->agents, wishOf(state, open));
    }
    reply.sentence = sentenceOf(reply, agent);
    return reply;
}

} // namespace belfry::engine
