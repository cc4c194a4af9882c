// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/chartbox.h"

#include "console/views/parts.h"

#include <QGraphicsLayout>
#include <QtCharts/QBarCategoryAxis>
#include <QtCharts/QChartView>
#include <QtCharts/QLegend>
#include <QtCharts/QValueAxis>

#include <cmath>

namespace belfry {

using namespace Qt::StringLiterals;

ChartBox::ChartBox(
    Desk *desk, const QString &name, const QString &heading, std::function<void(ChartBox *)> draw, QWidget *parent)
    : QFrame(parent)
    , m_desk(desk)
    , m_draw(std::move(draw))
    , m_chart(new QChart)
    , m_view(new QChartView(m_chart))
    , m_summary(makeLabel({}, u"muted"_s))
    , m_message(makeLabel({}, u"muted"_s))
{
    setObjectName(u"card"_s);
    setAccessibleName(heading);
    auto *layout = new QVBoxLayout(this);
    layout->setContentsMargins(14, 10, 14, 10);
    layout->setSpacing(4);
    layout->addWidget(makeLabel(heading, u"heading"_s));
    layout->addWidget(m_summary);
    layout->addWidget(m_view, 1);
    layout->addWidget(m_message, 1);
    m_view->setObjectName(name);
    m_view->setAccessibleName(heading);
    m_view->setFocusPolicy(Qt::NoFocus);
    m_view->setFrameShape(QFrame::NoFrame);
    m_view->setRenderHint(QPainter::Antialiasing);
    m_view->setMinimumHeight(110);
    m_chart->setMargins(QMargins(0, 0, 0, 0));
    m_chart->setBackgroundRoundness(0);
    m_chart->layout()->setContentsMargins(0, 0, 0, 0);
    m_summary->setObjectName(name + u"-summary"_s);
    m_summary->setWordWrap(true);
    m_message->setObjectName(name + u"-message"_s);
    m_message->setAlignment(Qt::AlignCenter);
    m_message->setWordWrap(true);
    connect(desk->theme, &Theme::changed, this, &ChartBox::redraw);
    redraw();
}

void ChartBox::redraw()
{
    m_chart->removeAllSeries();
    const auto axes = m_chart->axes();
    for (QAbstractAxis *axis : axes) {
        m_chart->removeAxis(axis);
        delete axis;
    }
    m_chart->setBackgroundBrush(color(u"surface"_s));
    m_chart->setPlotAreaBackgroundVisible(false);
    m_view->setBackgroundBrush(color(u"surface"_s));
    m_chart->legend()->setLabelColor(color(u"text"_s));
    m_chart->legend()->setAlignment(Qt::AlignTop);
    m_chart->legend()->setMarkerShape(QLegend::MarkerShapeFromSeries);
    setLegend(false);
    m_view->show();
    m_summary->show();
    m_message->hide();
    m_draw(this);
}

QValueAxis *ChartBox::addAxis(Qt::Alignment side, double low, double high, const QString &format)
{
    auto *axis = new QValueAxis;
    axis->setRange(low, high);
    axis->setLabelFormat(format);
    style(axis);
    m_chart->addAxis(axis, side);
    return axis;
}

void ChartBox::style(QAbstractAxis *axis) const
{
    QFont font = this->font();
    axis->setLabelsFont(font);
    axis->setLabelsColor(color(u"muted"_s));
    axis->setGridLineColor(color(u"border"_s));
    axis->setLinePenColor(color(u"strongBorder"_s));
}

void ChartBox::addSeries(QAbstractSeries *series, const QList<QAbstractAxis *> &axes)
{
    m_chart->addSeries(series);
    for (QAbstractAxis *axis : axes)
        series->attachAxis(axis);
}

void ChartBox::setLegend(bool shown)
{
    m_chart->legend()->setVisible(shown);
}

void ChartBox::setSummary(const QString &text)
{
    m_summary->setText(text);
    m_view->setAccessibleDescription(text);
    setAccessibleDescription(text);
}

void ChartBox::setMessage(const QString &text, bool isFault)
{
    m_view->hide();
    m_summary->hide();
    m_message->show();
    m_message->setText(text);
    m_message->setStyleSheet(u"color: %1;"_s.arg(color(isFault ? u"failed"_s : u"muted"_s).name()));
    setAccessibleDescription(text);
}

QString ChartBox::summary() const
{
    return m_summary->text();
}

bool ChartBox::showsChart() const
{
    return !m_view->isHidden();
}

double roundedUp(double value)
{
    if (value <= 1)
        return 1;
    const double ten = std::pow(10, std::floor(std::log10(value)));
    for (const double step : {1.0, 2.0, 5.0})
        if (value <= step * ten)
            return step * ten;
    return 10 * ten;
}

} // namespace belfry
