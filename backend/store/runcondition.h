// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/queries.h"

#include <QVariant>

namespace belfry::store {

// A condition as an SQL expression over a row of runs, in parentheses; what it binds is appended to `values`. Throws
// SqlError for a condition on tags.
QString conditionSql(const RunCondition &condition, Instant now, std::vector<QVariant> &values);

// The same question with those conditions that an index answers (states, the time queued) moved to where the index
// sees them.
ListRuns narrowed(const ListRuns &query);

} // namespace belfry::store
