// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/recentruns.h"
#include "console/views/desk.h"

namespace belfry {

// Shapes of outcomes side by side, the newest at the right. What does not fit is the oldest.
struct StripGeometry {
    static constexpr int mark = 12;
    static constexpr int pitch = 14;

    QRect rect;
    int count = 0;

    int shown() const { return std::min(count, rect.width() / pitch); }
    QRect markRect(int at) const; // of [0, count): the rect of those that do not fit is empty
    int markAt(int x) const; // -1: none
};
// In their colours, or all in `only` where that is valid.
void paintStrip(QPainter *painter, const Theme &theme, const StripGeometry &geometry,
    const std::vector<StripMark> &marks, const QColor &only);

// The newest runs of a job: arrows choose one, Enter opens it.
class RunStrip final : public QWidget
{
    Q_OBJECT

public:
    RunStrip(Desk *desk, const QString &job, QWidget *parent = nullptr);

    const std::vector<StripMark> &marks() const { return m_marks; }
    int current() const { return m_current; }
    QSize sizeHint() const override { return {RecentRuns::most * StripGeometry::pitch + 8, 24}; }
    QSize minimumSizeHint() const override { return {10 * StripGeometry::pitch, 24}; }

protected:
    void paintEvent(QPaintEvent *event) override;
    void keyPressEvent(QKeyEvent *event) override;
    void mousePressEvent(QMouseEvent *event) override;
    bool event(QEvent *event) override;

private:
    StripGeometry geometryOf() const { return {rect().adjusted(4, 0, -4, 0), int(m_marks.size())}; }
    void reload();
    void choose(int at);
    void open();

    Desk *m_desk;
    QString m_job;
    std::vector<StripMark> m_marks;
    int m_current = -1;
};

} // namespace belfry
