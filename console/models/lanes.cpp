// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/lanes.h"

#include "console/models/gravity.h"

namespace belfry {

namespace {

void giveRows(Lane &lane, const std::vector<TimelineBar> &bars, Instant now, int mostRows, std::vector<int> &rowOf)
{
    std::vector<Instant> free; // from when on each row is
    for (const int bar : lane.bars) {
        const TimelineBar &each = bars[std::size_t(bar)];
        auto row = std::find_if(free.begin(), free.end(), [&](Instant at) { return at <= each.begins(); });
        if (row == free.end()) {
            if (int(free.size()) < mostRows)
                row = free.insert(free.end(), Instant());
            else // it covers what ends first
                row = std::min_element(free.begin(), free.end());
        }
        *row = std::max(*row, each.ends(now));
        rowOf[std::size_t(bar)] = lane.firstRow + int(row - free.begin());
    }
    lane.rows = std::max(1, int(free.size()));
}

int nearest(const Lane &lane, const std::vector<TimelineBar> &bars, Instant at)
{
    return *std::min_element(lane.bars.begin(), lane.bars.end(), [&](int a, int b) {
        const auto away = [&](int bar) { return std::abs((bars[std::size_t(bar)].begins() - at).count()); };
        return away(a) < away(b);
    });
}

} // namespace

LanePlan planLanes(const std::vector<TimelineBar> &bars, LaneBy by, Instant now, int mostRows)
{
    std::map<std::pair<bool, QString>, std::vector<int>> groups;
    for (int i = 0; i < int(bars.size()); ++i) {
        const TimelineBar &bar = bars[std::size_t(i)];
        const QString &name = by == LaneBy::Job ? bar.job : bar.agent;
        groups[{name.isEmpty(), name}].push_back(i);
    }
    LanePlan plan;
    plan.rowOf.resize(bars.size());
    plan.laneOf.resize(bars.size());
    for (auto &[key, indices] : groups) {
        std::stable_sort(indices.begin(), indices.end(),
            [&](int a, int b) { return bars[std::size_t(a)].begins() < bars[std::size_t(b)].begins(); });
        for (const int bar : indices)
            plan.laneOf[std::size_t(bar)] = int(plan.lanes.size());
        plan.lanes.push_back({.name = key.second, .firstRow = plan.rows, .bars = std::move(indices)});
        giveRows(plan.lanes.back(), bars, now, mostRows, plan.rowOf);
        plan.rows += plan.lanes.back().rows;
    }
    return plan;
}

std::vector<DensityBin> densityOf(const std::vector<TimelineBar> &bars, const std::vector<int> &indices,
    const TimeAxis &axis, int binPixels, Instant now)
{
    std::vector<DensityBin> bins(std::size_t((axis.width + binPixels - 1) / binPixels));
    const auto binOf = [&](Instant at) { return int(std::floor(axis.x(at) / binPixels)); };
    for (const int index : indices) {
        const TimelineBar &bar = bars[std::size_t(index)];
        const int first = std::max(0, binOf(bar.begins()));
        const int last = std::min(int(bins.size()) - 1, binOf(bar.ends(now)));
        for (int i = first; i <= last; ++i) {
            DensityBin &bin = bins[std::size_t(i)];
            if (bin.count++ == 0 || gravityOf(bar.look.look) > gravityOf(bin.worst))
                bin.worst = bar.look.look;
        }
    }
    return bins;
}

int barAt(const LanePlan &plan, const std::vector<TimelineBar> &bars, int bar, Step step)
{
    if (plan.lanes.empty())
        return -1;
    if (bar < 0 || bar >= int(bars.size()))
        return plan.lanes.front().bars.front();
    const int lane = plan.laneOf[std::size_t(bar)];
    if (step == Step::Previous || step == Step::Next) {
        const std::vector<int> &all = plan.lanes[std::size_t(lane)].bars;
        const auto at = std::find(all.begin(), all.end(), bar) - all.begin() + (step == Step::Next ? 1 : -1);
        return at < 0 || at >= std::ssize(all) ? bar : all[std::size_t(at)];
    }
    const int other = lane + (step == Step::LaneAfter ? 1 : -1);
    if (other < 0 || other >= int(plan.lanes.size()))
        return bar;
    return nearest(plan.lanes[std::size_t(other)], bars, bars[std::size_t(bar)].begins());
}

} // namespace belfry
