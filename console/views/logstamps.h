// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/logspool.h"
#include "shared/time/zone.h"

namespace belfry {

// How the times of lines are told, when the agent received them.
struct LogStamps {
    enum class Kind { None, Relative, Clock };
    Kind kind = Kind::None;
    Instant origin = {}; // from when on relative ones count
    Zone zone = Zone::utc(); // of those of a clock

    static constexpr int width = 13; // characters
    // Empty where the time is not known.
    QString text(Instant at) const;
};

} // namespace belfry
