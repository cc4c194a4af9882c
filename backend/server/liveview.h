// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/server/core.h"
#include "backend/store/queries.h"
#include "shared/wire/api.h"

#include <set>

namespace belfry {

// The rows of what is open or alive now, exactly as durable as they are shown: fed from committed batches alone, never
// ahead of the store. Watches and lists look here; what is over is in the store.
class LiveView final : public QObject
{
    Q_OBJECT

public:
    LiveView(Core &core, const Snapshot &snapshot, QObject *parent = nullptr);

    void apply(const WriteBatch &writes);
    // The newest run of jobs that has ended before this start, from the store.
    void fillLastRuns(const std::map<JobId, store::LastRun> &runs);
    // What a live attempt has said in its log.
    void setNotes(AttemptKey key, const AttemptNotes &notes);
    std::vector<AttemptKey> liveAttempts() const;

    const std::map<RunId, Run> &runs() const { return m_runs; } // that are not final
    wire::RunRow row(const Run &run) const;
    // What the watch of a run shows: as row().
    std::optional<Instant> unreachableSince(const Run &run) const;

    const std::map<QString, Agent> &agents() const { return m_agents; } // `used` is right
    const std::map<QString, JobId> &jobNames() const { return m_jobNames; } // not removed ones, by full name
    wire::JobRow job(JobId id) const; // of a job in jobNames()
    std::vector<Occasion> pending() const; // by time, then job and rule

    int waiting() const;
    int live() const;
    int agentsOnline() const;

Q_SIGNALS:
    void runChanged(const belfry::wire::RunRow &run);
    void attemptChanged(const belfry::Attempt &attempt);
    void agentChanged(const belfry::Agent &agent, bool removed);
    void jobChanged(const belfry::wire::JobRow &job, bool removed);
    void occasionChanged(const belfry::Occasion &occasion, bool removed);

private:
    using OccasionKey = std::tuple<Instant, JobId, QString>;
    struct Dirty {
        std::set<JobId> jobs;
        std::set<QString> agents;
    };

    void take(const SaveJob &write, Dirty &dirty);
    void take(const SaveRuleMark &write, Dirty &dirty);
    void take(const SaveRun &write, Dirty &dirty);
    void take(const SaveAttempt &write, Dirty &dirty);
    void take(const SaveOccasion &write, Dirty &dirty);
    void take(const ReopenOccasions &write, Dirty &dirty);
    void take(const SavePlannedSkip &write, Dirty &dirty);
    void take(const RemovePlannedSkip &write, Dirty &dirty);
    void take(const AcknowledgeRun &write, Dirty &dirty);
    void take(const AcknowledgeOccasion &write, Dirty &dirty);
    void take(const SaveAgent &write, Dirty &dirty);
    void take(const RemoveAgent &write, Dirty &dirty);
    template <class Other> void take(const Other &, Dirty &) { } // nothing that is shown

    void setJob(const Job &job);
    void setAttempt(const Attempt &attempt);
    void noteRun(const Run &run);

    Core &m_core;
    std::map<RunId, Run> m_runs;
    std::map<AttemptKey, QString> m_attempts; // live ones -> agent
    std::map<RunId, std::pair<int, AttemptNotes>> m_notes; // of the live attempt of that number
    std::map<QString, int> m_used; // by agent
    std::map<QString, Agent> m_agents;
    std::map<JobId, wire::JobRow> m_jobs; // without `next`
    std::map<QString, JobId> m_jobNames;
    std::map<OccasionKey, Occasion> m_pending;
};

} // namespace belfry
