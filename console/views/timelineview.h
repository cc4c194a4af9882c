// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/timeline.h"
#include "console/views/desk.h"
#include "console/views/painteditems.h"

#include <QAbstractScrollArea>

namespace belfry {

// Runs as bars in lanes along time: what was, now, and what is due. The wheel zooms around the pointer, dragging moves;
// arrows select, with Ctrl they move, + and - zoom, Home leads to now.
class TimelineView final : public QAbstractScrollArea, public PaintedItems
{
    Q_OBJECT

public:
    // A bar by what stays the same when bars are made anew.
    struct BarKey {
        RunId run;
        QString job;
        Instant at;
        bool operator==(const BarKey &) const = default;
    };

    TimelineView(Desk *desk, Timeline *timeline, QWidget *parent = nullptr);

    const TimeAxis &axis() const { return m_axis; }
    const LanePlan &plan() const { return m_plan; }
    LaneBy laneBy() const { return m_by; }
    void setLaneBy(LaneBy by);
    void setSpan(Duration span);
    void zoom(double factor);
    void move(double windows); // parts of what is shown
    void goToNow();
    // Shows and selects the run.
    void goTo(const wire::RunRow &run);
    int barCount() const { return int(m_plan.rowOf.size()); }
    int current() const { return m_current; }
    const TimelineBar *currentBar() const;
    // One line that says what the bar is.
    QString barText(int bar) const;
    QRect barRect(int bar) const; // in the viewport
    int barUnder(const QPoint &at) const; // -1: none
    // Whether lanes show how many bars there are instead of the bars.
    bool isDense() const { return m_dense; }
    void setEmptyText(const QString &text, bool isFault = false);
    int itemCount() const override { return barCount(); }
    QString itemText(int item) const override { return barText(item); }
    QRect itemRect(int item) const override { return barRect(item); }
    int currentItem() const override { return m_current; }

Q_SIGNALS:
    void windowChanged();
    void currentChanged();
    void activated(int bar);

protected:
    void paintEvent(QPaintEvent *event) override;
    void resizeEvent(QResizeEvent *event) override;
    void wheelEvent(QWheelEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    void mouseMoveEvent(QMouseEvent *event) override;
    void mouseReleaseEvent(QMouseEvent *event) override;
    void mouseDoubleClickEvent(QMouseEvent *event) override;
    bool viewportEvent(QEvent *event) override;

private:
    void rebuild();
    void setAxis(const TimeAxis &axis);
    void tick();
    void setCurrent(int bar);
    void reveal(int bar);
    void judgeDensity();
    void updateBars();
    int laneTop(int row) const;
    BarKey keyOf(int bar) const;
    QString tipOf(int bar) const;
    void paintLanes(QPainter &painter) const;
    void paintScale(QPainter &painter) const;
    void paintBars(QPainter &painter) const;
    void paintBar(QPainter &painter, int bar) const;
    void paintDensity(QPainter &painter) const;
    void paintNow(QPainter &painter) const;

    Desk *m_desk;
    Timeline *m_timeline;
    TimeAxis m_axis;
    LaneBy m_by = LaneBy::Job;
    LanePlan m_plan;
    int m_current = -1;
    std::optional<BarKey> m_wanted; // selected as soon as it is there
    bool m_dense = false;
    bool m_follows = true; // moves with time
    Instant m_ticked;
    std::optional<QPoint> m_pressed;
    bool m_dragged = false;
    QString m_emptyText;
    bool m_fault = false;
};

} // namespace belfry
