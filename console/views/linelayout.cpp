// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/linelayout.h"

#include <cmath>

namespace belfry {

namespace {

constexpr int tabColumns = 8;
constexpr qreal endless = 1e7;

bool isPlainAscii(const QString &text)
{
    return std::all_of(text.begin(), text.end(), [](QChar c) { return c.unicode() >= 0x20 && c.unicode() < 0x7f; });
}

} // namespace

LineLayout::LineLayout(const StyledText &text, const Look &look)
    : m_text(text)
    , m_look(look)
    , m_byColumns(look.cell > 0 && isPlainAscii(text.text))
{
    if (!m_byColumns)
        set({});
}

void LineLayout::set(const QList<QTextLayout::FormatRange> &formats)
{
    QTextOption option;
    option.setWrapMode(QTextOption::NoWrap);
    option.setTextDirection(Qt::LeftToRight);
    option.setTabStopDistance(tabColumns * (m_look.cell > 0 ? m_look.cell : QFontMetricsF(m_look.font).averageCharWidth()));
    m_layout.setText(m_text.text);
    m_layout.setFont(m_look.font);
    m_layout.setTextOption(option);
    m_layout.setFormats(formats);
    m_layout.beginLayout();
    QTextLine line = m_layout.createLine();
    if (line.isValid()) {
        line.setLineWidth(endless);
        line.setPosition({0, m_look.ascent - line.ascent()});
    }
    m_layout.endLayout();
}

qreal LineLayout::width() const
{
    if (m_byColumns)
        return m_look.cell * qreal(m_text.text.size());
    return m_layout.lineCount() > 0 ? m_layout.lineAt(0).naturalTextWidth() : 0;
}

qreal LineLayout::xOf(qsizetype position) const
{
    position = std::clamp<qsizetype>(position, 0, m_text.text.size());
    if (m_byColumns)
        return m_look.cell * qreal(position);
    return m_layout.lineCount() > 0 ? m_layout.lineAt(0).cursorToX(int(position)) : 0;
}

qsizetype LineLayout::positionAt(qreal x) const
{
    if (m_byColumns)
        return std::clamp<qsizetype>(qsizetype(std::lround(x / m_look.cell)), 0, m_text.text.size());
    return m_layout.lineCount() > 0 ? m_layout.lineAt(0).xToCursor(x) : 0;
}

std::vector<LineLayout::Piece> LineLayout::piecesOf(
    const QColor &ground, const std::vector<LineMatcher::Span> &marks, const LineMatcher::Span &selection) const
{
    std::vector<Piece> pieces;
    for (const StyledRun &run : m_text.runs)
        if (run.length > 0)
            pieces.push_back({run.from, run.length, m_look.colors->inksOf(run.style, ground), run.style.flags});
    const auto cover = [&](const LineMatcher::Span &span, const LogColors::Inks &inks) {
        if (span.length <= 0)
            return;
        std::vector<Piece> covered;
        const qsizetype end = span.from + span.length;
        for (const Piece &piece : pieces) {
            const qsizetype pieceEnd = piece.from + piece.length;
            const qsizetype from = std::clamp(span.from, piece.from, pieceEnd);
            const qsizetype until = std::clamp(end, piece.from, pieceEnd);
            const auto add = [&](qsizetype a, qsizetype b, const LogColors::Inks &colours) {
                if (b > a)
                    covered.push_back({a, b - a, colours, piece.flags});
            };
            add(piece.from, from, piece.inks);
            add(from, until, inks);
            add(std::max(from, until), pieceEnd, piece.inks);
        }
        pieces = std::move(covered);
    };
    for (const LineMatcher::Span &mark : marks)
        cover(mark, {m_look.markInk, m_look.markGround});
    cover(selection, {m_look.selectionInk, m_look.selectionGround});
    return pieces;
}

QFont LineLayout::fontOf(const QFont &font, int flags)
{
    QFont styled = font;
    styled.setBold(flags & TextStyle::Bold);
    styled.setItalic(flags & TextStyle::Italic);
    styled.setUnderline(flags & TextStyle::Underline);
    styled.setStrikeOut(flags & TextStyle::Struck);
    return styled;
}

void LineLayout::draw(QPainter *painter, QPointF at, const QRectF &clip, const QColor &ground,
    const std::vector<LineMatcher::Span> &marks, const LineMatcher::Span &selection)
{
    const std::vector<Piece> pieces = piecesOf(ground, marks, selection);
    if (m_byColumns) {
        drawColumns(painter, at, clip, pieces);
        return;
    }
    QList<QTextLayout::FormatRange> formats;
    for (const Piece &piece : pieces) {
        QTextCharFormat format;
        format.setForeground(piece.inks.ink);
        format.setFontWeight(piece.flags & TextStyle::Bold ? QFont::Bold : QFont::Normal);
        format.setFontItalic(piece.flags & TextStyle::Italic);
        format.setFontUnderline(piece.flags & TextStyle::Underline);
        format.setFontStrikeOut(piece.flags & TextStyle::Struck);
        formats.push_back({int(piece.from), int(piece.length), format});
    }
    set(formats);
    for (const Piece &piece : pieces)
        if (piece.inks.ground.isValid())
            painter->fillRect(
                QRectF(at.x() + xOf(piece.from), at.y(), xOf(piece.from + piece.length) - xOf(piece.from), m_look.height),
                piece.inks.ground);
    m_layout.draw(painter, at, {}, clip);
}

void LineLayout::drawColumns(
    QPainter *painter, QPointF at, const QRectF &clip, const std::vector<Piece> &pieces) const
{
    const auto first = qsizetype(std::max(0.0, std::floor((clip.left() - at.x()) / m_look.cell)));
    const auto last = qsizetype(std::max(0.0, std::ceil((clip.right() - at.x()) / m_look.cell)));
    for (const Piece &piece : pieces) {
        const qsizetype from = std::max(piece.from, first);
        const qsizetype until = std::min(piece.from + piece.length, last);
        if (until <= from)
            continue;
        const qreal x = at.x() + m_look.cell * qreal(from);
        if (piece.inks.ground.isValid())
            painter->fillRect(QRectF(x, at.y(), m_look.cell * qreal(until - from), m_look.height), piece.inks.ground);
        painter->setFont(fontOf(m_look.font, piece.flags));
        painter->setPen(piece.inks.ink);
        painter->drawText(QPointF(x, at.y() + m_look.ascent), m_text.text.sliced(from, until - from));
    }
}

} // namespace belfry
