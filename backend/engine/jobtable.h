// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/runtable.h"
#include "shared/model/writes.h"

namespace belfry::engine {

// The jobs, by id and by name, and the versions of their definitions that are still needed.
class JobTable
{
public:
    explicit JobTable(const Snapshot &snapshot);

    const std::map<JobId, Job> &all() const { return m_jobs; } // removed ones too
    const std::map<QString, JobId> &names() const { return m_names; } // full names, without removed ones
    const Job *find(JobId id) const;
    Result<JobId> named(const QString &name) const;
    // The same, and those that were removed: by full name, or by bare name where only one was.
    Result<JobId> everNamed(const QString &name) const;
    // Jobs of a project by name: in force, or removed.
    std::map<QString, JobId> ofProject(const QString &project, bool removed) const;
    // Of a removed one, by full name.
    std::optional<JobId> removedNamed(const QString &name) const;

    JobId add(Job job); // gives it an id and a uid
    void replace(const Job &job);
    DefinitionPtr current(JobId id) const;
    DefinitionPtr definition(JobId id, int version) const;
    qint64 newestRelease(const QString &project) const; // 0: none
    // Keeps that version for a run that is about to pin it; the one to use, which may be there already.
    DefinitionPtr pin(JobId id, int version, DefinitionPtr definition);
    qint64 nextRelease(const QString &project) { return ++m_releases[project]; }

    std::optional<Instant> lastSuccess(JobId id) const;
    std::optional<Instant> lastEnded(JobId id) const;
    void noteEnd(const Run &run);
    // That had the job's newest attempt, as far as anybody asks; empty: none.
    QString lastAgent(JobId id) const;
    void noteAgent(JobId id, const QString &agent) { m_lastAgent[id] = agent; }

private:
    void index(const Job &job);
    QString uniqueUid(const QString &fullName) const;

    JobId m_lastJob;
    std::map<QString, qint64> m_releases;
    std::map<JobId, Job> m_jobs;
    std::map<QString, JobId> m_names;
    std::map<QString, JobId> m_removed; // full names
    std::map<QString, std::set<QString>> m_bare; // bare name -> full names
    std::set<QString> m_uids;
    std::map<JobId, DefinitionPtr> m_current;
    std::map<std::pair<JobId, int>, DefinitionPtr> m_versions; // current ones, and those that open runs pin
    std::map<JobId, Instant> m_lastSuccess;
    std::map<JobId, Instant> m_lastEnded;
    std::map<JobId, QString> m_lastAgent;
};

} // namespace belfry::engine
