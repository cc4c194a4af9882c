// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/state.h"

namespace belfry::engine {

// Who wants the occasions of that instant to be skipped; null: nobody.
const PlannedSkip *plannedSkip(const Engine::State &state, JobId job, Instant at);
void dropSkip(Step &step, JobId job, Instant at);
// All of a job that is removed.
void dropSkips(Step &step, JobId job);
// Those so long past that no clock is set back to before them.
void forgetOldSkips(Step &step);

} // namespace belfry::engine
