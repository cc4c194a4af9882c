// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/state.h"
#include "backend/engine/words.h"
#include "shared/wire/explain.h"

namespace belfry::engine {

// Why no agent takes the run: for each agent why it does not. Those whose labels match come first: the full ones before
// those that take no work. Of a blocker it is called only when placement finds no place.
wire::Blocker refusalsOf(const Engine::State &state, const OpenRun &open, const Demand &demand, const Words &words);

// Of every agent whether it would take the run now; those that would come first.
std::vector<wire::AgentAnswer> answersOf(
    const Engine::State &state, const OpenRun &open, const Demand &demand, const Words &words);

} // namespace belfry::engine
