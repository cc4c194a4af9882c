// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/timelineview.h"

#include "console/views/timelinemetrics.h"

#include <QAccessible>
#include <QApplication>
#include <QMouseEvent>
#include <QScrollBar>
#include <QToolTip>

namespace belfry {

using namespace Qt::StringLiterals;
using namespace timeline;

namespace {

constexpr int mostRows = 4; // of a lane
constexpr int mostBars = 5000; // more in the window are shown as densities
constexpr Duration spanAtFirst = std::chrono::hours(6);
constexpr double pastShare = 0.6; // of the window, when it leads to now
constexpr double zoomStep = 1.3;

} // namespace

TimelineView::TimelineView(Desk *desk, Timeline *timeline, QWidget *parent)
    : QAbstractScrollArea(parent)
    , m_desk(desk)
    , m_timeline(timeline)
{
    setObjectName(u"timeline"_s);
    setAccessibleName(tr("Timeline"));
    setFocusPolicy(Qt::StrongFocus);
    setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    setFrameShape(QFrame::NoFrame);
    viewport()->setMouseTracking(true);
    m_axis.span = spanAtFirst;
    m_ticked = desk->times->now();
    connect(timeline, &Timeline::changed, this, &TimelineView::rebuild);
    connect(desk->times, &Times::changed, this, [this] {
        viewport()->update();
        Q_EMIT windowChanged();
    });
    connect(desk->theme, &Theme::changed, viewport(), qOverload<>(&QWidget::update));
    connect(desk->session, &Session::phaseChanged, viewport(), qOverload<>(&QWidget::update));
    connect(desk->session, &Session::tick, this, &TimelineView::tick);
}

void TimelineView::setLaneBy(LaneBy by)
{
    m_by = by;
    rebuild();
}

void TimelineView::setSpan(Duration span)
{
    setAxis(m_axis.zoomed(double(m_axis.span.count()) / double(span.count()), m_axis.width * pastShare));
}

void TimelineView::zoom(double factor)
{
    setAxis(m_axis.zoomed(factor, m_axis.width / 2.0));
}

void TimelineView::move(double windows)
{
    m_follows = false;
    setAxis(m_axis.moved(m_axis.pixels(windows * m_axis.width)));
}

void TimelineView::goToNow()
{
    m_follows = true;
    TimeAxis axis = m_axis;
    axis.from = m_desk->times->now() - axis.pixels(axis.width * pastShare);
    setAxis(axis);
}

void TimelineView::goTo(const wire::RunRow &run)
{
    m_follows = false;
    const TimelineBar bar = barOf(run);
    const Duration long_ = bar.ends(m_desk->times->now()) - bar.begins();
    TimeAxis axis = m_axis;
    // Wide enough to see what was before and after it.
    axis.span = std::clamp<Duration>(long_ * 6, std::chrono::minutes(10), TimeAxis::most);
    axis.from = bar.begins() - (axis.span - long_) / 2;
    m_wanted = BarKey{run.id, run.jobName, bar.queued};
    setAxis(axis);
    rebuild();
}

void TimelineView::setEmptyText(const QString &text, bool isFault)
{
    m_emptyText = text;
    m_fault = isFault;
    viewport()->update();
}

void TimelineView::setAxis(const TimeAxis &axis)
{
    m_axis = axis;
    m_axis.width = std::max(1, viewport()->width() - gutter);
    m_timeline->setWindow(m_axis.from, m_axis.until());
    judgeDensity();
    viewport()->update();
    Q_EMIT windowChanged();
}

void TimelineView::tick()
{
    const Instant now = m_desk->times->now();
    const Duration passed = now - std::exchange(m_ticked, now);
    if (!isVisible())
        return;
    if (m_follows)
        setAxis(m_axis.moved(passed));
    else
        viewport()->update();
}

TimelineView::BarKey TimelineView::keyOf(int bar) const
{
    const TimelineBar &each = m_timeline->bars()[std::size_t(bar)];
    return {each.run, each.job, each.queued};
}

void TimelineView::rebuild()
{
    m_plan = planLanes(m_timeline->bars(), m_by, m_desk->times->now(), mostRows);
    m_current = -1;
    for (int i = 0; m_wanted && i < int(m_timeline->bars().size()); ++i)
        if (keyOf(i) == *m_wanted)
            m_current = i;
    if (m_current >= 0 && !m_dense)
        verticalScrollBar()->setValue(std::clamp(verticalScrollBar()->value(),
            laneTop(m_plan.rowOf[std::size_t(m_current)]) + rowHeight - viewport()->height() + scaleHeight,
            laneTop(m_plan.rowOf[std::size_t(m_current)])));
    judgeDensity();
    updateBars();
    viewport()->update();
    Q_EMIT currentChanged();
}

void TimelineView::judgeDensity()
{
    const Instant now = m_desk->times->now();
    int seen = 0;
    for (const TimelineBar &bar : m_timeline->bars())
        seen += bar.begins() < m_axis.until() && bar.ends(now) >= m_axis.from ? 1 : 0;
    m_dense = seen > mostBars;
}

void TimelineView::updateBars()
{
    const int height = m_plan.rows * rowHeight + int(m_plan.lanes.size()) * laneGap;
    verticalScrollBar()->setPageStep(viewport()->height() - scaleHeight);
    verticalScrollBar()->setSingleStep(rowHeight);
    verticalScrollBar()->setRange(0, std::max(0, height - viewport()->height() + scaleHeight));
}

// From the top of all lanes. Each lane before it has a gap.
int TimelineView::laneTop(int row) const
{
    const auto lane = std::upper_bound(m_plan.lanes.begin(), m_plan.lanes.end(), row,
        [](int value, const Lane &each) { return value < each.firstRow; });
    return row * rowHeight + int(lane - m_plan.lanes.begin()) * laneGap - laneGap / 2;
}

QRect TimelineView::barRect(int bar) const
{
    const TimelineBar &each = m_timeline->bars()[std::size_t(bar)];
    const Instant now = m_desk->times->now();
    const int left = int(std::clamp(m_axis.x(each.begins()), -10.0, m_axis.width + 10.0));
    const int right = int(std::clamp(m_axis.x(each.ends(now)), -10.0, m_axis.width + 10.0));
    const int top = scaleHeight + laneTop(m_plan.rowOf[std::size_t(bar)]) - verticalScrollBar()->value()
        + (rowHeight - barHeight) / 2;
    return QRect(gutter + left, top, std::max(leastBar, right - left), barHeight);
}

int TimelineView::barUnder(const QPoint &at) const
{
    if (m_dense || at.x() < gutter || at.y() < scaleHeight)
        return -1;
    for (int i = int(m_plan.rowOf.size()) - 1; i >= 0; --i)
        if (barRect(i).adjusted(-2, -2, 2, 2).contains(at))
            return i;
    return -1;
}

const TimelineBar *TimelineView::currentBar() const
{
    return m_current >= 0 && m_current < int(m_timeline->bars().size()) ? &m_timeline->bars()[std::size_t(m_current)]
                                                                        : nullptr;
}

void TimelineView::setCurrent(int bar)
{
    m_current = bar;
    m_wanted.reset();
    if (bar >= 0)
        m_wanted = keyOf(bar);
    setAccessibleDescription(bar >= 0 ? barText(bar) : QString());
    if (bar >= 0) {
        QAccessibleEvent focus(this, QAccessible::Focus);
        focus.setChild(bar);
        QAccessible::updateAccessibility(&focus);
    }
    viewport()->update();
    Q_EMIT currentChanged();
}

void TimelineView::reveal(int bar)
{
    if (bar < 0)
        return;
    const TimelineBar &each = m_timeline->bars()[std::size_t(bar)];
    if (each.ends(m_desk->times->now()) < m_axis.from || each.begins() >= m_axis.until()) {
        m_follows = false;
        setAxis(m_axis.showing(each.begins()));
    }
    const int top = laneTop(m_plan.rowOf[std::size_t(bar)]);
    verticalScrollBar()->setValue(std::clamp(
        verticalScrollBar()->value(), top + rowHeight - viewport()->height() + scaleHeight, std::max(0, top)));
}

QString TimelineView::barText(int bar) const
{
    const TimelineBar &each = m_timeline->bars()[std::size_t(bar)];
    const QString when = m_desk->times->text(each.started.value_or(each.queued), each.job);
    if (each.isForecast())
        return tr("%1, planned at %2").arg(each.job, when);
    const QString took
        = each.started ? spanText(each.ends(m_desk->times->now()) - *each.started) : tr("not started yet");
    return tr("%1 #%2, %3, %4, %5").arg(each.job).arg(each.run.value).arg(each.look.word, when, took);
}

QString TimelineView::tipOf(int bar) const
{
    const TimelineBar &each = m_timeline->bars()[std::size_t(bar)];
    const Times &times = *m_desk->times;
    QStringList lines;
    const auto line = [&](const QString &name, const std::optional<Instant> &at) {
        if (at)
            lines += tr("%1 %2").arg(name, times.longText(*at, each.job));
    };
    lines += barText(bar) + (each.note.isEmpty() ? QString() : u", "_s + each.note);
    line(tr("planned"), each.planned);
    if (each.isForecast()) {
        const Duration usual = *each.ended - *each.started;
        lines += usual > Duration(0) ? tr("takes %1 as a rule").arg(spanText(usual))
                                     : tr("how long it takes is not known yet");
        return lines.join(u'\n');
    }
    line(tr("queued"), each.queued);
    line(tr("started"), each.started);
    line(tr("ended"), each.ended);
    if (each.planned && each.started && *each.started - *each.planned >= 1s)
        lines += tr("%1 later than planned").arg(spanText(*each.started - *each.planned));
    if (!each.agent.isEmpty())
        lines += tr("on %1").arg(each.agent);
    lines += tr("zone: %1").arg(times.zoneName(each.job));
    return lines.join(u'\n');
}

void TimelineView::resizeEvent(QResizeEvent *event)
{
    QAbstractScrollArea::resizeEvent(event);
    const bool first = m_axis.width <= 1;
    m_axis.width = std::max(1, viewport()->width() - gutter);
    if (first && m_follows)
        goToNow();
    else
        setAxis(m_axis);
    updateBars();
}

void TimelineView::wheelEvent(QWheelEvent *event)
{
    const int turned = event->angleDelta().y();
    if (event->position().x() < gutter || event->modifiers() & Qt::ShiftModifier || turned == 0) {
        QAbstractScrollArea::wheelEvent(event);
        return;
    }
    setAxis(m_axis.zoomed(std::pow(zoomStep, turned / 120.0), event->position().x() - gutter));
    event->accept();
}

void TimelineView::keyPressEvent(QKeyEvent *event)
{
    const bool moves = event->modifiers() & Qt::ControlModifier;
    const auto step = [&](Step which) {
        const int bar = barAt(m_plan, m_timeline->bars(), m_current, which);
        setCurrent(bar);
        reveal(bar);
    };
    switch (event->key()) {
    case Qt::Key_Left:
        moves ? move(-0.1) : step(Step::Previous);
        return;
    case Qt::Key_Right:
        moves ? move(0.1) : step(Step::Next);
        return;
    case Qt::Key_Up:
        step(Step::LaneBefore);
        return;
    case Qt::Key_Down:
        step(Step::LaneAfter);
        return;
    case Qt::Key_PageUp:
        move(-1);
        return;
    case Qt::Key_PageDown:
        move(1);
        return;
    case Qt::Key_Home:
        goToNow();
        return;
    case Qt::Key_Plus:
    case Qt::Key_Equal:
        zoom(zoomStep);
        return;
    case Qt::Key_Minus:
        zoom(1 / zoomStep);
        return;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (m_current >= 0)
            Q_EMIT activated(m_current);
        return;
    default:
        event->ignore();
    }
}

void TimelineView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton)
        return;
    m_pressed = event->position().toPoint();
    m_dragged = false;
    if (const int bar = barUnder(*m_pressed); bar >= 0)
        setCurrent(bar);
}

void TimelineView::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_pressed)
        return;
    const QPoint at = event->position().toPoint();
    if (!m_dragged && (at - *m_pressed).manhattanLength() < QApplication::startDragDistance())
        return;
    m_dragged = true;
    m_follows = false;
    viewport()->setCursor(Qt::ClosedHandCursor);
    verticalScrollBar()->setValue(verticalScrollBar()->value() - (at.y() - m_pressed->y()));
    setAxis(m_axis.moved(-m_axis.pixels(at.x() - m_pressed->x())));
    m_pressed = at;
}

void TimelineView::mouseReleaseEvent(QMouseEvent *)
{
    m_pressed.reset();
    viewport()->unsetCursor();
}

void TimelineView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (const int bar = barUnder(event->position().toPoint()); bar >= 0)
        Q_EMIT activated(bar);
}

bool TimelineView::viewportEvent(QEvent *event)
{
    if (event->type() != QEvent::ToolTip)
        return QAbstractScrollArea::viewportEvent(event);
    const auto *help = static_cast<QHelpEvent *>(event);
    if (const int bar = barUnder(help->pos()); bar >= 0)
        QToolTip::showText(help->globalPos(), tipOf(bar), viewport(), barRect(bar));
    else
        QToolTip::hideText();
    return true;
}

} // namespace belfry
