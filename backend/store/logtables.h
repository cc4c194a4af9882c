// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/logfiles.h"
#include "backend/store/sql.h"
#include "shared/model/attemptnotes.h"

namespace belfry::store {

struct StoredGap : LogGap {
    qint64 firstRecord = 0; // of the hollow middle of a log over its cap; else 0
    qint64 endRecord = 0;
    bool isHollow() const { return endRecord > 0; }
    Hollow hollow() const { return {from, until, firstRecord, endRecord}; }
    bool operator==(const StoredGap &) const = default;
};

// What the log files' side wants remembered of one log; all of it holds up to `size`.
struct LogNote {
    AttemptKey key;
    qint64 size = 0; // bytes synced
    std::vector<StoredGap> gaps; // new ones, and those that have grown
    std::optional<AttemptNotes> notes; // when they have changed
};

class LogGapsTable
{
public:
    explicit LogGapsTable(Database &database)
        : m_database(database)
    { }
    void save(AttemptKey key, const StoredGap &gap);
    std::vector<StoredGap> of(AttemptKey key); // by offset; those inside others are left out
    void removeRun(RunId run);

private:
    Database &m_database;
    Statement m_save{m_database, QStringLiteral(R"(
        INSERT INTO log_gaps (run, attempt, from_offset, until_offset, reason, first_record, end_record)
        VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (run, attempt, from_offset) DO UPDATE SET until_offset = excluded.until_offset,
            reason = excluded.reason, first_record = excluded.first_record, end_record = excluded.end_record
        WHERE until_offset < excluded.until_offset)")};
    Statement m_of{m_database, QStringLiteral(R"(
        SELECT from_offset, until_offset, reason, first_record, end_record FROM log_gaps
        WHERE run = ? AND attempt = ? ORDER BY from_offset)")};
    Statement m_removeRun{m_database, QStringLiteral("DELETE FROM log_gaps WHERE run = ?")};
};

class AttemptNotesTable
{
public:
    explicit AttemptNotesTable(Database &database)
        : m_database(database)
    { }
    void save(AttemptKey key, const AttemptNotes &notes);
    std::optional<AttemptNotes> of(AttemptKey key);
    void removeRun(RunId run);

private:
    Database &m_database;
    Statement m_save{m_database, QStringLiteral(R"(
        INSERT INTO attempt_notes (run, attempt, notes) VALUES (?, ?, ?)
        ON CONFLICT (run, attempt) DO UPDATE SET notes = excluded.notes)")};
    Statement m_of{m_database, QStringLiteral("SELECT notes FROM attempt_notes WHERE run = ? AND attempt = ?")};
    Statement m_removeRun{m_database, QStringLiteral("DELETE FROM attempt_notes WHERE run = ?")};
};

// Where the bytes of a log are.
enum class LogForm { Files, Packed, Row };
constexpr auto enumNames(const LogForm *)
{
    return names<LogForm>({{LogForm::Files, ""}, {LogForm::Packed, "packed"}, {LogForm::Row, "row"}});
}

// The columns of attempts that belong to the log files' side, and the packed logs that are rows.
class LogsTable
{
public:
    explicit LogsTable(Database &database)
        : m_database(database)
    { }
    struct State {
        qint64 stored = 0;
        qint64 cap = 0;
        LogForm form = LogForm::Files;
        QString check;
    };
    std::optional<State> of(AttemptKey key);
    void noteStored(AttemptKey key, qint64 bytes);

    struct Ended { // a log that nobody writes any more
        AttemptKey key;
        qint64 stored = 0;
        QString hash;
    };
    // Complete ones, and those of attempts that ended before then, by run and attempt, beyond `after`.
    std::vector<Ended> toPack(AttemptKey after, Instant before, int limit);
    void notePacked(AttemptKey key, LogForm form, const QString &check);
    void savePacked(AttemptKey key, const QByteArray &packed);
    QByteArray packed(AttemptKey key); // empty: none
    void removeRun(RunId run);

private:
    Database &m_database;
    Statement m_of{m_database, QStringLiteral(R"(
        SELECT log_stored, log_cap, log_form, log_check FROM attempts WHERE run = ? AND attempt = ?)")};
    Statement m_noteStored{
        m_database, QStringLiteral("UPDATE attempts SET log_stored = ? WHERE run = ? AND attempt = ?")};
    // Unsaid, the planner takes the primary key and reads all of it.
    Statement m_toPack{m_database, QStringLiteral(R"(
        SELECT run, attempt, log_stored, log_hash FROM attempts INDEXED BY attempts_to_pack
        WHERE final = 1 AND log_form = '' AND log_stored > 0 AND (run, attempt) > (?, ?)
            AND ((log_stored >= log_written AND state <> 'lost') OR ended_at < ?)
        ORDER BY run, attempt LIMIT ?)")};
    Statement m_notePacked{
        m_database, QStringLiteral("UPDATE attempts SET log_form = ?, log_check = ? WHERE run = ? AND attempt = ?")};
    Statement m_savePacked{m_database, QStringLiteral(R"(
        INSERT INTO packed_logs (run, attempt, packed) VALUES (?, ?, ?)
        ON CONFLICT (run, attempt) DO UPDATE SET packed = excluded.packed)")};
    Statement m_packed{m_database, QStringLiteral("SELECT packed FROM packed_logs WHERE run = ? AND attempt = ?")};
    Statement m_removeRun{m_database, QStringLiteral("DELETE FROM packed_logs WHERE run = ?")};
};

} // namespace belfry::store
