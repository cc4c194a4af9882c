// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/desktop/mainwindow.h"
#include "shared/base/clock.h"

namespace belfry {

// Everything that a running console consists of, put together: models around a session, and a window on them.
class Console final : public QObject
{
    Q_OBJECT

public:
    // The profiles are those of the configuration that `environment` leads to.
    explicit Console(
        Theme *theme, const Clock &clock = systemClock(), const Environment &environment = processEnvironment());
    ~Console() override;

    void open(const Address &address) { m_session.open(address); }
    MainWindow *window() const { return m_window.get(); }
    Session *session() { return &m_session; }
    Times *times() { return &m_times; }
    Desk *desk() { return &m_window->desk(); }

    // The user's own views are those of this file from now on.
    void keepSavedViews(const QString &path) { m_savedViews.keepIn(path); }
    // Notifications come from there, and a click on one leads into the window.
    void setNotifier(Notifier *notifier);
    // What forms remember is kept in this file from now on; before, only while the console lives.
    void keepLastValues(const QString &path) { m_lastValues = LastValues(path); }

    static const Clock &systemClock();

private:
    Session m_session;
    Times m_times;
    Estimates m_estimates;
    RecentRuns m_recentRuns;
    LiveRuns m_liveRuns;
    Jobs m_jobs;
    Agents m_agents;
    LastValues m_lastValues{{}};
    SavedViews m_savedViews;
    Profiles m_profiles;
    TroubleWatch m_troubles;
    std::unique_ptr<MainWindow> m_window;
};

} // namespace belfry
