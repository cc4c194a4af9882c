// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/timetext.h"

#include <QTime>
#include <QTimeZone>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr auto knownForms
    = "known are RFC 3339 (2026-01-31T14:00:00Z), now, -2h, +30m, 2026-01-31, `2026-01-31 14:00`, "
      "`today 14:00`, yesterday, tomorrow and @1767225600"_L1;
// 9999-12-31T23:59:59Z: no later time can be written as RFC 3339.
constexpr double lastSecond = 253'402'300'799.0;

tl::unexpected<Error> unknownForm(QStringView text)
{
    return fail(ErrorKind::Invalid, u"'%1' is no time; %2"_s.arg(text.toString().left(64), QString(knownForms)));
}

Result<Instant> parseEpoch(QStringView text)
{
    bool ok = false;
    const double seconds = text.sliced(1).toDouble(&ok);
    if (!ok || !(seconds >= 0 && seconds <= lastSecond))
        return fail(ErrorKind::Invalid, u"'%1' is no time; after @ go the seconds since 1970"_s.arg(text.left(64)));
    return Instant(qint64(seconds * 1000));
}

Result<Instant> parseOffset(QStringView text, Instant now)
{
    const auto by = parseDuration(text.sliced(1));
    if (!by)
        return fail(by.error().within(u"'%1'"_s.arg(text.left(64))));
    return text.front() == u'-' ? now - *by : now + *by;
}

Result<Instant> resolveLocal(QDate date, QTime time, const Zone &zone)
{
    const LocalTime local = LocalTime::at(date, time.msecsSinceStartOfDay() / 1000);
    const Resolved found = zone.resolve(local);
    if (found.count == 0)
        return fail(ErrorKind::Invalid,
            u"%1 does not exist in %2: the clocks go forward over it"_s.arg(toText(local), zone.name()));
    return found.first;
}

QDate dayOf(QStringView word, QDate today)
{
    if (word == "today"_L1)
        return today;
    if (word == "yesterday"_L1)
        return today.addDays(-1);
    if (word == "tomorrow"_L1)
        return today.addDays(1);
    return word.size() == 10 ? QDate::fromString(word.toString(), Qt::ISODate) : QDate();
}

QTime timeOf(QStringView word)
{
    const QString text = word.toString();
    const QTime time = QTime::fromString(text, u"HH:mm"_s);
    return time.isValid() ? time : QTime::fromString(text, u"HH:mm:ss"_s);
}

Result<Instant> parseLocal(QStringView text, Instant now, const Zone &zone)
{
    const QList<QStringView> words = text.split(u' ', Qt::SkipEmptyParts);
    const QDate date = dayOf(words.front(), zone.toLocal(now).date());
    const QTime time = words.size() > 1 ? timeOf(words[1]) : QTime(0, 0);
    if (!date.isValid() || !time.isValid() || words.size() > 2)
        return unknownForm(text);
    return resolveLocal(date, time, zone);
}

} // namespace

Result<Instant> parseTimeArgument(QStringView text, Instant now, const Zone &zone)
{
    text = text.trimmed();
    if (text.isEmpty())
        return unknownForm(text);
    if (text == "now"_L1)
        return now;
    if (text.front() == u'@')
        return parseEpoch(text);
    if (text.front() == u'-' || text.front() == u'+')
        return parseOffset(text, now);
    if (text.size() > 10 && (text[10] == u'T' || text[10] == u't')) {
        const auto instant = parseRfc3339(text);
        if (!instant)
            return fail(instant.error());
        return *instant;
    }
    return parseLocal(text, now, zone);
}

Zone localZone()
{
    const auto zone = Zone::make(QString::fromLatin1(QTimeZone::systemTimeZoneId()));
    return zone ? *zone : Zone::utc();
}

QString localText(Instant instant, const Zone &zone)
{
    QString text = toRfc3339(instant, zone).left(19);
    text[10] = u' ';
    return text;
}

QString roughly(Duration duration)
{
    const qint64 seconds = std::max<qint64>(0, duration.count() / 1000);
    if (seconds < 60)
        return u"%1s"_s.arg(seconds);
    const qint64 minutes = seconds / 60;
    if (minutes < 60)
        return u"%1m"_s.arg(minutes);
    const qint64 hours = minutes / 60;
    if (hours < 24)
        return minutes % 60 ? u"%1h %2m"_s.arg(hours).arg(minutes % 60) : u"%1h"_s.arg(hours);
    return hours % 24 ? u"%1d %2h"_s.arg(hours / 24).arg(hours % 24) : u"%1d"_s.arg(hours / 24);
}

QString relativeText(Instant instant, Instant now)
{
    const Duration away = instant - now;
    if (away > -1s && away < 1s)
        return u"now"_s;
    return away.count() < 0 ? roughly(-away) + u" ago"_s : u"in "_s + roughly(away);
}

} // namespace belfry
