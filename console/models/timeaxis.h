// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/time/zone.h"

#include <vector>

namespace belfry {

// A piece of time laid along a strip of pixels. Pure.
struct TimeAxis {
    static constexpr Duration least = std::chrono::seconds(1);
    static constexpr Duration most = std::chrono::hours(24 * 30);

    Instant from;
    Duration span = std::chrono::hours(24); // least..most
    int width = 1; // pixels, at least 1

    Instant until() const { return from + span; }
    double x(Instant at) const { return double((at - from).count()) * width / double(span.count()); }
    Instant at(double x) const { return from + Duration(qint64(x * double(span.count()) / width)); }
    Duration pixels(double count) const { return Duration(qint64(count * double(span.count()) / width)); }

    // More than 1 shows less time. What is at `x` stays there, unless a bound is met.
    TimeAxis zoomed(double factor, double x) const;
    TimeAxis moved(Duration by) const;
    // Shows `at` in the middle unless it can be seen already.
    TimeAxis showing(Instant at) const;

    bool operator==(const TimeAxis &) const = default;
};

// The smallest usual step of time that is at least so many pixels wide.
Duration tickStep(const TimeAxis &axis, int leastPixels);
// The instants on the axis at which a wall clock of the zone shows a multiple of the step, in order. A clock change
// leaves out or doubles what it does on the wall.
std::vector<Instant> ticksOf(const TimeAxis &axis, Duration step, const Zone &zone);

} // namespace belfry
