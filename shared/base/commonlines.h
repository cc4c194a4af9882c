// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

#include <vector>

namespace belfry {

// How many lines two texts have in common at best, in their order, from each pair of places to the ends: the table of
// longest common subsequences (Wagner and Fischer 1974). Takes time and memory of one cell for each pair.
class CommonLines
{
public:
    CommonLines(const QStringList &a, const QStringList &b);
    // `i` and `j` are 0 to the number of lines.
    int at(qsizetype i, qsizetype j) const { return m_cells[std::size_t(i * m_columns + j)]; }

private:
    qsizetype m_columns;
    std::vector<int> m_cells;
};

} // namespace belfry
