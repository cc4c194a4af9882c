// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/supervisor/killset.h"

#include <algorithm>

namespace belfry::supervisor {

using spool::ProcessId;
using spool::ProcessStat;

void KillSet::setMain(ProcessId main)
{
    m_main = main;
    m_mainHeld = true;
}

bool KillSet::isSeed(const ProcessStat &process, const Surroundings &surroundings)
{
    if (process.id == m_main || m_members.contains(process.id))
        return true;
    if (surroundings.alone && process.parent == surroundings.self)
        return true;
    // Nothing of the attempt is older than its main process.
    if (process.id.startTime < m_main.startTime || m_strangers.contains(process.id))
        return false;
    const Carries carries = carriesCookie(process.id.pid, m_cookie);
    if (carries == Carries::No)
        m_strangers.insert(process.id);
    m_undecided |= carries == Carries::Unknown && process.parent == surroundings.self;
    return carries == Carries::Yes;
}

std::vector<ProcessId> KillSet::find(const std::vector<ProcessStat> &processes, const Surroundings &surroundings)
{
    std::vector<const ProcessStat *> candidates;
    for (const ProcessStat &process : processes)
        if (process.alive && process.id.pid > 1 && process.id.pid != surroundings.self
            && !surroundings.otherMains.contains(process.id.pid))
            candidates.push_back(&process);

    std::set<std::int32_t> pids, sessions;
    std::set<ProcessId> found;
    const auto take = [&](const ProcessStat &process) {
        found.insert(process.id);
        pids.insert(process.id.pid);
        // A session lasts as long as one of its processes, so its number cannot mean another one now.
        if (process.session > 0 && process.session != surroundings.selfSession)
            sessions.insert(process.session);
    };
    if (m_mainHeld)
        sessions.insert(m_main.pid);
    m_undecided = false;
    std::erase_if(candidates, [&](const ProcessStat *process) {
        const bool seed = isSeed(*process, surroundings);
        if (seed)
            take(*process);
        return seed;
    });
    for (bool grew = true; grew;)
        grew = std::erase_if(candidates, [&](const ProcessStat *process) {
            const bool belongs = pids.contains(process->parent) || sessions.contains(process->session);
            if (belongs)
                take(*process);
            return belongs;
        }) > 0;

    m_members = found;
    std::vector<ProcessId> members(found.begin(), found.end());
    std::sort(members.begin(), members.end(), [](const ProcessId &a, const ProcessId &b) {
        return a.startTime != b.startTime ? a.startTime < b.startTime : a.pid < b.pid;
    });
    return members;
}

} // namespace belfry::supervisor
