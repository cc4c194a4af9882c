// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/console.h"

namespace belfry {

const Clock &Console::systemClock()
{
    static const SystemClock clock;
    return clock;
}

Console::Console(Theme *theme, const Clock &clock)
    : m_session(clock)
    , m_times(clock)
    , m_estimates(&m_session)
    , m_recentRuns(&m_session)
    , m_liveRuns(&m_times, &m_estimates)
    , m_jobs(&m_times, &m_recentRuns)
    , m_agents(&m_times)
{
    m_times.setZoneOfJob([this](const QString &job) { return m_jobs.zoneOf(job); });
    connect(&m_session, &Session::clientChanged, this, [this] {
        m_liveRuns.setClient(m_session.client());
        m_jobs.setClient(m_session.client());
        m_agents.watch(m_session.client(), wire::Topic::Agents);
    });
    connect(&m_liveRuns, &LiveRuns::runChanged, &m_estimates, &Estimates::runEnded);
    connect(&m_liveRuns, &LiveRuns::runChanged, &m_recentRuns, &RecentRuns::runChanged);
    Desk desk;
    desk.session = &m_session;
    desk.times = &m_times;
    desk.theme = theme;
    desk.estimates = &m_estimates;
    desk.recentRuns = &m_recentRuns;
    desk.liveRuns = &m_liveRuns;
    desk.jobs = &m_jobs;
    desk.agents = &m_agents;
    desk.lastValues = &m_lastValues;
    m_window = std::make_unique<MainWindow>(desk);
}

Console::~Console() = default;

} // namespace belfry
