// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/jobs/jobfile.h"

namespace belfry {

using AgentLabels = std::vector<std::map<QString, QString>>; // one map an agent

// What job files say and hardly mean. Nothing is said of agents while none has ever been here.
std::vector<Problem> lintProblems(const ParsedProject &project, const AgentLabels &agents, Instant now);

// As lines `file:line:column: text; hint`: a hundred at most, then their number.
QStringList warningLines(const std::vector<Problem> &problems);

} // namespace belfry
