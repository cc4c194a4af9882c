// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/state.h"

namespace belfry::engine {

// Gives every occasion that is due its row in the ledger, and those that are to run their run.
void account(Step &step);
// The same for one job: before its rules change.
void accountJob(Step &step, JobId job);
// The same for what was due before this moment.
void accountBefore(Step &step, JobId job);
// An agent is back: what it holds is known, so that jobs which waited for that may be accounted for.
void noteAgentBack(Step &step);
// Occasions that a pause holds are no longer wanted: all of a job, or those of a rule with from <= at < until.
void cancelHeld(Step &step, JobId job, QStringView why);
void dropHeld(Engine::State &state, JobId job, const QString &rule, Instant from, Instant until);
// Ends all runs of the job, so that one may take their place; `by` is empty where no person asked for it. A backlog
// outlives it: an occasion queues behind it, a person ends at most the one that lives.
void replaceRuns(Step &step, JobId job, const QString &by);
// The wall clock was stepped: nothing starts before its time, and delays keep their length.
void noteClockStep(Step &step, Duration by);
// What a clock that is ahead no more had only written off is due again: after a step back, and at every start, for the
// clock may have been set while nobody looked.
void reopenLeaps(Step &step);

} // namespace belfry::engine
