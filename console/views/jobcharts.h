// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/daytally.h"
#include "console/models/jobfigures.h"
#include "console/views/chartbox.h"

namespace belfry {

// A job's durations and outcomes as charts, and its success rate as a number.
class JobCharts final : public QWidget
{
    Q_OBJECT

public:
    static constexpr int runsShown = 60;
    static constexpr int daysShown = 14;

    static constexpr int runsCounted = 1000;

    JobCharts(Desk *desk, const QString &job, QWidget *parent = nullptr);

    ChartBox *durations() const { return m_durations; }
    ChartBox *outcomes() const { return m_outcomes; }
    QString rateText() const { return m_rate->text(); }

private:
    void ask();
    void askDurations();
    void askOutcomes();
    void recount();
    void drawDurations(ChartBox *box);
    void drawOutcomes(ChartBox *box);

    Desk *m_desk;
    QString m_job;
    std::vector<wire::RunRow> m_runs; // the newest, oldest first; those that are over
    std::vector<wire::RunRow> m_ofDays; // of the days that are shown
    bool m_cut = false; // there are more of those
    bool m_answered = false;
    bool m_counted = false;
    QString m_fault;
    QTimer m_soon;
    QLabel *m_rate = nullptr;
    QLabel *m_rateWords = nullptr;
    ChartBox *m_durations = nullptr;
    ChartBox *m_outcomes = nullptr;
};

} // namespace belfry
