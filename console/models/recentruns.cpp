// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/recentruns.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t mostAskedAtOnce = 8;

} // namespace

StripMark markOf(const wire::RunRow &run)
{
    const StateLook look = lookOf(run);
    QStringList words{u"#%1 %2"_s.arg(run.id.value).arg(look.word)};
    if (const QString exit = exitWords(run.exitCode, run.signal); !exit.isEmpty())
        words += exit;
    if (run.startedAt && run.endedAt)
        words += RecentRuns::tr("took %1").arg(spanText(*run.endedAt - *run.startedAt));
    return {run.id, look.look, look.icon, words.join(u", "_s)};
}

RecentRuns::RecentRuns(Session *session, QObject *parent)
    : QObject(parent)
    , m_session(session)
{
    connect(session, &Session::clientChanged, this, &RecentRuns::forget);
    connect(session, &Session::phaseChanged, this, [this] {
        if (m_session->isReady())
            forget(); // what changed meanwhile nobody told
    });
    connect(session, &Session::tick, this, [this] {
        const auto wanted = std::exchange(m_wanted, {});
        for (const QString &job : wanted)
            if (m_session->isReady() && m_asked.size() < mostAskedAtOnce)
                ask(job);
            else
                m_wanted.insert(job);
    });
}

std::vector<StripMark> RecentRuns::of(const QString &job) const
{
    std::vector<StripMark> marks;
    if (const auto known = m_marks.find(job); known != m_marks.end())
        for (const auto &[run, mark] : known->second)
            marks.push_back(mark);
    else if (!m_asked.contains(job))
        m_wanted.insert(job);
    return marks;
}

QString RecentRuns::words(const QString &job) const
{
    const auto known = m_marks.find(job);
    if (known == m_marks.end())
        return {};
    if (known->second.empty())
        return tr("never ran");
    const auto good = std::count_if(
        known->second.begin(), known->second.end(), [](const auto &each) { return each.second.look == Look::Success; });
    return tr("%1 of %2 succeeded").arg(good).arg(known->second.size());
}

void RecentRuns::ask(const QString &job)
{
    m_asked.insert(job);
    const wire::RunList question{.job = job, .limit = most};
    m_session->client()->ask(question, this, [this, job](const Answer<wire::RunListReply> &answer) {
        m_asked.erase(job);
        if (!answer && answer.error().kind == ErrorKind::Unavailable)
            return; // asked again when somebody wants to know
        auto &marks = m_marks[job];
        if (answer)
            for (const wire::RunRow &run : answer->runs)
                marks[run.id] = markOf(run);
        Q_EMIT learned(job);
    });
}

void RecentRuns::runChanged(const wire::RunRow &run)
{
    const auto known = m_marks.find(run.jobName);
    if (known == m_marks.end())
        return;
    known->second[run.id] = markOf(run);
    while (int(known->second.size()) > most)
        known->second.erase(known->second.begin());
    Q_EMIT learned(run.jobName);
}

void RecentRuns::forget()
{
    m_marks.clear();
    m_asked.clear();
}

} // namespace belfry
