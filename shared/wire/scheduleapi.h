// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/occasion.h"
#include "shared/wire/explain.h"
#include "shared/wire/nothing.h"

// Requests about what is due and what was.
namespace belfry::wire {

struct NextEntry {
    QString job;
    QString rule;
    Instant at;
    QString local; // RFC 3339 with offset
    std::optional<QString> note; // moved, merged, repeated, skipped
    QString reason;
    QString by; // who wants it to be skipped
};
constexpr auto describe(const NextEntry *)
{
    return fields(field(1, "job", &NextEntry::job), field(2, "rule", &NextEntry::rule),
        required(3, "at", &NextEntry::at), required(4, "local", &NextEntry::local), field(5, "note", &NextEntry::note),
        field(6, "reason", &NextEntry::reason), field(7, "by", &NextEntry::by));
}
struct NextReply {
    std::vector<NextEntry> entries; // by time, then job
};
constexpr auto describe(const NextReply *)
{
    return fields(required(1, "entries", &NextReply::entries));
}
struct ScheduleNext {
    static constexpr auto method = "schedule.next";
    using Reply = NextReply;
    QStringList jobs; // empty: all
    int n = 10; // firing entries; 1..10000
    std::optional<Instant> from; // inclusive; default now
    std::optional<Instant> until; // exclusive
};
constexpr auto describe(const ScheduleNext *)
{
    return fields(field(1, "jobs", &ScheduleNext::jobs), field(2, "n", &ScheduleNext::n),
        field(3, "from", &ScheduleNext::from), field(4, "until", &ScheduleNext::until));
}

struct SkipReply {
    QString job; // full name
    Instant at; // of the occasion
};
constexpr auto describe(const SkipReply *)
{
    return fields(required(1, "job", &SkipReply::job), required(2, "at", &SkipReply::at));
}
// When they are due, the occasions of that instant are skipped with reason `operator`, over restarts and applies.
// Conflict: it is skipped already. Invalid: no rule of the job is due then.
struct ScheduleSkip {
    static constexpr auto method = "schedule.skip";
    using Reply = SkipReply;
    QString job;
    std::optional<Instant> at; // default: the next one that would run
    QString reason;
};
constexpr auto describe(const ScheduleSkip *)
{
    return fields(required(1, "job", &ScheduleSkip::job), field(2, "at", &ScheduleSkip::at),
        field(3, "reason", &ScheduleSkip::reason));
}
// It will run after all. Conflict: it was due already, or is not to be skipped.
struct ScheduleUnskip {
    static constexpr auto method = "schedule.unskip";
    using Reply = SkipReply;
    QString job;
    std::optional<Instant> at; // default: the next one that was to be skipped
};
constexpr auto describe(const ScheduleUnskip *)
{
    return fields(required(1, "job", &ScheduleUnskip::job), field(2, "at", &ScheduleUnskip::at));
}

struct LedgerReply {
    std::vector<Occasion> occasions; // by time, then job and rule
};
constexpr auto describe(const LedgerReply *)
{
    return fields(required(1, "occasions", &LedgerReply::occasions));
}
struct LedgerList {
    static constexpr auto method = "ledger.list";
    using Reply = LedgerReply;
    QString job; // empty: all
    std::optional<Instant> from;
    std::optional<Instant> until;
    int limit = 1000; // 1..10000, the newest
};
constexpr auto describe(const LedgerList *)
{
    return fields(field(1, "job", &LedgerList::job), field(2, "from", &LedgerList::from),
        field(3, "until", &LedgerList::until), field(4, "limit", &LedgerList::limit));
}

// Where the ledger and the definitions differ: an occasion without a row, with two, or a row that no definition owes.
struct LedgerDifference {
    QString kind; // missing, doubled, extra
    QString job;
    QString rule;
    Instant at;
    int version = 0; // of the definition that was in force
    QString text; // in a sentence
};
constexpr auto describe(const LedgerDifference *)
{
    return fields(required(1, "kind", &LedgerDifference::kind), required(2, "job", &LedgerDifference::job),
        required(3, "rule", &LedgerDifference::rule), required(4, "at", &LedgerDifference::at),
        field(5, "version", &LedgerDifference::version), required(6, "text", &LedgerDifference::text));
}
struct VerifyReply {
    Instant from;
    Instant until;
    qint64 occasions = 0; // recomputed
    qint64 rows = 0; // of the ledger, a range as what it counts
    std::vector<LedgerDifference> differences; // by job, time and rule
    bool partial = false; // there are more differences than are told
};
constexpr auto describe(const VerifyReply *)
{
    return fields(required(1, "from", &VerifyReply::from), required(2, "until", &VerifyReply::until),
        required(3, "occasions", &VerifyReply::occasions), required(4, "rows", &VerifyReply::rows),
        required(5, "differences", &VerifyReply::differences), field(6, "partial", &VerifyReply::partial));
}
struct LedgerVerify {
    static constexpr auto method = "ledger.verify";
    using Reply = VerifyReply;
    std::optional<Instant> from; // default: a day before `until`
    std::optional<Instant> until; // exclusive; default and at most: what the ledger accounts for by now
};
constexpr auto describe(const LedgerVerify *)
{
    return fields(field(1, "from", &LedgerVerify::from), field(2, "until", &LedgerVerify::until));
}

} // namespace belfry::wire
