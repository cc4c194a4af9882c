// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/leasetable.h"
#include "backend/engine/runtable.h"
#include "backend/engine/words.h"
#include "shared/wire/explain.h"

namespace belfry::engine {

// What is known of a run when somebody asks why it is as it is.
struct RunFacts {
    Run run;
    std::vector<Attempt> attempts; // by number
    std::vector<Run> earlier; // of the job, those made shortly before, newest first
    DefinitionPtr definition; // that it pins, where known
    std::optional<Instant> unreachableSince; // its agent
    std::optional<LeaseTimes> lease; // of its live attempt
    std::vector<wire::Blocker> blockers; // while it waits
};

// One or two sentences: where it waits and for what, where it lives since when, or how it ended and why; and why it
// started later than it was due.
QString runSentence(const RunFacts &facts, const Words &words);
// A run's `reason` in words: codes are spelled out, texts stay. Empty for an empty one.
QString reasonInWords(const Run &run);
// `run 14 of p/j, due at 12:00:00Z`
QString runName(const Run &run, const Words &words);
// `it started 4m after it was due, because run 13 of the job had not ended until 12:04:00Z`; empty when it was on time.
QString delayText(const Run &run, const std::vector<Run> &earlier, const Words &words);

// Less than this after it was due is on time.
constexpr Duration onTime = 300ms;

} // namespace belfry::engine
