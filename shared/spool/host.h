// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/spool/files.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>

namespace belfry::spool {

// The kernel's id of this boot. Test builds take it from BELFRY_BOOT_ID where that is set.
const std::string &bootId();

std::int64_t wallMs(); // UTC since 1970
std::int64_t monotonicMs(); // CLOCK_MONOTONIC: the same for all processes of one boot
std::int64_t bootTimeMs(); // CLOCK_BOOTTIME: goes on while the host is suspended

// A process beyond doubt, within one boot: the kernel gives a pid again, but never with the same start time.
struct ProcessId {
    std::int32_t pid = 0;
    std::uint64_t startTime = 0; // clock ticks since boot

    explicit operator bool() const { return pid > 0; }
    auto operator<=>(const ProcessId &) const = default;
};

// From /proc/PID/stat.
struct ProcessStat {
    ProcessId id;
    char state = '?';
    std::int32_t parent = 0;
    std::int32_t group = 0;
    std::int32_t session = 0;

    // False for a zombie: it runs no more, and holds nothing but its exit status.
    bool alive = false;
};
// Nothing if there is no such process.
std::optional<ProcessStat> processStat(std::int32_t pid);
// Does exactly this process live?
bool isAlive(ProcessId id);

// A pidfd of whatever process has that pid now; none if there is none.
Fd openProcess(std::int32_t pid);

// Sends the signal to that process and to no other, even if its pid has gone to another one meanwhile.
// False if it is not there any more.
bool sendSignal(ProcessId id, int signal);

} // namespace belfry::spool
