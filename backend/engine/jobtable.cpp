// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/jobtable.h"

#include "shared/base/nearestname.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

std::optional<Instant> valueOf(const std::map<JobId, Instant> &times, JobId id)
{
    const auto found = times.find(id);
    return found == times.end() ? std::nullopt : std::optional(found->second);
}

void raise(std::map<JobId, Instant> &times, JobId id, Instant at)
{
    const auto [found, isNew] = times.try_emplace(id, at);
    if (!isNew)
        found->second = std::max(found->second, at);
}

} // namespace

JobTable::JobTable(const Snapshot &snapshot)
    : m_lastJob(snapshot.lastJob)
    , m_releases(snapshot.releases)
    , m_lastSuccess(snapshot.lastSuccess)
    , m_lastEnded(snapshot.lastEnded)
    , m_lastAgent(snapshot.lastAgent)
{
    for (const Job &job : snapshot.jobs) {
        m_jobs[job.id] = job;
        index(job);
    }
    for (const auto &[key, definition] : snapshot.definitions)
        m_versions[key] = std::make_shared<const JobDefinition>(definition);
}

void JobTable::index(const Job &job)
{
    const QString name = job.definition.fullName();
    m_uids.insert(job.uid);
    if (job.removed) {
        m_removed[name] = job.id;
    } else {
        m_names[name] = job.id;
        m_bare[job.definition.name].insert(name);
    }
    DefinitionPtr &current = m_current[job.id];
    if (!current || !(*current == job.definition))
        current = std::make_shared<const JobDefinition>(job.definition);
    m_versions[{job.id, job.version}] = current;
}

const Job *JobTable::find(JobId id) const
{
    const auto found = m_jobs.find(id);
    return found == m_jobs.end() ? nullptr : &found->second;
}

Result<JobId> JobTable::named(const QString &name) const
{
    if (const auto found = m_names.find(name); found != m_names.end())
        return found->second;
    if (const auto found = m_bare.find(name); found != m_bare.end() && !found->second.empty()) {
        const std::set<QString> &full = found->second;
        if (full.size() == 1)
            return m_names.at(*full.begin());
        return fail(ErrorKind::Conflict,
            u"several projects have a job '%1': write one of %2"_s.arg(
                name, QStringList(full.begin(), full.end()).join(u", "_s)));
    }
    QStringList known;
    for (const auto &[full, id] : m_names)
        known.push_back(name.contains(u'/') ? full : full.section(u'/', 1));
    const QString near = nearestName(name, known);
    return fail(ErrorKind::NotFound,
        u"there is no job '%1'"_s.arg(name.left(130))
            + (near.isEmpty() ? QString() : u"; did you mean '%1'?"_s.arg(near)));
}

Result<JobId> JobTable::everNamed(const QString &name) const
{
    auto known = named(name);
    if (known || known.error().kind != ErrorKind::NotFound)
        return known;
    if (const auto found = m_removed.find(name); found != m_removed.end())
        return found->second;
    if (name.contains(u'/'))
        return known;
    std::map<QString, JobId> found;
    for (const auto &[full, id] : m_removed) {
        if (full.section(u'/', 1) == name)
            found[full] = id;
    }
    if (found.size() == 1)
        return found.begin()->second;
    if (found.empty())
        return known;
    QStringList names;
    for (const auto &[full, id] : found)
        names += full;
    return fail(ErrorKind::Conflict,
        u"several projects had a job '%1', and all were removed: write one of %2"_s.arg(name, names.join(u", "_s)));
}

std::map<QString, JobId> JobTable::ofProject(const QString &project, bool removed) const
{
    std::map<QString, JobId> jobs;
    const QString prefix = project + u'/';
    const auto &names = removed ? m_removed : m_names;
    for (auto at = names.lower_bound(prefix); at != names.end() && at->first.startsWith(prefix); ++at)
        jobs[at->first.mid(prefix.size())] = at->second;
    return jobs;
}

std::optional<JobId> JobTable::removedNamed(const QString &name) const
{
    const auto found = m_removed.find(name);
    return found == m_removed.end() ? std::nullopt : std::optional(found->second);
}

qint64 JobTable::newestRelease(const QString &project) const
{
    const auto found = m_releases.find(project);
    return found == m_releases.end() ? 0 : found->second;
}

JobId JobTable::add(Job job)
{
    m_lastJob = JobId(m_lastJob.value + 1);
    job.id = m_lastJob;
    job.uid = uniqueUid(job.definition.fullName());
    index(job);
    m_jobs[job.id] = std::move(job);
    return m_lastJob;
}

void JobTable::replace(const Job &job)
{
    const Job &old = m_jobs.at(job.id);
    const QString oldName = old.definition.fullName();
    // Within one apply another job may have taken the name already.
    if (const auto removed = m_removed.find(oldName); old.removed && removed != m_removed.end()) {
        if (removed->second == job.id)
            m_removed.erase(removed);
    } else if (const auto named = m_names.find(oldName); named != m_names.end() && named->second == job.id) {
        m_names.erase(named);
        const auto bare = m_bare.find(old.definition.name);
        bare->second.erase(oldName);
        if (bare->second.empty())
            m_bare.erase(bare);
    }
    index(job);
    m_jobs[job.id] = job;
    const auto isUnused = [](const DefinitionPtr &definition) { return definition.use_count() == 1; };
    for (auto at = m_versions.lower_bound({job.id, 0}); at != m_versions.end() && at->first.first == job.id;)
        at = isUnused(at->second) ? m_versions.erase(at) : std::next(at);
}

QString JobTable::uniqueUid(const QString &fullName) const
{
    QString uid = fullName;
    for (int n = 2; m_uids.count(uid) != 0; ++n)
        uid = u"%1~%2"_s.arg(fullName).arg(n);
    return uid;
}

DefinitionPtr JobTable::current(JobId id) const
{
    const auto found = m_current.find(id);
    return found == m_current.end() ? nullptr : found->second;
}

DefinitionPtr JobTable::pin(JobId id, int version, DefinitionPtr definition)
{
    return m_versions.try_emplace({id, version}, std::move(definition)).first->second;
}

DefinitionPtr JobTable::definition(JobId id, int version) const
{
    const auto found = m_versions.find({id, version});
    return found == m_versions.end() ? nullptr : found->second;
}

std::optional<Instant> JobTable::lastSuccess(JobId id) const
{
    return valueOf(m_lastSuccess, id);
}

std::optional<Instant> JobTable::lastEnded(JobId id) const
{
    return valueOf(m_lastEnded, id);
}

QString JobTable::lastAgent(JobId id) const
{
    const auto found = m_lastAgent.find(id);
    return found == m_lastAgent.end() ? QString() : found->second;
}

void JobTable::noteEnd(const Run &run)
{
    raise(m_lastEnded, run.job, *run.endedAt);
    if (run.state == RunState::Succeeded)
        raise(m_lastSuccess, run.job, *run.endedAt);
}

} // namespace belfry::engine
