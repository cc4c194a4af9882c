// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/agenda.h"
#include "shared/model/occasion.h"
#include "shared/wire/api.h"

namespace belfry::engine {

// A version of a job's definition and when it was in force.
struct VersionInForce {
    int version = 0;
    Instant since;
    std::optional<Instant> until; // replaced, or the job was removed; none: in force
    JobDefinition definition;
};

// What the store holds of one job.
struct JobRecord {
    QString name; // project/job
    QString uid;
    std::vector<VersionInForce> versions; // by version
    std::vector<RuleMark> marks;
    std::vector<Occasion> rows; // with from <= at < until, and ranges that reach into that
};

// Recomputes the job's occasions in [from, until) from its definitions and compares them with the ledger: an occasion
// without a row is missing, one with two is doubled, a row that no definition owes is extra. Rules of `after` are left
// out: what they owe depends on when runs ended. Adds to the reply; at most `most` differences are told.
void verify(const JobRecord &record, Instant from, Instant until, std::size_t most, wire::VerifyReply &reply);

} // namespace belfry::engine
