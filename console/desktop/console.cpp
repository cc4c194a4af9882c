// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/desktop/console.h"

namespace belfry {

using namespace Qt::StringLiterals;

const Clock &Console::systemClock()
{
    static const SystemClock clock;
    return clock;
}

Console::Console(Theme *theme, const Clock &clock, const Environment &environment)
    : m_session(clock)
    , m_times(clock)
    , m_estimates(&m_session)
    , m_recentRuns(&m_session)
    , m_liveRuns(&m_times, &m_estimates)
    , m_jobs(&m_times, &m_recentRuns)
    , m_agents(&m_times)
    , m_profiles(environment)
    , m_troubles({&m_session, &m_times, &m_liveRuns, &m_estimates}, clock)
{
    m_times.setZoneOfJob([this](const QString &job) { return m_jobs.zoneOf(job); });
    connect(&m_session, &Session::clientChanged, this, [this] {
        m_liveRuns.setClient(m_session.client());
        m_jobs.setClient(m_session.client());
        m_agents.watch(m_session.client(), wire::Topic::Agents);
    });
    connect(&m_liveRuns, &LiveRuns::runChanged, &m_estimates, &Estimates::runEnded);
    connect(&m_liveRuns, &LiveRuns::runChanged, &m_recentRuns, &RecentRuns::runChanged);
    if (const Status read = m_profiles.load(); !read)
        qWarning("%s", qPrintable(read.error().message));
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
    desk.savedViews = &m_savedViews;
    desk.profiles = &m_profiles;
    desk.troubles = &m_troubles;
    m_window = std::make_unique<MainWindow>(desk);
}

Console::~Console() = default;

void Console::setNotifier(Notifier *notifier)
{
    m_troubles.setNotifier(notifier);
    connect(notifier, &Notifier::activated, this, [this](const Notification &notification) {
        m_window->comeToFront();
        if (notification.run)
            desk()->navigator->openRun(*notification.run);
        else if (!notification.job.isEmpty())
            desk()->navigator->openJob(notification.job);
        else
            desk()->navigator->openView(u"attention"_s);
    });
}

} // namespace belfry
