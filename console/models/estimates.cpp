// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/estimates.h"

#include "console/models/times.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr double mostShown = 0.99; // a live run is never at its end
constexpr std::size_t mostAskedAtOnce = 8;

std::optional<Estimate> estimateOf(const std::deque<Duration> &took)
{
    if (int(took.size()) < Estimates::samplesNeeded)
        return std::nullopt;
    std::vector<Duration> sorted(took.begin(), took.end());
    std::sort(sorted.begin(), sorted.end());
    const std::size_t last = sorted.size() - 1;
    return Estimate{sorted[last / 2], sorted[last * 9 / 10], int(sorted.size())};
}

} // namespace

Progress progressOf(const wire::RunRow &run, const std::optional<Estimate> &estimate, Instant now)
{
    if (run.state != RunState::Running || !run.startedAt)
        return {};
    const Duration ran = now - *run.startedAt;
    if (!estimate)
        return {Progress::Kind::Busy, 0, spanText(ran)};
    if (ran > estimate->p90 && ran > estimate->median + 1s)
        return {Progress::Kind::Late, mostShown,
            Estimates::tr("longer than usual, +%1").arg(spanText(ran - estimate->median))};
    const double whole = std::max(1.0, double(estimate->median.count()));
    const double fraction = std::clamp(double(ran.count()) / whole, 0.0, mostShown);
    const Duration left = std::max(Duration(0), estimate->median - ran);
    return {Progress::Kind::Fraction, fraction,
        Estimates::tr("%1 %  ~%2 left").arg(int(fraction * 100)).arg(spanText(left))};
}

Estimates::Estimates(Session *session, QObject *parent)
    : QObject(parent)
    , m_session(session)
{
    connect(session, &Session::clientChanged, this, &Estimates::forget);
    connect(session, &Session::tick, this, [this] {
        const auto wanted = std::exchange(m_wanted, {});
        for (const QString &job : wanted)
            if (m_session->isReady() && m_asked.size() < mostAskedAtOnce)
                ask(job);
            else
                m_wanted.insert(job);
    });
}

std::optional<Estimate> Estimates::of(const QString &job) const
{
    if (const auto known = m_took.find(job); known != m_took.end())
        return estimateOf(known->second);
    if (!m_asked.contains(job))
        m_wanted.insert(job);
    return std::nullopt;
}

void Estimates::ask(const QString &job)
{
    m_asked.insert(job);
    const wire::RunList question{.job = job, .states = {RunState::Succeeded}, .limit = samplesWanted};
    m_session->client()->ask(question, this, [this, job](const Answer<wire::RunListReply> &answer) {
        m_asked.erase(job);
        if (!answer && answer.error().kind == ErrorKind::Unavailable)
            return; // asked again when somebody wants to know
        std::deque<Duration> &took = m_took[job];
        if (answer)
            for (const wire::RunRow &run : answer->runs)
                if (run.startedAt && run.endedAt)
                    took.push_back(*run.endedAt - *run.startedAt);
        Q_EMIT learned(job);
    });
}

void Estimates::runEnded(const wire::RunRow &run)
{
    const auto known = m_took.find(run.jobName);
    if (known == m_took.end() || run.state != RunState::Succeeded || !run.startedAt || !run.endedAt)
        return;
    known->second.push_front(*run.endedAt - *run.startedAt);
    if (int(known->second.size()) > samplesWanted)
        known->second.pop_back();
}

void Estimates::forget()
{
    m_took.clear();
    m_asked.clear();
}

} // namespace belfry
