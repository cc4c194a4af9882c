// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logrows.h"

namespace belfry {

void LogRows::setSpool(std::shared_ptr<LogSpool> spool)
{
    m_only.reset();
    m_folds.reset();
    if (spool)
        m_folds.emplace(spool);
    m_spool = std::move(spool);
}

qint64 LogRows::count() const
{
    if (m_only)
        return m_only->count();
    return m_spool ? std::max<qint64>(0, m_spool->lineCount() - m_folds->hidden().count()) : 0;
}

qint64 LogRows::lineOf(qint64 row) const
{
    if (m_only)
        return m_only->at(row);
    return row >= 0 && row < count() ? m_folds->hidden().shownAt(row) : -1;
}

qint64 LogRows::rowOf(qint64 line) const
{
    if (m_only)
        return m_only->position(line);
    if (!m_folds)
        return 0;
    const HiddenLines &hidden = m_folds->hidden();
    return line - hidden.before(line) - (hidden.contains(line) ? 1 : 0);
}

void LogRows::grow()
{
    if (m_folds)
        m_folds->grow();
}

} // namespace belfry
