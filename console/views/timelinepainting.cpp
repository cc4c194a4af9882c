// SPDX-License-Identifier: GPL-3.0-or-later
// How a TimelineView looks; what it does is in timelineview.cpp.
#include "console/views/patterns.h"
#include "console/views/timelinemetrics.h"
#include "console/views/timelineview.h"

#include <QPainter>
#include <QScrollBar>

namespace belfry {

using namespace Qt::StringLiterals;
using namespace timeline;

namespace {

constexpr int binPixels = 4;
constexpr int barIcon = 12;

QColor withAlpha(QColor color, int alpha)
{
    color.setAlpha(alpha);
    return color;
}

} // namespace

void TimelineView::paintEvent(QPaintEvent *)
{
    QPainter painter(viewport());
    painter.fillRect(viewport()->rect(), m_desk->theme->color(u"surface"_s));
    paintLanes(painter);
    paintScale(painter);
    painter.setClipRect(gutter, scaleHeight, m_axis.width, viewport()->height() - scaleHeight);
    if (m_dense)
        paintDensity(painter);
    else
        paintBars(painter);
    paintNow(painter);
    painter.setClipping(false);
    if (!m_timeline->bars().empty())
        return;
    painter.setPen(m_desk->theme->color(m_fault ? u"failed"_s : u"muted"_s));
    painter.drawText(viewport()->rect().adjusted(gutter, scaleHeight, 0, 0), int(Qt::AlignCenter | Qt::TextWordWrap),
        !m_emptyText.isEmpty()         ? m_emptyText
            : m_timeline->isComplete() ? tr("No run and no occasion in this piece of time.")
                                       : tr("Loading ..."));
}

void TimelineView::paintLanes(QPainter &painter) const
{
    const Theme &theme = *m_desk->theme;
    painter.setClipRect(0, scaleHeight, viewport()->width(), viewport()->height() - scaleHeight);
    const QFontMetrics metrics = painter.fontMetrics();
    for (std::size_t i = 0; i < m_plan.lanes.size(); ++i) {
        const Lane &lane = m_plan.lanes[i];
        const int top = scaleHeight + laneTop(lane.firstRow) - laneGap / 2 - verticalScrollBar()->value();
        const QRect rect(0, top, viewport()->width(), lane.rows * rowHeight + laneGap);
        if (!rect.intersects(viewport()->rect()))
            continue;
        if (i % 2)
            painter.fillRect(rect, theme.color(u"alternate"_s));
        painter.setPen(theme.color(u"border"_s));
        painter.drawLine(rect.left(), rect.bottom(), rect.right(), rect.bottom());
        painter.setPen(theme.color(u"text"_s));
        const QString name = !lane.name.isEmpty() ? lane.name : tr("no agent yet");
        painter.drawText(rect.adjusted(10, 0, 0, 0).intersected(QRect(0, top, gutter - 8, rect.height())),
            int(Qt::AlignVCenter | Qt::AlignLeft), metrics.elidedText(name, Qt::ElideMiddle, gutter - 18));
    }
    painter.setClipping(false);
}

void TimelineView::paintScale(QPainter &painter) const
{
    const Theme &theme = *m_desk->theme;
    painter.setPen(theme.color(u"border"_s));
    painter.drawLine(0, scaleHeight - 1, viewport()->width(), scaleHeight - 1);
    painter.drawLine(gutter, 0, gutter, viewport()->height());
    const Duration step = tickStep(m_axis, tickPixels);
    for (const Instant at : ticksOf(m_axis, step, m_desk->times->zoneOf({}))) {
        const int x = gutter + int(m_axis.x(at));
        painter.setPen(theme.color(u"border"_s));
        painter.drawLine(x, labelsHeight - 6, x, viewport()->height());
        painter.setPen(theme.color(u"muted"_s));
        painter.drawText(QRect(x + 5, 0, tickPixels, labelsHeight - 2), int(Qt::AlignVCenter | Qt::AlignLeft),
            m_desk->times->markText(at, step));
    }
}

void TimelineView::paintBars(QPainter &painter) const
{
    const QRect seen(gutter, scaleHeight, m_axis.width, viewport()->height() - scaleHeight);
    for (int i = 0; i < int(m_plan.rowOf.size()); ++i)
        if (i != m_current && barRect(i).intersects(seen))
            paintBar(painter, i);
    if (m_current >= 0 && barRect(m_current).intersects(seen))
        paintBar(painter, m_current);
}

void TimelineView::paintBar(QPainter &painter, int bar) const
{
    const TimelineBar &each = m_timeline->bars()[std::size_t(bar)];
    const Theme &theme = *m_desk->theme;
    const bool stale = !m_desk->session->isReady();
    const QColor ink = stale ? theme.color(u"muted"_s) : theme.color(each.look.look);
    const QRect whole = barRect(bar);
    const auto xOf = [&](Instant at) { return gutter + int(std::clamp(m_axis.x(at), -10.0, m_axis.width + 10.0)); };
    QRect body = whole;
    if (!each.isForecast()) {
        // Planned, then queued, then at work: a tick, a thin line, the bar.
        const int middle = whole.center().y();
        if (each.planned) {
            painter.setPen(QPen(theme.color(u"muted"_s), 1, Qt::DotLine));
            painter.drawLine(xOf(*each.planned), middle, xOf(each.queued), middle);
            painter.setPen(theme.color(u"text"_s));
            painter.drawLine(xOf(*each.planned), whole.top() - 1, xOf(*each.planned), whole.bottom() + 1);
        }
        const int upTo = each.started ? xOf(*each.started) : xOf(each.ends(m_desk->times->now()));
        painter.fillRect(QRect(xOf(each.queued), middle - 1, std::max(1, upTo - xOf(each.queued)), 2), ink);
        if (!each.started) {
            painter.fillRect(QRect(upTo - 1, whole.top() + 2, 3, whole.height() - 4), ink);
            body = QRect(upTo - 1, whole.top(), leastBar, whole.height());
        } else {
            body.setLeft(upTo);
            if (body.width() < leastBar)
                body.setWidth(leastBar);
        }
    }
    if (each.isForecast()) {
        const bool slim = body.width() < 2 * leastBar; // dashes would not be seen as such
        painter.fillRect(body, slim ? QBrush(theme.color(u"surface"_s)) : QBrush(ink, Qt::BDiagPattern));
        painter.setPen(QPen(ink, 1, slim ? Qt::SolidLine : Qt::DashLine));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(body.adjusted(0, 0, -1, -1));
    } else if (each.started) {
        painter.fillRect(body, ink);
        const QColor over = withAlpha(theme.color(u"surface"_s), 90);
        if (const Qt::BrushStyle pattern = patternOf(each.look.look); pattern != Qt::NoBrush && body.width() > 4)
            painter.fillRect(body, QBrush(over, pattern));
    }
    if (body.width() >= barIcon + 6 && !each.look.icon.isEmpty() && (each.isForecast() || each.started)) {
        const QRect place(body.left() + 2, body.top() + (body.height() - barIcon) / 2, barIcon, barIcon);
        painter.fillRect(place.adjusted(-1, 0, 1, 0), each.isForecast() ? theme.color(u"surface"_s) : ink);
        painter.drawPixmap(place.topLeft(),
            theme.pixmap(
                each.look.icon, each.isForecast() ? ink : theme.color(u"surface"_s), barIcon, devicePixelRatioF()));
    }
    if (bar == m_current) {
        painter.setPen(QPen(theme.color(u"accent"_s), 2));
        painter.setBrush(Qt::NoBrush);
        painter.drawRect(whole.adjusted(-3, -3, 2, 2));
    }
}

void TimelineView::paintDensity(QPainter &painter) const
{
    const Theme &theme = *m_desk->theme;
    for (const Lane &lane : m_plan.lanes) {
        const int height = lane.rows * rowHeight - 4;
        const int bottom = scaleHeight + laneTop(lane.firstRow) + height + 2 - verticalScrollBar()->value();
        if (bottom < scaleHeight || bottom - height > viewport()->height())
            continue;
        const auto bins = densityOf(m_timeline->bars(), lane.bars, m_axis, binPixels, m_desk->times->now());
        int most = 1;
        for (const DensityBin &bin : bins)
            most = std::max(most, bin.count);
        for (std::size_t i = 0; i < bins.size(); ++i) {
            if (bins[i].count == 0)
                continue;
            const int tall = std::max(2, height * bins[i].count / most);
            const QRect rect(gutter + int(i) * binPixels, bottom - tall, binPixels - 1, tall);
            painter.fillRect(rect, theme.color(bins[i].worst));
            if (patternOf(bins[i].worst) != Qt::NoBrush)
                painter.fillRect(rect, QBrush(withAlpha(theme.color(u"surface"_s), 90), patternOf(bins[i].worst)));
        }
    }
}

void TimelineView::paintNow(QPainter &painter) const
{
    const Instant now = m_desk->times->now();
    if (now < m_axis.from || now >= m_axis.until())
        return;
    const int x = gutter + int(m_axis.x(now));
    const QColor accent = m_desk->theme->color(u"accent"_s);
    painter.setClipping(false);
    painter.setPen(QPen(accent, 1));
    painter.drawLine(x, scaleHeight - 4, x, viewport()->height());
    const QString word = tr("now");
    const int width = painter.fontMetrics().horizontalAdvance(word) + 10;
    const QRect flag(x - width / 2, labelsHeight - 2, width, scaleHeight - labelsHeight);
    painter.setRenderHint(QPainter::Antialiasing);
    painter.setPen(Qt::NoPen);
    painter.setBrush(accent);
    painter.drawRoundedRect(flag, 4, 4);
    painter.setPen(m_desk->theme->color(u"accentText"_s));
    painter.drawText(flag, int(Qt::AlignCenter), word);
    painter.setRenderHint(QPainter::Antialiasing, false);
}

} // namespace belfry
