// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/state.h"
#include "backend/engine/words.h"
#include "shared/wire/explain.h"

namespace belfry::engine {

// All conditions that a waiting run lacks, as the code finds them that assigns. The run is assigned when all of them
// are gone, and not while one is left: the first `ends` of Blocker::runs end, one of Blocker::agents takes work and the
// first `ends` of its runs end, `until` passes. Empty for a run that does not wait.
std::vector<wire::Blocker> blockersOf(Engine::State &state, const OpenRun &open, const Words &words);

} // namespace belfry::engine
