// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/queries.h"
#include "backend/store/sql.h"

namespace belfry::store {

// The ledger.
class OccasionsTable
{
public:
    explicit OccasionsTable(Database &database);
    void save(const Occasion &occasion);
    void acknowledge(const Occasion &occasion); // only these columns
    // Those that asked for attention and were not acknowledged, the newest first.
    std::vector<Occasion> attention(const ListAttention &query);
    qint64 countAttention();
    void reopen(const ReopenOccasions &reopen);
    std::vector<Occasion> pending(); // by job, time and rule
    std::vector<Occasion> list(const ListOccasions &query);
    // Rows of that instant by rule, then ranges of the job that hold it; at most 20.
    std::vector<Occasion> at(JobId job, Instant at);
    std::optional<Occasion> before(JobId job, Instant at);
    std::optional<Occasion> after(JobId job, Instant at);
    // Rows of a job with from <= at < until, and ranges that reach into that; by time and rule, at most so many.
    std::vector<Occasion> of(JobId job, Instant from, Instant until, int most);

private:
    Database &m_database;
    Statement m_save;
    Statement m_acknowledge;
    Statement m_countAttention;
    Statement m_reopen;
    Statement m_pending;
    Statement m_list;
    Statement m_listOfJob;
    Statement m_ranges;
    Statement m_at;
    Statement m_before;
    Statement m_after;
    Statement m_of;
};

// Occasions to come that a person wants to be skipped.
class PlannedSkipsTable
{
public:
    explicit PlannedSkipsTable(Database &database);
    void save(const PlannedSkip &skip);
    void remove(JobId job, Instant at);
    std::vector<PlannedSkip> all(); // by job and time

private:
    Statement m_save;
    Statement m_remove;
    Statement m_all;
};

} // namespace belfry::store
