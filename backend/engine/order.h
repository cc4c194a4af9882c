// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/runtable.h"
#include "shared/wire/agentmessages.h"

namespace belfry::engine {

// What an attempt's agent is to do: the same text at every call for the same run, definition and attempt. The
// environment is that of interfaces.md section 1 without what the agent adds. Invalid: an expression has no value.
Result<wire::StartAttempt> orderOf(const Run &run, const JobDefinition &definition, const Attempt &attempt);
wire::CancelAttempt cancelOf(const Attempt &attempt, const JobDefinition &definition, const QString &why);

} // namespace belfry::engine
