// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/rulewalk.h"

namespace belfry {

namespace {

// After 400 years dates and weekdays repeat.
constexpr DayNumber daysSearched = 146'097;

Instant atOrAfter(Instant from, Instant anchor, Duration every)
{
    return anchor + every * -floorDiv(-(from - anchor).count(), every.count());
}

bool isOpen(const Rule &rule, LocalTime local)
{
    return !rule.calendar() || rule.calendar()->contains(local.day());
}

RawOccurrence entryAt(const Rule &rule, Instant at)
{
    return {.at = at, .offset = rule.zone().offsetAt(at)};
}

RawOccurrence closedEntry(RawOccurrence entry)
{
    entry.note = OccurrenceNote::Skipped;
    entry.cause = SkipCause::Calendar;
    entry.closedDay = (LocalTime(entry.at.ms) + entry.offset).day();
    return entry;
}

// The nearest open day to move to, at most maxClosedDays away.
std::optional<DayNumber> openDayNear(const Rule &rule, DayNumber closed)
{
    const int direction = rule.spec().onClosed == OnClosed::Next ? 1 : -1;
    for (int i = 1; i <= maxClosedDays; ++i)
        if (rule.calendar()->contains(closed + i * direction))
            return closed + i * direction;
    return std::nullopt;
}

// An `at` on a closed day keeps its time of day there; a clock change treats it like a wall rule's.
RawOccurrence movedAt(const Rule &rule, const RawOccurrence &closed, DayNumber target)
{
    const Zone &zone = rule.zone();
    const LocalTime wall = LocalTime(closed.at.ms) + closed.offset;
    const LocalTime local(wall.ms + (target - wall.day()) * msPerDay);
    const Resolved found = zone.resolve(local);
    RawOccurrence entry = found.count == 0                           ? entryAt(rule, zone.gapAt(local).resumes)
        : found.count == 2 && rule.spec().fold == FoldPolicy::Second ? entryAt(rule, found.second)
                                                                     : entryAt(rule, found.first);
    entry.note = OccurrenceNote::Moved;
    entry.fromClosed = 1;
    entry.closedDay = wall.day();
    if (found.count == 0) {
        entry.fromGap = 1;
        entry.firstInGap = local;
        const ZoneGap gap = zone.gapAt(local);
        if (rule.spec().gap == GapPolicy::Skip || Duration(gap.end.ms - gap.start.ms) >= longGap) {
            entry.note = OccurrenceNote::Skipped;
            entry.cause = SkipCause::Gap;
        }
    }
    return entry;
}

} // namespace

EveryWalk::EveryWalk(const Rule &rule, Instant from, Instant end, Wanted wanted)
    : m_rule(rule)
    , m_anchor(rule.spec().from.value_or(Instant()))
    , m_pos(atOrAfter(from, m_anchor, *rule.spec().every))
    , m_end(end)
    , m_wanted(wanted)
{ }

std::optional<RawOccurrence> EveryWalk::next()
{
    const Duration every = *m_rule.spec().every;
    while (m_pos < m_end) {
        const RawOccurrence entry = entryAt(m_rule, m_pos);
        const LocalTime local = LocalTime(entry.at.ms) + entry.offset;
        if (isOpen(m_rule, local)) {
            m_pos = m_pos + every;
            return entry;
        }
        if (m_wanted == Wanted::All) {
            m_pos = m_pos + every;
            return closedEntry(entry);
        }
        const Instant nextDay = startOfDay(m_rule.zone(), local.day() + 1);
        m_pos = atOrAfter(std::max(nextDay, m_pos + every), m_anchor, every);
    }
    return std::nullopt;
}

AtWalk::AtWalk(const Rule &rule, Instant from, Instant end)
{
    RawOccurrence entry = entryAt(rule, *rule.spec().at);
    const LocalTime local = LocalTime(entry.at.ms) + entry.offset;
    if (!isOpen(rule, local)) {
        const auto target = rule.spec().onClosed == OnClosed::Skip ? std::nullopt : openDayNear(rule, local.day());
        entry = target ? movedAt(rule, entry, *target) : closedEntry(entry);
    }
    if (entry.at >= from && entry.at < end)
        m_entry = entry;
}

RuleWalk::RuleWalk(const Rule &rule, Instant from, Instant end, Wanted wanted)
    : m_rule(rule)
{
    const RuleSpec &spec = rule.spec();
    from = std::max({from, spec.from.value_or(firstRuleInstant), firstRuleInstant});
    end = std::min({end, spec.until.value_or(lastRuleInstant), lastRuleInstant});
    if (from >= end || spec.after)
        return;
    if (rule.cron()) {
        const CronWalkRules rules{.cron = *rule.cron(),
            .zone = rule.zone(),
            .calendar = rule.calendar() ? &*rule.calendar() : nullptr,
            .onClosed = spec.onClosed,
            .gap = spec.gap,
            .fold = spec.fold};
        m_walk.emplace<CronWalk>(rules, from, end, wanted);
    } else if (spec.every) {
        // The search for a day that its calendar opens ends after 400 years.
        const Instant limit = rule.calendar() && wanted == Wanted::Firing ? from + daysSearched * 24h : end;
        m_walk.emplace<EveryWalk>(rule, from, std::min(end, limit), wanted);
    } else if (spec.at) {
        m_walk.emplace<AtWalk>(rule, from, end);
    }
}

std::optional<RawOccurrence> RuleWalk::nextRaw()
{
    return std::visit([](auto &walk) { return walk.next(); }, m_walk);
}

Occurrence RuleWalk::told(const RawOccurrence &raw) const
{
    return {.at = raw.at, .offset = raw.offset, .note = raw.note, .cause = raw.cause, .reason = reasonOf(raw, m_rule)};
}

std::optional<Occurrence> RuleWalk::next()
{
    const auto raw = nextRaw();
    return raw ? std::optional(told(*raw)) : std::nullopt;
}

std::optional<Occurrence> RuleWalk::nextFiring()
{
    while (const auto raw = nextRaw())
        if (raw->note != OccurrenceNote::Skipped)
            return told(*raw);
    return std::nullopt;
}

std::optional<Occurrence> RuleWalk::lastFiring()
{
    std::optional<RawOccurrence> last;
    while (const auto raw = nextRaw())
        if (raw->note != OccurrenceNote::Skipped)
            last = raw;
    return last ? std::optional(told(*last)) : std::nullopt;
}

namespace {

std::optional<Occurrence> lastIn(const Rule &rule, Instant from, Instant end)
{
    return RuleWalk(rule, from, end, Wanted::Firing).lastFiring();
}

std::optional<Occurrence> previousOfCron(const Rule &rule, Instant before)
{
    // Dense rules answer from a short stretch; the others day by day, each day with what a zone can shift it by.
    for (const Duration stretch : {Duration(2min), Duration(3h)})
        if (auto found = lastIn(rule, before - stretch, before))
            return found;
    DayPlans days(*rule.cron(), rule.calendar() ? &*rule.calendar() : nullptr, rule.spec().onClosed);
    DayNumber day = LocalTime((before + 24h).ms).day();
    const DayNumber earliest = day - daysSearched;
    for (Instant end = before;; --day) {
        const auto found = days.previous(day, earliest);
        if (!found)
            return std::nullopt;
        day = *found;
        const Instant start = std::min(Instant(LocalTime::at(day, 0).ms) - 24h, end);
        if (auto last = lastIn(rule, start, end))
            return last;
        end = start;
    }
}

std::optional<Occurrence> previousOfEvery(const Rule &rule, Instant before)
{
    const Duration every = *rule.spec().every;
    const Instant anchor = rule.spec().from.value_or(Instant());
    const Instant earliest = std::max(before - daysSearched * 24h, rule.spec().from.value_or(firstRuleInstant));
    for (Instant at = atOrAfter(before, anchor, every) - every; at >= earliest;) {
        const LocalTime local = rule.zone().toLocal(at);
        if (isOpen(rule, local))
            return RuleWalk(rule, at, at + 1ms, Wanted::Firing).nextFiring();
        at = atOrAfter(startOfDay(rule.zone(), local.day()), anchor, every) - every;
    }
    return std::nullopt;
}

} // namespace

std::optional<Occurrence> previousFiring(const Rule &rule, Instant before)
{
    before = std::min({before, rule.spec().until.value_or(lastRuleInstant), lastRuleInstant});
    if (before <= firstRuleInstant)
        return std::nullopt;
    if (rule.cron())
        return previousOfCron(rule, before);
    if (rule.spec().every)
        return previousOfEvery(rule, before);
    return lastIn(rule, firstRuleInstant, before);
}

} // namespace belfry
