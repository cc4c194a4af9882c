// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/state.h"

// What each event does. Time has been brought up to the event's before.
namespace belfry::engine {

void on(Step &step, const AgentConnected &event);
void on(Step &step, const AgentDisconnected &event);
void on(Step &step, const AgentReportedStart &event);
void on(Step &step, const AgentReportedEnd &event);
void on(Step &step, const AgentReportedDraining &event);
void on(Step &step, const AgentHeard &event);
void on(Step &step, const TimePassed &event);
void on(Step &step, const StartsStopped &event);
void on(Step &step, const ApplyProject &event);
void on(Step &step, const TriggerJob &event);
void on(Step &step, const CancelRun &event);
void on(Step &step, const PauseJobs &event);
void on(Step &step, const ResumeJobs &event);
void on(Step &step, const RerunRun &event);
void on(Step &step, const DeclareLost &event);
void on(Step &step, const Acknowledge &event);
void on(Step &step, const SkipOccasion &event);
void on(Step &step, const HoldRun &event);
void on(Step &step, const PrioritizeRun &event);
void on(Step &step, const DrainAgent &event);
void on(Step &step, const ForgetAgent &event);

// Timers that have run out.
void ring(Step &step);

} // namespace belfry::engine
