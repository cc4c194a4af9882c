// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/time/calendarspec.h"
#include "shared/time/localtime.h"

#include <map>
#include <memory>
#include <optional>

namespace belfry {

// Easter Sunday of the Gregorian calendar.
QDate easterSunday(int year);

// Invalid with the fix for an item or a weekday that means nothing; for whoever knows where they were written.
Status checkDayItem(const DayItem &item);
Status checkWeekday(QStringView name);

class Calendar;
using Calendars = std::map<QString, Calendar>;

// A named set of civil days, ready to be asked. A value; copies share the immutable set.
class Calendar
{
public:
    // Makes all calendars of a file. Invalid, named by the calendar at fault, also for references to unknown names or
    // in a circle.
    static Result<Calendars> makeAll(const std::map<QString, CalendarSpec> &specs);

    QString name() const;
    bool contains(DayNumber day) const;
    // The last day that the calendar, or one it refers to, names with its year: later days are answered by its
    // recurring parts alone. nullopt where no year is named.
    std::optional<QDate> lastDatedDay() const;

private:
    struct Data;
    class Maker;
    explicit Calendar(std::shared_ptr<const Data> data)
        : m_data(std::move(data))
    { }

    std::shared_ptr<const Data> m_data;
};

} // namespace belfry
