// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/waitcode.h"

namespace belfry {

namespace {

constexpr int exitTimedOut = 124;
constexpr int exitLost = 125;
constexpr int exitNeverStarted = 126;
constexpr int exitSignalBase = 128;
constexpr int sigTerm = 15; // what a cancel sends, whatever it took in the end

} // namespace

int waitExitCode(const Run &run)
{
    switch (run.state) {
    case RunState::Succeeded:
    case RunState::Warning:
    case RunState::Skipped:
        return run.exitCode.value_or(exitDone);
    case RunState::TimedOut:
        return exitTimedOut;
    case RunState::Lost:
    case RunState::NotStarted:
        return exitLost;
    case RunState::Cancelled:
        return run.startedAt ? exitSignalBase + sigTerm : exitNeverStarted;
    default:
        break;
    }
    if (run.signal)
        return exitSignalBase + *run.signal;
    return run.exitCode && *run.exitCode != 0 ? *run.exitCode : exitFailed;
}

} // namespace belfry
