// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/liveview.h"

#include "backend/engine/agenttable.h"
#include "backend/engine/engine.h"
#include "backend/server/schedule.h"
#include "backend/store/queries.h"

namespace belfry {

LiveView::LiveView(Core &core, const Snapshot &snapshot, QObject *parent)
    : QObject(parent)
    , m_core(core)
{
    for (const Job &job : snapshot.jobs)
        setJob(job);
    for (const Run &run : snapshot.openRuns) {
        m_runs.emplace(run.id, run);
        noteRun(run);
    }
    for (const Attempt &attempt : snapshot.openAttempts)
        setAttempt(attempt);
    for (const Agent &agent : snapshot.agents)
        m_agents.emplace(agent.name, engine::awayAtStart(agent, core.clock().now()));
    for (auto &[name, agent] : m_agents)
        agent.used = m_used[name];
    for (const Occasion &occasion : snapshot.pending)
        m_pending.emplace(OccasionKey{occasion.at, occasion.job, occasion.rule}, occasion);
}

void LiveView::fillLastRuns(const std::map<JobId, store::LastRun> &runs)
{
    for (const auto &[id, last] : runs) {
        const auto job = m_jobs.find(id);
        if (job == m_jobs.end() || (job->second.lastRun && *job->second.lastRun >= last.run))
            continue;
        job->second.lastRun = last.run;
        job->second.lastState = last.state;
        job->second.lastEnded = last.endedAt;
    }
}

void LiveView::setNotes(AttemptKey key, const AttemptNotes &notes)
{
    const auto run = m_runs.find(key.run);
    if (run == m_runs.end() || !m_attempts.contains(key))
        return;
    std::pair<int, AttemptNotes> &known = m_notes[key.run];
    const bool shown = known.first != key.attempt || known.second.progress != notes.progress
        || known.second.message != notes.message;
    known = {key.attempt, notes};
    if (shown)
        Q_EMIT runChanged(row(run->second));
}

std::vector<AttemptKey> LiveView::liveAttempts() const
{
    std::vector<AttemptKey> keys;
    for (const auto &[key, agent] : m_attempts)
        keys.push_back(key);
    return keys;
}

void LiveView::apply(const WriteBatch &writes)
{
    Dirty dirty;
    for (const Write &write : writes)
        std::visit([&](const auto &each) { take(each, dirty); }, write);
    for (const JobId id : dirty.jobs)
        if (m_jobs.contains(id))
            Q_EMIT jobChanged(job(id), false);
    for (const QString &name : dirty.agents) {
        const auto agent = m_agents.find(name);
        if (agent == m_agents.end())
            continue;
        agent->second.used = m_used[name];
        Q_EMIT agentChanged(agent->second, false);
    }
}

void LiveView::take(const SaveJob &write, Dirty &dirty)
{
    const auto old = m_jobs.find(write.job.id);
    const std::optional<wire::JobRow> before = old == m_jobs.end() ? std::nullopt : std::optional(old->second);
    setJob(write.job);
    if (!write.job.removed)
        dirty.jobs.insert(write.job.id);
    else if (before)
        Q_EMIT jobChanged(*before, true);
}

void LiveView::take(const SaveRuleMark &write, Dirty &dirty)
{
    dirty.jobs.insert(write.mark.job);
}

void LiveView::take(const SaveRun &write, Dirty &dirty)
{
    if (isFinal(write.run.state))
        m_runs.erase(write.run.id);
    else
        m_runs.insert_or_assign(write.run.id, write.run);
    noteRun(write.run);
    dirty.jobs.insert(write.run.job);
    Q_EMIT runChanged(row(write.run));
}

void LiveView::take(const SaveAttempt &write, Dirty &dirty)
{
    setAttempt(write.attempt);
    dirty.agents.insert(write.attempt.agent);
    Q_EMIT attemptChanged(write.attempt);
}

void LiveView::take(const SaveOccasion &write, Dirty &)
{
    const OccasionKey key{write.occasion.at, write.occasion.job, write.occasion.rule};
    if (write.occasion.fate == Fate::Pending)
        m_pending.insert_or_assign(key, write.occasion);
    else
        m_pending.erase(key);
    Q_EMIT occasionChanged(write.occasion, false);
}

void LiveView::take(const ReopenOccasions &write, Dirty &)
{
    std::vector<Occasion> gone;
    std::erase_if(m_pending, [&](const auto &each) {
        const Occasion &occasion = each.second;
        const bool reopened = occasion.job == write.job && occasion.rule == write.rule && !occasion.run
            && occasion.at >= write.from && occasion.at < write.until;
        if (reopened)
            gone.push_back(occasion);
        return reopened;
    });
    for (const Occasion &occasion : gone)
        Q_EMIT occasionChanged(occasion, true);
}

void LiveView::take(const SavePlannedSkip &write, Dirty &dirty)
{
    dirty.jobs.insert(write.skip.job);
}

void LiveView::take(const RemovePlannedSkip &write, Dirty &dirty)
{
    dirty.jobs.insert(write.job);
}

void LiveView::take(const AcknowledgeRun &write, Dirty &)
{
    Q_EMIT runChanged(row(write.run));
}

void LiveView::take(const AcknowledgeOccasion &write, Dirty &)
{
    Q_EMIT occasionChanged(write.occasion, false);
}

void LiveView::take(const SaveAgent &write, Dirty &dirty)
{
    const auto old = m_agents.find(write.agent.name);
    const bool moved = old != m_agents.end()
        && (old->second.state == AgentState::Unreachable) != (write.agent.state == AgentState::Unreachable);
    m_agents.insert_or_assign(write.agent.name, write.agent);
    dirty.agents.insert(write.agent.name);
    if (!moved)
        return;
    // Whether its runs are reachable is shown with them.
    for (const auto &[id, run] : m_runs)
        if (run.agent == write.agent.name && isLive(run.state))
            Q_EMIT runChanged(row(run));
}

void LiveView::take(const RemoveAgent &write, Dirty &)
{
    const auto agent = m_agents.find(write.name);
    if (agent == m_agents.end())
        return;
    const Agent gone = agent->second;
    m_agents.erase(agent);
    Q_EMIT agentChanged(gone, true);
}

void LiveView::setJob(const Job &job)
{
    if (const auto old = m_jobs.find(job.id); old != m_jobs.end()) {
        const auto name = m_jobNames.find(old->second.job);
        if (name != m_jobNames.end() && name->second == job.id)
            m_jobNames.erase(name);
    }
    if (job.removed) {
        m_jobs.erase(job.id);
        return;
    }
    wire::JobRow &row = m_jobs[job.id];
    if (row.version != job.version || row.id != job.id)
        row.schedule = scheduleInWords(job);
    row.id = job.id;
    row.job = job.definition.fullName();
    row.title = job.definition.title;
    row.version = job.version;
    row.zone = job.definition.zone;
    row.enabled = job.definition.enabled;
    row.pausedSince = job.pausedSince;
    row.pausedUntil = job.pausedUntil;
    m_jobNames.insert_or_assign(row.job, job.id);
}

void LiveView::setAttempt(const Attempt &attempt)
{
    const auto found = m_attempts.find(attempt.key());
    if (found != m_attempts.end()) {
        --m_used[found->second];
        m_attempts.erase(found);
    }
    if (isFinal(attempt.state)) {
        m_notes.erase(attempt.run);
        return;
    }
    m_attempts.emplace(attempt.key(), attempt.agent);
    ++m_used[attempt.agent];
}

void LiveView::noteRun(const Run &run)
{
    const auto job = m_jobs.find(run.job);
    if (job == m_jobs.end() || (job->second.lastRun && *job->second.lastRun > run.id))
        return;
    job->second.lastRun = run.id;
    job->second.lastState = run.state;
    job->second.lastEnded = run.endedAt;
}

wire::RunRow LiveView::row(const Run &run) const
{
    wire::RunRow row{run};
    row.unreachableSince = unreachableSince(run);
    if (const auto notes = m_notes.find(run.id); notes != m_notes.end() && notes->second.first == run.attempts) {
        row.progress = notes->second.second.progress;
        row.progressMessage = notes->second.second.message;
    }
    return row;
}

std::optional<Instant> LiveView::unreachableSince(const Run &run) const
{
    if (!isLive(run.state))
        return std::nullopt;
    const auto agent = m_agents.find(run.agent);
    if (agent == m_agents.end() || agent->second.state != AgentState::Unreachable)
        return std::nullopt;
    return agent->second.lastSeen;
}

wire::JobRow LiveView::job(JobId id) const
{
    wire::JobRow row = m_jobs.at(id);
    if (const engine::Engine *engine = m_core.engine()) {
        row.next = engine->nextOccasion(id);
        row.nextSkipped = row.next && engine->plannedSkip(id, *row.next);
    }
    return row;
}

std::vector<Occasion> LiveView::pending() const
{
    std::vector<Occasion> rows;
    for (const auto &[key, occasion] : m_pending)
        rows.push_back(occasion);
    return rows;
}

int LiveView::waiting() const
{
    return int(
        std::count_if(m_runs.begin(), m_runs.end(), [](const auto &each) { return isWaiting(each.second.state); }));
}

int LiveView::live() const
{
    return int(std::count_if(m_runs.begin(), m_runs.end(), [](const auto &each) { return isLive(each.second.state); }));
}

int LiveView::agentsOnline() const
{
    return int(std::count_if(m_agents.begin(), m_agents.end(),
        [](const auto &each) { return each.second.state != AgentState::Unreachable; }));
}

} // namespace belfry
