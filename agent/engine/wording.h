// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/run.h"

// How the agent's engine names attempts in sentences.
namespace belfry::agentengine {

// `run 17, attempt 2`
QString nameOf(AttemptKey key);
// `1 attempt`, `3 attempts`
QString count(std::size_t attempts);
// `17-1, 18-1`: at most twenty, then how many more.
QString listOf(const std::vector<AttemptKey> &keys);

} // namespace belfry::agentengine
