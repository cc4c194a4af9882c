// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/times.h"

#include <QDateTime>
#include <QLocale>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

Zone zoneOfThisHost()
{
    const auto zone = Zone::make(QString::fromLatin1(QTimeZone::systemTimeZoneId()));
    return zone ? *zone : Zone::utc();
}

// A wall clock's time carried in UTC, so that only the formatting of Qt is asked.
QDateTime wall(Instant at, const Zone &zone)
{
    return QDateTime::fromMSecsSinceEpoch(zone.toLocal(at).ms, Qt::UTC);
}

QString offsetText(Duration offset)
{
    const qint64 minutes = std::chrono::duration_cast<std::chrono::minutes>(offset).count();
    return u"%1%2:%3"_s.arg(QChar(minutes < 0 ? u'-' : u'+'))
        .arg(std::abs(minutes) / 60, 2, 10, QChar(u'0'))
        .arg(std::abs(minutes) % 60, 2, 10, QChar(u'0'));
}

QString longIn(Instant at, const Zone &zone)
{
    const QDateTime local = wall(at, zone);
    return QLocale::c().toString(local, u"ddd d MMM yyyy HH:mm:ss "_s) + offsetText(zone.offsetAt(at));
}

} // namespace

Times::Times(const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_local(zoneOfThisHost())
{ }

void Times::setMode(Mode mode)
{
    if (std::exchange(m_mode, mode) != mode)
        Q_EMIT changed();
}

Zone Times::jobZone(const QString &job) const
{
    const QString name = m_zoneOfJob && !job.isEmpty() ? m_zoneOfJob(job) : QString();
    if (name.isEmpty())
        return Zone::utc();
    const auto known = m_zones.find(name);
    if (known != m_zones.end())
        return known->second;
    const auto zone = Zone::make(name);
    return m_zones.emplace(name, zone ? *zone : Zone::utc()).first->second;
}

Zone Times::zoneIn(Mode mode, const QString &job) const
{
    switch (mode) {
    case Mode::Local:
        return m_local;
    case Mode::Utc:
        return Zone::utc();
    case Mode::Job:
        return jobZone(job);
    }
    return m_local;
}

QString Times::text(Instant at, const QString &job) const
{
    const Zone zone = zoneFor(job);
    const QDateTime local = wall(at, zone);
    const bool today = local.date() == wall(now(), zone).date();
    return QLocale::c().toString(local, today ? u"HH:mm:ss"_s : u"yyyy-MM-dd HH:mm"_s);
}

QString Times::longText(Instant at, const QString &job) const
{
    return longIn(at, zoneFor(job));
}

QString Times::rangeText(Instant from, Instant until) const
{
    const Zone zone = zoneOf({});
    const QDateTime first = wall(from, zone), last = wall(until, zone);
    const bool sameOffset = zone.offsetAt(from) == zone.offsetAt(until);
    const QString day = u"ddd d MMM yyyy HH:mm:ss"_s;
    return tr("%1 to %2")
        .arg(QLocale::c().toString(first, day) + (sameOffset ? QString() : u' ' + offsetText(zone.offsetAt(from))),
            QLocale::c().toString(last, first.date() == last.date() ? u"HH:mm:ss"_s : day) + u' '
                + offsetText(zone.offsetAt(until)));
}

QString Times::markText(Instant at, Duration step) const
{
    const QDateTime local = wall(at, zoneOf({}));
    const bool midnight = local.time() == QTime(0, 0);
    const QString form = step >= std::chrono::hours(24) || midnight ? u"ddd d MMM"_s
        : step >= std::chrono::minutes(1)                           ? u"HH:mm"_s
        : step >= std::chrono::seconds(1)                           ? u"HH:mm:ss"_s
                                                                    : u"HH:mm:ss.zzz"_s;
    return QLocale::c().toString(local, form);
}

QString Times::everyZone(Instant at, const QString &job) const
{
    QStringList lines{
        tr("%1  (%2)").arg(longIn(at, m_local), tr("local")), tr("%1  (UTC)").arg(longIn(at, Zone::utc()))};
    if (const QString zone = m_zoneOfJob && !job.isEmpty() ? m_zoneOfJob(job) : QString();
        !zone.isEmpty() && zone != "UTC"_L1)
        lines += tr("%1  (%2, the job's zone)").arg(longIn(at, jobZone(job)), zone);
    lines += agoText(at, now());
    return lines.join(u'\n');
}

QString Times::spokenZone() const
{
    return m_mode == Mode::Job ? QString() : zoneFor({}).name();
}

QString Times::zoneName(const QString &job) const
{
    switch (m_mode) {
    case Mode::Local:
        return m_local.name();
    case Mode::Utc:
        return u"UTC"_s;
    case Mode::Job:
        return job.isEmpty() ? tr("each job's zone") : jobZone(job).name();
    }
    return {};
}

QString spanText(Duration span)
{
    const qint64 ms = std::max<qint64>(0, span.count());
    if (ms > 0 && ms < 1000)
        return u"%1ms"_s.arg(ms);
    const qint64 seconds = ms / 1000;
    const qint64 minutes = seconds / 60;
    const qint64 hours = minutes / 60;
    const qint64 days = hours / 24;
    if (days > 0)
        return u"%1d %2h"_s.arg(days).arg(hours % 24);
    if (hours > 0)
        return u"%1h %2m"_s.arg(hours).arg(minutes % 60, 2, 10, QChar(u'0'));
    if (minutes > 0)
        return u"%1m %2s"_s.arg(minutes).arg(seconds % 60, 2, 10, QChar(u'0'));
    return u"%1s"_s.arg(seconds);
}

QString agoText(Instant at, Instant now)
{
    const Duration away = at - now;
    if (away > -1s && away < 1s)
        return Times::tr("now");
    return away > Duration(0) ? Times::tr("in %1").arg(spanText(away)) : Times::tr("%1 ago").arg(spanText(-away));
}

} // namespace belfry
