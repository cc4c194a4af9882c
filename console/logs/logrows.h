// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/logfolds.h"

namespace belfry {

// The rows in which lines of a log are shown: all lines but those that are folded away, or the lines of a set. Numbers
// of lines stay those of the log. For the thread that draws.
class LogRows
{
public:
    // Null: none. Nothing is folded then, and all lines are shown.
    void setSpool(std::shared_ptr<LogSpool> spool);
    // The lines that are shown; null: all.
    void setOnly(std::shared_ptr<const LineSet> lines) { m_only = std::move(lines); }
    bool showsAll() const { return !m_only; }

    qint64 count() const;
    // -1 beyond the last one.
    qint64 lineOf(qint64 row) const;
    // Of a line that is not shown: the row of its group's header, or of the next line that is.
    qint64 rowOf(qint64 line) const;

    // Null where there is no log, or not all of it is shown.
    LogFolds *folds() { return m_folds && !m_only ? &*m_folds : nullptr; }
    const LogFolds *folds() const { return m_folds && !m_only ? &*m_folds : nullptr; }
    void grow();

private:
    std::shared_ptr<LogSpool> m_spool;
    std::shared_ptr<const LineSet> m_only;
    std::optional<LogFolds> m_folds;
};

} // namespace belfry
