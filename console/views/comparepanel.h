// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/logend.h"
#include "console/models/goodrun.h"
#include "console/models/rowsmodel.h"
#include "console/views/table.h"

class QToolButton;

namespace belfry {

// The last lines of two logs side by side, as rows.
class LinePairs final : public RowsModel<LinePair>
{
    Q_OBJECT

public:
    explicit LinePairs(QObject *parent = nullptr);

    void set(const std::vector<LinePair> &pairs);
    // -1: they differ nowhere.
    int firstDifference() const;

private:
    QString keyOf(int row) const override { return QString::number(row); }
};

// What differs between a run and the last good one before it: facts, and the ends of their logs.
class ComparePanel final : public QWidget
{
    Q_OBJECT

public:
    explicit ComparePanel(Desk *desk, QWidget *parent = nullptr);

    void setRun(const wire::RunDetail &run);
    const GoodRun *comparison() const { return m_comparison; }

protected:
    void showEvent(QShowEvent *event) override;

private:
    void redraw();
    QString words() const;
    void fetchEnds();
    void showEnds();

    Desk *m_desk;
    GoodRun *m_comparison;
    wire::RunDetail m_run;
    LinePairs *m_pairs;
    std::unique_ptr<LogEnd> m_here;
    std::unique_ptr<LogEnd> m_good;
    QLabel *m_sentence;
    QToolButton *m_open;
    Table *m_facts;
    Table *m_ends;
};

} // namespace belfry
