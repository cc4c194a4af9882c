// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/recentload.h"
#include "console/views/chartbox.h"

namespace belfry {

// How much waited and how much was started in the last hour.
class LoadCharts final : public QWidget
{
    Q_OBJECT

public:
    explicit LoadCharts(Desk *desk, QWidget *parent = nullptr);

    ChartBox *waiting() const { return m_waiting; }
    ChartBox *started() const { return m_started; }

protected:
    void showEvent(QShowEvent *event) override;

private:
    void draw(ChartBox *box, int LoadMinute::*figure, const QString &summary);
    void redraw();

    RecentLoad *m_load;
    QString m_fault;
    ChartBox *m_waiting = nullptr;
    ChartBox *m_started = nullptr;
};

} // namespace belfry
