// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/commonlines.h"

#include <algorithm>

namespace belfry {

CommonLines::CommonLines(const QStringList &a, const QStringList &b)
    : m_columns(b.size() + 1)
    , m_cells(std::size_t((a.size() + 1) * m_columns))
{
    for (qsizetype i = a.size() - 1; i >= 0; --i)
        for (qsizetype j = b.size() - 1; j >= 0; --j)
            m_cells[std::size_t(i * m_columns + j)]
                = a[i] == b[j] ? at(i + 1, j + 1) + 1 : std::max(at(i + 1, j), at(i, j + 1));
}

} // namespace belfry
