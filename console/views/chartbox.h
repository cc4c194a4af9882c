// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/desk.h"

#include <QtCharts/QChart>

class QChartView;
class QValueAxis;

namespace belfry {

// A chart in the colours of the theme with a sentence that says the same in words; where there is nothing to draw, the
// sentence alone.
class ChartBox final : public QFrame
{
    Q_OBJECT

public:
    // `draw` fills an empty chart; it is called anew with each change of theme.
    ChartBox(Desk *desk, const QString &name, const QString &heading, std::function<void(ChartBox *)> draw,
        QWidget *parent = nullptr);

    void redraw();
    // For `draw`.
    QChart *chart() const { return m_chart; }
    QValueAxis *addAxis(Qt::Alignment side, double low, double high, const QString &format);
    void addSeries(QAbstractSeries *series, const QList<QAbstractAxis *> &axes);
    void style(QAbstractAxis *axis) const;
    QColor color(const QString &name) const { return m_desk->theme->color(name); }
    QColor color(Look look) const { return m_desk->theme->color(look); }
    void setLegend(bool shown);
    // Beside the chart, and read to those who do not see it.
    void setSummary(const QString &text);
    // Instead of the chart.
    void setMessage(const QString &text, bool isFault = false);
    QString summary() const;
    bool showsChart() const;

private:
    Desk *m_desk;
    std::function<void(ChartBox *)> m_draw;
    QChart *m_chart;
    QChartView *m_view;
    QLabel *m_summary;
    QLabel *m_message;
};

// The least round number for the upper end of an axis: 1, 2, 5, 10, 20 ...; at least 1.
double roundedUp(double value);

} // namespace belfry
