// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/runwords.h"
#include "shared/time/zone.h"

#include <QDate>

namespace belfry {

// What became of the runs of a day.
struct DayTally {
    std::map<RunState, qint64> states;

    qint64 runs() const;
    qint64 of(const std::vector<RunState> &which) const;
};
// By the civil day of the zone on which they were queued.
std::map<QDate, DayTally> tallyByDay(const std::vector<wire::RunRow> &runs, const Zone &zone);
QDate dateIn(const Zone &zone, Instant at);

} // namespace belfry
