// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Where things are in a TimelineView, in pixels.
namespace belfry::timeline {

constexpr int gutter = 190; // for the names of lanes
constexpr int labelsHeight = 26; // of the marks of time
constexpr int scaleHeight = 44; // with the flag of now below them, which would hide one
constexpr int rowHeight = 20;
constexpr int laneGap = 6;
constexpr int barHeight = 14;
constexpr int leastBar = 3;
constexpr int tickPixels = 90;

} // namespace belfry::timeline
