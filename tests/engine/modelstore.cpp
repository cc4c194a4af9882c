// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/modelstore.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

void raise(std::map<JobId, Instant> &times, JobId job, std::optional<Instant> at)
{
    if (at)
        times[job] = std::max(times.try_emplace(job, *at).first->second, *at);
}

} // namespace

void ModelStore::commit(const WriteBatch &batch)
{
    for (const Write &each : batch)
        std::visit([this](const auto &row) { write(row); }, each);
    // Within a batch names may change hands.
    for (const Write &each : batch) {
        const auto *save = std::get_if<SaveJob>(&each);
        for (const auto &[id, other] : jobs)
            if (save && id != save->job.id && other.definition.fullName() == save->job.definition.fullName())
                complain(u"two jobs are called %1"_s.arg(other.definition.fullName()));
    }
}

void ModelStore::write(const SaveJob &write)
{
    const Job &job = write.job;
    for (const auto &[id, other] : jobs) {
        if (id != job.id && other.uid == job.uid)
            complain(u"two jobs have the uid %1"_s.arg(job.uid));
    }
    std::vector<engine::VersionInForce> &versions = m_versions[job.id];
    if (versions.empty() || versions.back().version != job.version) {
        if (!versions.empty() && !versions.back().until)
            versions.back().until = job.since;
        versions.push_back({job.version, job.since, std::nullopt, job.definition});
    }
    if (job.removed && !versions.back().until)
        versions.back().until = releases.at({job.definition.project, job.removedIn}).at;
    jobs[job.id] = job;
    definitions[{job.id, job.version}] = job.definition;
}

void ModelStore::write(const SaveRelease &write)
{
    if (!releases.emplace(std::pair(write.release.project, write.release.number), write.release).second)
        complain(u"release %1 of %2 was made twice"_s.arg(write.release.number).arg(write.release.project));
}

void ModelStore::write(const SaveRuleMark &write)
{
    marks[{write.mark.job, write.mark.rule}] = write.mark;
}

void ModelStore::write(const RemoveRuleMark &write)
{
    marks.erase({write.job, write.rule});
}

void ModelStore::write(const SaveRun &write)
{
    const Run &run = write.run;
    const auto old = runs.find(run.id);
    if (old == runs.end() && !runs.empty() && run.id < runs.rbegin()->first)
        complain(u"run %1 came after run %2"_s.arg(run.id.value).arg(runs.rbegin()->first.value));
    if (old != runs.end() && isFinal(old->second.state))
        complain(u"run %1 was final and was changed"_s.arg(run.id.value));
    if (jobs.count(run.job) == 0 || definitions.count({run.job, run.version}) == 0)
        complain(u"run %1 pins a definition that is not there"_s.arg(run.id.value));
    if (isFinal(run.state) != run.endedAt.has_value())
        complain(u"run %1 is %2 and %3 an end"_s.arg(run.id.value)
                     .arg(nameOf(run.state), run.endedAt ? u"has"_s : u"lacks"_s));
    runs[run.id] = run;
    if (!isFinal(run.state)) {
        m_open.insert(run.id);
        return;
    }
    m_open.erase(run.id);
    raise(m_lastEnded, run.job, run.endedAt);
    if (run.state == RunState::Succeeded)
        raise(m_lastSuccess, run.job, run.endedAt);
}

void ModelStore::write(const SaveAttempt &write)
{
    const Attempt &attempt = write.attempt;
    const auto old = attempts.find(attempt.key());
    if (old != attempts.end() && isFinal(old->second.state))
        complain(u"attempt %1.%2 was final and was changed"_s.arg(attempt.run.value).arg(attempt.attempt));
    if (runs.count(attempt.run) == 0)
        complain(u"attempt %1.%2 has no run"_s.arg(attempt.run.value).arg(attempt.attempt));
    attempts[attempt.key()] = attempt;
    if (isFinal(attempt.state)) {
        m_live.erase(attempt.key());
        return;
    }
    m_live.insert(attempt.key());
    const auto next = m_live.upper_bound(attempt.key());
    const auto at = m_live.find(attempt.key());
    if ((next != m_live.end() && next->run == attempt.run)
        || (at != m_live.begin() && std::prev(at)->run == attempt.run))
        complain(u"run %1 has two live attempts"_s.arg(attempt.run.value));
}

void ModelStore::write(const SaveOccasion &write)
{
    const Occasion &occasion = write.occasion;
    const OccasionKey key{occasion.job, occasion.rule, occasion.at};
    const auto old = occasions.find(key);
    const auto hasRun = [](Fate fate) { return fate == Fate::Ran || fate == Fate::Merged; };
    if (old != occasions.end() && hasRun(old->second.fate))
        complain(u"occasion %1 of %2 had its run and was changed"_s.arg(toRfc3339(occasion.at), occasion.jobName));
    if (old == occasions.end() && occasion.fate == Fate::Pending && !occasion.run && occasion.reason != u"paused"_s)
        complain(u"occasion %1 of %2 waits for nothing"_s.arg(toRfc3339(occasion.at), occasion.jobName));
    occasions[key] = occasion;
    if (occasion.fate == Fate::Pending)
        m_pending.insert(key);
    else
        m_pending.erase(key);
}

void ModelStore::write(const ReopenOccasions &write)
{
    auto at = occasions.lower_bound({write.job, write.rule, write.from});
    while (at != occasions.end() && at->first < OccasionKey{write.job, write.rule, write.until}) {
        const Occasion &row = at->second;
        const bool isVoid = row.fate == Fate::Missed || row.fate == Fate::Skipped
            || (!row.run && (row.fate == Fate::Expired || row.fate == Fate::Pending));
        if (isVoid)
            m_pending.erase(at->first);
        at = isVoid ? occasions.erase(at) : std::next(at);
    }
}

void ModelStore::write(const SavePlannedSkip &write)
{
    skips[{write.skip.job, write.skip.at}] = write.skip;
}

void ModelStore::write(const RemovePlannedSkip &write)
{
    skips.erase({write.job, write.at});
}

void ModelStore::write(const AcknowledgeRun &write)
{
    const auto found = runs.find(write.run.id);
    if (found == runs.end() || !isFailure(found->second.state))
        return complain(u"run %1 is acknowledged and has not failed"_s.arg(write.run.id.value));
    found->second = write.run;
}

void ModelStore::write(const AcknowledgeOccasion &write)
{
    const Occasion &row = write.occasion;
    if (const auto found = occasions.find({row.job, row.rule, row.at}); found != occasions.end())
        found->second = row;
}

void ModelStore::write(const SaveAgent &write)
{
    agents[write.agent.name] = write.agent;
}

void ModelStore::write(const RemoveAgent &write)
{
    agents.erase(write.name);
}

void ModelStore::write(const SaveTriggerKey &write)
{
    if (!keys.emplace(std::pair(write.key.project, write.key.key), write.key).second)
        complain(u"key %1 made two runs"_s.arg(write.key.key));
}

void ModelStore::write(const RemoveTriggerKeys &write)
{
    std::erase_if(keys, [&](const auto &entry) { return entry.second.at < write.before; });
}

void ModelStore::write(const SaveLimit &write)
{
    limits[{write.limit.project, write.limit.name}] = write.limit.spec;
}

void ModelStore::write(const RemoveLimit &write)
{
    limits.erase({write.project, write.name});
}

void ModelStore::write(const SaveRateUse &write)
{
    if (attempts.count(write.use.key) == 0)
        complain(u"an attempt of run %1 that is not saved took units of a rate"_s.arg(write.use.key.run.value));
    rateUses.push_back(write.use);
}

void ModelStore::write(const RemoveRateUses &write)
{
    std::erase_if(rateUses, [&](const RateUse &use) {
        return use.project == write.project && use.limit == write.name && use.at <= write.until;
    });
}

Snapshot ModelStore::snapshot() const
{
    Snapshot snapshot{.epoch = m_epoch, .lastSuccess = m_lastSuccess, .lastEnded = m_lastEnded};
    if (!runs.empty())
        snapshot.lastRun = runs.rbegin()->first;
    if (!jobs.empty())
        snapshot.lastJob = jobs.rbegin()->first;
    for (const auto &[key, release] : releases)
        snapshot.releases[key.first] = std::max(snapshot.releases[key.first], key.second);
    for (const auto &[id, job] : jobs)
        snapshot.jobs.push_back(job);
    for (const RunId id : m_open) {
        const Run &run = runs.at(id);
        snapshot.openRuns.push_back(run);
        if (jobs.at(run.job).version != run.version)
            snapshot.definitions[{run.job, run.version}] = definitions.at({run.job, run.version});
    }
    for (const AttemptKey key : m_live)
        snapshot.openAttempts.push_back(attempts.at(key));
    for (const auto &[key, skip] : skips)
        snapshot.plannedSkips.push_back(skip);
    for (const OccasionKey &key : m_pending) {
        const Occasion &row = occasions.at(key);
        snapshot.pending.push_back(row);
        if (jobs.at(row.job).version != row.version)
            snapshot.definitions[{row.job, row.version}] = definitions.at({row.job, row.version});
    }
    for (const auto &[key, mark] : marks)
        snapshot.marks.push_back(mark);
    for (const auto &[name, agent] : agents)
        snapshot.agents.push_back(agent);
    for (const auto &[key, made] : keys)
        snapshot.keys.push_back(made);
    for (const auto &[key, spec] : limits)
        snapshot.limits.push_back({key.first, key.second, spec});
    snapshot.rateUses = rateUses;
    for (const auto &[id, run] : runs) {
        if (!run.agent.isEmpty() && jobs.at(run.job).definition.placement == Placement::Sticky)
            snapshot.lastAgent[run.job] = run.agent;
    }
    return snapshot;
}

engine::JobRecord ModelStore::recordOf(JobId job) const
{
    engine::JobRecord record{.name = jobs.at(job).definition.fullName(), .uid = jobs.at(job).uid};
    record.versions = m_versions.at(job);
    for (const auto &[key, mark] : marks) {
        if (key.first == job)
            record.marks.push_back(mark);
    }
    for (const auto &[key, row] : occasions) {
        if (row.job == job)
            record.rows.push_back(row);
    }
    return record;
}

QStringList ModelStore::ledgerDifferences() const
{
    QStringList all;
    for (const auto &[id, job] : jobs) {
        const engine::JobRecord record = recordOf(id);
        Instant from = record.versions.front().since;
        Instant until = from;
        for (const RuleMark &mark : record.marks)
            until = std::max(until, mark.accountedUntil);
        for (const engine::VersionInForce &each : record.versions) {
            from = std::min(from, each.since);
            until = std::max(until, each.until.value_or(each.since) + 1ms);
        }
        wire::VerifyReply reply;
        engine::verify(record, from, until, 100, reply);
        for (const wire::LedgerDifference &each : reply.differences)
            all.push_back(each.kind + u' ' + each.text);
    }
    return all;
}

engine::StoredAttempt ModelStore::stored(const QString &agent, AttemptKey key, qint64 epoch) const
{
    const auto found = attempts.find(key);
    if (found == attempts.end() || found->second.agent != agent || found->second.epoch != epoch)
        return {.key = key};
    const auto log = logs.find(key);
    return {key, true, isFinal(found->second.state), log == logs.end() ? 0 : log->second};
}

} // namespace belfry
