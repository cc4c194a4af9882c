// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/loadcharts.h"

#include "console/views/parts.h"

#include <QtCharts/QAreaSeries>
#include <QtCharts/QLineSeries>
#include <QtCharts/QValueAxis>

namespace belfry {

using namespace Qt::StringLiterals;

LoadCharts::LoadCharts(Desk *desk, QWidget *parent)
    : QWidget(parent)
    , m_load(new RecentLoad(desk->session, desk->times, desk->liveRuns, this))
{
    auto *layout = new QHBoxLayout(this);
    layout->setContentsMargins(0, 0, 0, 0);
    layout->setSpacing(12);
    m_waiting = new ChartBox(desk, u"chart-waiting"_s, tr("Waiting, last 60 min"),
        [this](ChartBox *box) { draw(box, &LoadMinute::waiting, tr("now %1, at most %2")); });
    m_started = new ChartBox(desk, u"chart-started"_s, tr("Starts, last 60 min"),
        [this](ChartBox *box) { draw(box, &LoadMinute::started, tr("last minute %1, most %2, in all %3")); });
    layout->addWidget(m_waiting);
    layout->addWidget(m_started);
    connect(m_load, &RecentLoad::changed, this, [this] {
        m_fault.clear();
        redraw();
    });
    connect(m_load, &RecentLoad::failed, this, [this](const QString &why) {
        m_fault = why;
        redraw();
    });
}

void LoadCharts::showEvent(QShowEvent *event)
{
    QWidget::showEvent(event);
    redraw();
}

void LoadCharts::redraw()
{
    if (!isVisible())
        return; // drawn when it is shown
    m_waiting->redraw();
    m_started->redraw();
}

void LoadCharts::draw(ChartBox *box, int LoadMinute::*figure, const QString &summary)
{
    const std::vector<LoadMinute> minutes = m_load->minutes();
    int most = 0, all = 0;
    for (const LoadMinute &each : minutes) {
        most = std::max(most, each.*figure);
        all += each.*figure;
    }
    if (!m_fault.isEmpty() || !m_load->isComplete() || most == 0) {
        box->setMessage(!m_fault.isEmpty()       ? m_fault
                : !m_load->isComplete()          ? tr("Loading ...")
                : figure == &LoadMinute::waiting ? tr("Nothing waited at any full minute of the last hour.")
                                                 : tr("Nothing was started in the last hour."),
            !m_fault.isEmpty());
        return;
    }
    auto *x = box->addAxis(Qt::AlignBottom, -double(minutes.size()), 0, u"%.0f"_s);
    x->setTickCount(4);
    auto *y = box->addAxis(Qt::AlignLeft, 0, roundedUp(most), u"%.0f"_s);
    y->setTickCount(most == 1 ? 2 : 3);
    auto *upper = new QLineSeries;
    for (std::size_t i = 0; i < minutes.size(); ++i) {
        const double at = double(i) - double(minutes.size());
        upper->append(at, minutes[i].*figure);
        upper->append(at + 1, minutes[i].*figure);
    }
    auto *area = new QAreaSeries(upper);
    upper->setParent(area);
    const QColor ink = box->color(u"accent"_s);
    area->setPen(QPen(ink, 1.5));
    area->setBrush(QBrush(ink, Qt::Dense5Pattern));
    box->addSeries(area, {x, y});
    QString text = summary.arg(minutes.back().*figure).arg(most);
    if (text.contains(u"%3"_s))
        text = text.arg(all);
    if (m_load->isCut())
        text += tr("; of the newest runs only");
    box->setSummary(text);
}

} // namespace belfry
