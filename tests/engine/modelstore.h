// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/events.h"
#include "backend/engine/verify.h"
#include "shared/model/writes.h"

#include <set>

namespace belfry {

// What a store keeps of an engine's writes, in memory; and the laws that rows of a right engine never break.
class ModelStore
{
public:
    using OccasionKey = std::tuple<JobId, QString, Instant>;

    void commit(const WriteBatch &batch);
    // As a backend finds it at its next start.
    Snapshot snapshot() const;
    void nextEpoch() { ++m_epoch; }
    qint64 epoch() const { return m_epoch; }
    engine::StoredAttempt stored(const QString &agent, AttemptKey key, qint64 epoch) const;

    // What the ledger of a job is to be recomputed from.
    engine::JobRecord recordOf(JobId job) const;
    // Where the ledger is not what the definitions owe, over all jobs and all time.
    QStringList ledgerDifferences() const;

    // Laws that were broken, as sentences.
    const QStringList &complaints() const { return m_complaints; }

    std::map<JobId, Job> jobs;
    std::map<std::pair<JobId, int>, JobDefinition> definitions;
    std::map<std::pair<QString, qint64>, Release> releases;
    std::map<std::pair<JobId, QString>, RuleMark> marks;
    std::map<RunId, Run> runs;
    std::map<AttemptKey, Attempt> attempts;
    std::map<OccasionKey, Occasion> occasions;
    std::map<std::pair<JobId, Instant>, PlannedSkip> skips;
    std::map<QString, Agent> agents;
    std::map<std::pair<QString, QString>, TriggerKey> keys;
    std::map<AttemptKey, qint64> logs; // bytes held durably
    std::map<std::pair<QString, QString>, LimitSpec> limits;
    std::vector<RateUse> rateUses;

private:
    void write(const SaveJob &write);
    void write(const SaveRelease &write);
    void write(const SaveRuleMark &write);
    void write(const RemoveRuleMark &write);
    void write(const SaveRun &write);
    void write(const SaveAttempt &write);
    void write(const SaveOccasion &write);
    void write(const ReopenOccasions &write);
    void write(const SavePlannedSkip &write);
    void write(const RemovePlannedSkip &write);
    void write(const AcknowledgeRun &write);
    void write(const AcknowledgeOccasion &write);
    void write(const SaveAgent &write);
    void write(const RemoveAgent &write);
    void write(const SaveTriggerKey &write);
    void write(const RemoveTriggerKeys &write);
    void write(const SaveLimit &write);
    void write(const RemoveLimit &write);
    void write(const SaveRateUse &write);
    void write(const RemoveRateUses &write);
    void complain(const QString &text) { m_complaints.push_back(text); }

    qint64 m_epoch = 1;
    std::set<RunId> m_open; // of runs and attempts, for snapshots that do not walk through all history
    std::set<AttemptKey> m_live;
    std::set<OccasionKey> m_pending;
    std::map<JobId, Instant> m_lastSuccess;
    std::map<JobId, Instant> m_lastEnded;
    std::map<JobId, std::vector<engine::VersionInForce>> m_versions;
    QStringList m_complaints;
};

} // namespace belfry
