// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/job.h"
#include "shared/time/rule.h"

#include <set>

namespace belfry::engine {

// A rule of a job's schedule, ready to be asked, and how far it is accounted for.
struct DueRule {
    Rule rule;
    QString key;
    Params params; // may hold ${{ }}
    RuleMark mark;
};

// The rules of a definition; marks are those it has where they fit. Invalid names the rule by its place in the list.
Result<std::vector<DueRule>> rulesOf(const JobDefinition &definition, const QString &uid);

// When an occasion is acted on: jitter later, but never beyond the next one, so that the order of a rule's occasions
// stays.
Instant dueAt(const Rule &rule, Instant at);
// Whether a rule of the same key still means the same instants in a later definition.
bool meansTheSame(const JobDefinition &before, const JobDefinition &after, const RuleSpec &was, const RuleSpec &is);

// An occasion that has become due.
struct Owed {
    std::size_t rule = 0; // index in the job's rules
    Instant at;
    Instant due; // with jitter
    QString skip; // reason code; empty: it fires
};
// Alike occasions of one rule that became due so long ago that nobody needs them one by one.
struct OwedRange {
    std::size_t rule = 0;
    QString skip;
    Instant from;
    Instant until; // inclusive
    int count = 0;
};
struct OwedList {
    std::vector<Owed> occasions; // by due, then rule, then instant
    std::vector<OwedRange> ranges; // of more than maxRows occasions each
    std::map<std::size_t, Instant> accountedFrom; // for each rule that owed something: its mark's accountedUntil before
};

// When each rule of each job is due next. It hands out every occasion once, in order; what becomes of them is not its
// business.
class Agenda
{
public:
    static constexpr int maxRows = 1000; // alike occasions beyond this number become one range

    // Replaces the job's rules. `idleSince`: the end of its last run (for `after`); nullopt while one is open.
    void set(JobId job, std::vector<DueRule> rules, std::optional<Instant> idleSince);
    void remove(JobId job);
    // For `after` rules: whether a run of the job is open, and when the last one ended.
    void setIdle(JobId job, std::optional<Instant> idleSince);

    std::optional<Instant> first() const;
    // The job that has been due for longest, at `now`.
    std::optional<JobId> dueJob(Instant now) const;
    // The job is not looked at before then.
    void defer(JobId job, Instant until);
    // It may be looked at when it is due.
    void undefer(JobId job);
    // All that the job owes by `now`, each rule's mark moved on beyond it. What was due before `old` may come as a
    // range.
    OwedList take(JobId job, Instant now, Instant old);
    // The wall clock was set back to `now`: leaps that it lies in are owed again. The marks that changed.
    std::vector<RuleMark> reopen(Instant now);

    const std::vector<DueRule> &rules(JobId job) const;
    RuleMark &mark(JobId job, std::size_t rule);
    // The next occasion of any rule of the job.
    std::optional<Instant> nextOccasion(JobId job) const;

private:
    struct Entry {
        Instant due;
        JobId job;
        auto operator<=>(const Entry &) const = default;
    };
    struct Plan {
        std::vector<DueRule> rules;
        std::vector<std::optional<Owed>> next; // of each rule
        std::optional<Instant> idleSince;
        std::optional<Entry> entry; // as it is in m_entries
    };

    void enter(JobId job, Plan &plan);
    static void look(Plan &plan, std::size_t rule);

    std::map<JobId, Plan> m_jobs;
    std::set<Entry> m_entries; // the earliest of each job
};

} // namespace belfry::engine
