// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/cronwalk.h"

#include "shared/time/rule.h"

namespace belfry {

namespace {

// After 400 years of 146 097 days dates and weekdays repeat; two more days for the zone.
constexpr DayNumber daysSearched = 146'097 + 2;
// An instant is less than this away from what the wall clock shows there, read as UTC.
constexpr Duration maxOffset = 24h;

LocalTime wholeSecondFrom(LocalTime local)
{
    return LocalTime(-floorDiv(-local.ms, msPerSecond) * msPerSecond);
}

} // namespace

CronWalk::CronWalk(const CronWalkRules &rules, Instant from, Instant end, Wanted wanted)
    : m_rules(rules)
    , m_from(from)
    , m_end(end)
    , m_wanted(wanted)
    , m_days(rules.cron, rules.calendar, rules.onClosed)
{
    const DayNumber firstDay = LocalTime(from.ms).day();
    m_lastDay = std::min(firstDay + daysSearched, LocalTime((end + maxOffset).ms).day());
    enterAt(from);
}

std::optional<RawOccurrence> CronWalk::next()
{
    for (;;) {
        if (!m_ready.empty()) {
            const RawOccurrence entry = m_ready.front();
            m_ready.pop_front();
            if (entry.at >= m_end)
                return std::nullopt;
            if (entry.at >= m_from)
                return entry;
            continue;
        }
        const auto candidate = nextLocal();
        if (!candidate || *candidate >= m_piece.localEnd()) {
            if (!leavePiece(candidate))
                return std::nullopt;
            continue;
        }
        m_pos = *candidate + 1s;
        if (!isDropped(*candidate))
            m_ready.push_back(entryAt(*candidate));
    }
}

std::optional<LocalTime> CronWalk::nextLocal()
{
    DayNumber day = m_pos.day();
    int second = m_pos.secondOfDay();
    for (;;) {
        if (m_planned != day) {
            const auto found = m_days.next(day, m_lastDay, m_wanted);
            if (!found)
                return std::nullopt;
            if (*found > day)
                second = 0;
            day = *found;
            m_planned = day;
            m_plan = m_days.planOf(day);
        }
        if (const int time = m_rules.cron.nextTime(second); time >= 0)
            return LocalTime::at(day, time);
        ++day;
        second = 0;
    }
}

void CronWalk::enterAt(Instant instant)
{
    m_piece = m_rules.zone.pieceAt(instant);
    m_pos = wholeSecondFrom(LocalTime(instant.ms) + m_piece.offset);
    if (instant == m_piece.start && m_piece.jumpAtStart() > 0s)
        crossGap();
}

// Nothing is left in this piece. A clock that goes back shows its last times again; otherwise pieces before the next
// candidate's day are left out, for no time of theirs has an entry. False at the end of the walk.
bool CronWalk::leavePiece(std::optional<LocalTime> candidate)
{
    if (m_piece.end >= m_end || (!candidate && m_piece.jumpAtEnd() >= 0s))
        return false;
    const bool goesBack = m_piece.jumpAtEnd() < 0s;
    enterAt(goesBack ? m_piece.end : std::max(Instant(candidate->ms) - 2 * maxOffset, m_piece.end));
    return true;
}

CronWalk::Gathered CronWalk::gatherGap(LocalTime end)
{
    Gathered gathered;
    for (auto local = nextLocal(); local && *local < end; local = nextLocal()) {
        if (m_plan.fires() && gathered.firing++ == 0)
            gathered.firstFiring = *local;
        if (m_plan.closed && gathered.closed++ == 0)
            gathered.closedDay = local->day();
        m_pos = *local + 1s;
    }
    return gathered;
}

// Judges the local times that the change at the start of this piece left out, together with the one that the clock
// shows right after.
void CronWalk::crossGap()
{
    const LocalTime after = m_piece.localStart();
    if (m_rules.cron.isElapsed()) {
        m_pos = after;
        return;
    }
    m_pos = after - m_piece.jumpAtStart();
    const Gathered gathered = gatherGap(after);
    m_pos = after;
    std::optional<RawOccurrence> due;
    if (const auto local = nextLocal(); local == after) {
        m_pos = after + 1s;
        if (!isDropped(after))
            due = entryAt(after);
    }
    const bool madeUp = m_rules.gap == GapPolicy::Run && m_piece.jumpAtStart() < longGap;
    std::optional<RawOccurrence> skipped;
    if ((gathered.firing > 0 && !madeUp) || gathered.closed > 0)
        skipped = skippedInGap(gathered);
    if (gathered.firing > 0 && madeUp) {
        const bool dueAnyway = due && due->note != OccurrenceNote::Skipped && due->note != OccurrenceNote::Moved;
        if (due && due->note == OccurrenceNote::Skipped)
            skipped = due;
        if (!due || due->note == OccurrenceNote::Skipped)
            due = RawOccurrence{.at = m_piece.start, .offset = m_piece.offset};
        due->note = dueAnyway ? OccurrenceNote::Merged : OccurrenceNote::Moved;
        due->fromGap = gathered.firing;
        due->firstInGap = gathered.firstFiring;
    }
    if (skipped && due && due->note == OccurrenceNote::Skipped)
        skipped.reset(); // one entry says it
    if (skipped) {
        skipped->at = due ? m_piece.start - 1ms : m_piece.start;
        skipped->offset = due ? m_piece.offsetBefore : m_piece.offset;
        m_ready.push_back(*skipped);
    }
    if (due)
        m_ready.push_back(*due);
}

RawOccurrence CronWalk::skippedInGap(const Gathered &gathered) const
{
    RawOccurrence entry;
    entry.note = OccurrenceNote::Skipped;
    if (gathered.firing > 0 && (m_rules.gap == GapPolicy::Skip || m_piece.jumpAtStart() >= longGap)) {
        entry.cause = SkipCause::Gap;
        entry.fromGap = gathered.firing;
        entry.firstInGap = gathered.firstFiring;
    } else {
        entry.cause = SkipCause::Calendar;
        entry.closedDay = gathered.closedDay;
    }
    return entry;
}

bool CronWalk::isSecondPass(LocalTime local) const
{
    return m_piece.jumpAtStart() < 0s && local < m_piece.localStart() - m_piece.jumpAtStart();
}

bool CronWalk::isDropped(LocalTime local) const
{
    if (m_rules.cron.isElapsed() || m_rules.fold == FoldPolicy::Both)
        return false;
    if (m_rules.fold == FoldPolicy::First)
        return isSecondPass(local);
    return m_piece.jumpAtEnd() < 0s && local >= m_piece.localEnd() + m_piece.jumpAtEnd();
}

RawOccurrence CronWalk::entryAt(LocalTime local) const
{
    RawOccurrence entry;
    entry.at = instantOf(local);
    entry.offset = m_piece.offset;
    entry.secondPass = isSecondPass(local);
    if (m_plan.closed) {
        entry.note = OccurrenceNote::Skipped;
        entry.cause = SkipCause::Calendar;
        entry.closedDay = local.day();
        return entry;
    }
    entry.fromClosed = m_plan.movedIn;
    entry.closedDay = m_plan.origin;
    if (m_plan.movedIn > 0)
        entry.note = m_plan.due ? OccurrenceNote::Merged : OccurrenceNote::Moved;
    else if (entry.secondPass)
        entry.note = OccurrenceNote::Repeated;
    return entry;
}

} // namespace belfry
