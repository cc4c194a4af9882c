// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/zone.h"

#include "shared/base/nearestname.h"

#include <QDateTime>
#include <QRegularExpression>

#include <array>
#include <limits>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// Changes of offset are more than five days apart in every zone since 1970, so a probe a day misses none.
constexpr Duration probeStep = 24h;
// No change moves a clock by more than a day, so farther from it than this every local time means one instant.
constexpr Duration reach = 24h;
constexpr int pieceProbes = 31;
// Far enough for every RFC 3339 year, and sums of two stay within 64 bits.
constexpr qint64 farMs = std::numeric_limits<qint64>::max() / 8;

// The database's names without a `/`. Any other such text may be a POSIX rule, which Qt takes for a zone: it reads
// `berlin` as a place at UTC. `Factory` is left out on purpose: it says that nobody chose.
constexpr std::array topLevelNames{"CET"_L1, "CST6CDT"_L1, "Cuba"_L1, "EET"_L1, "EST"_L1, "EST5EDT"_L1, "Egypt"_L1,
    "Eire"_L1, "GB"_L1, "GB-Eire"_L1, "GMT"_L1, "GMT+0"_L1, "GMT-0"_L1, "GMT0"_L1, "Greenwich"_L1, "HST"_L1,
    "Hongkong"_L1, "Iceland"_L1, "Iran"_L1, "Israel"_L1, "Jamaica"_L1, "Japan"_L1, "Kwajalein"_L1, "Libya"_L1, "MET"_L1,
    "MST"_L1, "MST7MDT"_L1, "NZ"_L1, "NZ-CHAT"_L1, "Navajo"_L1, "PRC"_L1, "PST8PDT"_L1, "Poland"_L1, "Portugal"_L1,
    "ROC"_L1, "ROK"_L1, "Singapore"_L1, "Turkey"_L1, "UCT"_L1, "UTC"_L1, "Universal"_L1, "W-SU"_L1, "WET"_L1,
    "Zulu"_L1};

bool isZoneName(QStringView name)
{
    static const QRegularExpression pattern(uR"(\A[A-Za-z][A-Za-z0-9_+-]*(/[A-Za-z0-9_+-]+){1,3}\z)"_s);
    if (!name.contains(u'/'))
        return std::find(topLevelNames.begin(), topLevelNames.end(), name) != topLevelNames.end();
    // Other folders of the database; `right/` counts leap seconds.
    if (name.startsWith("posix/"_L1) || name.startsWith("right/"_L1))
        return false;
    return name.size() <= 64 && pattern.match(name).hasMatch();
}

// The known name that was probably meant: the one with the same city, or with few wrong letters.
QString probableName(QStringView name)
{
    const QString wanted = name.left(64).toString().toLower().replace(u' ', u'_');
    QStringList known;
    for (const QByteArray &id : QTimeZone::availableTimeZoneIds()) {
        const QString each = QString::fromLatin1(id);
        if (!isZoneName(each))
            continue;
        if (each.section(u'/', -1).toLower() == wanted.section(u'/', -1))
            return each;
        known += each;
    }
    return nearestName(wanted, known);
}

} // namespace

QString toText(LocalTime local)
{
    const int second = local.secondOfDay();
    const auto two = [](int n) { return u"%1"_s.arg(n, 2, 10, QChar(u'0')); };
    QString text = local.date().toString(Qt::ISODate) + u' ' + two(second / 3600) + u':' + two(second / 60 % 60);
    if (second % 60 != 0)
        text += u':' + two(second % 60);
    return text;
}

Result<Zone> Zone::make(QStringView name)
{
    if (isZoneName(name)) {
        QTimeZone zone(name.toLatin1());
        if (zone.isValid())
            return Zone(std::move(zone));
    }
    const QString near = probableName(name);
    return fail(ErrorKind::Invalid,
        u"zone '%1' is not in the zone database; %2"_s.arg(name.left(64),
            near.isEmpty() ? u"write an IANA name such as Europe/Berlin"_s : u"did you mean %1?"_s.arg(near)));
}

Zone Zone::utc()
{
    return Zone(QTimeZone::utc());
}

Duration Zone::offsetAt(Instant instant) const
{
    return std::chrono::seconds(m_zone.offsetFromUtc(QDateTime::fromMSecsSinceEpoch(instant.ms, Qt::UTC)));
}

Resolved Zone::resolve(LocalTime local) const
{
    const Instant asUtc(local.ms);
    const Duration before = offsetAt(asUtc - reach);
    const Duration after = offsetAt(asUtc + reach);
    Resolved found;
    const Instant early = asUtc - before;
    if (offsetAt(early) == before) {
        found.count = 1;
        found.first = early;
    }
    const Instant late = asUtc - after;
    if (before != after && offsetAt(late) == after) {
        (found.count == 0 ? found.first : found.second) = late;
        ++found.count;
    }
    return found;
}

std::optional<Instant> Zone::changeIn(Instant after, Instant until) const
{
    if (m_fixed || until <= after)
        return std::nullopt;
    const Duration offset = offsetAt(after);
    Instant same = after;
    Instant probe = after;
    do {
        same = probe;
        probe = std::min(probe + probeStep, until);
        if (probe == same)
            return std::nullopt;
    } while (offsetAt(probe) == offset);
    // Changes happen on whole seconds.
    qint64 low = floorDiv(same.ms, msPerSecond);
    qint64 high = floorDiv(probe.ms, msPerSecond);
    while (high - low > 1) {
        const qint64 middle = low + (high - low) / 2;
        (offsetAt(Instant(middle * msPerSecond)) == offset ? low : high) = middle;
    }
    return Instant(high * msPerSecond);
}

ZoneGap Zone::gapAt(LocalTime local) const
{
    const Instant asUtc(local.ms);
    const Duration before = offsetAt(asUtc - reach);
    const auto change = changeIn(asUtc - reach, asUtc + reach);
    if (!change)
        return {local, local, asUtc - before}; // only if the precondition is broken
    return {LocalTime(change->ms) + before, toLocal(*change), *change};
}

ZonePiece Zone::pieceAt(Instant instant) const
{
    ZonePiece piece;
    piece.offset = piece.offsetBefore = piece.offsetAfter = offsetAt(instant);
    if (m_fixed) {
        piece.start = Instant(-farMs);
        piece.end = Instant(farMs);
        return piece;
    }
    // Two reaches are looked over on either side, and a cut keeps one of them as its distance from any change.
    piece.start = instant - reach;
    Instant scanned = instant - 2 * reach;
    while (const auto change = changeIn(scanned, instant)) {
        piece.offsetBefore = offsetAt(scanned);
        piece.start = scanned = *change;
    }
    const Instant horizon = instant + pieceProbes * probeStep;
    if (const auto change = changeIn(instant, horizon)) {
        piece.end = *change;
        piece.offsetAfter = offsetAt(*change);
    } else {
        piece.end = horizon - reach;
    }
    return piece;
}

Instant startOfDay(const Zone &zone, DayNumber day)
{
    const LocalTime midnight = LocalTime::at(day, 0);
    const Resolved found = zone.resolve(midnight);
    return found.count > 0 ? found.first : zone.gapAt(midnight).resumes;
}

QString toRfc3339(Instant instant, const Zone &zone)
{
    const qint64 minutes = floorDiv(zone.offsetAt(instant).count() + 30'000, 60'000);
    QString text = toRfc3339(instant + Duration(minutes * 60'000));
    text.chop(1);
    const auto two = [](qint64 n) { return u"%1"_s.arg(n, 2, 10, QChar(u'0')); };
    const qint64 size = std::abs(minutes);
    return text + (minutes < 0 ? u'-' : u'+') + two(size / 60) + u':' + two(size % 60);
}

} // namespace belfry
