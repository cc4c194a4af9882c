// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/runwords.h"
#include "console/models/timeaxis.h"

namespace belfry {

// A run, or an occasion that comes, as a timeline shows it.
struct TimelineBar {
    RunId run; // 0: forecast
    QString job;
    QString agent; // empty: none yet
    StateLook look;
    std::optional<Instant> planned; // when its schedule wanted it
    Instant queued;
    std::optional<Instant> started;
    std::optional<Instant> ended; // none: it goes on
    QString note;

    bool isForecast() const { return run.value == 0; }
    Instant begins() const { return planned ? std::min(*planned, queued) : queued; }
    Instant ends(Instant now) const { return ended.value_or(std::max(now, queued)); }
};

enum class LaneBy { Job, Agent };

// The bars of a job or agent. Those that overlap get rows of their own, up to a number.
struct Lane {
    QString name; // empty: bars without an agent
    int firstRow = 0;
    int rows = 1;
    std::vector<int> bars; // by begin
};
struct LanePlan {
    std::vector<Lane> lanes; // by name, the nameless one last
    std::vector<int> rowOf; // of each bar, counted over all lanes
    std::vector<int> laneOf; // of each bar
    int rows = 0;
};
LanePlan planLanes(const std::vector<TimelineBar> &bars, LaneBy by, Instant now, int mostRows);

// What a column of pixels holds where bars are too many to be drawn.
struct DensityBin {
    int count = 0;
    Look worst = Look::Success;
};
std::vector<DensityBin> densityOf(const std::vector<TimelineBar> &bars, const std::vector<int> &indices,
    const TimeAxis &axis, int binPixels, Instant now);

enum class Step { Previous, Next, LaneBefore, LaneAfter };
// The bar that a key leads to from `bar`: in time within its lane, or the nearest in time of the next lane that has
// any. The same one where there is none; from -1 the first.
int barAt(const LanePlan &plan, const std::vector<TimelineBar> &bars, int bar, Step step);

} // namespace belfry
