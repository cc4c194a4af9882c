// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/agenda.h"
#include "backend/engine/events.h"
#include "backend/engine/jobtable.h"

namespace belfry::engine {

// One job of an apply that is new or differs from what is in force.
struct JobChange {
    JobId job; // none: new
    bool added = false; // new, or back after it had been removed
    JobDefinition definition;
    QString was; // its old full name, where a live job is renamed
};
struct ApplyPlan {
    std::vector<JobChange> changes; // by name
    std::vector<JobId> removed; // by name
    int unchanged = 0;
    std::map<QString, LimitSpec> limits; // all of the project, as they are to be
    QStringList changedLimits; // names of those that differ from what is in force, gone ones too
    QStringList warnings;
};

// What an apply would change. Invalid names the job and the fix, Conflict that another release is active than expected;
// nothing is changed then. Jobs keep their id by name, by `was` when they are renamed, or by `ids`.
// `limits` are the project's as they are.
Result<ApplyPlan> planApply(
    const ApplyProject &apply, const JobTable &jobs, const std::map<QString, LimitSpec> &limits);

} // namespace belfry::engine
