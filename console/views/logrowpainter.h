// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/linemarks.h"
#include "console/logs/logtext.h"
#include "console/views/linelayout.h"
#include "console/views/logstamps.h"

#include <QCoreApplication>

namespace belfry {

// Draws a row of a log: at the left its number, time, stream and mark, then its text.
class LogRowPainter
{
    Q_DECLARE_TR_FUNCTIONS(belfry::LogView)

public:
    struct Row {
        qint64 number = 0;
        LogText::Line line;
        LineMark mark = LineMark::None;
        bool isCurrent = false;
        bool canFold = false; // it is the header of lines
        qint64 folded = 0; // of them that are folded away
        LineMatcher::Span selection = {};
    };

    explicit LogRowPainter(const Theme *theme);
    Q_DISABLE_COPY_MOVE(LogRowPainter)

    // The font as the theme and the zoom want it.
    void measure(int zoom);
    void setStamps(const LogStamps &stamps) { m_stamps = stamps; }
    const LogStamps &stamps() const { return m_stamps; }
    void setMarks(std::optional<LineMatcher> marks) { m_marks = std::move(marks); }
    // As many digits as this number has.
    void setLargestNumber(qint64 number);

    const LineLayout::Look &look() const { return m_look; }
    qreal height() const { return m_look.height; }
    // Where lines begin.
    qreal textLeft() const;
    // Returns the width of its text.
    qreal draw(QPainter *painter, Row row, const QRectF &whole, qreal scrolled) const;

private:
    QColor groundOf(const Row &row) const;
    void drawGutter(QPainter *painter, const Row &row, const QRectF &whole, const QColor &ground) const;
    void drawArrow(QPainter *painter, const QRectF &cell, bool folded, const QColor &ink) const;
    qreal markCell() const;

    const Theme *m_theme;
    LogColors m_colors;
    LineLayout::Look m_look;
    LogStamps m_stamps;
    std::optional<LineMatcher> m_marks;
    int m_digits = 4; // of line numbers
};

} // namespace belfry
