// SPDX-License-Identifier: GPL-3.0-or-later
// Occasions to come that a person wants to be skipped. The plan is by job and instant, whatever rule names that instant
// when it comes; the ledger gets its row when the occasion is due, as for every other one.
#include "backend/engine/reactions.h"
#include "backend/engine/skips.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t mostPlanned = 1000; // of a job, to come
constexpr Duration memory = 24h * 7; // after the instant

using Plans = std::map<Instant, PlannedSkip>;

const Plans &plansOf(const Engine::State &state, JobId job)
{
    static const Plans none;
    const auto found = state.skips.find(job);
    return found == state.skips.end() ? none : found->second;
}

// The first firing instant of any rule at or after `from`.
std::optional<Instant> nextFiring(const std::vector<DueRule> &rules, Instant from)
{
    std::optional<Instant> earliest;
    for (const DueRule &each : rules) {
        const auto next = each.rule.hasInstants() ? each.rule.next(from) : std::nullopt;
        if (next && (!earliest || next->at < *earliest))
            earliest = next->at;
    }
    return earliest;
}

Result<Instant> nextToSkip(const Step &step, const Job &job)
{
    const auto &rules = step.state.agenda.rules(job.id);
    const Plans &plans = plansOf(step.state, job.id);
    auto at = nextFiring(rules, step.now + 1ms);
    while (at && plans.contains(*at))
        at = nextFiring(rules, *at + 1ms);
    if (at)
        return *at;
    return fail(ErrorKind::Conflict,
        u"job %1 has no occasion to come that can be told beforehand; to hold it back, pause it"_s.arg(
            job.definition.fullName()));
}

Status checkInstant(const Step &step, const Job &job, Instant at)
{
    const QString name = job.definition.fullName();
    const auto &rules = step.state.agenda.rules(job.id);
    QString closed;
    for (const DueRule &each : rules) {
        for (const Occurrence &entry :
            each.rule.hasInstants() ? each.rule.list(at, at + 1ms, 1) : std::vector<Occurrence>()) {
            if (entry.fires())
                return {};
            closed = entry.reason;
        }
    }
    if (!closed.isEmpty())
        return fail(ErrorKind::Conflict, u"job %1 does not run at %2 anyway: %3"_s.arg(name, toRfc3339(at), closed));
    const auto next = nextFiring(rules, step.now + 1ms);
    return fail(ErrorKind::Invalid,
        u"at: no rule of job %1 is due at %2%3"_s.arg(
            name, toRfc3339(at), next ? u"; the next occasion is %1"_s.arg(toRfc3339(*next)) : QString()));
}

Status checkSkip(const Step &step, const Job &job, Instant at)
{
    const QString name = job.definition.fullName();
    const Plans &plans = plansOf(step.state, job.id);
    if (at <= step.now)
        return fail(ErrorKind::Conflict,
            u"%1 is past already; an occasion can be skipped before it is due"_s.arg(toRfc3339(at)));
    if (const auto known = plans.find(at); known != plans.end())
        return fail(ErrorKind::Conflict,
            u"%1 wanted the occasion of job %2 at %3 to be skipped already"_s.arg(
                known->second.by.isEmpty() ? u"somebody"_s : known->second.by, name, toRfc3339(at)));
    if (std::size_t(std::distance(plans.upper_bound(step.now), plans.end())) >= mostPlanned)
        return fail(ErrorKind::Conflict,
            u"%1 occasions of job %2 are to be skipped already; pause it instead"_s.arg(mostPlanned).arg(name));
    return checkInstant(step, job, at);
}

Result<AnswerBody> skip(Step &step, const Job &job, const SkipOccasion &event)
{
    if (!job.definition.enabled)
        return fail(ErrorKind::Conflict,
            u"job %1 is disabled by `enabled: false` in its definition: nothing is due"_s.arg(
                job.definition.fullName()));
    const auto at = event.at ? Result<Instant>(*event.at) : nextToSkip(step, job);
    if (!at)
        return fail(at.error());
    if (const Status good = checkSkip(step, job, *at); !good)
        return fail(good.error());
    const PlannedSkip plan{job.id, *at, event.by, event.reason, step.now};
    step.state.skips[job.id][*at] = plan;
    step.changes.save(plan);
    return AnswerBody(wire::SkipReply{job.definition.fullName(), *at});
}

Result<AnswerBody> unskip(Step &step, const Job &job, const SkipOccasion &event)
{
    const QString name = job.definition.fullName();
    const Plans &plans = plansOf(step.state, job.id);
    const auto plan = event.at ? plans.find(*event.at) : plans.upper_bound(step.now);
    if (plan == plans.end())
        return fail(ErrorKind::Conflict,
            event.at ? u"the occasion of job %1 at %2 is not to be skipped"_s.arg(name, toRfc3339(*event.at))
                     : u"no occasion of job %1 that is to come is to be skipped"_s.arg(name));
    const Instant at = plan->first;
    if (at <= step.now)
        return fail(ErrorKind::Conflict,
            u"the occasion of job %1 at %2 was due already, and is skipped; `belfry run` runs the job now"_s.arg(
                name, toRfc3339(at)));
    dropSkip(step, job.id, at);
    return AnswerBody(wire::SkipReply{name, at});
}

} // namespace

const PlannedSkip *plannedSkip(const Engine::State &state, JobId job, Instant at)
{
    const Plans &plans = plansOf(state, job);
    const auto found = plans.find(at);
    return found == plans.end() ? nullptr : &found->second;
}

void dropSkip(Step &step, JobId job, Instant at)
{
    step.changes.removeSkip(job, at);
    Plans &plans = step.state.skips[job];
    plans.erase(at);
    if (plans.empty())
        step.state.skips.erase(job);
}

void dropSkips(Step &step, JobId job)
{
    const auto plans = step.state.skips.extract(job);
    if (!plans)
        return;
    for (const auto &[at, plan] : plans.mapped())
        step.changes.removeSkip(job, at);
}

void forgetOldSkips(Step &step)
{
    std::vector<std::pair<JobId, Instant>> old;
    for (const auto &[job, plans] : step.state.skips) {
        for (auto plan = plans.begin(); plan != plans.end() && plan->first < step.now - memory; ++plan)
            old.emplace_back(job, plan->first);
    }
    for (const auto &[job, at] : old)
        dropSkip(step, job, at);
}

void on(Step &step, const SkipOccasion &event)
{
    const auto id = step.state.jobs.named(event.job);
    if (!id)
        return step.answer(event.token, fail(id.error()));
    const Job &job = *step.state.jobs.find(*id);
    step.answer(event.token, event.undo ? unskip(step, job, event) : skip(step, job, event));
}

} // namespace belfry::engine
