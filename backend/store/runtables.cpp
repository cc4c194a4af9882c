// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/runtables.h"

#include "backend/store/runcondition.h"

using namespace Qt::StringLiterals;

namespace belfry::store {

namespace {

// Every statement that reads whole runs names its columns in this order.
#define RUN_COLUMNS                                                                                                    \
    "id, job, job_name, version, state, cause, rule, occasion, first_occasion, window_start, window_end, "             \
    "last_success, params, priority, queued_at, not_before, started_at, ended_at, attempts, exit_code, signal, "       \
    "reason, by, trigger_reason, cancel_requested, cancelled_by, agent, rerun_of, backlog, acknowledged_at, "          \
    "acknowledged_by, acknowledge_note, held_since, held_by, hold_reason, priority_by"
// As the index runs_attention has it, word by word.
#define RUNS_ATTENTION "state IN ('failed', 'timed_out', 'not_started', 'lost') AND acknowledged_at IS NULL"
#define ATTEMPT_COLUMNS                                                                                                \
    "run, attempt, agent, boot_id, epoch, state, assigned_at, started_at, ended_at, exit_code, signal, reason, pid, "  \
    "cpu, peak_memory, log_written, log_stored, log_hash, log_cap, log_lost, log_lost_why, outputs"

Run runOf(const Statement::Rows &rows)
{
    Run run;
    rows.into(run.id, run.job, run.jobName, run.version, run.state, run.cause, run.rule, run.occasion,
        run.firstOccasion, run.windowStart, run.windowEnd, run.lastSuccess, run.params, run.priority, run.queuedAt,
        run.notBefore, run.startedAt, run.endedAt, run.attempts, run.exitCode, run.signal, run.reason, run.by,
        run.triggerReason, run.cancelRequested, run.cancelledBy, run.agent, run.rerunOf, run.backlog,
        run.acknowledgedAt, run.acknowledgedBy, run.acknowledgeNote, run.heldSince, run.heldBy, run.holdReason,
        run.priorityBy);
    return run;
}

std::vector<Run> runsOf(Statement::Rows &&rows)
{
    std::vector<Run> all;
    while (rows.next())
        all.push_back(runOf(rows));
    return all;
}

std::vector<Attempt> attemptsOf(Statement::Rows &&rows)
{
    std::vector<Attempt> all;
    while (rows.next()) {
        Attempt &each = all.emplace_back();
        rows.into(each.run, each.attempt, each.agent, each.bootId, each.epoch, each.state, each.assignedAt,
            each.startedAt, each.endedAt, each.exitCode, each.signal, each.reason, each.pid, each.cpu, each.peakMemory,
            each.logWritten, each.logStored, each.logHash, each.logCap, each.logLost, each.logLostWhy, each.outputs);
    }
    return all;
}

} // namespace

RunsTable::RunsTable(Database &database)
    : m_database(database)
    , m_save(database, uR"(
        INSERT INTO runs (id, job, job_name, version, state, final, cause, rule, occasion, first_occasion, window_start,
            window_end, last_success, params, priority, queued_at, not_before, started_at, ended_at, attempts,
            exit_code, signal, reason, by, trigger_reason, cancel_requested, cancelled_by, agent, rerun_of, backlog,
            acknowledged_at, acknowledged_by, acknowledge_note, held_since, held_by, hold_reason, priority_by)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?,
            ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET job_name = excluded.job_name, version = excluded.version,
            state = excluded.state, final = excluded.final, cause = excluded.cause, rule = excluded.rule,
            occasion = excluded.occasion, first_occasion = excluded.first_occasion,
            window_start = excluded.window_start, window_end = excluded.window_end,
            last_success = excluded.last_success, params = excluded.params, priority = excluded.priority,
            not_before = excluded.not_before, started_at = excluded.started_at, ended_at = excluded.ended_at,
            attempts = excluded.attempts, exit_code = excluded.exit_code, signal = excluded.signal,
            reason = excluded.reason, by = excluded.by, trigger_reason = excluded.trigger_reason,
            cancel_requested = excluded.cancel_requested, cancelled_by = excluded.cancelled_by,
            agent = excluded.agent, rerun_of = excluded.rerun_of, backlog = excluded.backlog,
            acknowledged_at = excluded.acknowledged_at, acknowledged_by = excluded.acknowledged_by,
            acknowledge_note = excluded.acknowledge_note, held_since = excluded.held_since,
            held_by = excluded.held_by, hold_reason = excluded.hold_reason, priority_by = excluded.priority_by)"_s)
    , m_acknowledge(
          database, u"UPDATE runs SET acknowledged_at = ?, acknowledged_by = ?, acknowledge_note = ? WHERE id = ?"_s)
    , m_countAttention(database, u"SELECT count(*) FROM runs INDEXED BY runs_attention WHERE "_s RUNS_ATTENTION)
    , m_find(database, u"SELECT " RUN_COLUMNS " FROM runs WHERE id = ?"_s)
    , m_newestBeyond(database, u"SELECT id FROM runs WHERE job = ? AND final = 1 ORDER BY id DESC LIMIT 1 OFFSET ?"_s)
    // Runs end in about the order of their numbers, so looking at the oldest ones suffices. What an agent may still
    // have to say of a log is waited for, a week at most.
    , m_beyond(database, uR"(
        SELECT id FROM (SELECT id, ended_at FROM runs INDEXED BY runs_by_job WHERE job = ? AND final = 1
            ORDER BY id LIMIT 1000) AS oldest
        WHERE (id <= ? OR ended_at < ?) AND (ended_at < ? OR NOT EXISTS (SELECT 1 FROM attempts
            WHERE run = oldest.id AND (log_stored < log_written OR attempts.state = 'lost')))
        ORDER BY id LIMIT ?)"_s)
    , m_remove(database, u"DELETE FROM runs WHERE id = ?"_s)
    , m_last(database, u"SELECT coalesce(max(id), 0) FROM runs"_s)
    , m_lastOf(database, u"SELECT id, state, ended_at FROM runs WHERE job = ? ORDER BY id DESC LIMIT 1"_s)
    , m_lastAgent(database, u"SELECT agent FROM runs WHERE job = ? AND agent <> '' ORDER BY id DESC LIMIT 1"_s)
    // Runs are queued in the order of their numbers but for steps of the clock: the first in time, and some more,
    // hold the first number.
    , m_firstSince(database, uR"(
        SELECT coalesce(min(id), 0x7fffffffffffffff)
        FROM (SELECT id FROM runs WHERE queued_at >= ? ORDER BY queued_at LIMIT 1000))"_s)
    , m_open(database,
          u"SELECT " RUN_COLUMNS
          " FROM runs WHERE state IN ('queued', 'assigned', 'running', 'retrying') ORDER BY id"_s)
    , m_page(database, u"SELECT " RUN_COLUMNS " FROM runs WHERE id > ? AND id < ? ORDER BY id DESC LIMIT ?"_s)
    , m_pageOfJob(
          database, u"SELECT " RUN_COLUMNS " FROM runs WHERE job = ? AND id > ? AND id < ? ORDER BY id DESC LIMIT ?"_s)
    , m_pageOfState(database,
          u"SELECT " RUN_COLUMNS " FROM runs WHERE state = ? AND id > ? AND id < ? ORDER BY id DESC LIMIT ?"_s)
    , m_pageOfJobFinal(database,
          u"SELECT " RUN_COLUMNS
          " FROM runs WHERE final = 1 AND job = ? AND state = ? AND id > ? AND id < ? ORDER BY id DESC LIMIT ?"_s)
    , m_pageOfJobOpen(database,
          u"SELECT " RUN_COLUMNS
          " FROM runs WHERE final = 0 AND job = ? AND state = ? AND id > ? AND id < ? ORDER BY id DESC LIMIT ?"_s)
    , m_liveOfState(
          database, u"SELECT " RUN_COLUMNS " FROM runs WHERE state = ? AND id > ? AND id < ? ORDER BY id LIMIT ?"_s)
    , m_liveOfJob(database,
          u"SELECT " RUN_COLUMNS
          " FROM runs WHERE final = 0 AND job = ? AND state = ? AND id > ? AND id < ? ORDER BY id LIMIT ?"_s)
{ }

void RunsTable::save(const Run &run)
{
    m_save.run(run.id, run.job, run.jobName, run.version, run.state, isFinal(run.state), run.cause, run.rule,
        run.occasion, run.firstOccasion, run.windowStart, run.windowEnd, run.lastSuccess, run.params, run.priority,
        run.queuedAt, run.notBefore, run.startedAt, run.endedAt, run.attempts, run.exitCode, run.signal, run.reason,
        run.by, run.triggerReason, run.cancelRequested, run.cancelledBy, run.agent, run.rerunOf, run.backlog,
        run.acknowledgedAt, run.acknowledgedBy, run.acknowledgeNote, run.heldSince, run.heldBy, run.holdReason,
        run.priorityBy);
}

void RunsTable::acknowledge(const Run &run)
{
    m_acknowledge.run(run.acknowledgedAt, run.acknowledgedBy, run.acknowledgeNote, run.id);
}

std::vector<Run> RunsTable::attention(const ListAttention &query)
{
    QString sql = u"SELECT " RUN_COLUMNS " FROM runs INDEXED BY runs_attention WHERE "_s RUNS_ATTENTION;
    std::vector<QVariant> values;
    if (query.job) {
        sql += u" AND job = ?"_s;
        values.push_back(sql::bound(*query.job));
    }
    if (!query.project.isEmpty()) {
        sql += u" AND job IN (SELECT id FROM jobs WHERE project = ?)"_s;
        values.push_back(query.project);
    }
    if (!query.states.empty()) {
        QStringList states;
        for (const RunState state : query.states) {
            states += u"?"_s;
            values.push_back(sql::bound(state));
        }
        sql += u" AND state IN (%1)"_s.arg(states.join(u','));
    }
    if (query.since) {
        sql += u" AND ended_at >= ?"_s;
        values.push_back(sql::bound(*query.since));
    }
    if (query.after) {
        sql += u" AND (ended_at, id) < (?, ?)"_s;
        values.push_back(sql::bound(query.after->at));
        values.push_back(sql::bound(query.after->run));
    }
    sql += u" ORDER BY ended_at DESC, id DESC LIMIT ?"_s;
    values.push_back(query.limit);
    Statement statement(m_database, sql);
    return runsOf(statement.selectBound(values));
}

qint64 RunsTable::countAttention()
{
    qint64 count = 0;
    if (Statement::Rows rows = m_countAttention.select(); rows.next())
        rows.into(count);
    return count;
}

std::optional<Run> RunsTable::find(RunId run)
{
    Statement::Rows rows = m_find.select(run);
    if (!rows.next())
        return std::nullopt;
    return runOf(rows);
}

std::vector<RunId> RunsTable::beyond(const PastKeep &keep, int limit)
{
    RunId newestBeyond;
    if (keep.runs)
        if (Statement::Rows rows = m_newestBeyond.select(keep.job, *keep.runs); rows.next())
            rows.into(newestBeyond);
    std::vector<RunId> all;
    for (Statement::Rows rows = m_beyond.select(keep.job, newestBeyond, keep.before, keep.unheardBefore, limit);
         rows.next();)
        rows.into(all.emplace_back());
    return all;
}

void RunsTable::remove(RunId run)
{
    m_remove.run(run);
}

std::vector<Run> RunsTable::open()
{
    return runsOf(m_open.select());
}

RunId RunsTable::last()
{
    RunId last;
    Statement::Rows rows = m_last.select();
    if (rows.next())
        rows.into(last);
    return last;
}

std::optional<LastRun> RunsTable::lastOf(JobId job)
{
    Statement::Rows rows = m_lastOf.select(job);
    if (!rows.next())
        return std::nullopt;
    LastRun last;
    rows.into(last.run, last.state, last.endedAt);
    return last;
}

QString RunsTable::lastAgent(JobId job)
{
    QString agent;
    if (Statement::Rows rows = m_lastAgent.select(job); rows.next())
        rows.into(agent);
    return agent;
}

RunId RunsTable::firstSince(Instant since)
{
    RunId first;
    Statement::Rows rows = m_firstSince.select(since);
    if (rows.next())
        rows.into(first);
    return first;
}

std::vector<Run> RunsTable::filtered(const ListRuns &query, std::optional<RunState> state, const Bounds &bounds)
{
    QString sql = u"SELECT " RUN_COLUMNS " FROM runs WHERE id > ? AND id < ?"_s;
    std::vector<QVariant> values{sql::bound(bounds.above), sql::bound(bounds.below)};
    if (state) {
        sql += u" AND final = %1 AND state = ?"_s.arg(int(isFinal(*state)));
        values.push_back(sql::bound(*state));
    }
    if (query.job) {
        sql += u" AND job = ?"_s;
        values.push_back(sql::bound(*query.job));
    }
    for (const RunCondition &condition : query.filter.conditions)
        sql += u" AND "_s + conditionSql(condition, query.filter.now, values);
    sql += query.live ? u" ORDER BY id LIMIT ?"_s : u" ORDER BY id DESC LIMIT ?"_s;
    values.push_back(bounds.limit);
    Statement statement(m_database, sql);
    return runsOf(statement.selectBound(values));
}

std::vector<Run> RunsTable::page(const ListRuns &query, const Bounds &bounds)
{
    if (!query.filter.conditions.empty())
        return filtered(query, {}, bounds);
    if (query.job)
        return runsOf(m_pageOfJob.select(*query.job, bounds.above, bounds.below, bounds.limit));
    return runsOf(m_page.select(bounds.above, bounds.below, bounds.limit));
}

std::vector<Run> RunsTable::page(const ListRuns &query, RunState state, const Bounds &bounds)
{
    if (!query.filter.conditions.empty())
        return filtered(query, state, bounds);
    if (!query.job) {
        Statement &statement = query.live ? m_liveOfState : m_pageOfState;
        return runsOf(statement.select(state, bounds.above, bounds.below, bounds.limit));
    }
    Statement &statement = query.live ? m_liveOfJob : isFinal(state) ? m_pageOfJobFinal : m_pageOfJobOpen;
    return runsOf(statement.select(*query.job, state, bounds.above, bounds.below, bounds.limit));
}

RunPage RunsTable::list(const ListRuns &asked)
{
    const ListRuns query = narrowed(asked);
    const int limit = std::clamp(query.limit, 1, 1000);
    Bounds bounds{.limit = limit + 1}; // one more tells whether there is a next page
    if (query.since)
        bounds.above = RunId(firstSince(*query.since).value - 1);
    if (query.after && query.live)
        bounds.above = std::max(bounds.above, *query.after);
    else if (query.after)
        bounds.below = *query.after;

    // Each state is a walk along an index; the walks are merged here, since SQLite would sort all their rows.
    std::set<RunState> states(query.states.begin(), query.states.end());
    RunPage page;
    if (!query.live && states.empty())
        page.runs = this->page(query, bounds);
    for (const auto &each : enumNames(static_cast<const RunState *>(nullptr)))
        if (query.live ? !isFinal(each.value) && (states.empty() || states.contains(each.value))
                       : states.contains(each.value))
            std::ranges::move(this->page(query, each.value, bounds), std::back_inserter(page.runs));
    if (query.live)
        std::ranges::sort(page.runs, std::less(), &Run::id);
    else
        std::ranges::sort(page.runs, std::greater(), &Run::id);

    if (page.runs.size() > std::size_t(limit)) {
        page.runs.resize(std::size_t(limit));
        page.next = page.runs.back().id;
    }
    if (query.since)
        std::erase_if(page.runs, [&](const Run &run) { return run.queuedAt < *query.since; });
    return page;
}

AttemptsTable::AttemptsTable(Database &database)
    : m_save(database, uR"(
        INSERT INTO attempts (run, attempt, agent, boot_id, epoch, state, final, assigned_at, started_at, ended_at,
            exit_code, signal, reason, pid, cpu, peak_memory, log_written, log_hash, log_cap, log_lost, log_lost_why,
            outputs)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (run, attempt) DO UPDATE SET agent = excluded.agent, boot_id = excluded.boot_id,
            epoch = excluded.epoch, state = excluded.state, final = excluded.final,
            assigned_at = excluded.assigned_at, started_at = excluded.started_at, ended_at = excluded.ended_at,
            exit_code = excluded.exit_code, signal = excluded.signal, reason = excluded.reason, pid = excluded.pid,
            cpu = excluded.cpu, peak_memory = excluded.peak_memory, log_written = excluded.log_written,
            log_hash = excluded.log_hash, log_cap = excluded.log_cap, log_lost = excluded.log_lost,
            log_lost_why = excluded.log_lost_why, outputs = excluded.outputs)"_s)
    , m_removeRun(database, u"DELETE FROM attempts WHERE run = ?"_s)
    , m_of(database, u"SELECT " ATTEMPT_COLUMNS " FROM attempts WHERE run = ? ORDER BY attempt"_s)
    , m_open(database, u"SELECT " ATTEMPT_COLUMNS " FROM attempts WHERE final = 0 ORDER BY run, attempt"_s)
    , m_stored(database, u"SELECT agent, epoch, final, log_stored FROM attempts WHERE run = ? AND attempt = ?"_s)
{ }

void AttemptsTable::save(const Attempt &attempt)
{
    m_save.run(attempt.run, attempt.attempt, attempt.agent, attempt.bootId, attempt.epoch, attempt.state,
        isFinal(attempt.state), attempt.assignedAt, attempt.startedAt, attempt.endedAt, attempt.exitCode,
        attempt.signal, attempt.reason, attempt.pid, attempt.cpu, attempt.peakMemory, attempt.logWritten,
        attempt.logHash, attempt.logCap, attempt.logLost, attempt.logLostWhy, attempt.outputs);
}

void AttemptsTable::removeRun(RunId run)
{
    m_removeRun.run(run);
}

std::vector<Attempt> AttemptsTable::of(RunId run)
{
    return attemptsOf(m_of.select(run));
}
std::vector<Attempt> AttemptsTable::open()
{
    return attemptsOf(m_open.select());
}

StoredAttempt AttemptsTable::stored(const QString &agent, const NamedAttempt &named)
{
    StoredAttempt stored{.key = named.key};
    Statement::Rows rows = m_stored.select(named.key.run, named.key.attempt);
    if (!rows.next())
        return stored;
    QString assignedTo;
    qint64 epoch = 0;
    bool ended = false;
    qint64 bytes = 0;
    rows.into(assignedTo, epoch, ended, bytes);
    if (assignedTo == agent && epoch == named.epoch)
        return {named.key, true, ended, bytes};
    return stored;
}

void TriggerKeysTable::save(const TriggerKey &key)
{
    m_save.run(key.project, key.key, key.request, key.run, key.at);
}
void TriggerKeysTable::removeBefore(Instant before)
{
    m_removeBefore.run(before);
}

std::vector<TriggerKey> TriggerKeysTable::all()
{
    std::vector<TriggerKey> keys;
    for (Statement::Rows rows = m_all.select(); rows.next();) {
        TriggerKey &key = keys.emplace_back();
        rows.into(key.project, key.key, key.request, key.run, key.at);
    }
    return keys;
}

} // namespace belfry::store
