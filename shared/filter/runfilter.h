// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/model/runfilter.h"

namespace belfry::filter {

// The keys that a filter of runs knows, for completion and help.
QStringList runFilterKeys();

// A filter expression over runs (terms.h), e.g. `state:failed job:etl-* since:24h duration:>10m`. `now` is what ages
// count from. Invalid with the column and the fix.
Result<RunFilter> parseRunFilter(QStringView text, Instant now);

// Whether a run passes. A condition on tags never does: resolve it first.
bool matches(const RunFilter &filter, const Run &run);

} // namespace belfry::filter
