// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/timeaxis.h"

#include <algorithm>

namespace belfry {

namespace {

using std::chrono::hours;

constexpr std::size_t mostTicks = 1000;
constexpr Duration steps[] = {50ms, 100ms, 200ms, 500ms, 1s, 2s, 5s, 10s, 15s, 30s, 1min, 2min, 5min, 10min, 15min,
    30min, hours(1), hours(2), hours(3), hours(6), hours(12), hours(24), hours(48), hours(24 * 7), hours(24 * 14)};

} // namespace

TimeAxis TimeAxis::zoomed(double factor, double x) const
{
    const Instant anchor = at(x);
    TimeAxis axis = *this;
    axis.span = std::clamp(Duration(qint64(double(span.count()) / factor)), least, most);
    axis.from = anchor - axis.pixels(x);
    return axis;
}

TimeAxis TimeAxis::moved(Duration by) const
{
    TimeAxis axis = *this;
    axis.from = from + by;
    return axis;
}

TimeAxis TimeAxis::showing(Instant at) const
{
    return at >= from && at < until() ? *this : moved(at - from - span / 2);
}

Duration tickStep(const TimeAxis &axis, int leastPixels)
{
    const Duration wanted = axis.pixels(leastPixels);
    const auto *step = std::lower_bound(std::begin(steps), std::end(steps), wanted);
    return step == std::end(steps) ? steps[std::size(steps) - 1] : *step;
}

std::vector<Instant> ticksOf(const TimeAxis &axis, Duration step, const Zone &zone)
{
    std::vector<Instant> ticks;
    // A day more on each side, for what a clock change may move in.
    const qint64 first = zone.toLocal(axis.from).ms - hours(24) / 1ms;
    const qint64 last = zone.toLocal(axis.until()).ms + hours(24) / 1ms;
    const bool coarse = step >= std::chrono::minutes(1);
    const qint64 low = coarse ? first : zone.toLocal(axis.from).ms;
    const qint64 high = coarse ? last : zone.toLocal(axis.until()).ms;
    for (qint64 wall = low - low % step.count(); wall <= high && ticks.size() < mostTicks; wall += step.count()) {
        const Resolved resolved = zone.resolve(LocalTime(wall));
        for (int i = 0; i < resolved.count; ++i)
            if (const Instant at = i == 0 ? resolved.first : resolved.second; at >= axis.from && at < axis.until())
                ticks.push_back(at);
    }
    std::sort(ticks.begin(), ticks.end());
    return ticks;
}

} // namespace belfry
