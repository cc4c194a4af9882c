// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/goodrun.h"

namespace belfry {

GoodRun::GoodRun(Session *session, const Times *times, Estimates *estimates, QObject *parent)
    : QObject(parent)
    , m_session(session)
    , m_times(times)
    , m_estimates(estimates)
{
    connect(session, &Session::phaseChanged, this, [this] {
        if (m_session->isReady() && (m_state == State::Asking || m_state == State::Failed))
            ask();
    });
    connect(times, &Times::changed, this, &GoodRun::compare);
    connect(estimates, &Estimates::learned, this, [this](const QString &job) {
        if (m_run && m_run->jobName == job)
            compare();
    });
}

void GoodRun::setRun(const wire::RunDetail &run)
{
    const bool other = !m_run || m_run->id != run.id;
    m_run = run;
    if (!other) {
        compare();
        return;
    }
    ++m_asking;
    m_good.reset();
    m_versions.clear();
    m_differences.set({});
    setState(State::Idle);
}

void GoodRun::want()
{
    if (m_run && (m_state == State::Idle || m_state == State::Failed)) {
        setState(State::Asking);
        ask();
    }
}

void GoodRun::ask()
{
    if (!m_session->isReady() || !m_run)
        return; // once there is a connection
    const int asking = ++m_asking;
    const wire::RunList request{.job = m_run->jobName,
        .states = {RunState::Succeeded},
        .since = {},
        .after = m_run->id,
        .limit = 1,
        .filter = {}};
    m_session->client()->ask(request, this, [this, asking](const Answer<wire::RunListReply> &answer) {
        if (asking != m_asking)
            return;
        if (answer)
            take(*answer);
        else
            setState(State::Failed, answer.error().message);
    });
    m_session->client()->ask(wire::JobHistory{.job = m_run->jobName, .after = {}}, this,
        [this, asking](const Answer<wire::JobHistoryReply> &answer) {
            if (asking != m_asking || !answer)
                return; // a removed job may have none: versions are compared by their numbers then
            m_versions = answer->versions;
            compare();
        });
}

void GoodRun::take(const wire::RunListReply &reply)
{
    if (reply.runs.empty()) {
        setState(State::None);
        return;
    }
    m_session->client()->ask(
        wire::RunGet{reply.runs.front().id}, this, [this, asking = m_asking](const Answer<wire::RunDetail> &answer) {
            if (asking != m_asking)
                return;
            if (!answer) {
                setState(State::Failed, answer.error().message);
                return;
            }
            m_good = *answer;
            compare();
            setState(State::Found);
        });
}

void GoodRun::compare()
{
    if (!m_run || !m_good)
        return;
    m_differences.set(compareRuns(
        *m_run, *m_good, {.times = m_times, .usual = m_estimates->of(m_run->jobName), .versions = m_versions}));
}

void GoodRun::setState(State state, const QString &trouble)
{
    m_state = state;
    m_trouble = trouble;
    Q_EMIT changed();
}

} // namespace belfry
