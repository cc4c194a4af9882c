// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/cli/table.h"
#include "shared/model/run.h"
#include "shared/time/zone.h"

namespace belfry {

// What relative times count from, and the zone of absolute ones.
struct View {
    Instant now;
    Zone zone;
};

// The state in its word and colour; a run whose agent is away says so.
Cell stateCell(RunState state, const std::optional<Instant> &unreachableSince = {}, Instant now = {});
// `3`, `signal 9`, or nothing.
QString exitText(const std::optional<int> &exitCode, const std::optional<int> &signal);
// From the start to the end or, while it lives, to now.
QString durationText(const std::optional<Instant> &from, const std::optional<Instant> &until, Instant now);
// `42 %`, `99.5 %`.
QString percentText(double percent);
// `12m ago`; empty for none.
Cell timeCell(const std::optional<Instant> &at, const View &view);
// `2026-01-31 14:00:05 (12m ago)`; empty for none.
QString timeText(const std::optional<Instant> &at, const View &view);
// `mode=full rows=5`.
QString paramsText(const Params &params);

} // namespace belfry
