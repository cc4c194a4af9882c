// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QDate>

namespace belfry {

// A year of days as 53 weeks of 7 days, Monday at the top, the week of the last day at the right. Pure.
class HeatGrid
{
public:
    static constexpr int weeks = 53;
    static constexpr int days = 7;

    struct Place {
        int week = 0; // 0..52
        int day = 0; // 0: Monday
        bool operator==(const Place &) const = default;
    };

    explicit HeatGrid(const QDate &last);

    QDate first() const { return m_first; }
    QDate last() const { return m_last; }
    bool holds(const QDate &date) const { return date >= m_first && date <= m_last; }
    // Invalid behind the last day.
    QDate dateAt(const Place &place) const;
    // The date has to be held.
    Place placeOf(const QDate &date) const;
    // By weeks to the right and days down, held within the grid.
    QDate moved(const QDate &date, int byWeeks, int byDays) const;

private:
    QDate m_last;
    QDate m_first;
};

} // namespace belfry
