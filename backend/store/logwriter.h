// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/logfiles.h"
#include "backend/store/runtables.h"
#include "backend/store/writer.h"

namespace belfry::store {

// Appends to the log files and syncs them in groups. What is synced counts as durable once the database remembers its
// size (remembered()): after any crash a log goes on from there, and what was beyond is sent again.
class LogWriter
{
public:
    using Sizes = std::vector<std::pair<AttemptKey, qint64>>;

    // Throws SqlError.
    LogWriter(const DataFolder &folder, HealthSink health);

    Result<LogPosition> append(const LogBlock &block);
    // When sync() is due; nothing when there is nothing to sync or to remember.
    std::optional<Duration> due() const; // monotonic
    // Syncs what was appended; what the database should remember now.
    Sizes sync();
    void remembered(const Sizes &sizes);

    static constexpr std::size_t maxOpen = 128; // logs with open files, two each

private:
    struct Log {
        LogFile data;
        LogFile index;
        qint64 records = 0;
        qint64 received = 0;
        qint64 synced = 0;
        qint64 durable = 0; // remembered
        quint64 used = 0; // rises with each use
    };
    Result<Log *> logOf(AttemptKey key);
    Status ensureOpen(AttemptKey key, Log &log);
    Status open(AttemptKey key, Log &log);
    Status cut(Log &log) const;
    Status write(Log &log, const LogBlock &block);
    Status syncOne(AttemptKey key, Log &log);
    void closeOldest();
    void note(const Status &done);

    QString m_logs;
    HealthSink m_health;
    Database m_database;
    AttemptsTable m_attempts{m_database};
    std::map<AttemptKey, Log> m_open;
    std::set<QString> m_newFolders; // whose names are not synced yet
    std::optional<Duration> m_due;
    quint64 m_uses = 0;
    bool m_troubled = false;
};

} // namespace belfry::store
