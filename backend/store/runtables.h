// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/queries.h"
#include "backend/store/sql.h"

namespace belfry::store {

// Runs. A run's job and the time it was queued never change.
class RunsTable
{
public:
    explicit RunsTable(Database &database);
    void save(const Run &run);
    void acknowledge(const Run &run); // only these columns; nothing when the run is gone
    // Failures that nobody acknowledged, by the time of their end, the newest first.
    std::vector<Run> attention(const ListAttention &query);
    qint64 countAttention();
    std::optional<Run> find(RunId run);
    // Finished runs beyond what their job keeps, of its oldest ones; the oldest first.
    struct PastKeep {
        JobId job;
        std::optional<int> runs; // so many of the newest stay
        Instant before; // unless they ended before then
        Instant unheardBefore; // and a run whose log is not all here stays if it ended after this
    };
    std::vector<RunId> beyond(const PastKeep &keep, int limit);
    void remove(RunId run); // its attempts must be gone
    RunPage list(const ListRuns &query);
    std::vector<Run> open(); // by id
    RunId last();
    std::optional<LastRun> lastOf(JobId job);
    QString lastAgent(JobId job); // of its newest run that had one; empty: none

private:
    struct Bounds { // of run numbers, both exclusive
        RunId above;
        RunId below{std::numeric_limits<qint64>::max()};
        int limit = 0;
    };
    RunId firstSince(Instant since);
    std::vector<Run> page(const ListRuns &query, const Bounds &bounds);
    std::vector<Run> page(const ListRuns &query, RunState state, const Bounds &bounds);
    // The same with what the filter asks for; made for this one query.
    std::vector<Run> filtered(const ListRuns &query, std::optional<RunState> state, const Bounds &bounds);

    Database &m_database;
    Statement m_save;
    Statement m_acknowledge;
    Statement m_countAttention;
    Statement m_find;
    Statement m_newestBeyond;
    Statement m_beyond;
    Statement m_remove;
    Statement m_last;
    Statement m_lastOf;
    Statement m_lastAgent;
    Statement m_firstSince;
    Statement m_open;
    Statement m_page;
    Statement m_pageOfJob;
    Statement m_pageOfState;
    Statement m_pageOfJobFinal;
    Statement m_pageOfJobOpen;
    Statement m_liveOfState;
    Statement m_liveOfJob;
};

class AttemptsTable
{
public:
    explicit AttemptsTable(Database &database);
    void save(const Attempt &attempt); // all columns but those of LogsTable
    std::vector<Attempt> of(RunId run); // by number
    void removeRun(RunId run);
    std::vector<Attempt> open(); // by run and number
    StoredAttempt stored(const QString &agent, const NamedAttempt &named);

private:
    Statement m_save;
    Statement m_removeRun;
    Statement m_of;
    Statement m_open;
    Statement m_stored;
};

// The keys of manual triggers.
class TriggerKeysTable
{
public:
    explicit TriggerKeysTable(Database &database)
        : m_database(database)
    { }
    void save(const TriggerKey &key);
    void removeBefore(Instant before);
    std::vector<TriggerKey> all(); // by project, then key

private:
    Database &m_database;
    Statement m_save{m_database, QStringLiteral(R"(
        INSERT INTO trigger_keys (project, name, request, run, at) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (project, name) DO UPDATE SET request = excluded.request, run = excluded.run, at = excluded.at)")};
    Statement m_removeBefore{m_database, QStringLiteral("DELETE FROM trigger_keys WHERE at < ?")};
    Statement m_all{m_database, QStringLiteral(R"(
        SELECT project, name, request, run, at FROM trigger_keys ORDER BY project, name)")};
};

} // namespace belfry::store
