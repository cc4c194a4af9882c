// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/instant.h"

#include <QDate>
#include <QRegularExpression>

#include <array>
#include <limits>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 msPerDay = 86'400'000;
// 0000-01-01T00:00:00.000Z and 9999-12-31T23:59:59.999Z, the bounds of RFC 3339's four-digit year.
constexpr qint64 firstMs = -62'167'219'200'000;
constexpr qint64 lastMs = 253'402'300'799'999;

// Days since 1970-01-01 of a proleptic Gregorian date. Howard Hinnant, "chrono-Compatible Low-Level Date Algorithms".
constexpr qint64 daysFromCivil(qint64 year, int month, int day)
{
    year -= month <= 2;
    const qint64 era = (year >= 0 ? year : year - 399) / 400;
    const qint64 yearOfEra = year - era * 400;
    const qint64 dayOfYear = (153 * (month + (month > 2 ? -3 : 9)) + 2) / 5 + day - 1;
    const qint64 dayOfEra = yearOfEra * 365 + yearOfEra / 4 - yearOfEra / 100 + dayOfYear;
    return era * 146'097 + dayOfEra - 719'468;
}

int daysInMonth(int year, int month)
{
    static constexpr std::array days {31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31};
    const bool leap = (year % 4 == 0 && year % 100 != 0) || year % 400 == 0;
    return month == 2 && leap ? 29 : days[std::size_t(month - 1)];
}

struct Civil {
    qint64 year;
    int month;
    int day;
};

constexpr Civil civilFromDays(qint64 days)
{
    days += 719'468;
    const qint64 era = (days >= 0 ? days : days - 146'096) / 146'097;
    const qint64 dayOfEra = days - era * 146'097;
    const qint64 yearOfEra = (dayOfEra - dayOfEra / 1460 + dayOfEra / 36'524 - dayOfEra / 146'096) / 365;
    const qint64 dayOfYear = dayOfEra - (365 * yearOfEra + yearOfEra / 4 - yearOfEra / 100);
    const qint64 shifted = (5 * dayOfYear + 2) / 153;
    const int month = int(shifted < 10 ? shifted + 3 : shifted - 9);
    return {yearOfEra + era * 400 + (month <= 2), month, int(dayOfYear - (153 * shifted + 2) / 5 + 1)};
}

struct Unit {
    QLatin1StringView name;
    qint64 size;
};

constexpr std::array durationUnits {
    Unit {"w"_L1, 7 * msPerDay},
    Unit {"d"_L1, msPerDay},
    Unit {"h"_L1, 3'600'000},
    Unit {"m"_L1, 60'000},
    Unit {"s"_L1, 1'000},
    Unit {"ms"_L1, 1},
};

constexpr std::array sizeUnits {
    Unit {"TiB"_L1, qint64(1) << 40},
    Unit {"GiB"_L1, 1 << 30},
    Unit {"MiB"_L1, 1 << 20},
    Unit {"KiB"_L1, 1 << 10},
    Unit {"TB"_L1, 1'000'000'000'000},
    Unit {"GB"_L1, 1'000'000'000},
    Unit {"MB"_L1, 1'000'000},
    Unit {"kB"_L1, 1'000},
    Unit {"B"_L1, 1},
    Unit {""_L1, 1},
};

std::optional<qint64> scaled(QStringView digits, qint64 unit)
{
    bool ok = false;
    const qint64 number = digits.toLongLong(&ok);
    qint64 product = 0;
    if (!ok || __builtin_mul_overflow(number, unit, &product))
        return std::nullopt;
    return product;
}

bool isDigit(QChar c) { return c >= u'0' && c <= u'9'; }

QStringView takeDigits(QStringView &text)
{
    qsizetype n = 0;
    while (n < text.size() && isDigit(text[n]))
        ++n;
    const QStringView digits = text.first(n);
    text = text.sliced(n);
    return digits;
}

QStringView takeLetters(QStringView &text)
{
    qsizetype n = 0;
    while (n < text.size() && !isDigit(text[n]))
        ++n;
    const QStringView letters = text.first(n);
    text = text.sliced(n);
    return letters;
}

} // namespace

QString toRfc3339(Instant instant)
{
    const qint64 ms = std::clamp(instant.ms, firstMs, lastMs);
    const qint64 days = (ms >= 0 ? ms : ms - (msPerDay - 1)) / msPerDay;
    const qint64 rest = ms - days * msPerDay;
    const Civil civil = civilFromDays(days);
    char text[64];
    std::snprintf(text, sizeof text, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ", int(civil.year), civil.month, civil.day,
        int(rest / 3'600'000), int(rest / 60'000 % 60), int(rest / 1000 % 60), int(rest % 1000));
    return QString::fromLatin1(text);
}

Result<Instant> parseRfc3339(QStringView text)
{
    static const QRegularExpression pattern(
        uR"(\A([0-9]{4})-([0-9]{2})-([0-9]{2})[Tt ]([0-9]{2}):([0-9]{2}):([0-9]{2})(?:\.([0-9]{1,9}))?(?:[Zz]|([+-])([0-9]{2}):([0-9]{2}))\z)"_s);
    const auto match = pattern.match(text);
    const auto bad = [&](QStringView why) {
        return fail(ErrorKind::Invalid, u"'%1' is not an RFC 3339 time: %2"_s.arg(text.left(64), why));
    };
    if (!match.hasMatch())
        return bad(u"write it like 2026-01-31T14:00:00Z or 2026-01-31T14:00:00+01:00");
    const auto number = [&](int group) { return match.capturedView(group).toInt(); };
    const int year = number(1), month = number(2), day = number(3), hour = number(4), minute = number(5), second = number(6);
    if (month < 1 || month > 12)
        return bad(u"there is no such month");
    if (day < 1 || day > daysInMonth(year, month))
        return bad(u"there is no such day");
    if (hour > 23 || minute > 59 || second > 59)
        return bad(u"there is no such time of day");
    const int offsetHour = number(9), offsetMinute = number(10);
    if (offsetHour > 23 || offsetMinute > 59)
        return bad(u"there is no such offset");
    const QString fraction = (match.captured(7) + u"000"_s).left(3);
    qint64 ms = daysFromCivil(year, month, day) * msPerDay + ((hour * 60 + minute) * 60 + second) * qint64(1000) + fraction.toInt();
    const qint64 offset = (offsetHour * 60 + offsetMinute) * qint64(60'000);
    ms += match.capturedView(8) == u"-" ? offset : -offset;
    return Instant(ms);
}

Result<Duration> parseDuration(QStringView text)
{
    const auto bad = [&](QStringView why) {
        return fail(ErrorKind::Invalid, u"'%1' is not a duration: %2"_s.arg(text.left(64), why));
    };
    if (text.isEmpty())
        return bad(u"write it like 90s, 15m, 2h30m or 7d");
    qint64 total = 0;
    std::size_t next = 0;
    QStringView rest = text;
    while (!rest.isEmpty()) {
        const QStringView digits = takeDigits(rest);
        const QStringView name = takeLetters(rest);
        if (digits.isEmpty())
            return bad(u"write it like 90s, 15m, 2h30m or 7d");
        const auto unit = std::find_if(durationUnits.begin(), durationUnits.end(), [&](const Unit &u) { return name == u.name; });
        if (unit == durationUnits.end())
            return bad(name.isEmpty() ? u"a unit is missing; the units are w, d, h, m, s and ms" : u"the units are w, d, h, m, s and ms");
        const std::size_t index = std::size_t(unit - durationUnits.begin());
        if (index < next)
            return bad(u"units go from large to small, each once");
        next = index + 1;
        const auto part = scaled(digits, unit->size);
        if (!part || __builtin_add_overflow(total, *part, &total))
            return bad(u"it is too long");
    }
    return Duration(total);
}

QString formatDuration(Duration duration)
{
    qint64 rest = duration.count();
    if (rest == 0)
        return u"0s"_s;
    QString text;
    if (rest < 0) {
        text += u'-';
        rest = rest == std::numeric_limits<qint64>::min() ? std::numeric_limits<qint64>::max() : -rest;
    }
    for (const Unit &unit : durationUnits) {
        if (unit.name == "w"_L1)
            continue; // 14d is what people write, not 2w
        if (rest >= unit.size)
            text += QString::number(rest / unit.size) + unit.name;
        rest %= unit.size;
    }
    return text;
}

Result<qint64> parseSize(QStringView text)
{
    QStringView rest = text;
    const QStringView digits = takeDigits(rest);
    const QStringView name = takeLetters(rest);
    const auto unit = std::find_if(sizeUnits.begin(), sizeUnits.end(), [&](const Unit &u) { return name == u.name; });
    const auto bytes = digits.isEmpty() || !rest.isEmpty() || unit == sizeUnits.end() ? std::nullopt : scaled(digits, unit->size);
    if (!bytes)
        return fail(ErrorKind::Invalid, u"'%1' is not a size: write it like 512MiB, 2GiB or 64KiB"_s.arg(text.left(64)));
    return *bytes;
}

QString formatSize(qint64 bytes)
{
    for (const Unit &unit : {sizeUnits[0], sizeUnits[1], sizeUnits[2], sizeUnits[3]})
        if (bytes >= unit.size)
            return QString::number(double(bytes) / double(unit.size), 'f', bytes % unit.size == 0 ? 0 : 1) + u' ' + unit.name;
    return QString::number(bytes) + u" B"_s;
}

} // namespace belfry
