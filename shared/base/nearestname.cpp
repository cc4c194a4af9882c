// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/nearestname.h"

#include <algorithm>
#include <numeric>
#include <vector>

namespace belfry {

namespace {

// What is longer is no name of ours, and the distance costs the product of both lengths.
constexpr qsizetype longestName = 64;

// How many letters must be put in, left out, changed or swapped with their neighbour; case does not count.
// Optimal string alignment (Boytsov 2011, "Indexing methods for approximate dictionary searching").
int distance(QStringView a, QStringView b)
{
    const auto same = [](QChar x, QChar y) { return x.toLower() == y.toLower(); };
    std::vector<int> older, row(std::size_t(b.size()) + 1), next(row.size());
    std::iota(row.begin(), row.end(), 0);
    for (qsizetype i = 0; i < a.size(); ++i) {
        next[0] = int(i) + 1;
        for (qsizetype j = 0; j < b.size(); ++j) {
            const auto at = std::size_t(j) + 1;
            next[at] = std::min({row[at] + 1, next[at - 1] + 1, row[at - 1] + (same(a[i], b[j]) ? 0 : 1)});
            if (i > 0 && j > 0 && same(a[i], b[j - 1]) && same(a[i - 1], b[j]))
                next[at] = std::min(next[at], older[at - 2] + 1);
        }
        older = row;
        std::swap(row, next);
    }
    return row.back();
}

} // namespace

QString nearestName(QStringView wrong, const QStringList &known)
{
    QString best;
    if (wrong.size() > longestName)
        return best;
    // A name of which every letter differs is not near.
    int bestDistance = std::min(std::max(1, int(wrong.size()) / 3), int(wrong.size()) - 1) + 1;
    for (const QString &name : known) {
        const int here = distance(wrong, name);
        if (here < bestDistance) {
            bestDistance = here;
            best = name;
        }
    }
    return best;
}

} // namespace belfry
