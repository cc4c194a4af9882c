// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/explainrun.h"
#include "shared/model/job.h"
#include "shared/wire/explain.h"

namespace belfry::engine {

// One row of the ledger with what makes its sentence.
struct OccasionFacts {
    Occasion row;
    std::optional<JobDefinition> definition; // the version that owed it
    std::optional<Run> run; // that the row names
    std::vector<Run> earlier; // of the job, made shortly before that run, newest first
};

// What is known of a job around the instant that somebody asks about.
struct JobFacts {
    Job job; // as it is now
    Instant at;
    std::vector<OccasionFacts> rows; // of the ledger at that instant, ranges that hold it too
    std::optional<Occasion> before; // the nearest rows
    std::optional<Occasion> after;
    int version = 0; // of the definition in force then; 0: the job did not exist
    std::optional<JobDefinition> definition; // that one
    std::optional<Instant> exists; // since when the job exists
    std::optional<PlannedSkip> skip; // of that instant
};

// What became of the occasion at that instant, or will, or why there is none: from the ledger where it has a row, else
// from the rules in force then or now.
wire::Explanation explainAt(const JobFacts &facts, const Words &words);

// A job at this moment.
struct JobNow {
    Job job;
    std::vector<RunFacts> open; // its runs that are not over, by number
    std::optional<Instant> next; // occasion
    std::optional<PlannedSkip> skip; // of the next occasion
    std::optional<Run> last; // the newest run, where none is open
};
// What the job does now and when it is due next. Of several open runs the first that waits is explained, else the
// first; the blockers are that run's.
wire::Explanation explainNow(const JobNow &now, const Words &words);

} // namespace belfry::engine
