// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <vector>

namespace belfry {

struct DiffLine {
    enum Kind { Same, Removed, Added, Skipped };
    Kind kind = Same;
    QString text; // empty for Skipped
    int count = 1; // lines left out, for Skipped
    bool operator==(const DiffLine &) const = default;
};

// What makes `after` of `before`, line by line: the fewest changes, removed lines before added ones. Of what is the
// same `context` lines stay around each change. Empty: they are the same. Texts that differ in very many lines count as
// replaced from the first difference to the last.
std::vector<DiffLine> diffLines(const QString &before, const QString &after, int context = 3);

} // namespace belfry
