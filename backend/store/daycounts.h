// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/queries.h"
#include "backend/store/sql.h"

namespace belfry::store {

// Runs and missed occasions, counted by stretches of time.
class DayCounts
{
public:
    explicit DayCounts(Database &database);
    RunsOfDays runs(const CountRunsOfDays &query);
    std::vector<qint64> missed(const CountMissedOfDays &query);

private:
    Statement m_firstSince;
    Statement m_last;
    Statement m_runs;
    Statement m_runsOfJob;
    Statement m_missed;
    Statement m_ranges;
};

} // namespace belfry::store
