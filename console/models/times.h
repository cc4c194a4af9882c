// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"
#include "shared/time/zone.h"

#include <QObject>

#include <functional>

namespace belfry {

// All times that the console shows: one switch for their zone. `now` is the backend's time, as far as it is known.
class Times final : public QObject
{
    Q_OBJECT

public:
    enum class Mode { Local, Utc, Job };

    explicit Times(const Clock &clock, QObject *parent = nullptr);

    Mode mode() const { return m_mode; }
    void setMode(Mode mode);
    // The zone of a job by its full name; empty where it is not known.
    void setZoneOfJob(std::function<QString(const QString &)> zoneOf) { m_zoneOfJob = std::move(zoneOf); }
    // The backend's clock minus ours.
    void setSkew(Duration skew) { m_skew = skew; }
    void setLocalZone(const Zone &zone) { m_local = zone; }

    Instant now() const { return m_clock.now() + m_skew; }

    // `14:03:05` today, else `2026-01-31 14:03`; in the zone of the switch.
    QString text(Instant at, const QString &job = {}) const;
    // `Sat 31 Jan 2026 14:03:05 +01:00`
    QString longText(Instant at, const QString &job = {}) const;
    // For tooltips: the instant in each of the zones, and how far it is from now.
    QString everyZone(Instant at, const QString &job = {}) const;
    // For the backend to speak in the zone of the switch: its IANA name, empty for each job's.
    QString spokenZone() const;
    // `Sat 31 Jan 2026 14:03:05 to 15:10:00 +01:00`, with the second day where it is another.
    QString rangeText(Instant from, Instant until) const;
    // Of a mark on an axis whose marks are `step` apart: `14:03:05.250`, `14:03`, `Sat 31 Jan`.
    QString markText(Instant at, Duration step) const;
    // The zone of the switch. Where each job's is wanted and no job is meant, the local one.
    Zone zoneOf(const QString &job) const { return m_mode == Mode::Job && job.isEmpty() ? m_local : zoneFor(job); }
    // That of one mode, whatever the switch says.
    Zone zoneIn(Mode mode, const QString &job) const;
    // `Local`, `UTC`, or the name of the job's zone.
    QString zoneName(const QString &job = {}) const;

Q_SIGNALS:
    void changed();

private:
    Zone zoneFor(const QString &job) const { return zoneIn(m_mode, job); }
    Zone jobZone(const QString &job) const;

    const Clock &m_clock;
    Mode m_mode = Mode::Local;
    Zone m_local;
    Duration m_skew{0};
    std::function<QString(const QString &)> m_zoneOfJob;
    mutable std::map<QString, Zone> m_zones;
};

// `850ms`, `5s`, `4m 12s`, `3h 20m`, `4d 2h`: the two largest units; a negative one as `0s`.
QString spanText(Duration span);
// `12m ago`, `in 3h 20m`, `now`.
QString agoText(Instant at, Instant now);

} // namespace belfry
