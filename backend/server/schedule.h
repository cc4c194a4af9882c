// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/agenda.h"
#include "shared/base/clock.h"
#include "shared/wire/api.h"

namespace belfry {

// A job's rules in English, one after the other; empty without a schedule.
QString scheduleInWords(const Job &job);

struct UpcomingQuestion {
    // A job's rules, ready to be asked; they stay as they are meanwhile.
    std::function<const std::vector<engine::DueRule> &(JobId)> rules;
    int n = 10; // firing entries of all jobs together; the skipped ones between them come on top
    Instant from; // inclusive
    std::optional<Instant> until; // exclusive
    // Who wants the occasions of that instant to be skipped; null: nobody.
    std::function<const PlannedSkip *(JobId, Instant)> skip = [](JobId, Instant) { return nullptr; };
};
// What the jobs' rules will be due at, by time, then job, then rule. Rules that are due after a run's end are left out.
// Unavailable when it takes more than a second of the clock's monotonic time.
Result<std::vector<wire::NextEntry>> upcoming(
    const std::vector<const Job *> &jobs, const UpcomingQuestion &question, const Clock &clock);

} // namespace belfry
