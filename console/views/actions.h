// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/operatoractions.h"

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
    void allowRuns(const std::vector<wire::RunRow> &runs);
    void allowJobs(const QStringList &jobs);
    void allowAgents(const QString &agent);

    void cancelRuns(const std::vector<wire::RunRow> &runs);
    void runAgain(const wire::RunRow &run);
    void runAllAgain(const std::vector<wire::RunRow> &runs);
    void declareLost(const wire::RunRow &run);
    void pause(const QStringList &jobs);
    void pauseUntil(const QStringList &jobs, const std::optional<Instant> &until, PauseThen then);
    void resume(const QStringList &jobs);
    void offerPauseAgain(const QString &job, const QString &done, const Job &before);
    void drain(const QString &agent, bool drain);
    void forget(const QString &agent);
    // The job of the selection; empty: there is none.
    QString job() const;
    // All jobs that are selected, else the one of the selection.
    QStringList jobs() const;

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
    OperatorActions *m_operator = nullptr;
};

} // namespace belfry
