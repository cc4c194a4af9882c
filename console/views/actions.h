// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/desk.h"

namespace belfry {

// The commands that act on runs, jobs and agents: made once, acting on the selection, enabled as it and the token
// allow.
class Actions final : public QObject
{
    Q_OBJECT

public:
    explicit Actions(Desk *desk, QObject *parent = nullptr);

    // Asks the backend for the job and shows its form; with parameters as they were.
    void trigger(const QString &job, const Params &params = {});

private:
    void addRunCommands();
    void addJobCommands();
    void addAgentCommands();
    void update();
    void allowRuns(const std::optional<wire::RunRow> &run);
    void allowJobs(const QString &job);
    void allowAgents(const QString &agent);

    void cancelRun(const wire::RunRow &run);
    void runAgain(const wire::RunRow &run);
    void declareLost(const wire::RunRow &run);
    void pause(const QString &job);
    void resume(const QString &job);
    void drain(const QString &agent, bool drain);
    void forget(const QString &agent);
    // The job of the selection; empty: there is none.
    QString job() const;

    // Sends a request; says `done` when it was done, else why not.
    template <class Request> void send(const Request &request, const QString &done)
    {
        m_desk->session->client()->ask(request, this, [this, done](const Answer<typename Request::Reply> &answer) {
            if (answer)
                m_desk->navigator->notice(done);
            else
                m_desk->navigator->notice(answer.error().message, true);
        });
    }

    Desk *m_desk;
};

} // namespace belfry
