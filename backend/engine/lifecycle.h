// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/ledger.h"
#include "backend/engine/outcome.h"
#include "backend/engine/state.h"

// A run's way from its making to its end. These are the only functions that change a run.
namespace belfry::engine {

// A definition that a run follows instead of the one in force.
struct Pinned {
    DefinitionPtr definition;
    int version = 0;
};
// Gives the run its number, its definition and its place in the queue.
OpenRun &makeRun(Step &step, const Job &job, Run run, const std::optional<Pinned> &pinned = {});
// An occasion that the run covers besides its own; it has no attempt yet.
void coverOccasion(Step &step, OpenRun &open, Instant at);
// Its next attempt, on that agent. An order that cannot be made ends it as not started.
void assign(Step &step, OpenRun &open, KnownAgent &known);
// `at` by the backend's clock.
void noteStart(Step &step, OpenRun &open, qint64 pid, Instant at);
// The live attempt is over: the run is tried again or ends. `facts` are null where nobody saw the end.
void endAttempt(Step &step, OpenRun &open, const Outcome &outcome, const wire::AttemptResult *facts);
// Ends what waits at once; what lives ends when its tree is gone. Repeating it changes nothing.
void cancel(Step &step, OpenRun &open, const QString &by, const QString &why,
    Verdict ofOccasions = {Fate::Cancelled, reason::cancelled});
// Ends a run that has no live attempt, as cancelled. `why` is its reason, the verdict is that on its occasions.
void endWaiting(Step &step, OpenRun &open, const QString &why, Verdict ofOccasions);

} // namespace belfry::engine
