// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/diff.h"
#include "shared/model/job.h"

namespace belfry {

// The keys of the job file in which two definitions differ, in the order of its table; without the name and `was`.
QStringList changedKeys(const JobDefinition &a, const JobDefinition &b);

// Whether they are due at the same instants, as far as their text says.
bool hasSameSchedule(const JobDefinition &a, const JobDefinition &b);

// The time in which occasions are compared.
struct DiffSpan {
    Instant from; // inclusive
    Instant until; // exclusive
};

// A job before and after an apply; null: it is not there.
struct DiffPair {
    const JobDefinition *before = nullptr;
    const JobDefinition *after = nullptr;
    QString uid; // feeds H
};

// How the occasions differ. It looks at `most` of each side at most: where one has more, both are compared for a
// shorter time. Rules that are due after a run's end have no occasions that could be known.
OccasionDiff diffOccasions(const DiffPair &pair, const DiffSpan &span, qsizetype most);

} // namespace belfry
