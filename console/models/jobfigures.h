// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/api.h"

namespace belfry {

// What a job's newest runs come to. Durations are of those that started and ended.
struct JobFigures {
    int runs = 0; // that are over
    int succeeded = 0;
    int judged = 0; // without those that were cancelled or skipped
    Duration median{0};
    Duration p90{0};
    int timed = 0; // successes that `median` and `p90` are of

    // Of those that could succeed; 0..1.
    double rate() const { return judged > 0 ? double(succeeded) / judged : 0; }
};
JobFigures figuresOf(const std::vector<wire::RunRow> &runs);

// The unit in which durations up to `longest` are told: its milliseconds and its sign.
struct DurationUnit {
    Duration unit;
    QString sign;
};
DurationUnit unitFor(Duration longest);

} // namespace belfry
