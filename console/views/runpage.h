// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/rowsmodel.h"
#include "console/models/runwatch.h"
#include "console/views/parts.h"
#include "console/views/table.h"
#include "console/views/whypanel.h"

class QTabWidget;

namespace belfry {

class ComparePanel;

// The attempts of one run.
class Attempts final : public RowsModel<wire::AttemptRow>
{
    Q_OBJECT

public:
    Attempts(const Times *times, QObject *parent);
    void set(const wire::RunDetail &run);

private:
    QString keyOf(int row) const override { return QString::number(rows()[std::size_t(row)].attempt); }

    QString m_job;
};

// One run: how it stands, why, its attempts, and how it differs from the last good one.
class RunPage final : public Page
{
    Q_OBJECT

public:
    RunPage(Desk *desk, RunId run);

    void shown() override;
    QString tabTitle() const override;
    RunId run() const { return m_watch->run(); }
    ComparePanel *compare() const { return m_compare; }
    void showCompare();

private:
    void redraw();

    RunWatch *m_watch;
    QLabel *m_title;
    StateLabel *m_state;
    Facts *m_facts;
    WhyPanel *m_why;
    Attempts *m_attempts;
    Table *m_table;
    ComparePanel *m_compare;
    QTabWidget *m_tabs;
    QLabel *m_fault;
};

} // namespace belfry
