// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/jobs/jobfile.h"

namespace belfry {

using AgentLabels = std::vector<std::map<QString, QString>>; // one map an agent

// What job files say and hardly mean, as lines `file:line:column: text; hint`: a hundred at most, then their number.
// Nothing is said of agents while none has ever been here.
QStringList lintWarnings(const ParsedProject &project, const AgentLabels &agents, Instant now);

} // namespace belfry
