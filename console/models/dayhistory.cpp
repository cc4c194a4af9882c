// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/dayhistory.h"

#include <QLocale>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr auto gathered = std::chrono::seconds(2);
// How far back what nobody tells the day of may have been: missed occasions, mostly.
constexpr Duration looksBack = std::chrono::hours(48);

// What has to be seen first comes first.
int severity(RunState state)
{
    switch (state) {
    case RunState::Lost:
        return 8;
    case RunState::Failed:
    case RunState::TimedOut:
    case RunState::NotStarted:
        return 7;
    case RunState::Warning:
        return 6;
    case RunState::Cancelled:
        return 5;
    case RunState::Running:
    case RunState::Assigned:
        return 4;
    case RunState::Queued:
    case RunState::Retrying:
        return 3;
    case RunState::Succeeded:
        return 2;
    case RunState::Skipped:
        break;
    }
    return 1;
}

// States of a day, the worst first.
std::vector<std::pair<RunState, qint64>> statesOf(const wire::DayRow &day)
{
    std::vector<std::pair<RunState, qint64>> states;
    for (const auto &[name, count] : day.runs)
        if (const auto state = enumOf<RunState>(name); state && count > 0)
            states.emplace_back(*state, count);
    std::ranges::stable_sort(
        states, std::greater(), [](const auto &each) { return severity(each.first); });
    return states;
}

} // namespace

StateLook lookOf(const wire::DayRow &day)
{
    const auto states = statesOf(day);
    const bool isLost = !states.empty() && states.front().first == RunState::Lost;
    if (day.missed > 0 && !isLost && (states.empty() || severity(states.front().first) < severity(RunState::Failed)))
        return lookOf(Fate::Missed);
    return states.empty() ? StateLook{Look::Waiting, {}, {}, {}} : lookOf(states.front().first);
}

qint64 runsOf(const wire::DayRow &day)
{
    qint64 count = 0;
    for (const auto &[state, runs] : day.runs)
        count += runs;
    return count;
}

QString dayWords(const wire::DayRow &day)
{
    const qint64 runs = runsOf(day);
    if (runs == 0 && day.missed == 0)
        return DayHistory::tr("nothing ran");
    QStringList states;
    for (const auto &[state, count] : statesOf(day))
        states += DayHistory::tr("%1 %2").arg(QLocale().toString(count), lookOf(state).word);
    QString words = DayHistory::tr("%n run(s)", nullptr, int(runs));
    if (!states.isEmpty())
        words = DayHistory::tr("%1: %2").arg(words, states.join(u", "_s));
    if (day.missed > 0)
        words = DayHistory::tr("%1; %2").arg(
            words, DayHistory::tr("%n occasion(s) missed", nullptr, int(day.missed)));
    return words;
}

DayHistory::DayHistory(Session *session, const Times *times, const LiveRuns *liveRuns, QObject *parent)
    : QObject(parent)
    , m_session(session)
    , m_times(times)
    , m_liveRuns(liveRuns)
{
    m_soon.setSingleShot(true);
    m_soon.setInterval(gathered);
    connect(&m_soon, &QTimer::timeout, this, &DayHistory::ask);
    connect(liveRuns, &LiveRuns::runChanged, this, [this](const wire::RunRow &run) {
        if (!m_jobs || m_jobs->contains(run.jobName))
            want(run.queuedAt);
    });
    connect(session, &Session::statusChanged, this, [this, count = std::optional<qint64>()]() mutable {
        const qint64 now = m_session->status().attention;
        if (const auto before = std::exchange(count, now); before && *before != now)
            want(m_times->now() - looksBack);
    });
    connect(session, &Session::phaseChanged, this, [this] {
        if (m_session->isReady())
            refresh(); // what changed meanwhile nobody told
    });
    connect(times, &Times::changed, this, &DayHistory::begin);
    begin();
}

void DayHistory::setJobs(const std::optional<QStringList> &jobs)
{
    if (m_jobs == jobs)
        return;
    m_jobs = jobs;
    begin();
}

void DayHistory::begin()
{
    ++m_about;
    m_days.clear();
    m_complete = false;
    refresh();
    Q_EMIT changed();
}

void DayHistory::setActive(bool active)
{
    m_active = active;
    if (active && m_since)
        ask();
}

void DayHistory::refresh()
{
    m_since = startOfDay(zone(), dayNumberOf(firstDay()));
    if (m_active)
        ask();
}

void DayHistory::want(Instant since)
{
    m_since = std::min(m_since.value_or(since), since);
    if (m_active && !m_soon.isActive())
        m_soon.start();
}

void DayHistory::ask()
{
    if (!m_session->isReady() || !m_since || m_isAsking)
        return; // its return, or the answer, asks
    m_soon.stop();
    const Instant since = *std::exchange(m_since, std::nullopt);
    if (m_jobs && m_jobs->isEmpty()) { // no job passes
        adopt({}, since);
        return;
    }
    const wire::RunDays question{
        .jobs = m_jobs.value_or(QStringList()), .project = {}, .zone = zone().name(), .since = since, .until = {}};
    m_isAsking = true;
    m_session->client()->ask(question, this, [this, since, about = m_about](const Answer<wire::DaysReply> &answer) {
        m_isAsking = false;
        if (about != m_about) {
            if (m_active)
                ask();
            return;
        }
        if (!answer) {
            m_since = std::min(m_since.value_or(since), since);
            Q_EMIT failed(answer.error().message);
            return;
        }
        adopt(*answer, since);
        if (m_since && m_active)
            m_soon.start();
    });
}

void DayHistory::adopt(const wire::DaysReply &reply, Instant since)
{
    std::erase_if(m_days, [&](const auto &each) { return each.second.until > since; });
    for (const wire::DayRow &day : reply.days)
        m_days[QDate::fromString(day.date, Qt::ISODate)] = day;
    m_complete = true;
    Q_EMIT changed();
}

Zone DayHistory::zone() const
{
    return m_times->zoneOf(m_jobs && m_jobs->size() == 1 ? m_jobs->front() : QString());
}

QDate DayHistory::today() const
{
    return zone().toLocal(m_times->now()).date();
}

QDate DayHistory::firstDay() const
{
    const QDate today = this->today();
    const int sinceFirst = (today.dayOfWeek() - int(QLocale().firstDayOfWeek()) + 7) % 7;
    return today.addDays(-sinceFirst - 7 * (weeksShown - 1));
}

wire::DayRow DayHistory::day(QDate date) const
{
    const auto found = m_days.find(date);
    if (found != m_days.end())
        return found->second;
    const Zone zone = this->zone();
    return {.date = date.toString(Qt::ISODate),
        .from = startOfDay(zone, dayNumberOf(date)),
        .until = startOfDay(zone, dayNumberOf(date) + 1),
        .runs = {}};
}

qint64 DayHistory::most() const
{
    qint64 most = 0;
    for (const auto &[date, day] : m_days)
        most = std::max(most, runsOf(day));
    return most;
}

} // namespace belfry
