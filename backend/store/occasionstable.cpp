// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/occasionstable.h"

using namespace Qt::StringLiterals;

namespace belfry::store {

namespace {

std::vector<Occasion> occasionsOf(Statement::Rows &&rows)
{
    std::vector<Occasion> all;
    while (rows.next()) {
        Occasion &each = all.emplace_back();
        rows.into(each.job, each.jobName, each.rule, each.at, each.fate, each.reason, each.run, each.version,
            each.count, each.until, each.acknowledgedAt, each.acknowledgedBy, each.acknowledgeNote, each.by,
            each.byReason);
    }
    return all;
}

} // namespace

#define OCCASION_COLUMNS                                                                                               \
    "job, job_name, rule, at, fate, reason, run, version, count, until, acknowledged_at, acknowledged_by, "            \
    "acknowledge_note, by, by_reason"
// As the index occasions_attention has it, word by word.
#define OCCASIONS_ATTENTION "fate IN ('missed', 'expired') AND reason <> 'superseded' AND acknowledged_at IS NULL"

OccasionsTable::OccasionsTable(Database &database)
    : m_database(database)
    , m_save(database, uR"(
        INSERT INTO occasions (job, job_name, rule, at, fate, reason, run, version, count, until,
            acknowledged_at, acknowledged_by, acknowledge_note, by, by_reason)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (job, at, rule) DO UPDATE SET job_name = excluded.job_name, fate = excluded.fate,
            reason = excluded.reason, run = excluded.run, version = excluded.version, count = excluded.count,
            until = excluded.until, acknowledged_at = excluded.acknowledged_at,
            acknowledged_by = excluded.acknowledged_by, acknowledge_note = excluded.acknowledge_note,
            by = excluded.by, by_reason = excluded.by_reason)"_s)
    , m_acknowledge(database, uR"(
        UPDATE occasions SET acknowledged_at = ?, acknowledged_by = ?, acknowledge_note = ?
        WHERE job = ? AND at = ? AND rule = ?)"_s)
    , m_countAttention(
          database, u"SELECT count(*) FROM occasions INDEXED BY occasions_attention WHERE "_s OCCASIONS_ATTENTION)
    , m_reopen(database, uR"(
        DELETE FROM occasions WHERE job = ? AND rule = ? AND at >= ? AND at < ?
            AND (fate IN ('missed', 'skipped') OR (run IS NULL AND fate IN ('expired', 'pending'))))"_s)
    , m_pending(database, u"SELECT " OCCASION_COLUMNS " FROM occasions WHERE fate = 'pending' ORDER BY job, at, rule"_s)
    , m_list(database,
          u"SELECT " OCCASION_COLUMNS
          " FROM occasions WHERE at >= ? AND at < ? ORDER BY at DESC, job DESC, rule DESC LIMIT ?"_s)
    , m_listOfJob(database,
          u"SELECT " OCCASION_COLUMNS
          " FROM occasions WHERE job = ? AND at >= ? AND at < ? ORDER BY at DESC, rule DESC LIMIT ?"_s)
    , m_ranges(
          database, u"SELECT " OCCASION_COLUMNS " FROM occasions WHERE until IS NOT NULL AND until >= ? AND at < ?"_s)
    , m_at(database, u"SELECT " OCCASION_COLUMNS " FROM occasions WHERE job = ? AND at = ? ORDER BY rule LIMIT 20"_s)
    , m_before(database,
          u"SELECT " OCCASION_COLUMNS " FROM occasions WHERE job = ? AND at < ? ORDER BY at DESC, rule DESC LIMIT 1"_s)
    , m_after(
          database, u"SELECT " OCCASION_COLUMNS " FROM occasions WHERE job = ? AND at > ? ORDER BY at, rule LIMIT 1"_s)
    , m_of(database,
          u"SELECT " OCCASION_COLUMNS
          " FROM occasions WHERE job = ? AND at >= ? AND at < ? ORDER BY at, rule LIMIT ?"_s)
{ }

void OccasionsTable::save(const Occasion &occasion)
{
    m_save.run(occasion.job, occasion.jobName, occasion.rule, occasion.at, occasion.fate, occasion.reason, occasion.run,
        occasion.version, occasion.count, occasion.until, occasion.acknowledgedAt, occasion.acknowledgedBy,
        occasion.acknowledgeNote, occasion.by, occasion.byReason);
}

void OccasionsTable::acknowledge(const Occasion &occasion)
{
    m_acknowledge.run(occasion.acknowledgedAt, occasion.acknowledgedBy, occasion.acknowledgeNote, occasion.job,
        occasion.at, occasion.rule);
}

std::vector<Occasion> OccasionsTable::attention(const ListAttention &query)
{
    QString sql
        = u"SELECT " OCCASION_COLUMNS " FROM occasions INDEXED BY occasions_attention WHERE "_s OCCASIONS_ATTENTION;
    std::vector<QVariant> values;
    if (query.job) {
        sql += u" AND job = ?"_s;
        values.push_back(sql::bound(*query.job));
    }
    if (!query.project.isEmpty()) {
        sql += u" AND job IN (SELECT id FROM jobs WHERE project = ?)"_s;
        values.push_back(query.project);
    }
    if (!query.fates.empty()) {
        QStringList fates;
        for (const Fate fate : query.fates) {
            fates += u"?"_s;
            values.push_back(sql::bound(fate));
        }
        sql += u" AND fate IN (%1)"_s.arg(fates.join(u','));
    }
    if (query.since) {
        sql += u" AND at >= ?"_s;
        values.push_back(sql::bound(*query.since));
    }
    if (query.after && query.after->run) { // runs of an instant come before its occasions
        sql += u" AND at <= ?"_s;
        values.push_back(sql::bound(query.after->at));
    } else if (query.after) {
        sql += u" AND (at, job, rule) < (?, ?, ?)"_s;
        values.push_back(sql::bound(query.after->at));
        values.push_back(sql::bound(query.after->job));
        values.push_back(query.after->rule);
    }
    sql += u" ORDER BY at DESC, job DESC, rule DESC LIMIT ?"_s;
    values.push_back(query.limit);
    Statement statement(m_database, sql);
    return occasionsOf(statement.selectBound(values));
}

qint64 OccasionsTable::countAttention()
{
    qint64 count = 0;
    if (Statement::Rows rows = m_countAttention.select(); rows.next())
        rows.into(count);
    return count;
}

void OccasionsTable::reopen(const ReopenOccasions &reopen)
{
    m_reopen.run(reopen.job, reopen.rule, reopen.from, reopen.until);
}

std::vector<Occasion> OccasionsTable::pending()
{
    return occasionsOf(m_pending.select());
}

std::vector<Occasion> OccasionsTable::list(const ListOccasions &query)
{
    const int limit = std::clamp(query.limit, 1, 10'000);
    const Instant from = query.from.value_or(Instant(std::numeric_limits<qint64>::min()));
    const Instant until = query.until.value_or(Instant(std::numeric_limits<qint64>::max()));
    std::vector<Occasion> all = query.job ? occasionsOf(m_listOfJob.select(*query.job, from, until, limit))
                                          : occasionsOf(m_list.select(from, until, limit));
    std::ranges::reverse(all);
    if (all.size() == std::size_t(limit) || !query.from)
        return all;
    // Ranges that began before `from` and reach into the window come first.
    std::vector<Occasion> ranges = occasionsOf(m_ranges.select(from, from));
    std::erase_if(ranges, [&](const Occasion &each) { return query.job && each.job != *query.job; });
    std::ranges::sort(ranges, {}, [](const Occasion &each) { return std::tuple(each.at, each.job, each.rule); });
    const std::size_t room = std::size_t(limit) - all.size();
    const std::size_t skip = ranges.size() - std::min(ranges.size(), room);
    all.insert(all.begin(), ranges.begin() + qsizetype(skip), ranges.end());
    return all;
}

std::vector<Occasion> OccasionsTable::at(JobId job, Instant at)
{
    std::vector<Occasion> all = occasionsOf(m_at.select(job, at));
    for (Occasion &range : occasionsOf(m_ranges.select(at, at))) {
        if (range.job == job && all.size() < 20)
            all.push_back(std::move(range));
    }
    return all;
}

namespace {

std::optional<Occasion> firstOf(std::vector<Occasion> rows)
{
    return rows.empty() ? std::nullopt : std::optional(std::move(rows.front()));
}

} // namespace

std::optional<Occasion> OccasionsTable::before(JobId job, Instant at)
{
    return firstOf(occasionsOf(m_before.select(job, at)));
}

std::optional<Occasion> OccasionsTable::after(JobId job, Instant at)
{
    return firstOf(occasionsOf(m_after.select(job, at)));
}

std::vector<Occasion> OccasionsTable::of(JobId job, Instant from, Instant until, int most)
{
    std::vector<Occasion> all = occasionsOf(m_ranges.select(from, from));
    std::erase_if(all, [job](const Occasion &each) { return each.job != job; });
    std::vector<Occasion> rows = occasionsOf(m_of.select(job, from, until, most));
    all.insert(all.end(), rows.begin(), rows.end());
    return all;
}

PlannedSkipsTable::PlannedSkipsTable(Database &database)
    : m_save(database, u"INSERT OR REPLACE INTO planned_skips (job, at, by, reason, since) VALUES (?, ?, ?, ?, ?)"_s)
    , m_remove(database, u"DELETE FROM planned_skips WHERE job = ? AND at = ?"_s)
    , m_all(database, u"SELECT job, at, by, reason, since FROM planned_skips ORDER BY job, at"_s)
{ }

void PlannedSkipsTable::save(const PlannedSkip &skip)
{
    m_save.run(skip.job, skip.at, skip.by, skip.reason, skip.since);
}

void PlannedSkipsTable::remove(JobId job, Instant at)
{
    m_remove.run(job, at);
}

std::vector<PlannedSkip> PlannedSkipsTable::all()
{
    std::vector<PlannedSkip> skips;
    for (Statement::Rows rows = m_all.select(); rows.next();) {
        PlannedSkip &skip = skips.emplace_back();
        rows.into(skip.job, skip.at, skip.by, skip.reason, skip.since);
    }
    return skips;
}

} // namespace belfry::store
