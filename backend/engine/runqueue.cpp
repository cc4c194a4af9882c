// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/runqueue.h"

namespace belfry::engine {

void RunQueue::setRoom(JobId job, int room)
{
    JobRoom &mine = m_jobs[job];
    mine.room = std::max(1, room);
    admit(mine);
}

void RunQueue::wait(JobId job, QueueKey key, LineId line, bool alone)
{
    const Waiter waiter{key, line, alone};
    if (!m_waiters.emplace(key.run, waiter).second)
        return;
    JobRoom &mine = m_jobs[job];
    mine.waiting.insert(waiter);
    const auto isBeforeTheLast = [&] { return !mine.admitted.empty() && waiter < *mine.admitted.rbegin(); };
    if (!alone && isBeforeTheLast())
        admitOne(mine, waiter);
    while (alone && isBeforeTheLast())
        refuseLast(mine);
    admit(mine);
}

void RunQueue::retry(QueueKey key, LineId line)
{
    const Waiter waiter{key, line, false};
    if (m_waiters.emplace(key.run, waiter).second)
        enter(waiter);
}

void RunQueue::occupy(JobId job, RunId run)
{
    JobRoom &mine = m_jobs[job];
    drop(mine, run);
    mine.occupants.insert(run);
    admit(mine);
}

void RunQueue::leave(JobId job, RunId run)
{
    JobRoom &mine = m_jobs[job];
    drop(mine, run);
    admit(mine);
}

void RunQueue::drop(JobRoom &job, RunId run)
{
    job.occupants.erase(run);
    const auto found = m_waiters.find(run);
    if (found == m_waiters.end())
        return;
    const Waiter waiter = found->second;
    m_waiters.erase(found);
    withdraw(waiter);
    job.waiting.erase(waiter);
    job.admitted.erase(waiter);
}

std::vector<RunId> RunQueue::waiting(JobId job) const
{
    std::vector<RunId> runs;
    if (const auto found = m_jobs.find(job); found != m_jobs.end()) {
        for (const Waiter &waiter : found->second.waiting)
            runs.push_back(waiter.key.run);
    }
    return runs;
}

std::size_t RunQueue::waitingCount(JobId job) const
{
    const auto found = m_jobs.find(job);
    return found == m_jobs.end() ? 0 : found->second.waiting.size();
}

std::vector<RunId> RunQueue::occupants(JobId job) const
{
    const auto found = m_jobs.find(job);
    if (found == m_jobs.end())
        return {};
    return {found->second.occupants.begin(), found->second.occupants.end()};
}

int RunQueue::room(JobId job) const
{
    const auto found = m_jobs.find(job);
    return found == m_jobs.end() ? 1 : found->second.room;
}

bool RunQueue::inLine(QueueKey key) const
{
    const auto waiter = m_waiters.find(key.run);
    if (waiter == m_waiters.end())
        return false;
    const auto line = m_lines.find(waiter->second.line);
    return line != m_lines.end() && line->second.keys.count(key) != 0;
}

std::vector<RunId> RunQueue::aheadInLine(QueueKey key) const
{
    std::vector<RunId> ahead;
    if (!inLine(key))
        return ahead;
    for (const QueueKey &each : m_lines.at(m_waiters.at(key.run).line).keys) {
        if (each == key)
            break;
        ahead.push_back(each.run);
    }
    return ahead;
}

std::optional<RunQueue::Head> RunQueue::first() const
{
    if (m_heads.empty())
        return std::nullopt;
    return Head{m_heads.begin()->first, m_heads.begin()->second};
}

void RunQueue::block(LineId line)
{
    m_lines[line].blocked = true;
    present(line);
}

void RunQueue::unblock(LineId line)
{
    const auto found = m_lines.find(line);
    if (found == m_lines.end() || !found->second.blocked)
        return;
    found->second.blocked = false;
    present(line);
}

void RunQueue::unblockAll()
{
    for (const auto &[id, line] : m_lines) {
        if (line.blocked)
            unblock(id);
    }
}

// What is admitted was the beginning of those waiting before the change; it is so again afterwards. Only its end is
// looked at: a job may have a thousand seats and as many that wait.
void RunQueue::admit(JobRoom &job)
{
    const std::size_t seats = std::size_t(std::max(0, job.room - int(job.occupants.size())));
    while (!job.admitted.empty()
        && (job.admitted.size() > seats || !mayBeAdmitted(job, job.waiting.find(*job.admitted.rbegin()))))
        refuseLast(job);
    auto next = job.admitted.empty() ? job.waiting.begin() : job.waiting.upper_bound(*job.admitted.rbegin());
    for (; next != job.waiting.end() && job.admitted.size() < seats && mayBeAdmitted(job, next); ++next)
        admitOne(job, *next);
}

// One that starts alone comes first in an idle job; until it has started, nothing behind it is admitted.
bool RunQueue::mayBeAdmitted(const JobRoom &job, std::set<Waiter>::const_iterator waiter)
{
    const bool isFirst = waiter == job.waiting.begin();
    if (waiter->alone)
        return isFirst && job.occupants.empty();
    return isFirst || !std::prev(waiter)->alone;
}

void RunQueue::admitOne(JobRoom &job, const Waiter &waiter)
{
    job.admitted.insert(waiter);
    enter(waiter);
}

void RunQueue::refuseLast(JobRoom &job)
{
    const auto last = std::prev(job.admitted.end());
    withdraw(*last);
    job.admitted.erase(last);
}

void RunQueue::enter(const Waiter &waiter)
{
    Line &line = m_lines[waiter.line];
    // Who comes first is looked at: claims of others that hold up the line may come after it.
    line.keys.insert(waiter.key);
    if (*line.keys.begin() == waiter.key)
        line.blocked = false;
    present(waiter.line);
}

void RunQueue::withdraw(const Waiter &waiter)
{
    if (const auto found = m_lines.find(waiter.line); found != m_lines.end()) {
        found->second.keys.erase(waiter.key);
        present(waiter.line);
    }
}

void RunQueue::present(LineId line)
{
    if (const auto old = m_presented.find(line); old != m_presented.end()) {
        m_heads.erase(old->second);
        m_presented.erase(old);
    }
    const Line &shown = m_lines[line];
    if (shown.blocked || shown.keys.empty())
        return;
    m_heads[*shown.keys.begin()] = line;
    m_presented[line] = *shown.keys.begin();
}

} // namespace belfry::engine
