// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/schedule.h"

#include "shared/time/rule.h"

#include <queue>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration longestSearch = 1s;

// The rules of a definition that was applied: they were found good then.
std::vector<Rule> rulesOf(const Job &job)
{
    std::vector<Rule> rules;
    const auto calendars = Calendar::makeAll(job.definition.calendars);
    const auto zone = Zone::make(job.definition.zone);
    if (!calendars || !zone)
        return rules;
    for (const ScheduleRule &each : job.definition.schedule)
        if (auto rule = Rule::make(each.rule, *zone, *calendars, job.uid))
            rules.push_back(std::move(*rule));
    return rules;
}

// One rule's future, a firing entry at a time.
struct Walk {
    const Job *job;
    Rule rule;
    std::vector<Occurrence> entries; // up to the next firing one
};

bool refill(Walk &walk, Instant from, std::optional<Instant> until)
{
    walk.entries = walk.rule.list(from, until, 1);
    return !walk.entries.empty();
}

wire::NextEntry entryOf(const Walk &walk, const Occurrence &each)
{
    const QString note = noteName(each.note);
    return {.job = walk.job->definition.fullName(),
        .rule = walk.rule.key(),
        .at = each.at,
        .local = toRfc3339(each.at, walk.rule.zone()),
        .note = note.isEmpty() ? std::nullopt : std::optional(note),
        .reason = each.reason};
}

} // namespace

QString scheduleInWords(const Job &job)
{
    QStringList words;
    for (const Rule &rule : rulesOf(job))
        words.append(rule.describe());
    return words.join(u"; "_s);
}

Result<std::vector<wire::NextEntry>> upcoming(
    const std::vector<const Job *> &jobs, const UpcomingQuestion &question, const Clock &clock)
{
    const Duration begun = clock.monotonic();
    std::vector<Walk> walks;
    for (const Job *job : jobs)
        for (Rule &rule : rulesOf(*job))
            if (rule.hasInstants())
                walks.push_back({job, std::move(rule), {}});

    using Head = std::tuple<Instant, QString, QString, std::size_t>; // of the walk's next entry
    std::priority_queue<Head, std::vector<Head>, std::greater<>> heads;
    const auto push = [&](std::size_t index) {
        const Walk &walk = walks[index];
        heads.emplace(walk.entries.front().at, walk.job->definition.fullName(), walk.rule.key(), index);
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
        entries.push_back(entryOf(walk, each));
        firing += each.fires() ? 1 : 0;
        if (!walk.entries.empty() || refill(walk, each.at + 1ms, question.until))
            push(index);
    }
    return entries;
}

} // namespace belfry
