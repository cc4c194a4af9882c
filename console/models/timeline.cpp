// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/timeline.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr auto pause = 200ms;
constexpr auto gatherFor = 250ms;
constexpr int pageRows = 1000;
constexpr auto forecastStays = std::chrono::seconds(60);
// A run that was queued so long before the window may reach into it.
constexpr Duration reachesBack = std::chrono::hours(24);

} // namespace

TimelineBar barOf(const wire::RunRow &run)
{
    return {.run = run.id,
        .job = run.jobName,
        .agent = run.agent,
        .look = lookOf(run),
        .planned = run.occasion,
        .queued = run.queuedAt,
        .started = run.startedAt,
        .ended = run.endedAt,
        .note = exitWords(run.exitCode, run.signal)};
}

Timeline::Timeline(const Sources &sources, QObject *parent)
    : QObject(parent)
    , m_sources(sources)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(pause);
    connect(&m_soon, &QTimer::timeout, this, &Timeline::ask);
    m_later.setSingleShot(true);
    m_later.setInterval(gatherFor);
    connect(&m_later, &QTimer::timeout, this, &Timeline::build);
    connect(sources.session, &Session::clientChanged, this, &Timeline::reload);
    connect(sources.session, &Session::phaseChanged, this, [this] {
        if (m_sources.session->isReady())
            reload(); // what changed meanwhile nobody told
    });
    connect(sources.session, &Session::tick, this, [this] {
        const Instant now = m_sources.times->now();
        if (m_asked && m_sources.session->isReady() && m_until > now && now - m_nextAsked > forecastStays)
            askNext();
    });
    connect(sources.jobs, &Jobs::jobsChanged, this, [this] {
        if (m_asked)
            gather(); // pauses
    });
    connect(sources.estimates, &Estimates::learned, this, &Timeline::gather);
    connect(sources.liveRuns, &LiveRuns::runChanged, this, [this](const wire::RunRow &run) {
        if (!m_asked || run.queuedAt >= m_until)
            return;
        m_runs[run.id] = run;
        while (int(m_runs.size()) > mostRuns) {
            m_runs.erase(m_runs.begin());
            m_cut = true;
        }
        gather();
    });
}

const wire::RunRow *Timeline::run(RunId id) const
{
    const auto found = m_runs.find(id);
    return found == m_runs.end() ? nullptr : &found->second;
}

void Timeline::setWindow(Instant from, Instant until)
{
    m_wantedFrom = from;
    m_wantedUntil = until;
    if (!m_asked || from < m_from || until > m_until)
        m_soon.start();
}

void Timeline::setJobs(const std::optional<QStringList> &jobs)
{
    m_jobs.reset();
    if (jobs)
        m_jobs = std::set<QString>(jobs->begin(), jobs->end());
    gather();
    if (m_asked && m_sources.session->isReady())
        askNext();
}

void Timeline::reload()
{
    if (!m_asked)
        return;
    m_asked = false;
    m_soon.start();
}

void Timeline::ask()
{
    if (!m_sources.session->isReady())
        return; // its return asks
    const Duration more = (m_wantedUntil - m_wantedFrom) / 2;
    m_from = m_wantedFrom - more;
    m_until = m_wantedUntil + more;
    m_asked = true;
    ++m_asking;
    m_cut = false;
    m_runs.clear();
    m_next.clear();
    for (const wire::RunRow &run : m_sources.liveRuns->rows())
        if (run.queuedAt < m_until)
            m_runs[run.id] = run;
    askRuns(std::nullopt);
    askNext();
}

void Timeline::askRuns(std::optional<RunId> after)
{
    const auto seconds = [](Instant at) { return QString::number(at.ms / 1000); };
    const wire::RunList question{.after = after,
        .limit = pageRows,
        .filter = u"since:@%1 until:@%2"_s.arg(seconds(m_from - reachesBack), seconds(m_until + 1s))};
    m_runsUnderWay = true;
    m_sources.session->client()->ask(
        question, this, [this, asking = m_asking](const Answer<wire::RunListReply> &answer) {
            if (asking != m_asking)
                return;
            if (answer) {
                onRuns(*answer);
                return;
            }
            m_runsUnderWay = false;
            Q_EMIT failed(answer.error().message);
        });
}

void Timeline::onRuns(const wire::RunListReply &reply)
{
    for (const wire::RunRow &run : reply.runs)
        if (!run.endedAt || *run.endedAt >= m_from)
            m_runs.insert_or_assign(run.id, run);
    m_cut = reply.next && int(m_runs.size()) >= mostRuns;
    if (reply.next && !m_cut) {
        askRuns(reply.next);
    } else {
        m_runsUnderWay = false;
    }
    gather();
}

void Timeline::askNext()
{
    m_nextAsked = m_sources.times->now();
    ++m_askingNext;
    if (m_until <= m_nextAsked || (m_jobs && m_jobs->empty())) { // the backend would take no names for all
        m_nextUnderWay = false;
        m_next.clear();
        gather();
        return;
    }
    m_nextUnderWay = true;
    const wire::ScheduleNext question{.jobs = m_jobs ? QStringList(m_jobs->begin(), m_jobs->end()) : QStringList(),
        .n = mostOccasions,
        .from = std::max(m_from, m_nextAsked),
        .until = m_until};
    m_sources.session->client()->ask(
        question, this, [this, asking = m_askingNext](const Answer<wire::NextReply> &answer) {
            if (asking != m_askingNext)
                return;
            m_nextUnderWay = false;
            if (answer)
                m_next = answer->entries;
            else
                Q_EMIT failed(answer.error().message);
            gather();
        });
}

void Timeline::gather()
{
    if (!m_later.isActive())
        m_later.start();
}

void Timeline::build()
{
    m_bars.clear();
    for (const auto &[id, run] : m_runs)
        if (isWanted(run.jobName))
            m_bars.push_back(barOf(run));
    const Instant now = m_sources.times->now();
    for (const wire::NextEntry &entry : m_next) {
        if (!isWanted(entry.job) || entry.note == "skipped"_L1 || entry.at <= now)
            continue;
        const OccasionNote note = noteOf(entry, m_sources.jobs->find(entry.job), *m_sources.times);
        const std::optional<Estimate> estimate = m_sources.estimates->of(entry.job);
        m_bars.push_back({.run = {},
            .job = entry.job,
            .agent = {},
            .look = {Look::Waiting, u"schedule"_s, tr("planned"), tr("Its schedule says so.")},
            .planned = entry.at,
            .queued = entry.at,
            .started = entry.at,
            .ended = entry.at + (estimate ? estimate->median : Duration(0)),
            .note = note.text});
    }
    Q_EMIT changed();
}

} // namespace belfry
