// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/rundifferences.h"
#include "console/models/session.h"

namespace belfry {

// The last success of a job before one of its runs, and how that run differs from it. Asked for once somebody wants to
// see it.
class GoodRun final : public QObject
{
    Q_OBJECT

public:
    enum class State {
        Idle, // nobody has asked
        Asking,
        None, // no run before it succeeded
        Found,
        Failed, // see trouble()
    };
    Q_ENUM(State)

    GoodRun(Session *session, const Times *times, Estimates *estimates, QObject *parent = nullptr);

    // The run, each time that more of it is known. Another one forgets what was found.
    void setRun(const wire::RunDetail &run);
    // Finds it, unless that is done or under way.
    void want();
    State state() const { return m_state; }
    QString trouble() const { return m_trouble; }
    const std::optional<wire::RunDetail> &good() const { return m_good; }
    RunDifferences *differences() { return &m_differences; }
    const RunDifferences *differences() const { return &m_differences; }

Q_SIGNALS:
    void changed();

private:
    void ask();
    void take(const wire::RunListReply &reply);
    void compare();
    void setState(State state, const QString &trouble = {});

    Session *m_session;
    const Times *m_times;
    Estimates *m_estimates;
    State m_state = State::Idle;
    QString m_trouble;
    int m_asking = 0;
    std::optional<wire::RunDetail> m_run;
    std::optional<wire::RunDetail> m_good;
    std::vector<wire::VersionRow> m_versions;
    RunDifferences m_differences;
};

} // namespace belfry
