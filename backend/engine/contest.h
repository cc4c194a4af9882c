// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/limits.h"

#include <functional>

namespace belfry::engine {

// What decides who starts next. Copies of these answer what would be if.
struct Contest {
    RunQueue &queue;
    const Lines &lines;
    const Placement &placement;
    Limits &limits;
};

// The first run that can be assigned now. A line whose first run lacks an agent is passed over until it is unblocked;
// so is one that lacks units of a limit, and that run claims its turn there: `onLack` hears of each such limit.
std::optional<RunQueue::Head> nextToStart(
    const Contest &contest, Instant now, const std::function<void(const Shortage &)> &onLack);
// Drops claims of runs that wait for a limit no more, or that no agent could take whatever the limit, and looks again
// at all who wait for a limit that has eased.
void reviewClaims(const Contest &contest);

} // namespace belfry::engine
