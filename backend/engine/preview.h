// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/state.h"

namespace belfry::engine {

// What speaks against a manual run of the job now.
Status checkTrigger(const Engine::State &state, const Job &job, const TriggerJob &event);

// What the trigger would do at `now`: the same checks, and the same decision of when and where. Invalid or NotFound: it
// names no job, or values that the job does not take.
Result<wire::PreviewReply> previewOf(Engine::State &state, const TriggerJob &event, Instant now);

} // namespace belfry::engine
