// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/instant.h"

#include <QDate>

#include <compare>

namespace belfry {

constexpr qint64 msPerSecond = 1'000;
constexpr qint64 msPerDay = 86'400'000;

constexpr qint64 floorDiv(qint64 a, qint64 b)
{
    return a >= 0 ? a / b : -((-a + b - 1) / b);
}

// A civil day by its distance from 1970-01-01.
using DayNumber = qint64;
constexpr qint64 julianDayOfEpoch = 2'440'588;
inline DayNumber dayNumberOf(QDate date)
{
    return date.toJulianDay() - julianDayOfEpoch;
}
inline QDate dateOf(DayNumber day)
{
    return QDate::fromJulianDay(day + julianDayOfEpoch);
}
// ISO: Monday 1 ... Sunday 7. 1970-01-01 was a Thursday.
constexpr int isoWeekdayOf(DayNumber day)
{
    return int(((day + 3) % 7 + 7) % 7) + 1;
}

// What a wall clock shows: milliseconds since its 1970-01-01T00:00:00. Means an instant only together with a zone, and
// there none, one or two (Zone::resolve).
struct LocalTime {
    qint64 ms = 0;

    constexpr LocalTime() = default;
    constexpr explicit LocalTime(qint64 milliseconds)
        : ms(milliseconds)
    { }
    static constexpr LocalTime at(DayNumber day, int secondOfDay)
    {
        return LocalTime(day * msPerDay + secondOfDay * msPerSecond);
    }
    static LocalTime at(QDate date, int secondOfDay) { return at(dayNumberOf(date), secondOfDay); }

    constexpr DayNumber day() const { return floorDiv(ms, msPerDay); }
    constexpr int secondOfDay() const { return int((ms - day() * msPerDay) / msPerSecond); }
    QDate date() const { return dateOf(day()); }

    constexpr auto operator<=>(const LocalTime &) const = default;
    constexpr LocalTime operator+(Duration d) const { return LocalTime(ms + d.count()); }
    constexpr LocalTime operator-(Duration d) const { return LocalTime(ms - d.count()); }
};

// `2026-03-29 02:30`, with seconds only where they are not 0: for sentences.
QString toText(LocalTime local);

} // namespace belfry
