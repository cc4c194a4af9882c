// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/run.h"

namespace belfry {

enum class Fate { Pending, Ran, Merged, Skipped, Missed, Expired, Cancelled };

constexpr auto enumNames(const Fate *)
{
    return names<Fate>({{Fate::Pending, "pending"}, {Fate::Ran, "ran"}, {Fate::Merged, "merged"}, {Fate::Skipped, "skipped"},
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

    bool operator==(const Occasion &) const = default;
};
constexpr auto describe(const Occasion *)
{
    return fields(field(1, "job_id", &Occasion::job), field(2, "job", &Occasion::jobName), field(3, "rule", &Occasion::rule),
        field(4, "at", &Occasion::at), field(5, "fate", &Occasion::fate), field(6, "reason", &Occasion::reason),
        field(7, "run", &Occasion::run), field(8, "version", &Occasion::version), field(9, "count", &Occasion::count),
        field(10, "until", &Occasion::until));
}

} // namespace belfry
