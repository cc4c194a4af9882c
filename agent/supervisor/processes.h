// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/spool/files.h"
#include "shared/spool/host.h"

#include <cstdint>
#include <optional>
#include <set>
#include <string>
#include <vector>

namespace belfry::supervisor {

// All processes of the host, read one after the other: not a consistent picture, so whoever must be sure looks again.
std::vector<spool::ProcessStat> readProcesses();

// Does the process carry BELFRY_COOKIE=cookie in the environment that it was started with? Unknown: there is none to be
// seen, which is so for a moment in the middle of execve, for kernel threads, and for processes of other users.
enum class Carries { No, Yes, Unknown };
Carries carriesCookie(std::int32_t pid, const std::string &cookie);

// Answers cheaply whether a main process that has just ended may have left anything alive. As child subreaper we are
// the parent of whatever outlives its own parent, so it is enough to look for children that nobody knows.
class OrphanWatch
{
public:
    OrphanWatch();
    // True when in doubt. `mains`: pids of the main processes that still live. `ended`: the one that was reaped,
    // `ageMs`: how long it lived.
    bool mayHaveOrphans(const std::set<std::int32_t> &mains, std::int32_t ended, std::int64_t ageMs) const;

private:
    bool anyOrphanAmongNewest(const std::set<std::int32_t> &mains, std::int32_t ended) const;

    spool::Fd m_children; // /proc/self/task/TID/children, where the kernel has it
    spool::Fd m_loadavg;
    std::int32_t m_pidMax = 0;
};

} // namespace belfry::supervisor
