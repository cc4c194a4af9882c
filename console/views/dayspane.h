// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/history.h"
#include "console/views/heatmap.h"
#include "console/views/table.h"

class QToolButton;

namespace belfry {

// The last year as a calendar, and below it the runs of the day that is selected.
class DaysPane final : public QWidget
{
    Q_OBJECT

public:
    explicit DaysPane(Desk *desk, QWidget *parent = nullptr);

    // nullopt: all jobs.
    void setJobs(const std::optional<QStringList> &jobs);
    HeatMap *map() const { return m_map; }
    Table *table() const { return m_table; }
    // What is selected, for actions: a run, or the job.
    Subject subject() const;

protected:
    void showEvent(QShowEvent *event) override;
    void hideEvent(QHideEvent *event) override;

private:
    void redraw();
    void askRuns();
    // Of the history, for the runs of the selected day; empty: there are too many jobs to name them.
    QString filterText() const;

    Desk *m_desk;
    DayHistory *m_days;
    HeatMap *m_map;
    QLabel *m_year;
    QLabel *m_day;
    QToolButton *m_open;
    History *m_runs;
    Table *m_table;
};

} // namespace belfry
