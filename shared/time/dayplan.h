// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/time/calendar.h"
#include "shared/time/cron.h"
#include "shared/time/rulespec.h"

#include <vector>

namespace belfry {

// An occasion is moved over at most so many closed days; where none is open that near, it is skipped.
constexpr int maxClosedDays = 366;

// What a cron expression and a calendar make of one civil day. Each time of day of the expression shares that fate.
struct DayPlan {
    bool due = false; // it is the expression's own day, and open
    bool closed = false; // its own day, closed, and not moved to another
    int movedIn = 0; // closed days whose times are moved here
    DayNumber origin = 0; // the nearest of these

    bool fires() const { return due || movedIn > 0; }
};

enum class Wanted { All, Firing };

// Answers for days in any order, and remembers which ones are open: a walk asks for the same ones again and again.
class DayPlans
{
public:
    DayPlans(const Cron &cron, const Calendar *calendar, OnClosed onClosed)
        : m_cron(cron)
        , m_calendar(calendar)
        , m_onClosed(onClosed)
    { }

    DayPlan planOf(DayNumber day);
    // The first day in [from, last] that has entries (or firing ones), the last such day in [last, from].
    std::optional<DayNumber> next(DayNumber from, DayNumber last, Wanted wanted);
    std::optional<DayNumber> previous(DayNumber from, DayNumber last);

private:
    bool isOpen(DayNumber day);
    // Whether an open day lies within reach in the direction of moving.
    bool hasOpenDay(DayNumber closed);

    const Cron &m_cron;
    const Calendar *m_calendar;
    OnClosed m_onClosed;
    // Known answers for the days from m_first on: 0 unknown, 1 closed, 2 open.
    std::vector<qint8> m_known;
    DayNumber m_first = 0;
};

} // namespace belfry
