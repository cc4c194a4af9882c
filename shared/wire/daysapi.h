// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/instant.h"
#include "shared/wire/nothing.h"

// How much ran and what became of it, day by day.
namespace belfry::wire {

struct DayRow {
    QString date; // ISO 8601
    Instant from; // inclusive
    Instant until; // exclusive; a day of the clock change has another length
    std::map<QString, qint64> runs; // that were queued on the day, by their state now
    qint64 missed = 0; // occasions that were due and were missed or expired, but for superseded ones

    bool operator==(const DayRow &) const = default;
};
constexpr auto describe(const DayRow *)
{
    return fields(required(1, "date", &DayRow::date), required(2, "from", &DayRow::from),
        required(3, "until", &DayRow::until), required(4, "runs", &DayRow::runs), field(5, "missed", &DayRow::missed));
}
struct DaysReply {
    QString zone;
    std::vector<DayRow> days; // by date, without those on which nothing was
};
constexpr auto describe(const DaysReply *)
{
    return fields(required(1, "zone", &DaysReply::zone), required(2, "days", &DaysReply::days));
}
// All days that reach into [since, until). Of a range of missed occasions only the ends are kept, so over several days
// it counts as spread evenly.
struct RunDays {
    static constexpr auto method = "run.days";
    using Reply = DaysReply;
    static constexpr int mostDays = 800;
    QStringList jobs; // empty: all, or those of the project
    QString project; // also of these; empty: none
    QString zone; // IANA name of the zone of the days; empty: UTC
    std::optional<Instant> since; // default: 52 weeks before `until`
    std::optional<Instant> until; // default: now
};
constexpr auto describe(const RunDays *)
{
    return fields(field(1, "jobs", &RunDays::jobs), field(2, "project", &RunDays::project),
        field(3, "zone", &RunDays::zone), field(4, "since", &RunDays::since), field(5, "until", &RunDays::until));
}

} // namespace belfry::wire
