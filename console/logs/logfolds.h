// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/hiddenlines.h"
#include "console/logs/logspool.h"

namespace belfry {

// What of a log is folded away: lines of its groups, from behind the header on. A group goes from `##[group]` to the
// next `##[endgroup]`, or to before the next `##[group]`: groups lie beside each other, never within. The spool's index
// knows where they are, so nothing is read here. For the thread that draws.
class LogFolds
{
public:
    struct Group {
        qint64 header = 0;
        qint64 last = 0; // of its lines; the header itself where it has no other
        bool isOpen = false; // it goes to the end of what is there
        bool operator==(const Group &) const = default;
    };

    explicit LogFolds(std::shared_ptr<LogSpool> spool)
        : m_spool(std::move(spool))
    { }

    bool hasGroups() const { return m_spool->index().marks().lines(LineMark::Group).count() > 0; }
    // The group with this line.
    std::optional<Group> groupAt(qint64 line) const;
    bool isFolded(const Group &group) const { return m_hidden.contains(group.header + 1); }
    bool isFoldedAway(qint64 line) const { return m_hidden.contains(line); }
    void setFolded(const Group &group, bool folded);
    // Those that have an end, now and as the log grows: what is under way stays in sight.
    void foldAll();
    void unfoldAll();
    // Unfolds what hides the line; false: nothing does.
    bool reveal(qint64 line);
    // There are more lines.
    void grow();

    const HiddenLines &hidden() const { return m_hidden; }

private:
    void foldClosed();

    std::shared_ptr<LogSpool> m_spool;
    HiddenLines m_hidden;
    qint64 m_openHeader = -1; // of a folded group that goes on growing
    qint64 m_closedUntil = -1; // all are folded, and were up to this line; -1: not all
};

} // namespace belfry
