// SPDX-License-Identifier: GPL-3.0-or-later
// What a cron expression says, in one spelling and in words.
#include "shared/time/cron.h"

#include <QStringList>

#include <array>
#include <bit>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array monthWords{"January"_L1, "February"_L1, "March"_L1, "April"_L1, "May"_L1, "June"_L1, "July"_L1,
    "August"_L1, "September"_L1, "October"_L1, "November"_L1, "December"_L1};
constexpr std::array weekdayWords{
    "Sunday"_L1, "Monday"_L1, "Tuesday"_L1, "Wednesday"_L1, "Thursday"_L1, "Friday"_L1, "Saturday"_L1};
constexpr std::array ordinals{"last"_L1, "first"_L1, "second"_L1, "third"_L1, "fourth"_L1, "fifth"_L1};

// More times of day than this are told by their fields instead of one by one.
constexpr int timesSpelt = 4;

struct Run {
    int first;
    int last;
};

// The set bits as runs of neighbours.
std::vector<Run> runsOf(quint64 bits)
{
    std::vector<Run> runs;
    for (int n = 0; n < 64; ++n) {
        if (!(bits >> n & 1))
            continue;
        if (!runs.empty() && runs.back().last == n - 1)
            runs.back().last = n;
        else
            runs.push_back({n, n});
    }
    return runs;
}

QString joined(const QStringList &parts, QLatin1StringView last)
{
    if (parts.size() < 2)
        return parts.join(QString());
    return parts.first(parts.size() - 1).join(u", "_s) + u' ' + last + u' ' + parts.last();
}

template <class Word> QString inWords(quint64 bits, Word word)
{
    QStringList parts;
    for (const Run &run : runsOf(bits)) {
        if (run.last - run.first >= 2)
            parts += word(run.first) + u" to "_s + word(run.last);
        else
            for (int n = run.first; n <= run.last; ++n)
                parts += word(n);
    }
    return joined(parts, "and"_L1);
}

// `day 1`, `days 1 to 7 and 15`.
QString numbered(QStringView unit, quint64 bits)
{
    return unit.toString() + (std::popcount(bits) > 1 ? u"s "_s : u" "_s)
        + inWords(bits, [](int n) { return QString::number(n); });
}

// n where the bits are 0, n, 2n, ... over the whole size and n divides it; else 0.
int evenStep(quint64 bits, int size)
{
    for (int n = 2; n < size; ++n) {
        if (size % n != 0)
            continue;
        quint64 wanted = 0;
        for (int i = 0; i < size; i += n)
            wanted |= quint64(1) << i;
        if (wanted == bits)
            return n;
    }
    return 0;
}

constexpr quint64 fullBits(int size)
{
    return (quint64(1) << size) - 1;
}

// `every minute`, `every 15 minutes`, `at minutes 5 and 20`.
QString unitPhrase(quint64 bits, QStringView unit)
{
    if (bits == fullBits(60))
        return u"every %1"_s.arg(unit);
    if (const int step = evenStep(bits, 60))
        return u"every %1 %2s"_s.arg(step).arg(unit);
    return u"at "_s + numbered(unit, bits);
}

QString hourPhrase(quint64 hours)
{
    if (hours == fullBits(24))
        return u"of every hour"_s;
    if (const int step = evenStep(hours, 24))
        return u"of every %1%2 hour, counted from 0"_s.arg(QString::number(step),
            step == 2       ? u"nd"_s
                : step == 3 ? u"rd"_s
                            : u"th"_s);
    return u"of "_s + numbered(u"hour", hours);
}

QString clock(int hour, int minute, int second)
{
    QString text = u"%1:%2"_s.arg(hour, 2, 10, QChar(u'0')).arg(minute, 2, 10, QChar(u'0'));
    if (second != 0)
        text += u":%1"_s.arg(second, 2, 10, QChar(u'0'));
    return text;
}

QString timePhrase(quint64 seconds, quint64 minutes, quint64 hours)
{
    const bool oneSecond = std::popcount(seconds) == 1;
    if (oneSecond && std::popcount(minutes) * std::popcount(hours) <= timesSpelt) {
        QStringList times;
        for (int hour = 0; hour < 24; ++hour)
            for (int minute = 0; minute < 60; ++minute)
                if ((hours >> hour & 1) && (minutes >> minute & 1))
                    times += clock(hour, minute, std::countr_zero(seconds));
        return u"at %1"_s.arg(joined(times, "and"_L1));
    }
    QStringList parts;
    if (seconds != 1)
        parts += unitPhrase(seconds, u"second");
    if (seconds == 1 || minutes != fullBits(60))
        parts += unitPhrase(minutes, u"minute");
    if (minutes != fullBits(60) && evenStep(minutes, 60) == 0 && hours == fullBits(24))
        parts += hourPhrase(hours);
    else if (hours != fullBits(24))
        parts += hourPhrase(hours);
    return parts.join(u' ');
}

// The L, W and # of a field.
QStringList specialWords(const std::vector<CronItem> &items)
{
    QStringList parts;
    for (const CronItem &item : items) {
        if (const auto *last = std::get_if<CronLastDay>(&item)) {
            const QString what = last->before == 0 ? u"the last day of the month"_s
                : last->before == 1                ? u"the day before the last day of the month"_s
                                    : u"the day %1 days before the last of the month"_s.arg(last->before);
            if (!last->nearestWeekday)
                parts += what;
            else if (last->before == 0)
                parts += u"the last Monday-to-Friday day of the month"_s;
            else
                parts += u"the Monday-to-Friday day nearest to %1"_s.arg(what);
        } else if (const auto *near = std::get_if<CronNearestWeekday>(&item)) {
            parts += u"the Monday-to-Friday day nearest to day %1"_s.arg(near->day);
        } else if (const auto *nth = std::get_if<CronNthWeekday>(&item)) {
            parts += u"the %1 %2 of the month"_s.arg(
                ordinals[std::size_t(nth->nth)], weekdayWords[std::size_t(nth->weekday)]);
        }
    }
    return parts;
}

QString dayWords(quint64 bits, const std::vector<CronItem> &specials)
{
    QStringList parts = specialWords(specials);
    if (bits != 0)
        parts.prepend(numbered(u"day", bits));
    return joined(parts, "and"_L1);
}

QString weekdayWordsOf(quint64 bits, const std::vector<CronItem> &specials)
{
    QStringList parts = specialWords(specials);
    // Sunday comes last in words, as in Friday to Sunday.
    const quint64 fromMonday = (bits & ~quint64(1)) | (bits & 1) << 7;
    if (bits != 0)
        parts.prepend(inWords(fromMonday, [](int n) -> QString { return weekdayWords[std::size_t(n % 7)]; }));
    return joined(parts, "and"_L1);
}

QString canonicalItem(const CronItem &item, bool plainHashStep)
{
    if (const auto *hash = std::get_if<CronHash>(&item)) {
        if (plainHashStep)
            return u"H/%1"_s.arg(hash->step);
        const QString range = u"H(%1-%2)"_s.arg(hash->low).arg(hash->high);
        return hash->step > 0 ? range + u"/%1"_s.arg(hash->step) : range;
    }
    if (const auto *last = std::get_if<CronLastDay>(&item))
        return (last->before > 0 ? u"L-%1"_s.arg(last->before) : u"L"_s) + (last->nearestWeekday ? u"W"_s : QString());
    if (const auto *near = std::get_if<CronNearestWeekday>(&item))
        return u"%1W"_s.arg(near->day);
    const auto &nth = std::get<CronNthWeekday>(item);
    return nth.nth == 0 ? u"%1L"_s.arg(nth.weekday) : u"%1#%2"_s.arg(nth.weekday).arg(nth.nth);
}

// Sorted, each thing once. A field that was written open stays so: that decides more than its values.
QString canonicalField(const CronFieldText &text, CronField field)
{
    quint64 bits = 0;
    QStringList others;
    for (const CronItem &item : text.items) {
        if (const auto *range = std::get_if<CronRange>(&item))
            for (int n = range->low; n <= range->high; n += range->step)
                bits |= quint64(1) << (field == CronField::Weekday ? n % 7 : n);
        else
            others += canonicalItem(item, text.plainHashStep);
    }
    others.sort();
    others.removeDuplicates();
    QStringList parts;
    for (const Run &run : runsOf(bits))
        parts += run.first == run.last ? QString::number(run.first) : u"%1-%2"_s.arg(run.first).arg(run.last);
    return (text.open ? u"*:"_s : QString()) + (parts + others).join(u',');
}

} // namespace

QString Cron::normalised(QStringView text)
{
    CronFault ignored;
    const auto fields = readCronFields(text, ignored);
    if (!fields)
        return text.trimmed().toString();
    QStringList parts;
    for (int i = 0; i < cronFieldCount; ++i)
        parts += canonicalField(fields->at(CronField(i)), CronField(i));
    // The same rule with and without a seconds field of 0.
    if (parts.first() == u"0")
        parts.removeFirst();
    return parts.join(u' ');
}

QString Cron::describe() const
{
    const bool anyDay = m_days == (fullBits(32) & ~quint64(1));
    const bool anyWeekday = m_weekdays == fullBits(7);
    QString text = timePhrase(m_seconds, m_minutes, m_hours);
    text[0] = text[0].toUpper();
    const bool onEveryDay = m_bothDayFields ? anyDay && anyWeekday : anyDay || anyWeekday;
    if (onEveryDay) {
        if (std::popcount(m_minutes) * std::popcount(m_hours) <= timesSpelt)
            text += u" every day"_s;
    } else if (m_bothDayFields && anyDay) {
        const QString words = weekdayWordsOf(m_weekdays, m_weekdaySpecials);
        // A run of days reads well by itself, as in 02:30, Monday to Friday.
        text += (words.contains(u" to "_s) && !words.contains(u',') && !words.contains(u" and "_s) ? u", "_s
                                                                                                   : u", on "_s)
            + words;
    } else if (m_bothDayFields && anyWeekday) {
        text += u", on "_s + dayWords(m_days, m_daySpecials);
    } else {
        text += m_bothDayFields
            ? u", on %1 where that is %2"_s.arg(
                dayWords(m_days, m_daySpecials), weekdayWordsOf(m_weekdays, m_weekdaySpecials))
            : u", on %1 or on %2"_s.arg(dayWords(m_days, m_daySpecials), weekdayWordsOf(m_weekdays, m_weekdaySpecials));
    }
    if (m_months != (fullBits(13) & ~quint64(1)))
        text += u", in "_s + inWords(m_months, [](int n) -> QString { return monthWords[std::size_t(n - 1)]; });
    return text;
}

} // namespace belfry
