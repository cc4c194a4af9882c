// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/liveruns.h"
#include "console/models/session.h"

#include <QDate>
#include <QTimer>

namespace belfry {

// How a day went: by the worst that happened on it.
StateLook lookOf(const wire::DayRow &day);
qint64 runsOf(const wire::DayRow &day);
// `12 runs: 10 succeeded, 2 failed; 3 occasions missed`, or that nothing was.
QString dayWords(const wire::DayRow &day);

// The last year, day by day, of all jobs or some. While somebody looks at it, it is asked anew where runs change.
class DayHistory final : public QObject
{
    Q_OBJECT

public:
    static constexpr int weeksShown = 53; // with the one that is not over

    DayHistory(Session *session, const Times *times, const LiveRuns *liveRuns, QObject *parent = nullptr);

    // nullopt: of all jobs.
    void setJobs(const std::optional<QStringList> &jobs);
    const std::optional<QStringList> &jobs() const { return m_jobs; }
    void setActive(bool active);
    void refresh();

    // Of the switch; that of the job where there is only one.
    Zone zone() const;
    QDate today() const;
    // The first day of the first week that is shown.
    QDate firstDay() const;
    // A day without anything is told with its bounds alone.
    wire::DayRow day(QDate date) const;
    // The most runs of a day.
    qint64 most() const;
    bool isComplete() const { return m_complete; }

Q_SIGNALS:
    void changed();
    void failed(const QString &why);

private:
    void begin();
    void want(Instant since);
    void ask();
    void adopt(const wire::DaysReply &reply, Instant since);

    Session *m_session;
    const Times *m_times;
    const LiveRuns *m_liveRuns;
    std::optional<QStringList> m_jobs;
    std::map<QDate, wire::DayRow> m_days;
    std::optional<Instant> m_since; // days from this one on have to be asked for
    QTimer m_soon;
    bool m_active = false;
    bool m_complete = false;
    bool m_isAsking = false;
    int m_about = 0; // jobs and zone: answers for others are dropped
};

} // namespace belfry
