// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/agentmessages.h"

namespace belfry {

// What is wrong with an agent's hello: Conflict for a protocol that is not spoken here, Invalid for what no agent of
// ours would say. A sentence for the agent's operator.
Status checkHello(const wire::AgentHello &hello);
// Whether the numbers and times of a report can be true: in range, so that nobody has to think of overflows later.
bool isPlausible(const wire::AttemptResult &result);
bool isPlausible(Instant at);
bool isPlausible(Duration bootTime);
bool isPlausible(RunId run, int attempt, qint64 epoch);

} // namespace belfry
