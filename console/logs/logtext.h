// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/logspool.h"

#include <list>

namespace belfry {

// Lines of a spool as they are shown, for the thread that draws: it holds the blocks that were looked at last.
class LogText
{
public:
    struct Line {
        StyledText styled;
        LogSpool::Stamp stamp;
        qint64 hidden = 0; // bytes behind what is shown
        QString fault; // why it cannot be read
    };

    explicit LogText(std::shared_ptr<LogSpool> spool);

    const std::shared_ptr<LogSpool> &spool() const { return m_spool; }
    qint64 lineCount() const { return m_spool->lineCount(); }
    // An empty one beyond the end.
    Line line(qint64 number);
    // The whole of a line, without a limit of what is drawn but with one of what a clipboard bears.
    StyledText whole(qint64 number, qint64 limit);
    // The first line that was received at or after this time; the last one when there is none.
    qint64 lineAtTime(Instant at) const;

private:
    const LogSpool::Page *pageOf(qint64 number, QString &fault);

    std::shared_ptr<LogSpool> m_spool;
    std::list<LogSpool::Page> m_pages; // used last first
};

} // namespace belfry
