// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/daytally.h"

#include <QDateTime>

namespace belfry {

qint64 DayTally::runs() const
{
    qint64 all = 0;
    for (const auto &[state, count] : states)
        all += count;
    return all;
}

qint64 DayTally::of(const std::vector<RunState> &which) const
{
    qint64 all = 0;
    for (const RunState state : which)
        if (const auto found = states.find(state); found != states.end())
            all += found->second;
    return all;
}

QDate dateIn(const Zone &zone, Instant at)
{
    return QDateTime::fromMSecsSinceEpoch(zone.toLocal(at).ms, Qt::UTC).date();
}

std::map<QDate, DayTally> tallyByDay(const std::vector<wire::RunRow> &runs, const Zone &zone)
{
    std::map<QDate, DayTally> days;
    for (const wire::RunRow &run : runs)
        ++days[dateIn(zone, run.queuedAt)].states[run.state];
    return days;
}

} // namespace belfry
