// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/changes.h"

namespace belfry::engine {

WriteBatch Changes::take()
{
    WriteBatch batch;
    batch.reserve(m_releases.size() + m_jobs.size() + m_marks.size() + m_agents.size() + m_runs.size()
        + m_attempts.size() + m_reopened.size() + m_occasions.size() + m_keys.size() + m_limits.size()
        + m_usesUntil.size() + m_uses.size() + m_seenRuns.size() + m_seenOccasions.size() + m_skips.size() + 1);
    for (Release &release : m_releases)
        batch.push_back(SaveRelease{std::move(release)});
    for (auto &[id, job] : m_jobs)
        batch.push_back(SaveJob{std::move(job)});
    for (auto &[key, mark] : m_marks) {
        if (mark)
            batch.push_back(SaveRuleMark{std::move(*mark)});
        else
            batch.push_back(RemoveRuleMark{key.first, key.second});
    }
    for (auto &[name, agent] : m_agents) {
        if (agent)
            batch.push_back(SaveAgent{std::move(*agent)});
        else
            batch.push_back(RemoveAgent{name});
    }
    for (auto &[id, run] : m_runs)
        batch.push_back(SaveRun{std::move(run)});
    for (auto &[key, attempt] : m_attempts)
        batch.push_back(SaveAttempt{std::move(attempt)});
    for (ReopenOccasions &reopen : m_reopened)
        batch.push_back(std::move(reopen));
    for (auto &[key, occasion] : m_occasions)
        batch.push_back(SaveOccasion{std::move(occasion)});
    for (auto &[key, skip] : m_skips) {
        if (skip)
            batch.push_back(SavePlannedSkip{std::move(*skip)});
        else
            batch.push_back(RemovePlannedSkip{key.first, key.second});
    }
    for (Run &run : m_seenRuns)
        batch.push_back(AcknowledgeRun{std::move(run)});
    for (Occasion &occasion : m_seenOccasions)
        batch.push_back(AcknowledgeOccasion{std::move(occasion)});
    if (m_keysBefore)
        batch.push_back(RemoveTriggerKeys{*m_keysBefore});
    for (TriggerKey &key : m_keys)
        batch.push_back(SaveTriggerKey{std::move(key)});
    for (auto &[key, limit] : m_limits) {
        if (limit)
            batch.push_back(SaveLimit{std::move(*limit)});
        else
            batch.push_back(RemoveLimit{key.first, key.second});
    }
    for (const auto &[key, until] : m_usesUntil)
        batch.push_back(RemoveRateUses{key.first, key.second, until});
    for (RateUse &use : m_uses)
        batch.push_back(SaveRateUse{std::move(use)});
    *this = {};
    return batch;
}

} // namespace belfry::engine
