// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/columns.h"
#include "console/models/estimates.h"
#include "console/models/times.h"

namespace belfry {

// The columns of lists of runs. `times` and `estimates` outlive what uses them.
std::vector<ColumnOf<wire::RunRow>> liveRunColumns(const Times *times, const Estimates *estimates);
std::vector<ColumnOf<wire::RunRow>> endedRunColumns(const Times *times);

} // namespace belfry
