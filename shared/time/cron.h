// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/time/cronfields.h"
#include "shared/time/localtime.h"

#include <optional>

namespace belfry {

// Where and why a cron text is refused.
struct CronFault {
    int column = 1; // 1-based, in characters of the text as given
    QString field; // second, minute, hour, day, month, weekday; empty for the text as a whole
    QString reason; // plain words, with the fix
};

// A cron expression: five fields (minute hour day month weekday) or six with seconds first, or a macro. It says which
// civil days and which times of day match; it knows no zone, and what clock changes do to it is Rule's business.
class Cron
{
public:
    // `seed` is the job's id, from which H takes its values; an empty one is none, and H is then refused. Errors are
    // Invalid.
    static Result<Cron> parse(QStringView text, QStringView seed = {});
    // The same judgement in parts; nullopt for a good text.
    static std::optional<CronFault> fault(QStringView text, QStringView seed = {});
    // One spelling for all texts with the same fields, H kept as H (no seed is needed); the trimmed text itself for a
    // bad one.
    static QString normalised(QStringView text);

    // English, without a full stop: `At 02:30, Monday to Friday`.
    QString describe() const;
    // The minute or hour field starts with `*` or is plain `H/n`: clock changes then drop and repeat its times instead
    // of moving them.
    bool isElapsed() const { return m_elapsed; }
    bool hasSeconds() const { return m_hasSeconds; }
    // No civil day matches, ever (30 February).
    bool neverFires() const { return !nextDay(0); }

    bool matches(DayNumber day) const;
    // The first matching day at or after `from`, the last at or before it; searched for 400 years, after which the
    // calendar repeats.
    std::optional<DayNumber> nextDay(DayNumber from) const;
    std::optional<DayNumber> previousDay(DayNumber from) const;
    // The first matching second of a day (0..86399) at or after `from`; -1 where none is left.
    int nextTime(int from) const;
    bool hasTime(int secondOfDay) const { return nextTime(secondOfDay) == secondOfDay; }

private:
    explicit Cron(const CronFields &fields, QStringView seed);
    // Bit d is set for each matching day d of the month.
    quint32 daysOf(int year, int month) const;

    quint64 m_seconds = 0; // bit n: second n
    quint64 m_minutes = 0;
    quint32 m_hours = 0;
    quint32 m_days = 0; // bits 1..31, without L and W
    quint32 m_months = 0; // bits 1..12
    quint32 m_weekdays = 0; // bit 0 Sunday .. bit 6 Saturday, without L and #
    std::vector<CronItem> m_daySpecials; // L and W
    std::vector<CronItem> m_weekdaySpecials; // L and #
    bool m_bothDayFields = false; // a day must match both day fields
    bool m_elapsed = false;
    bool m_hasSeconds = false;
};

} // namespace belfry
