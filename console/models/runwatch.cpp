// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/runwatch.h"

namespace belfry {

namespace {

constexpr auto gatherFor = 100ms;
constexpr auto lookAgain = 3s;

} // namespace

RunWatch::RunWatch(Session *session, const Times *times, QObject *parent)
    : QObject(parent)
    , m_session(session)
    , m_times(times)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(gatherFor);
    m_again.setSingleShot(true);
    m_again.setInterval(lookAgain);
    connect(&m_soon, &QTimer::timeout, this, &RunWatch::ask);
    connect(&m_again, &QTimer::timeout, this, &RunWatch::ask);
    connect(times, &Times::changed, &m_soon, qOverload<>(&QTimer::start));
    connect(session, &Session::phaseChanged, this, [this] {
        if (m_session->isReady() && m_run)
            ask();
    });
}

void RunWatch::show(RunId run)
{
    if (m_run == run)
        return;
    m_run = run;
    ++m_asking;
    m_detail.reset();
    m_why.reset();
    m_again.stop();
    m_soon.stop();
    Q_EMIT changed();
    if (run)
        ask();
}

void RunWatch::runChanged(const wire::RunRow &run)
{
    if (run.id == m_run && m_run && !m_soon.isActive())
        m_soon.start();
}

void RunWatch::ask()
{
    if (!m_session->isReady() || !m_run)
        return;
    const int asking = ++m_asking;
    m_session->client()->ask(wire::RunGet{m_run}, this, [this, asking](const Answer<wire::RunDetail> &answer) {
        if (asking != m_asking)
            return;
        if (!answer) {
            Q_EMIT failed(answer.error().message);
            return;
        }
        m_detail = *answer;
        if (!isFinal(m_detail->state))
            m_again.start();
        Q_EMIT changed();
    });
    m_session->client()->ask(
        wire::ExplainRun{m_run, m_times->spokenZone()}, this, [this, asking](const Answer<wire::Explanation> &answer) {
            if (asking != m_asking || !answer)
                return; // what is wrong with the run, its own answer says
            m_why = *answer;
            Q_EMIT changed();
        });
}

} // namespace belfry
