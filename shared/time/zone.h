// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/time/localtime.h"

#include <QTimeZone>

namespace belfry {

// A stretch of time without a change of offset. Its ends are changes, or mere cuts (the offsets on both sides are
// equal) at least a day away from any change.
struct ZonePiece {
    Instant start; // inclusive
    Instant end; // exclusive
    Duration offset{0}; // local = UTC + offset
    Duration offsetBefore{0}; // just before `start`
    Duration offsetAfter{0}; // from `end` on

    LocalTime localStart() const { return LocalTime(start.ms) + offset; }
    LocalTime localEnd() const { return LocalTime(end.ms) + offset; }
    // How much of the wall clock is left out at `start`; negative: repeated; 0: a cut.
    Duration jumpAtStart() const { return offset - offsetBefore; }
    Duration jumpAtEnd() const { return offsetAfter - offset; }
};

// The instants at which a wall clock shows one time.
struct Resolved {
    int count = 0; // 0: left out by a clock change; 2: repeated
    Instant first; // valid from count 1 on
    Instant second; // valid with count 2: the later pass
};

// Local times that a clock change leaves out: [start, end), and the first instant after them.
struct ZoneGap {
    LocalTime start;
    LocalTime end;
    Instant resumes;
};

// A time zone by its IANA name, right from 1970 on without end. Qt is asked for offsets alone: its local times and its
// lists of transitions are not to be trusted around changes and after 2037. A value; copies share Qt's immutable data.
// Rules that changed under a running process are not seen.
class Zone
{
public:
    // Invalid for a name that is not in the zone database; POSIX rules, `UTC+3` and file paths are not names.
    static Result<Zone> make(QStringView name);
    static Zone utc();

    QString name() const { return QString::fromLatin1(m_zone.id()); }
    Duration offsetAt(Instant instant) const;
    LocalTime toLocal(Instant instant) const { return LocalTime(instant.ms) + offsetAt(instant); }
    Resolved resolve(LocalTime local) const;
    // The gap that holds `local`; its precondition is resolve(local).count == 0.
    ZoneGap gapAt(LocalTime local) const;
    // The piece that holds the instant; about a month long where no change ends it sooner.
    ZonePiece pieceAt(Instant instant) const;
    // The first change of offset in (after, until], if there is one.
    std::optional<Instant> changeIn(Instant after, Instant until) const;

    bool operator==(const Zone &other) const { return m_zone.id() == other.m_zone.id(); }

private:
    explicit Zone(QTimeZone zone)
        : m_zone(std::move(zone))
        , m_fixed(!m_zone.hasTransitions())
    { }

    QTimeZone m_zone;
    bool m_fixed;
};

// The first instant of a local day, which need not be at midnight.
Instant startOfDay(const Zone &zone, DayNumber day);

// RFC 3339 with the zone's offset and milliseconds: 2026-03-29T03:00:00.000+02:00. An offset with seconds (Monrovia
// until 1972) is rounded to the minute, and the time with it: the instant stays exact.
QString toRfc3339(Instant instant, const Zone &zone);

} // namespace belfry
