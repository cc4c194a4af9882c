// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/logtables.h"
#include "backend/store/packedlog.h"

namespace belfry::store {

// Reads logs in whatever form they are, beside those who write, pack and purge them.
class LogsReader
{
public:
    LogsReader(QString logs, Database &database)
        : m_logs(std::move(logs))
        , m_database(database)
    { }

    Result<LogPiece> read(const ReadLog &query);
    Result<qint64> size(AttemptKey key);
    // Without the notes. Throws SqlError.
    AttemptLog about(AttemptKey key);

private:
    struct Open {
        AttemptKey key;
        PackedLog log;
    };
    // Nothing: its form has just changed.
    std::optional<Result<LogPiece>> tryRead(const ReadLog &query);
    Result<LogPiece> readPacked(const ReadLog &query, LogForm form);
    Result<PackedLog> open(AttemptKey key, LogForm form);

    QString m_logs;
    Database &m_database;
    LogsTable m_stored{m_database};
    LogGapsTable m_gaps{m_database};
    std::vector<Open> m_open; // packed ones, the newest last
};

} // namespace belfry::store
