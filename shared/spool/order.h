// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/spool/checked.h"

#include <compare>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace belfry::spool {

struct AttemptKey {
    std::int64_t run = 0;
    std::int32_t attempt = 0; // 1..n

    auto operator<=>(const AttemptKey &) const = default;
};

// "17-2", the name of the attempt's folder in the spool.
std::string folderName(AttemptKey key);
// Nothing for a name that folderName() cannot have made.
std::optional<AttemptKey> keyOfFolder(std::string_view name);

// What happens to processes that outlive the attempt's main process.
enum class Leftovers : std::uint8_t { Kill = 1, Leave = 2 };

// All that a supervisor needs to carry out one attempt. Times are milliseconds; 0 = no such limit.
// What an exit code means is not here: the backend judges.
struct Order {
    AttemptKey key;
    std::int64_t epoch = 0;
    std::string bootId; // of the boot that it was given in; older ones are never started
    std::string cookie; // random, in the environment of the job as BELFRY_COOKIE: how its processes are found

    std::vector<std::string> argv; // empty: `shell` runs the file `script` of the attempt's folder
    std::string shell = "/bin/sh";
    std::vector<std::string> wrap; // put in front of the command, outermost first
    std::vector<std::string> environment; // NAME=value, whole: nothing is inherited
    std::string directory; // empty: a fresh folder `work` in the attempt's folder

    std::int64_t timeoutMs = 0; // from the start of the process
    std::int64_t stallTimeoutMs = 0; // without a byte of output
    std::int64_t graceMs = 10'000; // between TERM and KILL
    Leftovers leftovers = Leftovers::Kill;
    std::int64_t leaseUntilMs = 0; // CLOCK_BOOTTIME at which the tree has to end unless renewed; 0: no lease
    std::int64_t logCap = 0; // bytes of output that are kept: the head, and the tail in a ring; 0: all

    bool operator==(const Order &) const = default;
};

// A request to stop that must survive the supervisor: file `cancel` of the attempt's folder.
struct CancelNote {
    std::int64_t graceMs = 10'000;
    std::string reason;

    bool operator==(const CancelNote &) const = default;
};

// File `started`. Made exclusively, and locked (flock) for as long as its owner lives, before the process is started:
// whoever made it has the right to start; who finds it without a pid cannot know whether a process came to be.
struct Started {
    AttemptKey key;
    std::string supervisor; // id of the owner
    std::string bootId;
    std::int32_t pid = 0; // 0: about to be started
    std::uint64_t startTime = 0; // of that pid: field 22 of /proc/PID/stat, clock ticks since boot
    std::int64_t atMs = 0; // wall clock, UTC
    std::int64_t monotonicMs = 0; // CLOCK_MONOTONIC, from which the time-out counts
    std::int64_t epoch = 0; // the order's, for whoever cannot read that any more

    bool operator==(const Started &) const = default;
};

std::string encode(const Order &order);
std::string encode(const CancelNote &note);
std::string encode(const Started &started);
// `path` is for the Failure's text only.
Checked<Order> decodeOrder(std::string_view bytes, const std::string &path);
Checked<CancelNote> decodeCancelNote(std::string_view bytes, const std::string &path);
Checked<Started> decodeStarted(std::string_view bytes, const std::string &path);

} // namespace belfry::spool
