// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/jobs/jobfile.h"

namespace belfry {

// What is allowed and yet hardly meant, as warnings at their places: a rule that never fires again, a time-out longer
// than the time between occasions, a calendar whose dates are all over, names that differ in - and _ alone, rules whose
// times a clock change of the next 400 days leaves out or repeats (unless the rule says gap or fold).
std::vector<Problem> lintProject(const ParsedProject &project, Instant now);

// Agent expressions that none of these agents matches (each its labels, with `name`).
std::vector<Problem> lintAgents(const ParsedProject &project, const std::vector<std::map<QString, QString>> &agents);

} // namespace belfry
