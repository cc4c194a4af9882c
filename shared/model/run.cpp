// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/model/run.h"

namespace belfry {

namespace {

constexpr std::uint32_t bit(RunState state) { return 1u << int(state); }

constexpr std::uint32_t outcomes = bit(RunState::Succeeded) | bit(RunState::Warning) | bit(RunState::Skipped)
    | bit(RunState::Failed) | bit(RunState::TimedOut) | bit(RunState::Cancelled) | bit(RunState::NotStarted) | bit(RunState::Lost);

// Row: the state that is left; bits: the states that may follow. The result of an attempt may arrive before, or without,
// the news of its start.
constexpr std::array<std::uint32_t, 12> transitions {
    /* queued     */ bit(RunState::Assigned) | bit(RunState::Cancelled),
    /* assigned   */ bit(RunState::Running) | bit(RunState::Retrying) | outcomes,
    /* running    */ bit(RunState::Retrying) | outcomes,
    /* retrying   */ bit(RunState::Assigned) | bit(RunState::Cancelled),
    /* final ones */ 0, 0, 0, 0, 0, 0, 0, 0,
};

} // namespace

bool mayFollow(RunState from, RunState to) { return transitions[std::size_t(from)] & bit(to); }

} // namespace belfry
