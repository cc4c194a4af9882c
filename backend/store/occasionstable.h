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
    Statement m_save;
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

} // namespace belfry::store
