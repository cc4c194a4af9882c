// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logmap.h"

namespace belfry {

namespace {

constexpr qint64 mostTried = 16; // of marked lines that are not shown
constexpr int reach = 3; // steps that a hand may miss by

// The first marked line of the stretch that is shown, or folded into one that is; -1: there is none.
qint64 firstOf(const LogRows &rows, const LineSet *set, qint64 from, qint64 until)
{
    if (!set || from >= until)
        return -1;
    const qint64 position = set->position(from);
    for (const qint64 line : set->members(position, rows.showsAll() ? 1 : mostTried)) {
        if (line >= until)
            break;
        if (rows.showsAll() || rows.lineOf(rows.rowOf(line)) == line)
            return line;
    }
    return -1;
}

struct Kind {
    std::shared_ptr<const LineSet> LogMap::Marks::*set;
    LogMap::Mark mark;
};
constexpr auto kinds = std::to_array<Kind>({{&LogMap::Marks::errors, LogMap::Error},
    {&LogMap::Marks::warnings, LogMap::Warning}, {&LogMap::Marks::hits, LogMap::Hit}});

} // namespace

LogMap::LogMap(const LogRows &rows, const Marks &marks, int height, qint64 leastRows)
    : m_steps(std::size_t(std::max(0, height)))
    , m_rows(std::max(rows.count(), leastRows))
{
    for (int step = 0; step < this->height(); ++step) {
        const Stretch stretch = stretchOf(rows, step);
        for (const Kind &kind : kinds)
            if (firstOf(rows, (marks.*kind.set).get(), stretch.from, stretch.until) >= 0)
                m_steps[std::size_t(step)] |= kind.mark;
    }
}

LogMap::Stretch LogMap::stretchOf(const LogRows &rows, int step) const
{
    // A row that is higher than a step is that of its first step alone.
    const auto begin = [this](int of) { return (m_rows * of + height() - 1) / height(); };
    const qint64 first = begin(step);
    const qint64 until = begin(step + 1);
    const qint64 count = rows.count();
    if (first >= until || first >= count)
        return {};
    const qint64 end = until < count ? rows.lineOf(until) : std::numeric_limits<qint64>::max();
    return {rows.lineOf(first), end};
}

qint64 LogMap::lineNear(const LogRows &rows, const Marks &marks, int step, quint8 *mark) const
{
    for (const Kind &kind : kinds)
        for (int away = 0; away <= reach; ++away)
            for (const int each : {step - away, step + away}) {
                if (each < 0 || each >= height() || !(at(each) & kind.mark))
                    continue;
                const Stretch stretch = stretchOf(rows, each);
                const qint64 line = firstOf(rows, (marks.*kind.set).get(), stretch.from, stretch.until);
                if (line < 0)
                    continue;
                if (mark)
                    *mark = kind.mark;
                return line;
            }
    return -1;
}

} // namespace belfry
