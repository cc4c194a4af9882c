// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/daycounts.h"

using namespace Qt::StringLiterals;

namespace belfry::store {

namespace {

constexpr qint64 slice = 50'000; // runs looked at in one answer, so that other questions come in between

// Index of the stretch that holds the instant; none: it is outside of all.
std::optional<std::size_t> stretchOf(const std::vector<Instant> &bounds, Instant at)
{
    const auto next = std::ranges::upper_bound(bounds, at);
    if (next == bounds.begin() || next == bounds.end())
        return std::nullopt;
    return std::size_t(next - bounds.begin()) - 1;
}

struct Range {
    Instant first;
    Instant last;
    qint64 count = 1;
};

// Of a range only its ends are known: its occasions are taken to be spread evenly.
void addRange(std::vector<qint64> &counts, const std::vector<Instant> &bounds, const Range &range)
{
    const qint64 apart = range.count > 1 ? (range.last - range.first).count() / (range.count - 1) : 0;
    if (apart <= 0) {
        if (const auto stretch = stretchOf(bounds, range.first))
            counts[*stretch] += range.count;
        return;
    }
    // How many of them are before the instant.
    const auto before = [&](Instant at) {
        return std::clamp<qint64>(((at - range.first).count() + apart - 1) / apart, 0, range.count);
    };
    for (std::size_t i = 0; i < counts.size(); ++i)
        counts[i] += before(bounds[i + 1]) - before(bounds[i]);
}

bool isMeant(const std::optional<std::set<JobId>> &jobs, JobId job)
{
    return !jobs || jobs->contains(job);
}

} // namespace

// As the index occasions_missed has it, word by word.
#define OCCASIONS_MISSED "fate IN ('missed', 'expired') AND reason <> 'superseded'"

DayCounts::DayCounts(Database &database)
    // As in RunsTable: the first in time, and some more, hold the first number.
    : m_firstSince(database, uR"(
        SELECT coalesce(min(id), 0x7fffffffffffffff)
        FROM (SELECT id FROM runs WHERE queued_at >= ? ORDER BY queued_at LIMIT 1000))"_s)
    , m_last(database, u"SELECT coalesce(max(id), 0) FROM runs"_s)
    , m_runs(database, u"SELECT id, job, queued_at, state FROM runs WHERE id > ? AND id <= ?"_s)
    , m_runsOfJob(
          database, u"SELECT id, job, queued_at, state FROM runs WHERE job = ? AND id > ? ORDER BY id LIMIT ?"_s)
    , m_missed(database,
          u"SELECT at, job, until, count FROM occasions INDEXED BY occasions_missed WHERE " OCCASIONS_MISSED
          " AND at >= ? AND at < ?"_s)
    , m_ranges(database,
          u"SELECT at, job, until, count FROM occasions INDEXED BY occasions_ranges "
          "WHERE until IS NOT NULL AND until >= ? AND at < ? AND " OCCASIONS_MISSED ""_s)
{ }

RunsOfDays DayCounts::runs(const CountRunsOfDays &query)
{
    RunsOfDays found;
    found.counts.resize(query.bounds.size() - 1);
    RunId after;
    if (query.after) {
        after = *query.after;
    } else if (Statement::Rows rows = m_firstSince.select(query.bounds.front()); rows.next()) {
        rows.into(after);
        after.value -= 1;
    }
    RunId last;
    if (Statement::Rows rows = m_last.select(); rows.next())
        rows.into(last);
    if (after >= last)
        return found;
    const bool isOne = query.jobs && query.jobs->size() == 1;
    qint64 looked = 0;
    RunId id;
    {
        Statement::Rows rows = isOne ? m_runsOfJob.select(*query.jobs->begin(), after, slice)
                                     : m_runs.select(after, RunId(after.value + slice));
        for (; rows.next(); ++looked) {
            JobId job;
            Instant queued;
            RunState state = RunState::Queued;
            rows.into(id, job, queued, state);
            if (const auto stretch = stretchOf(query.bounds, queued); stretch && isMeant(query.jobs, job))
                ++found.counts[*stretch][state];
        }
    }
    if (isOne && looked == slice)
        found.next = id;
    if (!isOne && after.value + slice < last.value)
        found.next = RunId(after.value + slice);
    return found;
}

std::vector<qint64> DayCounts::missed(const CountMissedOfDays &query)
{
    std::vector<qint64> counts(query.bounds.size() - 1);
    const auto take = [&](Statement::Rows &&rows) {
        while (rows.next()) {
            Instant at;
            JobId job;
            std::optional<Instant> until;
            qint64 count = 0;
            rows.into(at, job, until, count);
            if (isMeant(query.jobs, job))
                addRange(counts, query.bounds, {at, until.value_or(at), count});
        }
    };
    take(m_missed.select(query.bounds.front(), query.bounds.back()));
    take(m_ranges.select(query.bounds.front(), query.bounds.front()));
    return counts;
}

} // namespace belfry::store
