// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/jobtables.h"
#include "backend/store/packedlog.h"
#include "backend/store/runtables.h"
#include "backend/store/writer.h"

namespace belfry::store {

// Finds what can be packed or forgotten, and does the part of it that is files. Has a connection of its own that reads.
class Housekeeper
{
public:
    // Throws SqlError.
    explicit Housekeeper(const DataFolder &folder);

    // The packed forms of logs that are over, made and synced; they count once the database says so. At most one large
    // log or many small ones at a time.
    Result<std::vector<NoteLogPacked>> pack(Instant now);
    // Once the database says so: the log's other form goes.
    void dropFiles(AttemptKey key) const;

    // Jobs to look at for runs beyond what they keep; `all`: every one.
    void look(const std::set<JobId> &jobs);
    void lookAtAll();
    bool inPass() const { return m_inPass; } // not all of these were looked at yet
    // Removes what a stop in the middle of packing has left.
    void sweep() const;
    // Such runs of these jobs, whose log files are gone already. Empty: nothing is left to look at.
    Result<std::vector<RunId>> purge(Instant now, int limit);

private:
    Result<NoteLogPacked> packOne(const LogsTable::Ended &log);
    Result<QString> writePacked(const LogsTable::Ended &log, const std::vector<StoredGap> &gaps, PackSink &sink);
    std::optional<Keep> keepOf(JobId job);
    void removeFiles(RunId run);

    QString m_logs;
    Database m_database;
    DefinitionsTable m_definitions{m_database};
    RunsTable m_runs{m_database};
    AttemptsTable m_attempts{m_database};
    mutable LogsTable m_stored{m_database};
    LogGapsTable m_gaps{m_database};
    AttemptKey m_packedUpTo; // the next one is beyond it, so that one which cannot be packed holds up no other
    std::set<JobId> m_jobsToLook;
    bool m_inPass = false;
    std::map<JobId, std::pair<int, Keep>> m_keeps; // with the version that says so
    Statement m_allJobs{m_database, QStringLiteral("SELECT id FROM jobs")};
    Statement m_version{m_database, QStringLiteral("SELECT version FROM jobs WHERE id = ?")};
};

} // namespace belfry::store
