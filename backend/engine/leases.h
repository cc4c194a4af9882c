// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/state.h"

// `on_lost: fail` and `rerun` (design.md section 7): handing out leases, and counting whom nobody hears of any more.
namespace belfry::engine {

// Whether attempts of the job hold leases.
bool isLeased(const JobDefinition &definition);
// How long an attempt may live without a renewal. At its end the tree has `grace` to end by itself; the ten seconds
// that are left of lost_after are for KILL to work and for clocks that do not run quite alike.
Duration leaseLength(const JobDefinition &definition);

// The lease of the run's live attempt, which is with that agent, goes out with its order; counted from now on.
void lease(Step &step, const OpenRun &open, const KnownAgent &known, wire::StartAttempt &order);
// Sends a connected agent new leases for all its attempts that have one.
void renewLeases(Step &step, const KnownAgent &known);
// Attempts whose lost_after is over are lost. Their trees are gone: their leases ran out before.
void countLost(Step &step);

} // namespace belfry::engine
