// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/runtable.h"

namespace belfry::engine {

OpenRun *RunTable::find(RunId id)
{
    const auto found = m_open.find(id);
    return found == m_open.end() ? nullptr : &found->second;
}

const OpenRun *RunTable::find(RunId id) const
{
    const auto found = m_open.find(id);
    return found == m_open.end() ? nullptr : &found->second;
}

OpenRun &RunTable::add(OpenRun run)
{
    const RunId id = run.run.id;
    m_ofJob[run.run.job].insert(id);
    if (run.attempt)
        m_live.insert(id);
    return m_open.insert_or_assign(id, std::move(run)).first->second;
}

void RunTable::remove(RunId id)
{
    const auto found = m_open.find(id);
    if (found == m_open.end())
        return;
    const auto job = m_ofJob.find(found->second.run.job);
    job->second.erase(id);
    if (job->second.empty())
        m_ofJob.erase(job);
    m_live.erase(id);
    m_open.erase(found);
}

void RunTable::setAttempt(OpenRun &open, const Attempt &attempt)
{
    open.attempt = attempt;
    m_live.insert(open.run.id);
}

void RunTable::clearAttempt(OpenRun &open)
{
    open.attempt.reset();
    m_live.erase(open.run.id);
}

const std::set<RunId> &RunTable::ofJob(JobId job) const
{
    static const std::set<RunId> none;
    const auto found = m_ofJob.find(job);
    return found == m_ofJob.end() ? none : found->second;
}

} // namespace belfry::engine
