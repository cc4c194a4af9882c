// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/logfetch.h"
#include "console/views/desk.h"

namespace belfry {

// Sentences about a log: why nothing of it is shown, and what it lacks.

// For a log without lines. `job` may be empty.
QString emptyLogText(const LogFetch &fetch, const Desk &desk);
// For the bar: attempt, how much of it is here, whether it is complete.
QString logStateText(const LogFetch &fetch, const Desk &desk);

} // namespace belfry
