// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/agenda.h"


#include <algorithm>

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype chunk = 1000; // occasions asked for at once

// The first entry of a rule at or after `from`, skipped ones too. Near days are looked at first, for a rule that is
// closed for long has many entries that do not fire.
std::optional<Occurrence> firstEntry(const Rule &rule, Instant from)
{
    for (const Duration window : {Duration(24h), Duration(32 * 24h)}) {
        if (const auto near = rule.list(from, from + window, 1); !near.empty())
            return near.front();
    }
    const auto firing = rule.next(from);
    if (!firing)
        return std::nullopt;
    return rule.list(from, firing->at + 1ms, 1).front();
}

Owed owedBy(const DueRule &rule, std::size_t index, const Occurrence &entry)
{
    return {index, entry.at, entry.fires() ? dueAt(rule.rule, entry.at) : entry.at, skipCauseName(entry.cause)};
}

bool gotRun(const RuleMark &mark, Instant at)
{
    return std::binary_search(mark.leapRan.begin(), mark.leapRan.end(), at);
}

std::optional<Occurrence> firstInLeap(const DueRule &rule)
{
    Instant from = *rule.mark.leapFrom;
    while (true) {
        const auto entry = firstEntry(rule.rule, from);
        if (!entry || entry->at >= *rule.mark.leapTo)
            return std::nullopt;
        if (!gotRun(rule.mark, entry->at))
            return entry;
        from = entry->at + 1ms;
    }
}

void closeLeap(RuleMark &mark)
{
    mark.reopened = false;
    mark.leapFrom.reset();
    mark.leapTo.reset();
    mark.leapRan.clear();
}

// Collects what one rule owes by `now`.
class Collector
{
public:
    Collector(DueRule &rule, std::size_t index, Instant now, Instant old, OwedList &list)
        : m_rule(rule)
        , m_index(index)
        , m_now(now)
        , m_old(old)
        , m_list(list)
    { }

    void collect()
    {
        RuleMark &mark = m_rule.mark;
        m_list.accountedFrom[m_index] = mark.accountedUntil;
        if (mark.reopened) {
            const bool done = walk(*mark.leapFrom, *mark.leapTo);
            if (m_reached)
                mark.leapFrom = *m_reached + 1ms;
            if (!done)
                return finish();
            closeLeap(mark);
        }
        m_reached.reset();
        walk(mark.accountedUntil, std::nullopt);
        if (m_reached)
            mark.accountedUntil = *m_reached + 1ms;
        finish();
    }

private:
    // False: it stopped before `until`, at something that is not due yet.
    bool walk(Instant from, std::optional<Instant> until)
    {
        const Instant end = until ? std::min(*until, m_now + 1ms) : m_now + 1ms;
        while (from < end) {
            const auto entries = m_rule.rule.list(from, end, chunk);
            if (entries.empty())
                break;
            for (const Occurrence &entry : entries) {
                const Owed owed = owedBy(m_rule, m_index, entry);
                if (owed.due > m_now)
                    return false;
                if (!until || !gotRun(m_rule.mark, entry.at))
                    add(owed);
                m_reached = entry.at;
            }
            from = entries.back().at + 1ms;
        }
        return until && *until <= m_now + 1ms;
    }

    void add(const Owed &owed)
    {
        if (owed.due >= m_old) {
            m_list.occasions.push_back(owed);
            return;
        }
        Older &older = m_older[owed.skip];
        ++older.count;
        older.until = owed.at;
        if (older.count <= Agenda::maxRows)
            older.first.push_back(owed);
    }

    void finish()
    {
        for (auto &[skip, older] : m_older) {
            if (older.count > Agenda::maxRows)
                m_list.ranges.push_back({m_index, skip, older.first.front().at, older.until, older.count});
            else
                m_list.occasions.insert(m_list.occasions.end(), older.first.begin(), older.first.end());
        }
    }

    struct Older {
        std::vector<Owed> first;
        Instant until;
        int count = 0;
    };

    DueRule &m_rule;
    std::size_t m_index;
    Instant m_now;
    Instant m_old;
    OwedList &m_list;
    std::map<QString, Older> m_older; // by skip
    std::optional<Instant> m_reached; // the last one handed out
};

} // namespace

Instant dueAt(const Rule &rule, Instant at)
{
    const Duration jitter = rule.jitterAt(at);
    if (jitter <= 0s)
        return at;
    const auto following = rule.hasInstants() ? rule.next(at + 1ms) : std::nullopt;
    return following ? std::min(at + jitter, following->at - 1ms) : at + jitter;
}

bool meansTheSame(const JobDefinition &before, const JobDefinition &after, const RuleSpec &was, const RuleSpec &is)
{
    if (!(was == is) || (is.zone.isEmpty() && before.zone != after.zone))
        return false;
    return is.calendar.isEmpty() || before.calendars == after.calendars;
}

Result<std::vector<DueRule>> rulesOf(const JobDefinition &definition, const QString &uid)
{
    const auto zone = Zone::make(definition.zone);
    if (!zone)
        return fail(zone.error().within(u"job %1"_s.arg(definition.name)));
    const auto calendars = Calendar::makeAll(definition.calendars);
    if (!calendars)
        return fail(calendars.error().within(u"job %1"_s.arg(definition.name)));
    std::vector<DueRule> rules;
    std::set<QString> keys;
    for (std::size_t i = 0; i < definition.schedule.size(); ++i) {
        const ScheduleRule &written = definition.schedule[i];
        const QString place = u"job %1: schedule: rule %2"_s.arg(definition.name).arg(i + 1);
        auto rule = Rule::make(written.rule, *zone, *calendars, uid);
        if (!rule)
            return fail(rule.error().within(place));
        DueRule due{std::move(*rule), ruleKey(written), written.params, {}};
        if (!keys.insert(due.key).second)
            return fail(ErrorKind::Invalid,
                u"%1: it is the same as another rule (%2); give it a `name` of its own or leave it out"_s.arg(
                    place, due.key));
        due.mark.rule = due.key;
        rules.push_back(std::move(due));
    }
    return rules;
}

void Agenda::set(JobId job, std::vector<DueRule> rules, std::optional<Instant> idleSince)
{
    remove(job);
    if (rules.empty())
        return;
    Plan &plan = m_jobs[job];
    plan.rules = std::move(rules);
    plan.next.resize(plan.rules.size());
    plan.idleSince = idleSince;
    for (std::size_t i = 0; i < plan.rules.size(); ++i)
        look(plan, i);
    enter(job, plan);
}

void Agenda::remove(JobId job)
{
    const auto found = m_jobs.find(job);
    if (found == m_jobs.end())
        return;
    if (found->second.entry)
        m_entries.erase(*found->second.entry);
    m_jobs.erase(found);
}

void Agenda::setIdle(JobId job, std::optional<Instant> idleSince)
{
    const auto found = m_jobs.find(job);
    if (found == m_jobs.end() || found->second.idleSince == idleSince)
        return;
    Plan &plan = found->second;
    plan.idleSince = idleSince;
    for (std::size_t i = 0; i < plan.rules.size(); ++i) {
        if (!plan.rules[i].rule.hasInstants())
            look(plan, i);
    }
    enter(job, plan);
}

void Agenda::look(Plan &plan, std::size_t index)
{
    const DueRule &rule = plan.rules[index];
    std::optional<Owed> &next = plan.next[index];
    next.reset();
    if (!rule.rule.hasInstants()) {
        if (!plan.idleSince)
            return;
        auto at = rule.rule.nextAfterEnd(std::max(*plan.idleSince, rule.mark.since));
        if (at && *at < rule.mark.accountedUntil) // the last one came to nothing
            at = rule.rule.nextAfterEnd(rule.mark.accountedUntil);
        if (at)
            next = Owed{index, *at, dueAt(rule.rule, *at), {}};
        return;
    }
    auto entry = rule.mark.reopened ? firstInLeap(rule) : std::nullopt;
    if (!entry)
        entry = firstEntry(rule.rule, rule.mark.accountedUntil);
    if (entry)
        next = owedBy(rule, index, *entry);
}

void Agenda::enter(JobId job, Plan &plan)
{
    std::optional<Instant> earliest;
    for (const auto &next : plan.next) {
        if (next && (!earliest || next->due < *earliest))
            earliest = next->due;
    }
    if (plan.entry)
        m_entries.erase(*plan.entry);
    plan.entry = earliest ? std::optional(Entry{*earliest, job}) : std::nullopt;
    if (plan.entry)
        m_entries.insert(*plan.entry);
}

std::optional<Instant> Agenda::first() const
{
    return m_entries.empty() ? std::nullopt : std::optional(m_entries.begin()->due);
}

std::optional<JobId> Agenda::dueJob(Instant now) const
{
    if (m_entries.empty() || m_entries.begin()->due > now)
        return std::nullopt;
    return m_entries.begin()->job;
}

void Agenda::defer(JobId job, Instant until)
{
    const auto found = m_jobs.find(job);
    if (found == m_jobs.end() || !found->second.entry)
        return;
    m_entries.erase(*found->second.entry);
    found->second.entry = Entry{until, job};
    m_entries.insert(*found->second.entry);
}

void Agenda::undefer(JobId job)
{
    if (const auto found = m_jobs.find(job); found != m_jobs.end())
        enter(job, found->second);
}

OwedList Agenda::take(JobId job, Instant now, Instant old)
{
    OwedList list;
    const auto found = m_jobs.find(job);
    if (found == m_jobs.end())
        return list;
    Plan &plan = found->second;
    for (std::size_t i = 0; i < plan.rules.size(); ++i) {
        if (!plan.next[i] || plan.next[i]->due > now)
            continue;
        DueRule &rule = plan.rules[i];
        if (rule.rule.hasInstants()) {
            Collector(rule, i, now, old, list).collect();
        } else {
            list.accountedFrom[i] = rule.mark.accountedUntil;
            list.occasions.push_back(*plan.next[i]);
            rule.mark.accountedUntil = plan.next[i]->at + 1ms;
            plan.idleSince.reset();
        }
        look(plan, i);
    }
    enter(job, plan);
    std::sort(list.occasions.begin(), list.occasions.end(),
        [](const Owed &a, const Owed &b) { return std::tie(a.due, a.rule, a.at) < std::tie(b.due, b.rule, b.at); });
    return list;
}

std::vector<RuleMark> Agenda::reopen(Instant now)
{
    std::vector<RuleMark> changed;
    for (auto &[job, plan] : m_jobs) {
        bool any = false;
        for (std::size_t i = 0; i < plan.rules.size(); ++i) {
            RuleMark &mark = plan.rules[i].mark;
            if (mark.reopened || !mark.leapTo || *mark.leapTo <= now)
                continue;
            mark.reopened = true;
            changed.push_back(mark);
            look(plan, i);
            any = true;
        }
        if (any)
            enter(job, plan);
    }
    return changed;
}

const std::vector<DueRule> &Agenda::rules(JobId job) const
{
    static const std::vector<DueRule> none;
    const auto found = m_jobs.find(job);
    return found == m_jobs.end() ? none : found->second.rules;
}

RuleMark &Agenda::mark(JobId job, std::size_t rule)
{
    return m_jobs.at(job).rules[rule].mark;
}

std::optional<Instant> Agenda::nextOccasion(JobId job) const
{
    std::optional<Instant> earliest;
    const auto found = m_jobs.find(job);
    if (found == m_jobs.end())
        return earliest;
    for (const auto &next : found->second.next) {
        if (next && next->skip.isEmpty() && (!earliest || next->at < *earliest))
            earliest = next->at;
    }
    return earliest;
}

} // namespace belfry::engine
