// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/recentload.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr auto redrawn = std::chrono::seconds(10);
constexpr int pageRows = 1000;
constexpr std::size_t mostRuns = 20'000;
constexpr Duration minute = std::chrono::minutes(1);
// Runs that wait for longer before they begin are seen from the next start of the console on.
constexpr Duration looksBack = std::chrono::hours(3);

} // namespace

std::vector<LoadMinute> loadOf(const std::vector<RunTimes> &runs, Instant now, int minutes)
{
    std::vector<LoadMinute> load;
    for (int i = minutes - 1; i >= 0; --i)
        load.push_back({now - i * minute, 0, 0});
    for (const RunTimes &run : runs) {
        const std::optional<Instant> began = run.started ? run.started : run.ended;
        for (LoadMinute &each : load) {
            each.started += run.started && *run.started <= each.until && *run.started > each.until - minute ? 1 : 0;
            each.waiting += run.queued <= each.until && (!began || *began > each.until) ? 1 : 0;
        }
    }
    return load;
}

RecentLoad::RecentLoad(Session *session, const Times *times, const LiveRuns *liveRuns, QObject *parent)
    : QObject(parent)
    , m_session(session)
    , m_times(times)
    , m_liveRuns(liveRuns)
{
    m_again.setInterval(redrawn);
    connect(&m_again, &QTimer::timeout, this, [this] {
        forgetOld();
        Q_EMIT changed();
    });
    m_again.start();
    connect(liveRuns, &LiveRuns::runChanged, this, &RecentLoad::put);
    connect(session, &Session::phaseChanged, this, [this] {
        if (m_session->isReady())
            ask(); // what changed meanwhile nobody told
    });
    ask();
}

void RecentLoad::put(const wire::RunRow &run)
{
    m_runs[run.id] = {run.queuedAt, run.startedAt, run.endedAt};
}

void RecentLoad::ask()
{
    if (!m_session->isReady())
        return; // its return asks
    ++m_asking;
    m_cut = false;
    m_runs.clear();
    for (const wire::RunRow &run : m_liveRuns->rows())
        put(run);
    askPage(std::nullopt);
}

void RecentLoad::askPage(std::optional<RunId> after)
{
    const wire::RunList question{.since = m_times->now() - looksBack, .after = after, .limit = pageRows};
    m_session->client()->ask(question, this, [this, asking = m_asking](const Answer<wire::RunListReply> &answer) {
        if (asking != m_asking)
            return;
        if (!answer) {
            Q_EMIT failed(answer.error().message);
            return;
        }
        for (const wire::RunRow &run : answer->runs)
            put(run);
        m_cut = answer->next && m_runs.size() >= mostRuns;
        if (answer->next && !m_cut) {
            askPage(answer->next);
            return;
        }
        m_complete = true;
        Q_EMIT changed();
    });
}

void RecentLoad::forgetOld()
{
    const Instant before = m_times->now() - minutesShown * minute;
    std::erase_if(m_runs, [&](const auto &each) {
        const RunTimes &run = each.second;
        return run.ended && *run.ended < before;
    });
}

std::vector<LoadMinute> RecentLoad::minutes() const
{
    std::vector<RunTimes> runs;
    for (const auto &[id, times] : m_runs)
        runs.push_back(times);
    return loadOf(runs, m_times->now(), minutesShown);
}

} // namespace belfry
