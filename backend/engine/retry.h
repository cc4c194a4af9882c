// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/outcome.h"
#include "shared/base/random.h"

namespace belfry::engine {

// Whether an outcome is tried again, and after how long: delay × backoff^n for the n-th retry counted from 0, at most
// max_delay, plus up to `jitter` of it (never less, so that no retry comes before its delay). `attempts` were made so
// far, this one included. nullopt: the outcome is final.
std::optional<Duration> retryDelay(const JobDefinition &definition, const Outcome &outcome, int attempts, Random &dice);

// Whether the loss of the run's newest attempt makes a new one.
bool mayRunAgain(const JobDefinition &definition, const Run &run);

} // namespace belfry::engine
