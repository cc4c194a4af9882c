// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/linematcher.h"
#include "console/views/logcolors.h"

#include <QTextLayout>

namespace belfry {

// One line of a log where it is drawn. Plain ASCII is set by columns, so that only what is seen of a long line costs
// anything; all else by Qt's layout.
class LineLayout
{
public:
    struct Look {
        QFont font;
        qreal cell = 8; // width of a character; 0: the font's characters differ
        qreal ascent = 10;
        qreal height = 16; // of a row
        const LogColors *colors = nullptr;
        QColor markInk;
        QColor markGround;
        QColor selectionInk;
        QColor selectionGround;
    };
    LineLayout(const StyledText &text, const Look &look);

    qreal width() const;
    qreal xOf(qsizetype position) const;
    // The position between characters that is nearest.
    qsizetype positionAt(qreal x) const;

    // `at` is the left top corner, `clip` what is seen of the row; `marks` and the selection lie over the colours.
    void draw(QPainter *painter, QPointF at, const QRectF &clip, const QColor &ground,
        const std::vector<LineMatcher::Span> &marks, const LineMatcher::Span &selection);

private:
    struct Piece {
        qsizetype from = 0;
        qsizetype length = 0;
        LogColors::Inks inks;
        int flags = 0;
    };
    std::vector<Piece> piecesOf(const QColor &ground, const std::vector<LineMatcher::Span> &marks,
        const LineMatcher::Span &selection) const;
    void drawColumns(QPainter *painter, QPointF at, const QRectF &clip, const std::vector<Piece> &pieces) const;
    static QFont fontOf(const QFont &font, int flags);
    void set(const QList<QTextLayout::FormatRange> &formats);

    const StyledText &m_text;
    const Look &m_look;
    bool m_byColumns;
    QTextLayout m_layout;
};

} // namespace belfry
