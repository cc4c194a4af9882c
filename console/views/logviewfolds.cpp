// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/logview.h"

#include <QScrollBar>

// The groups of a log, as they are folded and unfolded.
namespace belfry {

std::optional<LogFolds::Group> LogView::groupOfHeader(qint64 line) const
{
    const LogFolds *folds = m_rows.folds();
    const auto group = folds ? folds->groupAt(line) : std::nullopt;
    return group && group->header == line && group->last > line ? group : std::nullopt;
}

std::optional<LogFolds::Group> LogView::currentGroup() const
{
    const LogFolds *folds = m_rows.folds();
    const auto group = folds ? folds->groupAt(m_current.line) : std::nullopt;
    return group && group->last > group->header ? group : std::nullopt;
}

void LogView::toggleGroup(const LogFolds::Group &group)
{
    LogFolds *folds = m_rows.folds();
    if (!folds)
        return;
    const bool folded = folds->isFolded(group);
    setFollowing(false);
    folds->setFolded(group, !folded);
    setCurrent({group.header, 0}, false);
    afterFolding(m_rows.rowOf(group.header));
}

void LogView::foldAll(bool folded)
{
    LogFolds *folds = m_rows.folds();
    if (!folds)
        return;
    if (folded)
        folds->foldAll();
    else
        folds->unfoldAll();
    // A current line that has gone is that of its header now.
    const qint64 row = std::min(m_rows.rowOf(m_current.line), rowCount() - 1);
    if (row >= 0)
        setCurrent({m_rows.lineOf(row), 0}, false);
    afterFolding(row);
}

void LogView::afterFolding(qint64 row)
{
    m_seenRows = std::min(m_seenRows, rowCount());
    updateBars();
    if (m_follows)
        toEnd();
    else
        showRow(std::max<qint64>(0, row));
    placePill();
    tellCurrent();
    viewport()->update();
    Q_EMIT rowsChanged();
}

// Left and Right, as in a tree; false: there is nothing that they would fold.
bool LogView::foldByKey(bool folds)
{
    const auto group = groupOfHeader(m_current.line);
    if (!group || m_rows.folds()->isFolded(*group) == folds || (folds && horizontalScrollBar()->value() > 0))
        return false;
    toggleGroup(*group);
    return true;
}

bool LogView::isAtHeader(const QPoint &at, LogFolds::Group *group) const
{
    if (!m_text || at.x() >= m_painter.textLeft() || at.y() < 0)
        return false;
    const auto found = groupOfHeader(m_rows.lineOf(topRow() + qint64(at.y() / m_painter.height())));
    if (found && group)
        *group = *found;
    return found.has_value();
}

} // namespace belfry
