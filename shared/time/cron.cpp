// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/cron.h"

#include <QCryptographicHash>
#include <QtEndian>

#include <bit>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int monthsSearched = 400 * 12 + 1;

// The first 8 bytes of SHA-256 of `id|field`, most significant first.
quint64 hashOf(QStringView seed, CronField field)
{
    const QByteArray text = seed.toUtf8() + '|' + QByteArray(cronFieldRules(field).name.latin1());
    return qFromBigEndian<quint64>(QCryptographicHash::hash(text, QCryptographicHash::Sha256).constData());
}

CronRange rangeOf(const CronHash &hash, CronField field, QStringView seed)
{
    const int span = hash.step > 0 ? hash.step : hash.high - hash.low + 1;
    const int first = hash.low + int(hashOf(seed, field) % quint64(span));
    return hash.step > 0 ? CronRange{first, hash.high, hash.step} : CronRange{first, first, 1};
}

// The ranges and hashes of a field as bits.
quint64 bitsOf(const CronFieldText &text, CronField field, QStringView seed)
{
    quint64 bits = 0;
    for (const CronItem &item : text.items) {
        const auto *hash = std::get_if<CronHash>(&item);
        const auto *range = std::get_if<CronRange>(&item);
        if (!hash && !range)
            continue;
        const CronRange values = hash ? rangeOf(*hash, field, seed) : *range;
        for (int n = values.low; n <= values.high; n += values.step)
            bits |= quint64(1) << (field == CronField::Weekday ? n % 7 : n);
    }
    return bits;
}

// Each once: a search asks them for every month, and a text may repeat them without end.
std::vector<CronItem> specialsOf(const CronFieldText &text)
{
    std::vector<CronItem> specials;
    for (const CronItem &item : text.items)
        if (!std::holds_alternative<CronRange>(item) && !std::holds_alternative<CronHash>(item)
            && std::find(specials.begin(), specials.end(), item) == specials.end())
            specials.push_back(item);
    return specials;
}

// The Monday to Friday nearest to `day` in its month.
int nearestWeekday(int day, int isoWeekday, int daysInMonth)
{
    if (isoWeekday == 6)
        return day > 1 ? day - 1 : day + 2;
    if (isoWeekday == 7)
        return day < daysInMonth ? day + 1 : day - 2;
    return day;
}

struct Month {
    int days;
    int firstIsoWeekday;

    int isoWeekdayOf(int day) const { return (firstIsoWeekday - 1 + day - 1) % 7 + 1; }
};

// The day that an L, W or # names in a month; 0 where the month has none.
int specialDay(const CronItem &item, const Month &month)
{
    if (const auto *last = std::get_if<CronLastDay>(&item)) {
        const int day = month.days - last->before;
        if (day < 1)
            return 0;
        return last->nearestWeekday ? nearestWeekday(day, month.isoWeekdayOf(day), month.days) : day;
    }
    if (const auto *near = std::get_if<CronNearestWeekday>(&item))
        return near->day > month.days ? 0 : nearestWeekday(near->day, month.isoWeekdayOf(near->day), month.days);
    if (const auto *nth = std::get_if<CronNthWeekday>(&item)) {
        const int first = 1 + (nth->weekday - month.firstIsoWeekday % 7 + 7) % 7;
        const int wanted = nth->nth > 0 ? first + 7 * (nth->nth - 1) : first + (month.days - first) / 7 * 7;
        return wanted <= month.days ? wanted : 0;
    }
    return 0;
}

quint32 specialDays(const std::vector<CronItem> &items, const Month &month)
{
    quint32 bits = 0;
    for (const CronItem &item : items)
        if (const int day = specialDay(item, month); day > 0)
            bits |= quint32(1) << day;
    return bits;
}

int lowestBit(quint64 bits)
{
    return bits == 0 ? -1 : std::countr_zero(bits);
}
quint64 bitsFrom(quint64 bits, int n)
{
    return n > 63 ? 0 : bits & (~quint64(0) << n);
}

} // namespace

Cron::Cron(const CronFields &fields, QStringView seed)
    : m_seconds(bitsOf(fields.at(CronField::Second), CronField::Second, seed))
    , m_minutes(bitsOf(fields.at(CronField::Minute), CronField::Minute, seed))
    , m_hours(quint32(bitsOf(fields.at(CronField::Hour), CronField::Hour, seed)))
    , m_days(quint32(bitsOf(fields.at(CronField::Day), CronField::Day, seed)))
    , m_months(quint32(bitsOf(fields.at(CronField::Month), CronField::Month, seed)))
    , m_weekdays(quint32(bitsOf(fields.at(CronField::Weekday), CronField::Weekday, seed)))
    , m_daySpecials(specialsOf(fields.at(CronField::Day)))
    , m_weekdaySpecials(specialsOf(fields.at(CronField::Weekday)))
    , m_bothDayFields(fields.at(CronField::Day).open || fields.at(CronField::Weekday).open)
    , m_hasSeconds(fields.hasSeconds)
{
    const CronFieldText &minute = fields.at(CronField::Minute);
    const CronFieldText &hour = fields.at(CronField::Hour);
    m_elapsed = minute.open || hour.open || minute.plainHashStep || hour.plainHashStep;
}

std::optional<CronFault> Cron::fault(QStringView text, QStringView seed)
{
    CronFault found;
    const auto fields = readCronFields(text, found);
    if (!fields)
        return found;
    if (fields->hashColumn > 0 && seed.isEmpty())
        return CronFault{fields->hashColumn, cronFieldRules(fields->hashField).name,
            u"H takes its value from the job's id, and there is none here; give one with --id TEXT"_s};
    return std::nullopt;
}

Result<Cron> Cron::parse(QStringView text, QStringView seed)
{
    if (const auto found = fault(text, seed)) {
        const QString field = found->field.isEmpty() ? QString() : u" (%1)"_s.arg(found->field);
        return fail(ErrorKind::Invalid,
            u"cron '%1', column %2%3: %4"_s.arg(text.left(80), QString::number(found->column), field, found->reason));
    }
    CronFault none;
    return Cron(*readCronFields(text, none), seed);
}

quint32 Cron::daysOf(int year, int month) const
{
    if (!(m_months >> month & 1))
        return 0;
    const QDate first(year, month, 1);
    const Month shape{first.daysInMonth(), first.dayOfWeek()};
    const quint32 all = quint32((quint64(1) << (shape.days + 1)) - 2);
    const quint32 byDay = (m_days | specialDays(m_daySpecials, shape)) & all;
    quint32 byWeekday = specialDays(m_weekdaySpecials, shape);
    for (int day = 1; day <= shape.days; ++day)
        if (m_weekdays >> (shape.isoWeekdayOf(day) % 7) & 1)
            byWeekday |= quint32(1) << day;
    return m_bothDayFields ? byDay & byWeekday : byDay | byWeekday;
}

bool Cron::matches(DayNumber day) const
{
    const QDate date = dateOf(day);
    return daysOf(date.year(), date.month()) >> date.day() & 1;
}

std::optional<DayNumber> Cron::nextDay(DayNumber from) const
{
    QDate month = dateOf(from);
    quint64 days = bitsFrom(daysOf(month.year(), month.month()), month.day());
    month = QDate(month.year(), month.month(), 1);
    for (int i = 0; i < monthsSearched; ++i) {
        if (days != 0)
            return dayNumberOf(month) + lowestBit(days) - 1;
        month = month.addMonths(1);
        days = daysOf(month.year(), month.month());
    }
    return std::nullopt;
}

std::optional<DayNumber> Cron::previousDay(DayNumber from) const
{
    QDate month = dateOf(from);
    quint64 days = daysOf(month.year(), month.month()) & ~bitsFrom(~quint64(0), month.day() + 1);
    month = QDate(month.year(), month.month(), 1);
    for (int i = 0; i < monthsSearched; ++i) {
        if (days != 0)
            return dayNumberOf(month) + std::bit_width(days) - 2;
        month = month.addMonths(-1);
        days = daysOf(month.year(), month.month());
    }
    return std::nullopt;
}

int Cron::nextTime(int from) const
{
    if (from >= 86'400)
        return -1;
    const int hour = from / 3600, minute = from / 60 % 60;
    if (m_hours >> hour & 1) {
        if (m_minutes >> minute & 1)
            if (const int second = lowestBit(bitsFrom(m_seconds, from % 60)); second >= 0)
                return hour * 3600 + minute * 60 + second;
        if (const int later = lowestBit(bitsFrom(m_minutes, minute + 1)); later >= 0)
            return hour * 3600 + later * 60 + lowestBit(m_seconds);
    }
    const int later = lowestBit(bitsFrom(m_hours, hour + 1));
    return later < 0 ? -1 : later * 3600 + lowestBit(m_minutes) * 60 + lowestBit(m_seconds);
}

} // namespace belfry
