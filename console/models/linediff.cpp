// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/linediff.h"

#include "shared/base/commonlines.h"

#include <QStringList>

namespace belfry {

namespace {

constexpr qsizetype mostCells = 4'000'000; // of the table of common lines

using Lines = std::vector<DiffLine>;

void addAll(Lines &lines, DiffLine::Kind kind, const QStringList &texts)
{
    for (const QString &each : texts)
        lines.push_back({kind, each});
}

void compare(Lines &lines, const QStringList &before, const QStringList &after)
{
    if ((before.size() + 1) * (after.size() + 1) > mostCells) {
        addAll(lines, DiffLine::Removed, before);
        addAll(lines, DiffLine::Added, after);
        return;
    }
    const CommonLines common(before, after);
    qsizetype i = 0;
    qsizetype j = 0;
    while (i < before.size() || j < after.size()) {
        if (i < before.size() && j < after.size() && before[i] == after[j]) {
            lines.push_back({DiffLine::Same, before[i++]});
            ++j;
        } else if (i < before.size() && (j == after.size() || common.at(i + 1, j) >= common.at(i, j + 1))) {
            lines.push_back({DiffLine::Removed, before[i++]});
        } else {
            lines.push_back({DiffLine::Added, after[j++]});
        }
    }
}

// Of runs of equal lines what is further than `context` from a change becomes one line.
Lines shortened(const Lines &lines, int context)
{
    std::vector<bool> kept(lines.size());
    const auto size = qsizetype(lines.size());
    for (qsizetype i = 0; i < size; ++i)
        if (lines[std::size_t(i)].kind != DiffLine::Same)
            for (qsizetype near = std::max<qsizetype>(0, i - context); near <= std::min(size - 1, i + context); ++near)
                kept[std::size_t(near)] = true;
    Lines all;
    for (std::size_t i = 0; i < lines.size(); ++i) {
        if (kept[i])
            all.push_back(lines[i]);
        else if (!all.empty() && all.back().kind == DiffLine::Skipped)
            ++all.back().count;
        else
            all.push_back({DiffLine::Skipped, {}});
    }
    return all;
}

} // namespace

std::vector<DiffLine> diffLines(const QString &before, const QString &after, int context)
{
    if (before == after)
        return {};
    const QStringList old = before.split(u'\n');
    const QStringList young = after.split(u'\n');
    const qsizetype shorter = std::min(old.size(), young.size());
    qsizetype head = 0;
    while (head < shorter && old[head] == young[head])
        ++head;
    qsizetype tail = 0;
    while (tail < shorter - head && old[old.size() - 1 - tail] == young[young.size() - 1 - tail])
        ++tail;
    Lines lines;
    addAll(lines, DiffLine::Same, old.first(head));
    compare(lines, old.sliced(head, old.size() - head - tail), young.sliced(head, young.size() - head - tail));
    addAll(lines, DiffLine::Same, old.last(tail));
    return shortened(lines, context);
}

} // namespace belfry
