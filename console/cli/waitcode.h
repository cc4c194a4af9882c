// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/run.h"

namespace belfry {

// Exit codes of the CLI itself (interfaces.md section 4); those of errors are exitCodeOf(ErrorKind).
constexpr int exitDone = 0;
constexpr int exitFailed = 1;
constexpr int exitUsage = 2;
constexpr int exitInvalid = 6;
constexpr int exitBulk = 8;
constexpr int exitInterrupted = 130;

// What `run --wait` exits with: the job's own code; 124 timed out; 125 lost or not started; 126 cancelled before it
// started; 143 cancelled later; 128+n killed by signal n. The run is final. A failed run is never 0.
int waitExitCode(const Run &run);

} // namespace belfry
