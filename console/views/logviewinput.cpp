// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/logview.h"

#include <QApplication>
#include <QClipboard>
#include <QMenu>
#include <QMouseEvent>
#include <QScrollBar>

#include <cmath>

// Keys, mouse and the clipboard.
namespace belfry {

// N is a key of the log while it has the focus, whatever it is elsewhere.
bool LogView::event(QEvent *event)
{
    if (event->type() == QEvent::ShortcutOverride) {
        auto *key = static_cast<QKeyEvent *>(event);
        if (key->key() == Qt::Key_N && !(key->modifiers() & ~Qt::ShiftModifier))
            key->accept();
    }
    return QAbstractScrollArea::event(event);
}

void LogView::keyPressEvent(QKeyEvent *event)
{
    const bool shift = event->modifiers() & Qt::ShiftModifier;
    const qint64 row = m_rows.rowOf(m_current.line);
    if (event->matches(QKeySequence::Copy)) {
        copy();
        return;
    }
    if (event->matches(QKeySequence::SelectAll)) {
        selectAll();
        return;
    }
    switch (event->key()) {
    case Qt::Key_Up:
        moveCurrent(row - 1, shift);
        break;
    case Qt::Key_Down:
        moveCurrent(row + 1, shift);
        break;
    case Qt::Key_PageUp:
        moveCurrent(row - fullRows(), shift);
        break;
    case Qt::Key_PageDown:
        moveCurrent(row + fullRows(), shift);
        break;
    case Qt::Key_Home:
        moveCurrent(0, shift);
        break;
    case Qt::Key_End:
        setFollowing(true);
        break;
    case Qt::Key_Left:
    case Qt::Key_Right:
        if (!foldByKey(event->key() == Qt::Key_Left))
            horizontalScrollBar()->triggerAction(
                event->key() == Qt::Key_Left ? QScrollBar::SliderSingleStepSub : QScrollBar::SliderSingleStepAdd);
        break;
    case Qt::Key_N:
        if (!(event->modifiers() & ~Qt::ShiftModifier))
            Q_EMIT nextWanted(!shift);
        break;
    case Qt::Key_Return:
    case Qt::Key_Enter:
        if (const auto group = groupOfHeader(m_current.line))
            toggleGroup(*group);
        else
            Q_EMIT lineOpened(m_current.line);
        break;
    default:
        QAbstractScrollArea::keyPressEvent(event);
    }
}

LogPosition LogView::positionAt(const QPoint &at)
{
    const qint64 row = std::clamp<qint64>(
        topRow() + qint64(std::floor(at.y() / m_painter.height())), 0, std::max<qint64>(0, rowCount() - 1));
    const qint64 number = std::max<qint64>(0, m_rows.lineOf(row));
    const LogText::Line line = m_text->line(number);
    const LineLayout layout(line.styled, m_painter.look());
    return {number, layout.positionAt(at.x() - m_painter.textLeft() + horizontalScrollBar()->value())};
}

void LogView::mousePressEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !m_text || rowCount() == 0)
        return;
    if (LogFolds::Group group; isAtHeader(event->pos(), &group)) {
        toggleGroup(group);
        return;
    }
    if (m_follows)
        setFollowing(false); // what is being looked at stays where it is
    setCurrent(positionAt(event->pos()), event->modifiers() & Qt::ShiftModifier);
    m_dragging = true;
    Q_EMIT currentLineChanged(m_current.line);
}

void LogView::mouseMoveEvent(QMouseEvent *event)
{
    if (!m_dragging || !m_text) {
        viewport()->setCursor(isAtHeader(event->pos(), nullptr) ? Qt::PointingHandCursor : Qt::IBeamCursor);
        return;
    }
    if (event->pos().y() < 0)
        verticalScrollBar()->setValue(verticalScrollBar()->value() - 1);
    else if (event->pos().y() > viewport()->height())
        verticalScrollBar()->setValue(verticalScrollBar()->value() + 1);
    setCurrent(positionAt(event->pos()), true);
}

void LogView::mouseReleaseEvent(QMouseEvent *)
{
    m_dragging = false;
}

void LogView::mouseDoubleClickEvent(QMouseEvent *event)
{
    if (event->button() != Qt::LeftButton || !m_text || rowCount() == 0)
        return;
    if (LogFolds::Group group; isAtHeader(event->pos(), &group)) {
        toggleGroup(group); // the second of two clicks
        return;
    }
    const LogPosition at = positionAt(event->pos());
    const QString text = m_text->line(at.line).styled.text;
    const auto inWord
        = [&](qsizetype i) { return i >= 0 && i < text.size() && (text[i].isLetterOrNumber() || text[i] == u'_'); };
    qsizetype from = at.column;
    qsizetype until = at.column;
    while (inWord(from - 1))
        --from;
    while (inWord(until))
        ++until;
    setCurrent({at.line, from}, false);
    setCurrent({at.line, until}, true);
    Q_EMIT lineOpened(at.line);
}

void LogView::wheelEvent(QWheelEvent *event)
{
    if (event->modifiers() & Qt::ControlModifier) {
        if (event->angleDelta().y() != 0)
            setZoom(m_zoom + (event->angleDelta().y() > 0 ? 1 : -1));
        return;
    }
    QAbstractScrollArea::wheelEvent(event);
}

void LogView::focusInEvent(QFocusEvent *)
{
    viewport()->update();
}

void LogView::focusOutEvent(QFocusEvent *)
{
    viewport()->update();
}

void LogView::contextMenuEvent(QContextMenuEvent *event)
{
    QMenu menu(this);
    menu.addActions(actions());
    QAction *copying = menu.addAction(tr("Copy"), this, &LogView::copy);
    copying->setShortcut(QKeySequence::Copy);
    copying->setEnabled(m_text && rowCount() > 0);
    menu.addAction(tr("Select all"), this, &LogView::selectAll)->setShortcut(QKeySequence::SelectAll);
    menu.exec(event->globalPos());
}

LogCopy LogView::copied(LogCopy::Form form)
{
    if (!m_text || rowCount() == 0)
        return {};
    const LogPosition from = hasSelection() ? std::min(m_anchor, m_current) : LogPosition{m_current.line, 0};
    const LogPosition until
        = hasSelection() ? std::max(m_anchor, m_current) : LogPosition{m_current.line, std::numeric_limits<int>::max()};
    return copyLog(*m_text, m_rows, from, until, form);
}

void LogView::copy()
{
    const LogCopy copy = copied(LogCopy::Form::Plain);
    if (copy.text.isEmpty())
        return;
    QApplication::clipboard()->setText(copy.text);
    Q_EMIT wasCopied(copy.isCut);
}

void LogView::selectAll()
{
    if (rowCount() == 0)
        return;
    setFollowing(false);
    setCurrent({m_rows.lineOf(0), 0}, false);
    const qint64 last = m_rows.showsAll() ? m_text->lineCount() - 1 : m_rows.lineOf(rowCount() - 1);
    setCurrent({last, std::numeric_limits<int>::max()}, true);
}

} // namespace belfry
