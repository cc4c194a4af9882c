// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/time/dayplan.h"
#include "shared/time/occurrence.h"
#include "shared/time/zone.h"

#include <deque>

namespace belfry {

// An entry before it is put into words.
struct RawOccurrence {
    Instant at{};
    Duration offset{0};
    OccurrenceNote note = OccurrenceNote::None;
    SkipCause cause = SkipCause::None;
    // Wall times that a gap brought together here, and the first of them.
    int fromGap = 0;
    LocalTime firstInGap{};
    // Closed days whose time was moved here, and the nearest of them.
    int fromClosed = 0;
    DayNumber closedDay = 0;
    bool secondPass = false;
};

// What a walk needs of its rule.
struct CronWalkRules {
    const Cron &cron;
    const Zone &zone;
    const Calendar *calendar;
    OnClosed onClosed;
    GapPolicy gap;
    FoldPolicy fold;
};

// The entries of a cron rule from an instant on, in rising order, each instant once. It walks pieces of time without a
// clock change along the wall clock, and judges what the change between two pieces left out or repeated.
class CronWalk
{
public:
    // Entries in [from, end). What `rules` refers to must outlive the walk.
    CronWalk(const CronWalkRules &rules, Instant from, Instant end, Wanted wanted);
    std::optional<RawOccurrence> next();

private:
    struct Gathered {
        int firing = 0;
        int closed = 0;
        LocalTime firstFiring;
        DayNumber closedDay = 0;
    };

    // The first local time at or after m_pos that has an entry; m_plan is that of its day.
    std::optional<LocalTime> nextLocal();
    void enterAt(Instant instant);
    bool leavePiece(std::optional<LocalTime> candidate);
    void crossGap();
    Gathered gatherGap(LocalTime end);
    bool isSecondPass(LocalTime local) const;
    bool isDropped(LocalTime local) const;
    RawOccurrence entryAt(LocalTime local) const;
    RawOccurrence skippedInGap(const Gathered &gathered) const;
    Instant instantOf(LocalTime local) const { return Instant(local.ms) - m_piece.offset; }

    CronWalkRules m_rules;
    Instant m_from;
    Instant m_end;
    Wanted m_wanted;
    DayNumber m_lastDay;
    DayPlans m_days;
    ZonePiece m_piece;
    LocalTime m_pos; // always on a whole second
    std::optional<DayNumber> m_planned; // the day of m_plan
    DayPlan m_plan;
    std::deque<RawOccurrence> m_ready;
};

} // namespace belfry
