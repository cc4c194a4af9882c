// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/state.h"

// Keeps queue, placement and agenda in step with runs and agents, and assigns.
namespace belfry::engine {

// Invalid: its agent expression cannot be read.
Result<Demand> demandOf(Engine::State &state, const OpenRun &open);
// When a waiting run may start at the earliest: a retry after its delay, an occasion at its time, which lies ahead when
// the clock was set back.
Instant earliestStart(const Run &run);
// What placement is to know of the run.
Placement::Wish wishOf(const Engine::State &state, const OpenRun &open);
// Puts a waiting run that nothing holds back where it belongs in the queue.
void stand(RunQueue &queue, const OpenRun &open, LineId line);
// Puts the run where its state belongs in the queue, and sets its timer. Invalid: no agent can be chosen for it.
Status enqueue(Engine::State &state, const OpenRun &open, Instant now);
void requeue(Step &step, const OpenRun &open);
// A pause holds what is scheduled and has not started yet.
bool isPaused(const Engine::State &state, const Run &run);
// The last moment at which a run of an occasion may start, by `start_by`: counted from the latest that it covers.
std::optional<Instant> deadlineOf(const Engine::State &state, const OpenRun &open);
// Sets the timer of that.
void watchDeadline(Engine::State &state, const OpenRun &open);
// The run's attempt became live, or is live when the engine starts: it holds its limits. And: it is over.
void holdLimits(Engine::State &state, const OpenRun &open);
void releaseLimits(Engine::State &state, const OpenRun &open);
// The agent's labels, slots, load or connection have changed.
void noteCapacity(Engine::State &state, const KnownAgent &known);
// A run of the job was made or has ended: its `after` rules count from the last end.
void noteIdle(Engine::State &state, JobId job);
// The agent may be forgotten some time after it left.
void watchEphemeral(Engine::State &state, const KnownAgent &known);
// Assigns as many runs as there is room for, the first in the queue first.
void dispatch(Step &step);

constexpr Duration ephemeralMemory = 10min;

} // namespace belfry::engine
