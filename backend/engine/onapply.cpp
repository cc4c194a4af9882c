// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/reactions.h"

#include "backend/engine/accounting.h"
#include "backend/engine/applyplan.h"
#include "backend/engine/dispatch.h"
#include "backend/engine/lifecycle.h"
#include "backend/engine/skips.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration markMemory = 7 * 24h;

// The mark of a rule that comes into force now. If one of the same key is accounted for beyond now, the clock was ahead
// then: what got its run stays as it is, what was only written off is owed.
RuleMark freshMark(Step &step, JobId job, const DueRule &rule, const RuleMark *old)
{
    const QString &key = rule.key;
    RuleMark mark{.job = job, .rule = key, .since = step.now, .accountedUntil = step.now};
    if (!old || old->accountedUntil <= step.now)
        return mark;
    mark.accountedUntil = old->accountedUntil;
    if (rule.rule.hasInstants())
        mark.since = old->accountedUntil;
    if (old->leapTo && *old->leapTo > step.now) {
        mark.leapFrom = std::max(*old->leapFrom, step.now);
        mark.leapTo = old->leapTo;
        mark.leapRan = old->leapRan;
        mark.reopened = true;
        dropHeld(step.state, job, key, *mark.leapFrom, *mark.leapTo);
        step.changes.reopen({job, key, *mark.leapFrom, *mark.leapTo});
    }
    return mark;
}

// Marks of rules that are no longer in force are kept for some time, in case the clock was ahead when they were
// dropped.
void retire(Step &step, JobId job, const std::map<QString, DueRule> &rules)
{
    auto &retired = step.state.retired;
    for (const auto &[key, rule] : rules)
        retired[{job, key}] = rule.mark;
    for (auto at = retired.lower_bound({job, QString()}); at != retired.end() && at->first.first == job;) {
        const bool isOld = at->second.accountedUntil + markMemory < step.now;
        if (isOld)
            step.changes.removeMark(job, at->first.second);
        at = isOld ? retired.erase(at) : std::next(at);
    }
}

// The rules of a job as they are now, with marks kept for those that were in force before and mean the same.
void setRules(Step &step, const Job &job, const JobDefinition *before)
{
    Engine::State &state = step.state;
    std::map<QString, DueRule> inForce;
    for (const DueRule &rule : state.agenda.rules(job.id))
        inForce.emplace(rule.key, rule);
    std::vector<DueRule> rules;
    if (job.definition.enabled && !job.removed)
        rules = rulesOf(job.definition, job.uid).value(); // planApply() has made the same rules
    for (DueRule &rule : rules) {
        const auto known = inForce.extract(rule.key);
        if (known && before && meansTheSame(*before, job.definition, known.mapped().rule.spec(), rule.rule.spec())) {
            rule.mark = known.mapped().mark;
            continue;
        }
        const auto retired = state.retired.extract({job.id, rule.key});
        rule.mark = freshMark(step, job.id, rule, known ? &known.mapped().mark : retired ? &retired.mapped() : nullptr);
        step.changes.save(rule.mark);
    }
    retire(step, job.id, inForce);
    state.agenda.set(job.id, std::move(rules), std::nullopt);
    noteIdle(state, job.id);
    state.queue.setRoom(job.id, roomOf(job.definition));
}

void change(Step &step, const JobChange &each, qint64 release)
{
    Engine::State &state = step.state;
    const Job *old = each.job ? state.jobs.find(each.job) : nullptr;
    Job job = old ? *old : Job{};
    const std::optional<JobDefinition> before = old ? std::optional(old->definition) : std::nullopt;
    job.version = old ? old->version + 1 : 1;
    job.release = release;
    job.since = step.now;
    job.removed = false;
    job.removedIn = 0;
    job.definition = each.definition;
    if (old)
        state.jobs.replace(job);
    else
        job = *state.jobs.find(state.jobs.add(std::move(job)));
    step.changes.save(job);
    setRules(step, job, before ? &*before : nullptr);
}

void remove(Step &step, JobId id, qint64 release)
{
    Engine::State &state = step.state;
    Job job = *state.jobs.find(id);
    job.removed = true;
    job.removedIn = release;
    if (job.pausedUntil)
        state.pauseEnds.erase({*job.pausedUntil, id});
    job.pausedSince.reset();
    job.pausedUntil.reset();
    job.pausedBy.clear();
    cancelHeld(step, id, reason::jobRemoved);
    dropSkips(step, id);
    state.jobs.replace(job);
    step.changes.save(job);
    setRules(step, job, nullptr);
    const std::set<RunId> runs = state.runs.ofJob(id);
    for (const RunId run : runs) {
        OpenRun &open = *state.runs.find(run);
        if (isWaiting(open.run.state))
            endWaiting(step, open, reason::jobRemoved.toString(), {Fate::Cancelled, reason::jobRemoved});
    }
}

void changeLimit(Step &step, const LimitKey &key, const std::map<QString, LimitSpec> &now)
{
    Limits &limits = step.state.limits;
    const auto is = now.find(key.name);
    if (is == now.end() || !is->second.isRate())
        step.changes.removeRateUses(key.project, key.name, Instant(std::numeric_limits<qint64>::max()));
    if (is == now.end()) {
        limits.remove(key);
        step.changes.removeLimit(key.project, key.name);
    } else {
        limits.set(key, is->second);
        step.changes.save(Limit{key.project, key.name, is->second});
    }
}

wire::ApplyReply replyOf(const ApplyProject &event, const ApplyPlan &plan, const JobTable &jobs)
{
    wire::ApplyReply reply{
        .project = event.project, .unchanged = plan.unchanged, .warnings = plan.warnings, .limits = plan.changedLimits};
    if (event.restores != 0)
        reply.restores = event.restores;
    for (const JobChange &each : plan.changes) {
        const QString name = each.definition.fullName();
        (each.added ? reply.added : reply.changed).push_back(name);
        if (!each.was.isEmpty())
            reply.renamed[name] = each.was;
    }
    for (const JobId id : plan.removed)
        reply.removed.push_back(jobs.find(id)->definition.fullName());
    return reply;
}

Release releaseOf(const ApplyProject &event, const ApplyPlan &plan, const wire::ApplyReply &reply, Instant now)
{
    return {.project = event.project,
        .number = reply.release,
        .at = now,
        .by = event.by,
        .message = event.message,
        .restores = event.restores,
        .added = int(reply.added.size()),
        .changed = int(reply.changed.size()),
        .removed = int(reply.removed.size()),
        .unchanged = reply.unchanged,
        .limits = plan.limits,
        .files = event.files};
}

} // namespace

void on(Step &step, const ApplyProject &event)
{
    Engine::State &state = step.state;
    const auto plan = planApply(event, state.jobs, state.limits.of(event.project));
    if (!plan)
        return step.answer(event.token, fail(plan.error()));
    wire::ApplyReply reply = replyOf(event, *plan, state.jobs);
    if (event.dryRun)
        return step.answer(event.token, AnswerBody(reply));

    // What is due so far follows the old definitions, also while a suspect clock holds everything else back.
    for (const JobChange &each : plan->changes)
        accountJob(step, each.job);
    for (const JobId id : plan->removed)
        accountJob(step, id);
    reply.release = state.jobs.nextRelease(event.project);
    step.changes.save(releaseOf(event, *plan, reply, step.now));
    for (const JobId id : plan->removed)
        remove(step, id, reply.release);
    for (const JobChange &each : plan->changes)
        change(step, each, reply.release);
    for (const QString &name : plan->changedLimits)
        changeLimit(step, {event.project, name}, plan->limits);
    step.answer(event.token, AnswerBody(reply));
}

} // namespace belfry::engine
