// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/lineset.h"

#include <QByteArray>
#include <QByteArrayView>

#include <optional>

namespace belfry {

// What a line of a log is to whoever shows it: `##[group]title`, `##[endgroup]`, `##[warning]text`, `##[error]text`.
enum class LineMark : quint8 { None, Group, EndGroup, Warning, Error };

// nullopt: more bytes of the line are needed to tell. Colours before the mark are passed over.
std::optional<LineMark> markOf(QByteArrayView beginning);

// The marked lines of a log. One thread adds, others ask.
class LineMarks
{
public:
    // By the thread that adds. A line begins with `rest`, in which others may follow.
    void begin(qint64 line, QByteArrayView rest)
    {
        if (!m_head.isEmpty())
            m_head.clear();
        if (rest.front() == '#' || rest.front() == '\x1b')
            judge(line, rest);
    }
    // The line that was begun last goes on.
    void goOn(QByteArrayView bytes);
    // Lets others see what was added.
    void publish();
    void clear();

    // --- By any thread.
    LineMark of(qint64 line) const;
    // All lines of a mark that is not None.
    const LineSet &lines(LineMark mark) const { return m_lines[std::size_t(mark)]; }

private:
    static constexpr std::size_t kinds = 5;

    void judge(qint64 line, QByteArrayView beginning);

    std::array<LineSet, kinds> m_lines; // that of None stays empty
    // Of the adding thread alone:
    std::array<std::vector<qint64>, kinds> m_fresh;
    QByteArray m_head; // of m_headLine, while more is needed
    qint64 m_headLine = 0;
};

} // namespace belfry
