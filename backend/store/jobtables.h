// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/queries.h"
#include "backend/store/sql.h"

namespace belfry::store {

// The versions of jobs' definitions, never changed once there.
class DefinitionsTable
{
public:
    explicit DefinitionsTable(Database &database)
        : m_database(database)
    { }
    void save(const Job &job);
    std::optional<JobDefinition> find(JobId job, int version);
    std::vector<JobVersion> versions(const ListJobVersions &query);
    // By version, those in force at any time in [from, until).
    std::vector<DefinitionInForce> inForce(JobId job, Instant from, Instant until);
    // Those in force from this release to the next one.
    std::map<JobId, JobDefinition> released(const QString &project, qint64 number);
    // The version in force at that instant; 0: none was.
    int versionAt(JobId job, Instant at);
    // When the first version came into force.
    std::optional<Instant> firstSince(JobId job);
    // Those that open runs and pending occasions pin and that are not their job's current one.
    std::map<std::pair<JobId, int>, JobDefinition> pinned();

    static JobDefinition decode(const QByteArray &bytes);

private:
    Database &m_database;
    Statement m_save{m_database, QStringLiteral(R"(
        INSERT INTO definitions (job, version, release, since, definition, until_release) VALUES (?, ?, ?, ?, ?, nullif(?, 0))
        ON CONFLICT (job, version) DO UPDATE SET release = excluded.release, since = excluded.since,
            definition = excluded.definition, until_release = excluded.until_release)")};
    Statement m_end{m_database, QStringLiteral(R"(
        UPDATE definitions SET until_release = ? WHERE job = ? AND version = ? AND until_release IS NULL)")};
    Statement m_find{m_database, QStringLiteral("SELECT definition FROM definitions WHERE job = ? AND version = ?")};
    Statement m_versionAt{m_database,
        QStringLiteral("SELECT version FROM definitions WHERE job = ? AND since <= ? ORDER BY version DESC LIMIT 1")};
    Statement m_firstSince{
        m_database, QStringLiteral("SELECT since FROM definitions WHERE job = ? ORDER BY version LIMIT 1")};
    Statement m_versions{m_database, QStringLiteral(R"(
        SELECT d.version, d.release, d.since, coalesce(r.by, ''), coalesce(r.message, ''), d.until_release, d.definition
        FROM definitions d JOIN jobs j ON j.id = d.job
        LEFT JOIN releases r ON r.project = j.project AND r.number = d.release
        WHERE d.job = ? AND d.version < ? ORDER BY d.version DESC LIMIT ?)")};
    Statement m_inForce{m_database, QStringLiteral(R"(
        SELECT d.version, d.since, r.at, d.definition FROM definitions d JOIN jobs j ON j.id = d.job
        LEFT JOIN releases r ON r.project = j.project AND r.number = d.until_release
        WHERE d.job = ? AND (r.at IS NULL OR r.at >= ?) AND d.since < ? ORDER BY d.version)")};
    Statement m_released{m_database, QStringLiteral(R"(
        SELECT d.job, d.definition FROM jobs j JOIN definitions d ON d.job = j.id
        WHERE j.project = ? AND d.release <= ? AND (d.until_release IS NULL OR d.until_release > ?))")};
    Statement m_pinned{m_database, QStringLiteral(R"(
        SELECT d.job, d.version, d.definition
        FROM (SELECT DISTINCT job, version FROM runs
              WHERE state IN ('queued', 'assigned', 'running', 'retrying')
              UNION SELECT job, version FROM occasions WHERE fate = 'pending') p
        JOIN jobs j ON j.id = p.job AND j.version <> p.version
        JOIN definitions d ON d.job = p.job AND d.version = p.version)")};
};

// Jobs, removed ones too, without their definitions.
class JobsTable
{
public:
    explicit JobsTable(Database &database)
        : m_database(database)
    { }
    void save(const Job &job);
    std::vector<Job> all(); // by id, with their definitions
    JobId last();
    // A final run of the job ended: the newest such run by number counts.
    void noteEnded(const Run &run);
    std::map<JobId, Instant> lastEnded();
    std::map<JobId, Instant> lastSuccess();

private:
    Database &m_database;
    Statement m_save{m_database, QStringLiteral(R"(
        INSERT INTO jobs (id, uid, project, name, version, release, since, removed, paused_since, paused_until,
            pause_then, paused_by)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET uid = excluded.uid, project = excluded.project, name = excluded.name,
            version = excluded.version, release = excluded.release, since = excluded.since,
            removed = excluded.removed, paused_since = excluded.paused_since,
            paused_until = excluded.paused_until, pause_then = excluded.pause_then, paused_by = excluded.paused_by)")};
    Statement m_all{m_database, QStringLiteral(R"(
        SELECT j.id, j.uid, j.version, j.release, j.since, j.removed, j.paused_since, j.paused_until, j.pause_then,
            j.paused_by, d.definition, coalesce(d.until_release, 0)
        FROM jobs j JOIN definitions d ON d.job = j.id AND d.version = j.version ORDER BY j.id)")};
    Statement m_last{m_database, QStringLiteral("SELECT coalesce(max(id), 0) FROM jobs")};
    Statement m_noteEnded{m_database, QStringLiteral(R"(
        UPDATE jobs SET last_ended = ?, last_ended_run = ? WHERE id = ? AND last_ended_run <= ?)")};
    Statement m_noteSuccess{m_database, QStringLiteral(R"(
        UPDATE jobs SET last_success = ?, last_success_run = ? WHERE id = ? AND last_success_run <= ?)")};
    Statement m_lastEnded{m_database, QStringLiteral("SELECT id, last_ended FROM jobs WHERE last_ended IS NOT NULL")};
    Statement m_lastSuccess{
        m_database, QStringLiteral("SELECT id, last_success FROM jobs WHERE last_success IS NOT NULL")};
};

// How far the ledger accounts for each rule.
class RuleMarksTable
{
public:
    explicit RuleMarksTable(Database &database)
        : m_database(database)
    { }
    void save(const RuleMark &mark);
    void remove(JobId job, const QString &rule);
    std::vector<RuleMark> all(); // by job, then rule
    std::vector<RuleMark> of(JobId job); // by rule

private:
    static std::vector<RuleMark> marksOf(Statement::Rows &&rows);

    Database &m_database;
    Statement m_save{m_database, QStringLiteral(R"(
        INSERT INTO rule_marks (job, rule, since, accounted_until, leap_from, leap_to, leap_ran, reopened)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (job, rule) DO UPDATE SET since = excluded.since, accounted_until = excluded.accounted_until,
            leap_from = excluded.leap_from, leap_to = excluded.leap_to, leap_ran = excluded.leap_ran,
            reopened = excluded.reopened)")};
    Statement m_remove{m_database, QStringLiteral("DELETE FROM rule_marks WHERE job = ? AND rule = ?")};
    Statement m_all{m_database, QStringLiteral(R"(
        SELECT job, rule, since, accounted_until, leap_from, leap_to, leap_ran, reopened
        FROM rule_marks ORDER BY job, rule)")};
    Statement m_of{m_database, QStringLiteral(R"(
        SELECT job, rule, since, accounted_until, leap_from, leap_to, leap_ran, reopened
        FROM rule_marks WHERE job = ? ORDER BY rule)")};
};

} // namespace belfry::store
