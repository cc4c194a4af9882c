// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/schedule.h"

#include <queue>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration longestSearch = 1s;

// One rule's future, a firing entry at a time.
struct Walk {
    const Job *job;
    const engine::DueRule *of;
    std::vector<Occurrence> entries; // up to the next firing one
};

bool refill(Walk &walk, Instant from, std::optional<Instant> until)
{
    walk.entries = walk.of->rule.list(from, until, 1);
    return !walk.entries.empty();
}

wire::NextEntry entryOf(const Walk &walk, const Occurrence &each, const PlannedSkip *skip)
{
    const QString note = skip ? noteName(OccurrenceNote::Skipped) : noteName(each.note);
    const QString who = skip && !skip->by.isEmpty() ? skip->by : u"somebody"_s;
    const QString why = skip && !skip->reason.isEmpty() ? u" (%1)"_s.arg(skip->reason) : QString();
    return {.job = walk.job->definition.fullName(),
        .rule = walk.of->key,
        .at = each.at,
        .local = toRfc3339(each.at, walk.of->rule.zone()),
        .note = note.isEmpty() ? std::nullopt : std::optional(note),
        .reason = skip ? u"%1 wants it to be skipped%2"_s.arg(who, why) : each.reason,
        .by = skip ? skip->by : QString()};
}

} // namespace

QString scheduleInWords(const Job &job)
{
    QStringList words;
    const auto rules = engine::rulesOf(job.definition, job.uid); // they were found good when it was applied
    for (const engine::DueRule &each : rules.value_or(std::vector<engine::DueRule>()))
        words.append(each.rule.describe());
    return words.join(u"; "_s);
}

Result<std::vector<wire::NextEntry>> upcoming(
    const std::vector<const Job *> &jobs, const UpcomingQuestion &question, const Clock &clock)
{
    const Duration begun = clock.monotonic();
    std::vector<Walk> walks;
    for (const Job *job : jobs)
        for (const engine::DueRule &each : question.rules(job->id))
            if (each.rule.hasInstants())
                walks.push_back({job, &each, {}});

    using Head = std::tuple<Instant, QString, QString, std::size_t>; // of the walk's next entry
    std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
    const auto push = [&](std::size_t index) {
        const Walk &walk = walks[index];
        heads.emplace(walk.entries.front().at, walk.job->definition.fullName(), walk.of->key, index);
    };
    for (std::size_t i = 0; i < walks.size(); ++i)
        if (refill(walks[i], question.from, question.until))
            push(i);

    std::vector<wire::NextEntry> entries;
    for (int firing = 0; firing < question.n && !heads.empty();) {
        if (clock.monotonic() - begun > longestSearch)
            return fail(ErrorKind::Unavailable,
                u"this takes longer than %1: name fewer jobs, or ask for fewer entries"_s.arg(
                    formatDuration(longestSearch)));
        const std::size_t index = std::get<3>(heads.top());
        heads.pop();
        Walk &walk = walks[index];
        const Occurrence each = walk.entries.front();
        walk.entries.erase(walk.entries.begin());
        const PlannedSkip *skip = each.fires() ? question.skip(walk.job->id, each.at) : nullptr;
        entries.push_back(entryOf(walk, each, skip));
        firing += each.fires() && !skip ? 1 : 0;
        if (!walk.entries.empty() || refill(walk, each.at + 1ms, question.until))
            push(index);
    }
    return entries;
}

} // namespace belfry
