// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/jobsearch.h"
#include "console/models/upcoming.h"
#include "console/views/dayspane.h"
#include "console/views/filterline.h"
#include "console/views/table.h"
#include "console/views/timelinepane.h"

class QComboBox;
class QTabWidget;

namespace belfry {

// What all jobs, or those that pass the filter, are due for, as a list; along time, with what was; and the last year
// day by day.
class SchedulePage final : public Page
{
    Q_OBJECT

public:
    explicit SchedulePage(Desk *desk);

    void focusFilter() override { m_filter->focusLine(); }
    void setFilter(const QString &text) override { m_filter->setText(text); }
    QString filterText() const override { return m_filter->text(); }
    QAbstractItemModel *listed() const override { return m_upcoming; }
    Table *mainTable() const override { return m_table; }
    // The timeline, around the run.
    void showRun(const wire::RunRow &run);
    void refresh() override;
    void shown() override;

private:
    void addRanges();
    void connectFilter();
    void connectList();
    void recount();
    void select(int row);
    void showJobs(const std::optional<QStringList> &jobs);

    Upcoming *m_upcoming;
    JobSearch *m_search;
    QLabel *m_count;
    QComboBox *m_range;
    FilterLine *m_filter;
    QTabWidget *m_tabs;
    Table *m_table;
    TimelinePane *m_timeline;
    DaysPane *m_days;
    QString m_fault; // why the filter could not be asked for
};

} // namespace belfry
