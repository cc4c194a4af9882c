// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logfolds.h"

namespace belfry {

namespace {

// Goes through a set from a line on; asks for many at a time, as each question costs a lock and a search.
class Walk
{
public:
    Walk(const LineSet &set, qint64 from)
        : m_set(set)
        , m_position(set.position(from))
    { }
    // The next one at or after the line; -1: there is none.
    qint64 from(qint64 line)
    {
        while (true) {
            for (; m_at < m_batch.size(); ++m_at)
                if (m_batch[m_at] >= line)
                    return m_batch[m_at];
            m_batch = m_set.members(m_position, batchSize);
            m_at = 0;
            m_position += qint64(m_batch.size());
            if (m_batch.empty())
                return -1;
        }
    }

private:
    static constexpr qint64 batchSize = 4096;

    const LineSet &m_set;
    qint64 m_position;
    std::vector<qint64> m_batch;
    std::size_t m_at = 0;
};

// `nextEnd` and `nextHeader`: the lines of the next such marks, -1 where there is none.
LogFolds::Group groupOf(qint64 header, qint64 nextEnd, qint64 nextHeader, qint64 lines)
{
    const qint64 endThere = nextEnd >= 0 && nextEnd < lines ? nextEnd : -1;
    const qint64 headerThere = nextHeader >= 0 && nextHeader < lines ? nextHeader : -1;
    if (endThere >= 0 && (headerThere < 0 || endThere < headerThere))
        return {header, endThere, false};
    if (headerThere >= 0)
        return {header, headerThere - 1, false};
    return {header, std::max(header, lines - 1), true};
}

} // namespace

std::optional<LogFolds::Group> LogFolds::groupAt(qint64 line) const
{
    const LineMarks &marks = m_spool->index().marks();
    const LineSet &headers = marks.lines(LineMark::Group);
    const LineSet &ends = marks.lines(LineMark::EndGroup);
    const qint64 lines = m_spool->lineCount();
    const qint64 position = headers.position(line + 1);
    if (position == 0 || line >= lines)
        return std::nullopt;
    const qint64 header = headers.at(position - 1);
    const Group group = groupOf(header, ends.at(ends.position(header)), headers.at(position), lines);
    return line <= group.last ? std::optional(group) : std::nullopt;
}

void LogFolds::setFolded(const Group &group, bool folded)
{
    m_hidden.set(group.header + 1, group.last + 1, folded);
    if (folded && group.isOpen)
        m_openHeader = group.header;
    else if (m_openHeader == group.header)
        m_openHeader = -1;
}

void LogFolds::foldAll()
{
    m_closedUntil = 0;
    foldClosed();
}

void LogFolds::unfoldAll()
{
    m_hidden.clear();
    m_openHeader = -1;
    m_closedUntil = -1;
}

bool LogFolds::reveal(qint64 line)
{
    if (!m_hidden.contains(line))
        return false;
    if (const auto group = groupAt(line))
        setFolded(*group, false);
    return true;
}

void LogFolds::grow()
{
    if (m_openHeader >= 0)
        if (const auto group = groupAt(m_openHeader))
            setFolded(*group, true);
    if (m_closedUntil >= 0)
        foldClosed();
}

void LogFolds::foldClosed()
{
    const qint64 lines = m_spool->lineCount();
    const LineMarks &marks = m_spool->index().marks();
    Walk headers(marks.lines(LineMark::Group), m_closedUntil);
    Walk ends(marks.lines(LineMark::EndGroup), m_closedUntil);
    for (qint64 header = headers.from(m_closedUntil); header >= 0 && header < lines;) {
        const qint64 next = headers.from(header + 1);
        const Group group = groupOf(header, ends.from(header), next, lines);
        if (group.isOpen)
            break;
        m_hidden.set(group.header + 1, group.last + 1, true);
        m_closedUntil = group.last + 1;
        header = next;
    }
}

} // namespace belfry
