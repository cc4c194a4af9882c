// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/upcoming.h"
#include "console/views/dayspane.h"
#include "console/views/definitionpanel.h"
#include "console/views/jobcharts.h"
#include "console/views/parts.h"
#include "console/views/runstrip.h"
#include "console/views/table.h"
#include "console/views/versionspanel.h"
#include "console/views/whypanel.h"

class QTabWidget;

namespace belfry {

// One job: its newest runs, what comes next, its definition and the versions of it, and why it runs or does not.
class JobPage final : public Page
{
    Q_OBJECT

public:
    JobPage(Desk *desk, const QString &job);

    void shown() override;
    void refresh() override;
    // The job, with an occasion to come.
    Subject subjectOfNext(int row) const;
    QAbstractItemModel *listed() const override { return m_history; }
    QString tabTitle() const override { return m_job.section(u'/', -1); }
    const QString &job() const { return m_job; }

private:
    void redraw();
    void askWhy();

    QString m_job;
    int m_version = 0; // of the definition that is shown
    QLabel *m_title;
    StateLabel *m_state;
    QLabel *m_schedule;
    QToolButton *m_unskip; // seen while somebody wants an occasion to be skipped
    QTabWidget *m_tabs;
    History *m_history;
    Table *m_runs;
    Upcoming *m_upcoming;
    Table *m_next;
    DefinitionPanel *m_definition;
    VersionsPanel *m_versions;
    WhyPanel *m_why;
    JobCharts *m_charts;
    DaysPane *m_days;
};

} // namespace belfry
