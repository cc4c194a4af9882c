// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/releaselooks.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

Cell number(qint64 value)
{
    return {QString::number(value)};
}

Cell countCell(int count, Tone tone)
{
    return {QString::number(count), count > 0 ? tone : Tone::Dim};
}

Cell stateCell(const wire::VersionRow &row)
{
    if (!row.endedIn)
        return {u"in force"_s, Tone::Good};
    const QString word = row.removed ? u"removed in %1"_s : u"until %1"_s;
    return {word.arg(*row.endedIn), row.removed ? Tone::Bad : Tone::Dim};
}

} // namespace

ListLook<wire::ReleaseRow> releasesLook(const View &view)
{
    using Row = wire::ReleaseRow;
    return {
        .columns = {{.title = u"RELEASE"_s, .cell = [](const Row &r) { return number(r.release); }, .right = true},
            {.title = u"STATE"_s,
                .cell = [](const Row &r) { return r.active ? Cell(u"active"_s, Tone::Good) : Cell(); }},
            {.title = u"MADE"_s, .cell = [view](const Row &r) { return timeCell(r.at, view); }},
            {.title = u"BY"_s, .cell = [](const Row &r) { return Cell(r.by); }},
            {.title = u"ADDED"_s, .cell = [](const Row &r) { return countCell(r.added, Tone::Good); }, .right = true},
            {.title = u"CHANGED"_s,
                .cell = [](const Row &r) { return countCell(r.changed, Tone::Warn); },
                .right = true},
            {.title = u"REMOVED"_s,
                .cell = [](const Row &r) { return countCell(r.removed, Tone::Bad); },
                .right = true},
            {.title = u"SAME"_s,
                .cell = [](const Row &r) { return countCell(r.unchanged, Tone::Plain); },
                .right = true,
                .wideOnly = true},
            {.title = u"MESSAGE"_s, .cell = [](const Row &r) { return Cell(r.message); }, .shrinks = true}},
        .name = [](const Row &r) { return QString::number(r.release); },
        .nothing = u"no releases"_s};
}

ListLook<wire::VersionRow> versionsLook(const View &view)
{
    using Row = wire::VersionRow;
    return {.columns = {{.title = u"VERSION"_s, .cell = [](const Row &r) { return number(r.version); }, .right = true},
                {.title = u"RELEASE"_s, .cell = [](const Row &r) { return number(r.release); }, .right = true},
                {.title = u"SINCE"_s, .cell = [view](const Row &r) { return timeCell(r.since, view); }},
                {.title = u"BY"_s, .cell = [](const Row &r) { return Cell(r.by); }},
                {.title = u"STATE"_s, .cell = [](const Row &r) { return stateCell(r); }},
                {.title = u"NAME"_s, .cell = [](const Row &r) { return Cell(r.job); }, .wideOnly = true},
                {.title = u"CHANGED"_s, .cell = [](const Row &r) { return Cell(r.keys.join(u' ')); }, .shrinks = true},
                {.title = u"MESSAGE"_s, .cell = [](const Row &r) { return Cell(r.message); }, .shrinks = true}},
        .name = [](const Row &r) { return QString::number(r.version); },
        .nothing = u"no versions"_s};
}

} // namespace belfry
