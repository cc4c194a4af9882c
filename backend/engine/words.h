// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/run.h"
#include "shared/time/zone.h"

#include <QStringList>

#include <vector>

namespace belfry::engine {

// The small change of sentences. Times are those of the job's zone, each with its offset.
class Words
{
public:
    // An unknown zone is UTC.
    Words(QStringView zone, Instant now);

    Instant now() const { return m_now; }
    const Zone &zone() const { return m_zone; }
    // `2026-01-05 12:04:00Z`, without the date where it is today's, in whole seconds.
    QString time(Instant at) const;
    // The same with its date, and with milliseconds where there are some.
    QString fullTime(Instant at) const;
    // `12:04:00Z (4m ago)`
    QString since(Instant at) const;

    // `0.8s`, `40ms`, `4m10s`: as exact as a person wants it.
    static QString span(Duration duration);
    // `run 3`, `runs 3, 4 and 5`, `runs 1, 2, 3, 4, 5 and 7 more`
    static QString runs(const std::vector<RunId> &runs);
    // `a`, `a and b`, `a, b and c`
    static QString list(const QStringList &parts, const QString &last = QStringLiteral("and"));
    // `1 unit`, `3 units`
    static QString counted(qint64 number, const QString &noun);

private:
    QString clock(Instant at, bool withDate) const;

    Zone m_zone;
    Instant m_now;
};

// The text as it begins a sentence.
QString capital(QString text);

} // namespace belfry::engine
