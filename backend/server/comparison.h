// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/engine.h"

#include <atomic>

namespace belfry {

// What is known of a diff when the engine has planned the apply, and what is left to compare.
struct Comparison {
    struct Pair {
        engine::DefinitionPtr before; // null: the job is new
        engine::DefinitionPtr after; // null: the job goes
        QString uid;
    };
    wire::DiffReply reply;
    std::vector<Pair> pairs; // whose occasions may differ, by name
};

// Fast. Fails as the apply would.
Result<Comparison> comparisonOf(const engine::Engine &engine, const engine::ApplyProject &apply);

// Fills in the occasions of the 90 days from `reply.from`. Touches nothing that changes, so it may run in any thread.
// It looks at a fixed number of occasions in all and so ends within seconds, and early when `stopping`.
wire::DiffReply compare(Comparison comparison, const std::atomic<bool> &stopping);

} // namespace belfry
