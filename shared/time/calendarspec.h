// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>
#include <QStringList>

#include <optional>
#include <vector>

namespace belfry {

// Some days, as written; exactly one member is given. `days` is a date `2026-12-25`, a range `2026-12-24..2027-01-02`,
// a day of every year `12-25`, or such a range `12-24..01-02` (it may cross the turn of the year). `easter` counts days
// from Easter Sunday (Gregorian): -2 is Good Friday, 1 Easter Monday.
struct DayItem {
    QString days{};
    std::optional<int> easter{};

    bool operator==(const DayItem &) const = default;
};

// A named set of days as it was written, unchecked: Calendar::make() judges it. The set is
//   ((weekdays or include or any of orCalendars), all days where these three are empty)
//   and each of andCalendars, without exclude, without any of minusCalendars.
// The keys in a job file: weekdays, include, exclude, or, and, minus.
struct CalendarSpec {
    QStringList weekdays{}; // mon..sun in any case
    std::vector<DayItem> include{};
    std::vector<DayItem> exclude{};
    QStringList orCalendars{}; // names of other calendars of the same file
    QStringList andCalendars{};
    QStringList minusCalendars{};

    bool operator==(const CalendarSpec &) const = default;
};

} // namespace belfry
