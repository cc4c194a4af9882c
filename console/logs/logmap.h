// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/logrows.h"

namespace belfry {

// Where in a log something is marked, in a strip of some height: a step of it is a stretch of rows, and has a mark when
// one of its lines has. What it costs grows with the height of the strip, not with the log. A folded line counts for
// its header.
class LogMap
{
public:
    enum Mark : quint8 { Error = 1, Warning = 2, Hit = 4 };
    struct Marks { // null: none
        std::shared_ptr<const LineSet> errors;
        std::shared_ptr<const LineSet> warnings;
        std::shared_ptr<const LineSet> hits;
    };

    LogMap() = default;
    // `leastRows`: those that a view shows at once; fewer rows fill a part of the strip alone.
    LogMap(const LogRows &rows, const Marks &marks, int height, qint64 leastRows);

    int height() const { return int(m_steps.size()); }
    // Marks of a step, joined.
    quint8 at(int step) const { return m_steps[std::size_t(step)]; }
    qint64 rowAt(int step) const { return m_rows * step / std::max(1, height()); }
    int stepOf(qint64 row) const
    {
        return int(std::min<qint64>(row * height() / std::max<qint64>(1, m_rows), height()));
    }
    // The marked line that is meant by this step or one beside it, the gravest of them; -1: there is none.
    qint64 lineNear(const LogRows &rows, const Marks &marks, int step, quint8 *mark) const;

private:
    struct Stretch { // of lines
        qint64 from = 0;
        qint64 until = 0;
    };
    Stretch stretchOf(const LogRows &rows, int step) const;

    std::vector<quint8> m_steps;
    qint64 m_rows = 0; // that the whole strip stands for
};

} // namespace belfry
