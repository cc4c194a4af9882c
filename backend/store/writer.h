// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/agentstable.h"
#include "backend/store/datafolder.h"
#include "backend/store/jobtables.h"
#include "backend/store/limitstable.h"
#include "backend/store/logtables.h"
#include "backend/store/occasionstable.h"
#include "backend/store/releasetables.h"
#include "backend/store/runtables.h"
#include "backend/store/tokenstable.h"

#include <span>

namespace belfry::store {

struct SaveToken {
    AccessToken token;
};
struct RevokeToken {
    QString id;
    Instant at;
};
struct NoteTokenUse {
    QString id;
    Instant at;
};
struct NoteLogsStored {
    std::vector<LogNote> notes;
};
// The log is in this form now.
struct NoteLogPacked {
    AttemptKey key;
    LogForm form = LogForm::Packed;
    QByteArray row; // with LogForm::Row: its packed bytes
    QString check;
};
// Forgets these finished runs with all that belongs to them but their rows in the ledger.
struct PurgeRuns {
    std::vector<RunId> runs;
};
struct Probe { };
using Change
    = std::variant<WriteBatch, SaveToken, RevokeToken, NoteTokenUse, NoteLogsStored, NoteLogPacked, PurgeRuns, Probe>;

// Told when something is wrong (check, reason) and, with an empty reason, when it is well again.
using HealthSink = std::function<void(const QString &check, const QString &reason)>;

// The one connection that writes. After a commit that failed it takes nothing but a Probe, until one succeeds: what was
// posted meanwhile was decided on a state that never became durable.
class Writer
{
public:
    // `maxDatabase`: bytes at which the database counts as full; 0: as the disk allows. Throws SqlError.
    Writer(const DataFolder &folder, qint64 maxDatabase, HealthSink health);

    // One transaction for the whole group, or as many as it takes where a Probe stands in it. One answer each.
    std::vector<Status> commit(const std::vector<Change> &group);
    // Moves the write-ahead log into the database: before a clean stop.
    void checkpoint();

private:
    std::vector<Status> commitTogether(std::span<const Change> group);
    std::vector<Status> tryCommit(std::span<const Change> group);
    std::unique_ptr<Transaction> begin();
    Status write(const Change &change);
    void apply(const Write &write);
    void purge(RunId run);
    void freeReserve();
    void lookAtDisk();
    void tell(const QString &check, const QString &reason);

    DataFolder const &m_folder;
    Reserve m_reserve;
    HealthSink m_health;
    qint64 m_maxPages = 0; // 0: no bound of ours
    QString m_failed; // why nothing is taken; empty: all is well
    qint64 m_lookAgain = 0; // monotonic ms
    Database m_database;
    JobsTable m_jobs{m_database};
    DefinitionsTable m_definitions{m_database};
    RuleMarksTable m_marks{m_database};
    ReleasesTable m_releases{m_database};
    RunsTable m_runs{m_database};
    AttemptsTable m_attempts{m_database};
    LogsTable m_logs{m_database};
    LogGapsTable m_logGaps{m_database};
    AttemptNotesTable m_attemptNotes{m_database};
    TriggerKeysTable m_keys{m_database};
    OccasionsTable m_occasions{m_database};
    PlannedSkipsTable m_skips{m_database};
    AgentsTable m_agents{m_database};
    LimitsTable m_limits{m_database};
    RateUsesTable m_rateUses{m_database};
    TokensTable m_tokens{m_database};
    Statement m_noteLastRun{
        m_database, QStringLiteral("UPDATE meta SET value = max(value, ?) WHERE name = 'last_run'")};
    Statement m_probe{m_database, QStringLiteral("UPDATE meta SET value = value + 1 WHERE name = 'probe'")};
};

} // namespace belfry::store
