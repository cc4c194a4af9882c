// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/bulk.h"

#include <algorithm>

namespace belfry {

using namespace Qt::StringLiterals;

void finishBulk(
    Session &session, const std::vector<BulkRow> &rows, const std::function<QString(const BulkRow &)> &doneText)
{
    Output &output = session.output();
    bool anyFailed = false;
    for (const BulkRow &row : rows) {
        if (row.done)
            continue;
        anyFailed = true;
        output.note(u"%1: %2"_s.arg(row.run ? u"run "_s + row.target : row.target, row.error));
    }
    if (output.isForPeople()) {
        for (const BulkRow &row : rows)
            if (row.done)
                output.say(doneText(row));
    } else {
        output.list(rows, {.columns = {}, .name = [](const BulkRow &row) { return row.target; }, .nothing = {}});
    }
    session.finish(!anyFailed ? exitDone : rows.size() == 1 ? rows.front().exitCode : exitBulk);
}

std::optional<std::vector<BulkRow>> runTargets(Session &session)
{
    std::vector<BulkRow> rows;
    for (const QString &text : session.arguments().positional()) {
        const auto run = session.run(text);
        if (!run)
            return std::nullopt;
        rows.push_back({.target = QString::number(run->value), .run = *run, .error = {}});
    }
    return rows;
}

} // namespace belfry
