// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/comparison.h"

#include "backend/engine/applyplan.h"
#include "shared/jobs/diff.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration comparedSpan = 90 * 24h;
// Occasions that one diff looks at, each side counted: a few seconds of work.
constexpr qsizetype mostOccasions = 2'000'000;
constexpr qsizetype mostOfOneSide = 20'000;
// Jobs that show their first changes; a thousand of them are half a megabyte.
constexpr std::size_t mostWithFirst = 1000;

void tellChange(wire::DiffReply &reply, const engine::JobChange &change, const JobDefinition &before)
{
    const wire::ChangedJob row{change.definition.fullName(), change.was, changedKeys(before, change.definition)};
    (change.was.isEmpty() ? reply.changed : reply.renamed).push_back(row);
}

// Many dense jobs get a part of the whole each.
qsizetype shareOf(std::size_t pairs)
{
    return std::clamp<qsizetype>(mostOccasions / (2 * std::max<qsizetype>(1, qsizetype(pairs))), 100, mostOfOneSide);
}

} // namespace

Result<Comparison> comparisonOf(const engine::Engine &engine, const engine::ApplyProject &apply)
{
    const auto plan = engine.preview(apply);
    if (!plan)
        return fail(plan.error());
    Comparison comparison;
    wire::DiffReply &reply = comparison.reply;
    reply = {.project = apply.project,
        .release = engine.newestRelease(apply.project),
        .same = plan->changes.empty() && plan->removed.empty() && plan->changedLimits.isEmpty(),
        .unchanged = plan->unchanged,
        .limits = plan->changedLimits,
        .warnings = plan->warnings};
    for (const engine::JobChange &each : plan->changes) {
        const Job *job = each.job ? engine.job(each.job) : nullptr;
        const auto after = std::make_shared<const JobDefinition>(each.definition);
        const QString uid = job ? job->uid : each.definition.fullName();
        if (each.added) {
            reply.added += each.definition.fullName();
            comparison.pairs.push_back({nullptr, after, uid});
            continue;
        }
        tellChange(reply, each, job->definition);
        if (!hasSameSchedule(job->definition, each.definition))
            comparison.pairs.push_back({engine.definition(each.job, job->version), after, uid});
    }
    for (const JobId id : plan->removed) {
        const Job *job = engine.job(id);
        reply.removed += job->definition.fullName();
        comparison.pairs.push_back({engine.definition(id, job->version), nullptr, job->uid});
    }
    return comparison;
}

wire::DiffReply compare(Comparison comparison, const std::atomic<bool> &stopping)
{
    wire::DiffReply reply = std::move(comparison.reply);
    reply.until = reply.from + comparedSpan;
    const qsizetype share = shareOf(comparison.pairs.size());
    for (const Comparison::Pair &each : comparison.pairs) {
        if (stopping)
            break;
        OccasionDiff diff
            = diffOccasions({each.before.get(), each.after.get(), each.uid}, {reply.from, reply.until}, share);
        reply.occasionsComplete = reply.occasionsComplete && diff.complete;
        if (diff.isEmpty() && diff.complete)
            continue;
        reply.occasionsAdded += diff.added;
        reply.occasionsRemoved += diff.removed;
        reply.occasionsMoved += diff.moved;
        reply.occasions.push_back(std::move(diff));
    }
    std::sort(reply.occasions.begin(), reply.occasions.end(),
        [](const OccasionDiff &a, const OccasionDiff &b) { return a.job < b.job; });
    for (std::size_t i = mostWithFirst; i < reply.occasions.size(); ++i) {
        OccasionDiff &each = reply.occasions[i];
        each.firstAdded.clear();
        each.firstRemoved.clear();
        each.firstMoved.clear();
        ++reply.withoutFirst;
    }
    return reply;
}

} // namespace belfry
