// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/writes.h"

namespace belfry::engine {

// What one event changes: each row once, as it is at the end, in an order that rows which others refer to come first.
class Changes
{
public:
    void save(const Release &release) { m_releases.push_back(release); }
    void save(const Job &job) { m_jobs[job.id] = job; }
    void save(const RuleMark &mark) { m_marks[{mark.job, mark.rule}] = mark; }
    void removeMark(JobId job, const QString &rule) { m_marks[{job, rule}] = std::nullopt; }
    void save(const Agent &agent) { m_agents[agent.name] = agent; }
    void removeAgent(const QString &name) { m_agents[name] = std::nullopt; }
    void save(const Run &run) { m_runs[run.id] = run; }
    void save(const Attempt &attempt) { m_attempts[attempt.key()] = attempt; }
    // Before the occasions of the same rule that are saved in the same event.
    void reopen(const ReopenOccasions &reopen) { m_reopened.push_back(reopen); }
    void save(const Occasion &occasion) { m_occasions[{occasion.job, occasion.rule, occasion.at}] = occasion; }
    void save(const PlannedSkip &skip) { m_skips[{skip.job, skip.at}] = skip; }
    void removeSkip(JobId job, Instant at) { m_skips[{job, at}] = std::nullopt; }
    void acknowledge(const Run &run) { m_seenRuns.push_back(run); }
    void acknowledge(const Occasion &occasion) { m_seenOccasions.push_back(occasion); }
    void save(const TriggerKey &key) { m_keys.push_back(key); }
    void removeKeys(Instant before) { m_keysBefore = before; }
    void save(const Limit &limit) { m_limits[{limit.project, limit.name}] = limit; }
    void removeLimit(const QString &project, const QString &name) { m_limits[{project, name}] = std::nullopt; }
    void save(const RateUse &use) { m_uses.push_back(use); }
    // Before those that are saved in the same event.
    void removeRateUses(const QString &project, const QString &name, Instant until)
    {
        m_usesUntil[{project, name}] = until;
    }

    WriteBatch take();

private:
    std::vector<Release> m_releases;
    std::map<JobId, Job> m_jobs;
    std::map<std::pair<JobId, QString>, std::optional<RuleMark>> m_marks; // none: removed
    std::map<QString, std::optional<Agent>> m_agents; // none: removed
    std::map<RunId, Run> m_runs;
    std::map<AttemptKey, Attempt> m_attempts;
    std::vector<ReopenOccasions> m_reopened;
    std::map<std::tuple<JobId, QString, Instant>, Occasion> m_occasions;
    std::map<std::pair<JobId, Instant>, std::optional<PlannedSkip>> m_skips; // none: removed
    std::vector<Run> m_seenRuns;
    std::vector<Occasion> m_seenOccasions;
    std::optional<Instant> m_keysBefore;
    std::vector<TriggerKey> m_keys;
    std::map<std::pair<QString, QString>, std::optional<Limit>> m_limits; // none: removed
    std::map<std::pair<QString, QString>, Instant> m_usesUntil;
    std::vector<RateUse> m_uses;
};

} // namespace belfry::engine
