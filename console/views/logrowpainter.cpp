// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/logrowpainter.h"

#include <QLocale>
#include <QPainter>
#include <QPainterPath>

#include <cmath>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qreal lineHeight = 1.12; // of the font's own
constexpr int columnGap = 10; // between columns
constexpr int streamBar = 3; // width of what marks stderr

bool isNote(const LogText::Line &line)
{
    return line.stamp.stream == LogSpool::Note || !line.fault.isEmpty();
}

} // namespace

LogRowPainter::LogRowPainter(const Theme *theme)
    : m_theme(theme)
    , m_colors(theme)
{
    m_look.colors = &m_colors;
}

void LogRowPainter::measure(int zoom)
{
    m_look.font = Theme::fixedFont();
    m_look.font.setPointSizeF(std::max(5.0, m_look.font.pointSizeF() + zoom));
    const QFontMetricsF metrics(m_look.font);
    constexpr int sample = 100;
    m_look.cell = QFontInfo(m_look.font).fixedPitch() ? metrics.horizontalAdvance(QString(sample, u'0')) / sample : 0;
    m_look.height = std::ceil(metrics.height() * lineHeight);
    m_look.ascent = std::round((m_look.height - metrics.height()) / 2 + metrics.ascent());
    m_look.markInk = m_theme->color(u"noticeText"_s);
    m_look.markGround = m_theme->color(u"notice"_s);
    m_look.selectionInk = m_theme->color(u"selectionText"_s);
    m_look.selectionGround = m_theme->color(u"selection"_s);
}

void LogRowPainter::setLargestNumber(qint64 number)
{
    m_digits = std::max(4, int(QString::number(number).size()));
}

qreal LogRowPainter::markCell() const
{
    return std::round(m_look.height * 0.85);
}

qreal LogRowPainter::textLeft() const
{
    const qreal cell = QFontMetricsF(m_look.font).horizontalAdvance(u'0');
    const qreal stamp = m_stamps.kind == LogStamps::Kind::None ? 0 : cell * LogStamps::width + columnGap;
    return columnGap + cell * m_digits + columnGap + stamp + streamBar + markCell() + columnGap / 2.0;
}

QColor LogRowPainter::groundOf(const Row &row) const
{
    if (isNote(row.line) || row.mark == LineMark::Warning)
        return m_theme->color(u"notice"_s);
    if (row.mark == LineMark::Error)
        return m_theme->color(u"faultField"_s);
    return m_theme->color(row.isCurrent ? u"hover"_s : row.canFold ? u"alternate"_s : u"surface"_s);
}

void LogRowPainter::drawArrow(QPainter *painter, const QRectF &cell, bool folded, const QColor &ink) const
{
    const qreal half = std::round(cell.height() * 0.2);
    const QPointF middle = cell.center();
    QPainterPath path;
    if (folded) {
        path.moveTo(middle + QPointF(-half / 2, -half));
        path.lineTo(middle + QPointF(half / 2, 0));
        path.lineTo(middle + QPointF(-half / 2, half));
    } else {
        path.moveTo(middle + QPointF(-half, -half / 2));
        path.lineTo(middle + QPointF(0, half / 2));
        path.lineTo(middle + QPointF(half, -half / 2));
    }
    painter->save();
    painter->setRenderHint(QPainter::Antialiasing);
    painter->setPen(QPen(ink, 1.6, Qt::SolidLine, Qt::RoundCap, Qt::RoundJoin));
    painter->drawPath(path);
    painter->restore();
}

void LogRowPainter::drawGutter(QPainter *painter, const Row &row, const QRectF &whole, const QColor &ground) const
{
    const QColor ink = readable(m_theme->color(u"muted"_s), ground);
    painter->setFont(m_look.font);
    painter->setPen(ink);
    const qreal digits = QFontMetricsF(m_look.font).horizontalAdvance(u'0') * m_digits;
    painter->drawText(QRectF(columnGap, whole.top(), digits, m_look.height), Qt::AlignRight | Qt::AlignVCenter,
        QString::number(row.number + 1));
    if (m_stamps.kind != LogStamps::Kind::None)
        painter->drawText(
            QPointF(columnGap + digits + columnGap, whole.top() + m_look.ascent), m_stamps.text(row.line.stamp.at));
    const QRectF cell(textLeft() - markCell() - columnGap / 2.0, whole.top(), markCell(), m_look.height);
    if (row.line.stamp.stream == LogSpool::Stderr)
        painter->fillRect(
            QRectF(cell.left() - streamBar, whole.top(), streamBar, m_look.height), m_theme->color(Look::Warning));
    if (row.canFold)
        drawArrow(painter, cell, row.folded > 0, m_theme->color(u"text"_s));
    const bool isError = row.mark == LineMark::Error;
    if (!isError && row.mark != LineMark::Warning)
        return;
    const int size = int(markCell()) - 2;
    const QColor color = readable(m_theme->color(isError ? Look::Failed : Look::Warning), ground);
    painter->drawPixmap(QPointF(cell.left() + 1, std::round(cell.center().y() - size / 2.0)),
        m_theme->pixmap(
            isError ? u"state-failed"_s : u"state-warning"_s, color, size, painter->device()->devicePixelRatioF()));
}

qreal LogRowPainter::draw(QPainter *painter, Row row, const QRectF &whole, qreal scrolled) const
{
    if (!row.line.fault.isEmpty())
        row.line.styled.text = row.line.fault;
    StyledText &styled = row.line.styled;
    if (isNote(row.line))
        styled.runs = {{0, styled.text.size(), {}}};
    if (row.mark == LineMark::Group || row.mark == LineMark::EndGroup)
        for (StyledRun &run : styled.runs)
            run.style.flags |= row.mark == LineMark::Group ? TextStyle::Bold : TextStyle::Faint;
    const QColor ground = groundOf(row);
    painter->fillRect(whole, ground);
    drawGutter(painter, row, whole, ground);
    LineLayout layout(styled, m_look);
    const qreal left = textLeft();
    const QRectF clip(left, whole.top(), whole.width() - left, m_look.height);
    const qreal x = left - scrolled;
    painter->save();
    painter->setClipRect(clip);
    layout.draw(painter, {x, whole.top()}, clip, ground,
        m_marks ? m_marks->spansIn(styled.text) : std::vector<LineMatcher::Span>(), row.selection);
    qreal width = layout.width();
    const auto addRemark = [&](const QString &text) {
        painter->setFont(m_look.font);
        painter->setPen(readable(m_theme->color(u"muted"_s), ground));
        painter->drawText(QPointF(x + width, whole.top() + m_look.ascent), text);
        width += QFontMetricsF(m_look.font).horizontalAdvance(text);
    };
    if (row.line.hidden > 0)
        addRemark(tr(" … %1 more, in the saved log").arg(formatSize(row.line.hidden)));
    if (row.folded > 0)
        addRemark(row.folded == 1 ? tr("  … 1 line") : tr("  … %1 lines").arg(QLocale().toString(row.folded)));
    painter->restore();
    return width;
}

} // namespace belfry
