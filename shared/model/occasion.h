// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/run.h"

namespace belfry {

enum class Fate { Pending, Ran, Merged, Skipped, Missed, Expired, Cancelled };

constexpr auto enumNames(const Fate *)
{
    return names<Fate>(
        {{Fate::Pending, "pending"}, {Fate::Ran, "ran"}, {Fate::Merged, "merged"}, {Fate::Skipped, "skipped"},
            {Fate::Missed, "missed"}, {Fate::Expired, "expired"}, {Fate::Cancelled, "cancelled"}});
}

// One row of the ledger: an instant at which a rule was due. Identity: (job, rule, at).
// A range row stands for `count` alike occasions from `at` to `until`, both inclusive.
struct Occasion {
    JobId job;
    QString jobName;
    QString rule;
    Instant at;
    Fate fate = Fate::Pending;
    QString reason; // code: downtime, superseded, overlap, paused, calendar, gap, outside_window, over_max, ...
    std::optional<RunId> run; // none while a pause holds it
    int version = 0; // of the definition that owed it
    int count = 1;
    std::optional<Instant> until;
    std::optional<Instant> acknowledgedAt; // a person has seen that it did not run
    QString acknowledgedBy;
    QString acknowledgeNote;
    QString by; // the person behind the fate; empty: nobody
    QString byReason; // what that person said

    bool operator==(const Occasion &) const = default;
};
constexpr auto describe(const Occasion *)
{
    return fields(field(1, "job_id", &Occasion::job), field(2, "job", &Occasion::jobName),
        field(3, "rule", &Occasion::rule), field(4, "at", &Occasion::at), field(5, "fate", &Occasion::fate),
        field(6, "reason", &Occasion::reason), field(7, "run", &Occasion::run), field(8, "version", &Occasion::version),
        field(9, "count", &Occasion::count), field(10, "until", &Occasion::until),
        field(11, "acknowledged_at", &Occasion::acknowledgedAt),
        field(12, "acknowledged_by", &Occasion::acknowledgedBy),
        field(13, "acknowledge_note", &Occasion::acknowledgeNote), field(14, "by", &Occasion::by),
        field(15, "by_reason", &Occasion::byReason));
}

// It did not run though it was owed, and no later one ran in its place: it asks for attention until a person
// acknowledges it.
inline bool isFailure(const Occasion &occasion)
{
    return (occasion.fate == Fate::Missed && occasion.reason != QLatin1StringView("superseded"))
        || occasion.fate == Fate::Expired;
}

// A person wants the occasions of one instant of a job, by whatever rules, to be skipped when they are due.
struct PlannedSkip {
    JobId job;
    Instant at;
    QString by;
    QString reason;
    Instant since; // when it was asked for

    bool operator==(const PlannedSkip &) const = default;
};
constexpr auto describe(const PlannedSkip *)
{
    return fields(required(1, "job_id", &PlannedSkip::job), required(2, "at", &PlannedSkip::at),
        field(3, "by", &PlannedSkip::by), field(4, "reason", &PlannedSkip::reason),
        field(5, "since", &PlannedSkip::since));
}

} // namespace belfry
