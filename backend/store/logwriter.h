// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/linenotes.h"
#include "backend/store/writer.h"

#include <deque>

namespace belfry::store {

// Appends to the log files and syncs them in groups. What is synced counts as durable once the database remembers its
// size (remembered()): after any crash a log goes on from there, and what was beyond is sent again. Of a log over its
// cap the first half of that is kept and, in a ring, the last; the middle is freed once the database remembers it as
// freed.
class LogWriter
{
public:
    // Throws SqlError.
    LogWriter(const DataFolder &folder, HealthSink health);

    Result<LogPosition> append(const LogBlock &block);
    // When sync() is due; nothing when there is nothing to sync or to remember.
    std::optional<Duration> due() const; // monotonic
    // Syncs what was appended; what the database should remember now.
    std::vector<LogNote> sync();
    void remembered(const std::vector<LogNote> &notes);
    // Its files are gone: it is over and kept in another form, or purged.
    void forget(AttemptKey key);

    static constexpr std::size_t maxOpen = 128; // logs with open files, two each
    static constexpr std::size_t maxGaps = 200; // of one log that get a row; more is only seen in the index

private:
    struct Mark { // a record begins here
        qint64 offset = 0;
        qint64 record = 0;
    };
    struct Log {
        LogFile data;
        LogFile index;
        qint64 records = 0;
        qint64 received = 0;
        qint64 synced = 0;
        qint64 durable = 0; // remembered
        quint64 used = 0; // rises with each use
        qint64 cap = 0;
        std::vector<StoredGap> gaps; // that the database does not know yet
        std::size_t gapCount = 0;
        std::optional<Hollow> hollow; // once the head is full; what of it is remembered is freed
        std::deque<Mark> marks; // in the tail, oldest first: where the hollow may end
        std::optional<LineNotes> lines;
    };
    Result<Log *> logOf(AttemptKey key); // null: its bytes are in another form already
    Result<Log> load(AttemptKey key, const LogsTable::State &state);
    void skip(Log &log, const LogBlock &block);
    void addGap(Log &log, StoredGap gap);
    void findLoss(AttemptKey key, Log &log, const std::vector<StoredGap> &known);
    void recallLines(Log &log) const;
    static void turnRing(Log &log);
    void freeHollow(const Log &log) const;
    Status ensureOpen(AttemptKey key, Log &log);
    Status open(AttemptKey key, Log &log);
    Status cut(Log &log) const;
    Status writeByCap(Log &log, const LogBlock &block);
    Status write(Log &log, const LogBlock &block);
    Status syncOne(AttemptKey key, Log &log);
    LogNote noteOf(AttemptKey key, Log &log);
    void closeOldest();
    void note(const Status &done);

    QString m_logs;
    HealthSink m_health;
    Database m_database;
    LogsTable m_stored{m_database};
    LogGapsTable m_gaps{m_database};
    AttemptNotesTable m_notes{m_database};
    std::map<AttemptKey, Log> m_open;
    std::set<QString> m_newFolders; // whose names are not synced yet
    std::optional<Duration> m_due;
    quint64 m_uses = 0;
    bool m_troubled = false;
};

} // namespace belfry::store
