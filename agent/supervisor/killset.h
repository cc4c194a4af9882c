// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/supervisor/processes.h"

#include <cstdint>
#include <set>
#include <string>
#include <vector>

namespace belfry::supervisor {

// Which processes belong to an attempt: the main process, what descends from it, what is in their sessions, and what
// carries the attempt's cookie. What left its session AND cleared its environment after its parents were gone is found
// only where the supervisor has no other attempt. (A cgroup will take the place of this search where one can be made.)
class KillSet
{
public:
    struct Surroundings {
        std::int32_t self = 0; // the supervisor
        std::int32_t selfSession = 0;
        std::set<std::int32_t> otherMains; // main processes of its other attempts
        bool alone = false; // it never had another attempt at the same time
    };

    explicit KillSet(std::string cookie)
        : m_cookie(std::move(cookie))
    { }

    // Alive, or a zombie that is not reaped yet: until mainGone() no other process can have its pid or its session.
    void setMain(spool::ProcessId main);
    void mainGone() { m_mainHeld = false; }
    // The members alive in that picture, oldest first. They are remembered: a later picture starts from them.
    std::vector<spool::ProcessId> find(
        const std::vector<spool::ProcessStat> &processes, const Surroundings &surroundings);
    // The last picture had an orphan of some attempt whose cookie could not be read: as a rule it is in an execve.
    bool undecided() const { return m_undecided; }

private:
    bool isSeed(const spool::ProcessStat &process, const Surroundings &surroundings);

    std::string m_cookie;
    spool::ProcessId m_main;
    bool m_mainHeld = false;
    bool m_undecided = false;
    std::set<spool::ProcessId> m_members; // alive at the last look
    std::set<spool::ProcessId> m_strangers; // known not to carry the cookie
};

} // namespace belfry::supervisor
