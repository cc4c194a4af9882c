// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/agentstable.h"
#include "backend/store/datafolder.h"
#include "backend/store/daycounts.h"
#include "backend/store/jobtables.h"
#include "backend/store/limitstable.h"
#include "backend/store/logsreader.h"
#include "backend/store/occasionstable.h"
#include "backend/store/releasetables.h"
#include "backend/store/runtables.h"
#include "backend/store/tokenstable.h"
#include "backend/store/writer.h"

namespace belfry::store {

// Everything an engine starts from; Store::snapshot() asks for it.
struct LoadSnapshot {
    using Reply = Snapshot;
    static constexpr bool afterPostedCommits = true;
};

// The read-only connection.
class Reader
{
public:
    // Throws SqlError.
    Reader(const DataFolder &folder, HealthSink health);

    template <class Q> Result<typename Q::Reply> answer(const Q &query)
    {
        auto found = perform([&] { return find(query); });
        if (found)
            return std::move(*found);
        if (found.error().isDamage())
            m_health(QStringLiteral("database"), found.error().message);
        return fail(ErrorKind::Unavailable, found.error().message);
    }

private:
    Result<Snapshot> find(const LoadSnapshot &query);
    Result<RunWithAttempts> find(const FindRun &query);
    Result<std::map<AttemptKey, AttemptNotes>> find(const FindNotes &query);
    Result<RunPage> find(const ListRuns &query);
    Result<std::vector<StoredAttempt>> find(const FindStoredAttempts &query);
    Result<std::vector<Occasion>> find(const ListOccasions &query);
    Result<OccasionsAround> find(const FindOccasionsAround &query);
    Result<AttentionPage> find(const ListAttention &query);
    Result<qint64> find(const CountAttention &query);
    Result<std::vector<Occasion>> find(const FindOccasions &query);
    Result<RunsOfDays> find(const CountRunsOfDays &query);
    Result<std::vector<qint64>> find(const CountMissedOfDays &query);
    Result<std::vector<Release>> find(const ListReleases &query);
    Result<Release> find(const FindRelease &query);
    Result<ReleasedJobs> find(const FindReleasedJobs &query);
    Result<JobDefinition> find(const FindDefinition &query);
    Result<std::vector<JobVersion>> find(const ListJobVersions &query);
    Result<LoadJobRecord::Record> find(const LoadJobRecord &query);
    Result<std::map<JobId, LastRun>> find(const ListLastRuns &query);
    Result<LogPiece> find(const ReadLog &query);
    Result<qint64> find(const FindLogSize &query);
    Result<AccessToken> find(const FindToken &query);
    Result<std::vector<AccessToken>> find(const ListTokens &query);

    QString m_logs;
    HealthSink m_health;
    Database m_database;
    JobsTable m_jobs{m_database};
    DefinitionsTable m_definitions{m_database};
    RuleMarksTable m_marks{m_database};
    ReleasesTable m_releases{m_database};
    RunsTable m_runs{m_database};
    AttemptsTable m_attempts{m_database};
    AttemptNotesTable m_attemptNotes{m_database};
    LogsReader m_logReader{m_logs, m_database};
    TriggerKeysTable m_keys{m_database};
    OccasionsTable m_occasions{m_database};
    DayCounts m_days{m_database};
    PlannedSkipsTable m_skips{m_database};
    AgentsTable m_agents{m_database};
    LimitsTable m_limits{m_database};
    RateUsesTable m_rateUses{m_database};
    TokensTable m_tokens{m_database};
    Statement m_meta{m_database, QStringLiteral("SELECT value FROM meta WHERE name = ?")};
};

// A consistent copy of the database as a new file. Uses a connection of its own, so that nothing waits for it.
Status backUp(const DataFolder &folder, const QString &file);

} // namespace belfry::store
