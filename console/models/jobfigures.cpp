// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/jobfigures.h"

namespace belfry {

using namespace Qt::StringLiterals;

JobFigures figuresOf(const std::vector<wire::RunRow> &runs)
{
    JobFigures figures;
    std::vector<Duration> took;
    for (const wire::RunRow &run : runs) {
        if (!isFinal(run.state))
            continue;
        ++figures.runs;
        figures.judged += run.state != RunState::Cancelled && run.state != RunState::Skipped ? 1 : 0;
        if (run.state != RunState::Succeeded)
            continue;
        ++figures.succeeded;
        if (run.startedAt && run.endedAt)
            took.push_back(*run.endedAt - *run.startedAt);
    }
    std::sort(took.begin(), took.end());
    figures.timed = int(took.size());
    if (!took.empty()) {
        figures.median = took[(took.size() - 1) / 2];
        figures.p90 = took[(took.size() - 1) * 9 / 10];
    }
    return figures;
}

DurationUnit unitFor(Duration longest)
{
    if (longest >= std::chrono::hours(3))
        return {std::chrono::hours(1), u"h"_s};
    if (longest >= std::chrono::minutes(3))
        return {std::chrono::minutes(1), u"min"_s};
    if (longest >= std::chrono::seconds(3))
        return {std::chrono::seconds(1), u"s"_s};
    return {std::chrono::milliseconds(1), u"ms"_s};
}

} // namespace belfry
