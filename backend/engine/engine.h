// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/agenttable.h"
#include "backend/engine/effects.h"
#include "backend/engine/leasetable.h"
#include "backend/engine/runtable.h"
#include "shared/wire/explain.h"

#include <memory>

namespace belfry::engine {

struct ApplyPlan;
struct DueRule;

struct Counts {
    int jobs = 0; // not removed
    int waiting = 0; // runs, queued or retrying
    int live = 0; // runs with a live attempt
    int agents = 0;
    int agentsOnline = 0;
};

// Every decision of the backend, and nothing else: no clock, no file, no socket, no chance of its own. It routes events
// to the classes that decide (agenda, ledger, queue, placement, retry, reconcile, apply) and gathers what they ask for.
class Engine
{
public:
    // Stands where the snapshot stands; what has become due since then is decided by the first event.
    Engine(const Snapshot &snapshot, Instant now, Duration monotonic);
    ~Engine();
    Engine(const Engine &) = delete;
    Engine &operator=(const Engine &) = delete;

    // The only mutation. Effects are what this event asks for, nothing of it is kept.
    Effects apply(const Event &event);

    // When TimePassed is wanted next (wall clock); none: only the check once a second.
    std::optional<Instant> nextDue() const;

    qint64 epoch() const;

    // Removed ones too, by id.
    const std::map<JobId, Job> &jobs() const;
    // Full names of those that are not removed.
    const std::map<QString, JobId> &jobNames() const;
    const Job *job(JobId id) const;
    // By full name, or by bare name where that is unique. NotFound says what is close, Conflict names the candidates.
    Result<JobId> jobNamed(const QString &name) const;
    // A removed one, by full name.
    std::optional<JobId> removedJobNamed(const QString &name) const;
    qint64 newestRelease(const QString &project) const; // 0: there is none
    // What an apply would change now.
    Result<ApplyPlan> preview(const ApplyProject &apply) const;
    // The same, and those that were removed.
    Result<JobId> jobEverNamed(const QString &name) const;
    // A job's current definition, and each that an open run pins; null for others (the store has them).
    DefinitionPtr definition(JobId id, int version) const;
    // The next instant at which a rule of the job is due (without its jitter).
    std::optional<Instant> nextOccasion(JobId id) const;
    // Of its schedule; none for a job that is disabled or removed.
    const std::vector<DueRule> &rules(JobId id) const;
    // Who wants the occasions of that instant to be skipped; null: nobody.
    const PlannedSkip *plannedSkip(JobId id, Instant at) const;

    // Runs that are not final, by number.
    const std::map<RunId, OpenRun> &openRuns() const;
    // Null: there is none, or it is final.
    const OpenRun *run(RunId id) const;
    // The run has a live attempt on an agent that is away since then.
    std::optional<Instant> unreachableSince(const OpenRun &run) const;
    // None: its live attempt, if there is one, has no lease.
    std::optional<LeaseTimes> leaseTimes(const OpenRun &run) const;

    // All that keeps the run from starting at `now`; empty when it does not wait.
    std::vector<wire::Blocker> blockers(const OpenRun &run, Instant now) const;

    // What a trigger would do at `now`; see previewOf().
    Result<wire::PreviewReply> preview(const TriggerJob &trigger, Instant now) const;

    // By name.
    const std::map<QString, KnownAgent> &agents() const;
    Counts counts() const;

    struct State; // for the functions that decide; see state.h

private:
    std::unique_ptr<State> m_state;
};

} // namespace belfry::engine
