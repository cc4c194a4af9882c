// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/heatgrid.h"

#include <algorithm>

namespace belfry {

HeatGrid::HeatGrid(const QDate &last)
    : m_last(last)
    , m_first(last.addDays(1 - last.dayOfWeek() - (weeks - 1) * days))
{ }

QDate HeatGrid::dateAt(const Place &place) const
{
    const QDate date = m_first.addDays(place.week * days + place.day);
    return date <= m_last ? date : QDate();
}

HeatGrid::Place HeatGrid::placeOf(const QDate &date) const
{
    const int away = int(m_first.daysTo(date));
    return {away / days, away % days};
}

QDate HeatGrid::moved(const QDate &date, int byWeeks, int byDays) const
{
    return std::clamp(date.addDays(byWeeks * days + byDays), m_first, m_last);
}

} // namespace belfry
