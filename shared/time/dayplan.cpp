// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/dayplan.h"

namespace belfry {

namespace {

constexpr DayNumber roomAround = 512;

} // namespace

bool DayPlans::isOpen(DayNumber day)
{
    if (!m_calendar)
        return true;
    if (m_known.empty())
        m_first = day;
    if (day < m_first) {
        const DayNumber first = day - roomAround;
        m_known.insert(m_known.begin(), std::size_t(m_first - first), 0);
        m_first = first;
    }
    const auto index = std::size_t(day - m_first);
    if (index >= m_known.size())
        m_known.resize(index + std::size_t(roomAround), 0);
    if (m_known[index] == 0)
        m_known[index] = m_calendar->contains(day) ? 2 : 1;
    return m_known[index] == 2;
}

bool DayPlans::hasOpenDay(DayNumber closed)
{
    const int direction = m_onClosed == OnClosed::Next ? 1 : -1;
    for (int i = 1; i <= maxClosedDays; ++i)
        if (isOpen(closed + i * direction))
            return true;
    return false;
}

DayPlan DayPlans::planOf(DayNumber day)
{
    DayPlan plan;
    if (!isOpen(day)) {
        plan.closed = m_cron.matches(day) && (m_onClosed == OnClosed::Skip || !hasOpenDay(day));
        return plan;
    }
    plan.due = m_cron.matches(day);
    if (m_onClosed == OnClosed::Skip)
        return plan;
    const int away = m_onClosed == OnClosed::Next ? -1 : 1;
    for (int i = 1; i <= maxClosedDays && !isOpen(day + i * away); ++i) {
        if (!m_cron.matches(day + i * away))
            continue;
        if (plan.movedIn++ == 0)
            plan.origin = day + i * away;
    }
    return plan;
}

std::optional<DayNumber> DayPlans::next(DayNumber from, DayNumber last, Wanted wanted)
{
    const bool ownDaysOnly = !m_calendar || m_onClosed == OnClosed::Skip;
    for (DayNumber day = from; day <= last; ++day) {
        if (ownDaysOnly) {
            const auto own = m_cron.nextDay(day);
            if (!own || *own > last)
                return std::nullopt;
            day = *own;
            if (wanted == Wanted::All || isOpen(day))
                return day;
            continue;
        }
        const DayPlan plan = planOf(day);
        if (plan.fires() || (wanted == Wanted::All && plan.closed))
            return day;
    }
    return std::nullopt;
}

std::optional<DayNumber> DayPlans::previous(DayNumber from, DayNumber last)
{
    const bool ownDaysOnly = !m_calendar || m_onClosed == OnClosed::Skip;
    for (DayNumber day = from; day >= last; --day) {
        if (ownDaysOnly) {
            const auto own = m_cron.previousDay(day);
            if (!own || *own < last)
                return std::nullopt;
            day = *own;
            if (isOpen(day))
                return day;
        } else if (planOf(day).fires()) {
            return day;
        }
    }
    return std::nullopt;
}

} // namespace belfry
