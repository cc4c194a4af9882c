// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/spool/order.h"

#include <cstdint>
#include <string>
#include <string_view>

namespace belfry::spool {

enum class EndKind : std::uint8_t {
    Exited = 1, // code = exit code
    Signalled = 2, // code = signal number
    NotStarted = 3, // code = errno (0: cancelled before the start), text = sentence; no process ever was
    ExitUnseen = 4, // the supervisor that could have seen the exit is gone; text = what is known
    HostRebooted = 5, // the host was restarted meanwhile
};

// Why Belfry itself ended the process tree.
enum class StopCause : std::uint8_t { None = 0, Cancelled = 1, TimedOut = 2, Stalled = 3, LeaseExpired = 4 };

// File `result` of an attempt: written once, when the process tree is gone. Wall-clock times are milliseconds UTC.
struct AttemptResult {
    AttemptKey key;
    std::int64_t epoch = 0;
    std::string bootId;

    EndKind kind = EndKind::ExitUnseen;
    std::int32_t code = 0;
    std::string text;

    StopCause stopCause = StopCause::None;
    std::string stopReason; // the words of whoever cancelled
    std::int32_t stopSignal = 0; // strongest signal sent because of stopCause: 0, SIGTERM or SIGKILL

    std::int64_t startedAtMs = 0; // 0: never started
    std::int64_t endedAtMs = 0; // main process gone; with ExitUnseen: seen to be gone
    std::int64_t goneAtMs = 0; // whole tree gone

    std::int64_t userUs = 0; // CPU of the main process and the children it waited for, microseconds
    std::int64_t systemUs = 0;
    std::int64_t peakMemoryBytes = 0; // of the largest one of these processes

    std::int64_t outputBytes = 0; // in file `output`
    std::uint64_t outputHash = 0; // XXH3-64 of what was written to file `output`; 0: not known
    std::int64_t outputLost = 0; // bytes that could not be recorded
    std::string outputLostWhy;
    std::int32_t leftoversKilled = 0; // processes that outlived the main process and were ended

    bool operator==(const AttemptResult &) const = default;
};

std::string encode(const AttemptResult &result);
Checked<AttemptResult> decodeResult(std::string_view bytes, const std::string &path);

} // namespace belfry::spool
