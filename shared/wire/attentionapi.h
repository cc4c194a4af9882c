// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/occasion.h"
#include "shared/wire/nothing.h"

// Requests about failures that nobody has looked at yet. A run that failed, timed out, did not start or was lost, and
// an occasion that was missed or expired, asks for attention until a person acknowledges it; a later success does not
// hide it. Occasions that a later one ran for (`missed: superseded`) do not ask.
namespace belfry::wire {

enum class Concern { Failed, TimedOut, NotStarted, Lost, Missed, Expired };
constexpr auto enumNames(const Concern *)
{
    return names<Concern>(
        {{Concern::Failed, "failed"}, {Concern::TimedOut, "timed_out"}, {Concern::NotStarted, "not_started"},
            {Concern::Lost, "lost"}, {Concern::Missed, "missed"}, {Concern::Expired, "expired"}});
}

struct AttentionRow {
    Concern concern = Concern::Failed;
    QString job; // full name
    Instant at; // when the run ended, or the occasion was due
    std::optional<RunId> run; // none: it is about the occasion
    QString rule; // key; empty for a manual run
    std::optional<Instant> occasion;
    std::optional<Instant> until; // of a range of alike occasions, inclusive
    int count = 1; // of that range
    QString reason; // of a run in words, of an occasion its code
    QString agent;
    std::optional<int> exitCode;
    std::optional<int> signal;

    bool operator==(const AttentionRow &) const = default;
};
constexpr auto describe(const AttentionRow *)
{
    return fields(required(1, "concern", &AttentionRow::concern), required(2, "job", &AttentionRow::job),
        required(3, "at", &AttentionRow::at), field(4, "run", &AttentionRow::run),
        field(5, "rule", &AttentionRow::rule), field(6, "occasion", &AttentionRow::occasion),
        field(7, "until", &AttentionRow::until), field(8, "count", &AttentionRow::count),
        field(9, "reason", &AttentionRow::reason), field(10, "agent", &AttentionRow::agent),
        field(11, "exit_code", &AttentionRow::exitCode), field(12, "signal", &AttentionRow::signal));
}
struct AttentionReply {
    std::vector<AttentionRow> rows; // newest first
    std::optional<QString> next; // give it as `after` for the next page
};
constexpr auto describe(const AttentionReply *)
{
    return fields(required(1, "rows", &AttentionReply::rows), field(2, "next", &AttentionReply::next));
}
struct AttentionList {
    static constexpr auto method = "attention.list";
    using Reply = AttentionReply;
    QString job; // empty: all
    QString project; // empty: all
    std::vector<Concern> concerns; // empty: all
    std::optional<Instant> since;
    QString after; // `next` of the page before
    int limit = 100; // 1..1000
};
constexpr auto describe(const AttentionList *)
{
    return fields(field(1, "job", &AttentionList::job), field(2, "project", &AttentionList::project),
        field(3, "concerns", &AttentionList::concerns), field(4, "since", &AttentionList::since),
        field(5, "after", &AttentionList::after), field(6, "limit", &AttentionList::limit));
}

struct AttentionMarked {
    int rows = 0; // runs or occasions that it concerned
};
constexpr auto describe(const AttentionMarked *)
{
    return fields(required(1, "rows", &AttentionMarked::rows));
}
// Conflict: it did not fail, or was acknowledged before, which stands.
struct AttentionAcknowledge {
    static constexpr auto method = "attention.acknowledge";
    using Reply = AttentionMarked;
    std::optional<RunId> run; // or job and at
    QString job;
    std::optional<Instant> at; // when its occasion was due, by whatever rules; of a range its first
    QString note;
};
constexpr auto describe(const AttentionAcknowledge *)
{
    return fields(field(1, "run", &AttentionAcknowledge::run), field(2, "job", &AttentionAcknowledge::job),
        field(3, "at", &AttentionAcknowledge::at), field(4, "note", &AttentionAcknowledge::note));
}
// It asks for attention again. Conflict: it was not acknowledged.
struct AttentionReopen {
    static constexpr auto method = "attention.reopen";
    using Reply = AttentionMarked;
    std::optional<RunId> run; // or job and at
    QString job;
    std::optional<Instant> at;
};
constexpr auto describe(const AttentionReopen *)
{
    return fields(field(1, "run", &AttentionReopen::run), field(2, "job", &AttentionReopen::job),
        field(3, "at", &AttentionReopen::at));
}

} // namespace belfry::wire
