// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/troublewatch.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t mostRemembered = 20'000; // keys, and runs with who started them
constexpr std::size_t namesShown = 3;
constexpr auto productionFilter = "tag:production"_L1;

QString lateKey(RunId run)
{
    return u"late %1"_s.arg(run.value);
}

} // namespace

TroubleWatch::TroubleWatch(const Sources &sources, const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_sources(sources)
    , m_clock(clock)
    , m_attention(sources.times)
{
    connect(sources.session, &Session::clientChanged, this, &TroubleWatch::onClient);
    connect(sources.session, &Session::phaseChanged, this, [this] {
        if (m_sources.session->isReady())
            m_attention.refresh();
    });
    connect(sources.session, &Session::statusChanged, this, [this, count = qint64(-1)]() mutable {
        const qint64 now = m_sources.session->status().attention;
        if (std::exchange(count, now) != now)
            m_attention.refresh();
        if (m_notifier)
            m_notifier->setCount(now);
    });
    connect(sources.session, &Session::tick, this, &TroubleWatch::tick);
    connect(sources.liveRuns, &LiveRuns::runChanged, this, &TroubleWatch::onRun);
    connect(&m_attention, &Attention::answered, this, &TroubleWatch::onAttention);
    connect(&m_production, &JobSearch::found, this, &TroubleWatch::onProduction);
    connect(&m_production, &JobSearch::failed, this, [this] { onProduction(std::nullopt); }); // rather too much
    onClient();
}

void TroubleWatch::setNotifier(Notifier *notifier)
{
    m_notifier = notifier;
    if (m_notifier)
        m_notifier->setCount(m_sources.session->status().attention);
}

QString TroubleWatch::whyNot() const
{
    return m_notifier ? m_notifier->whyNot() : tr("This console shows no notifications.");
}

void TroubleWatch::setRule(NotifyRule rule)
{
    if (std::exchange(m_rule, rule) == rule)
        return;
    m_unjudged.clear();
    m_waiting.clear();
    Q_EMIT ruleChanged();
}

void TroubleWatch::startedHere(RunId run)
{
    m_startedHere.insert(run);
    if (const auto by = m_startedBy.find(run); by != m_startedBy.end())
        m_me = by->second;
}

void TroubleWatch::onClient()
{
    Client *client = m_sources.session->client();
    m_production.setClient(client);
    m_attention.setClient(client);
    const QUrl backend = m_sources.session->address().url;
    if (std::exchange(m_backend, backend) == backend)
        return; // the same one, asked anew
    m_knowsTheOld = false;
    m_since = m_clock.now();
    m_told.clear();
    m_startedBy.clear();
    m_startedHere.clear();
    m_me.clear();
    m_unjudged.clear();
    m_waiting.clear();
}

void TroubleWatch::onRun(const wire::RunRow &run)
{
    if (m_startedBy.size() > mostRemembered)
        m_startedBy.erase(m_startedBy.begin());
    m_startedBy[run.id] = run.by;
    if (m_startedHere.contains(run.id))
        m_me = run.by;
    if (isFailure(run.state))
        m_attention.refresh();
}

void TroubleWatch::forgetOld()
{
    if (m_told.size() <= mostRemembered)
        return;
    std::set<QString> there; // what still is would be told again
    for (const wire::AttentionRow &row : m_attention.rows())
        there.insert(concernKey(row));
    for (const wire::RunRow &run : m_sources.liveRuns->rows())
        there.insert(lateKey(run.id));
    std::erase_if(m_told, [&](const QString &key) { return !there.contains(key); });
}

void TroubleWatch::onAttention()
{
    forgetOld();
    for (const wire::AttentionRow &row : m_attention.rows())
        if (m_told.insert(concernKey(row)).second && m_knowsTheOld)
            add({row.job, row.run, lookOf(row.concern).word, concernName(row, *m_sources.times)});
    m_knowsTheOld = true;
    flush();
}

void TroubleWatch::lookForLate()
{
    const Instant now = m_sources.times->now();
    for (const wire::RunRow &run : m_sources.liveRuns->rows()) {
        const auto estimate = m_sources.estimates->of(run.jobName);
        if (!estimate || progressOf(run, estimate, now).kind != Progress::Kind::Late
            || *run.startedAt + estimate->p90 < m_since)
            continue;
        if (m_told.insert(lateKey(run.id)).second)
            add({run.jobName, run.id, tr("late"), u"#%1 (%2)"_s.arg(run.id.value).arg(run.jobName)});
    }
}

void TroubleWatch::tick()
{
    if (m_sources.session->isReady())
        lookForLate();
    flush();
}

bool TroubleWatch::isMine(const Trouble &trouble) const
{
    if (!trouble.run)
        return false;
    const auto by = m_startedBy.find(*trouble.run);
    return m_startedHere.contains(*trouble.run) || (!m_me.isEmpty() && by != m_startedBy.end() && by->second == m_me);
}

void TroubleWatch::add(const Trouble &trouble)
{
    switch (m_rule) {
    case NotifyRule::Nothing:
        return;
    case NotifyRule::Mine:
        if (isMine(trouble))
            m_waiting.push_back(trouble);
        return;
    case NotifyRule::Production:
        m_unjudged.push_back(trouble);
        m_production.ask(productionFilter);
        return;
    case NotifyRule::Everything:
        break;
    }
    m_waiting.push_back(trouble);
}

void TroubleWatch::onProduction(const std::optional<QStringList> &jobs)
{
    for (const Trouble &trouble : std::exchange(m_unjudged, {}))
        if (!jobs || jobs->contains(trouble.job))
            m_waiting.push_back(trouble);
    flush();
}

void TroubleWatch::flush()
{
    if (m_waiting.empty() || (m_shownAt && m_clock.monotonic() - *m_shownAt < apart))
        return;
    const std::vector<Trouble> troubles = std::exchange(m_waiting, {});
    if (!m_notifier || !m_notifier->whyNot().isEmpty())
        return;
    m_shownAt = m_clock.monotonic();
    m_notifier->show(notificationOf(troubles));
}

Notification TroubleWatch::notificationOf(const std::vector<Trouble> &troubles) const
{
    const Trouble &first = troubles.front();
    if (troubles.size() == 1)
        return {.title = tr("%1: %2").arg(first.job, first.what),
            .text = first.name,
            .run = first.run,
            .job = first.run ? QString() : first.job};
    QStringList lines;
    for (const Trouble &trouble : troubles)
        if (std::size_t(lines.size()) < namesShown)
            lines += tr("%1: %2").arg(trouble.name, trouble.what);
    if (troubles.size() > namesShown)
        lines += tr("and %n more", nullptr, int(troubles.size() - namesShown));
    return {.title = tr("%n thing(s) to look at", nullptr, int(troubles.size())),
        .text = lines.join(u'\n'),
        .run = {},
        .job = {}};
}

void TroubleWatch::showSample()
{
    if (m_notifier && m_notifier->whyNot().isEmpty())
        m_notifier->show({.title = tr("Belfry"), .text = tr("This is how a failure is told."), .run = {}, .job = {}});
}

} // namespace belfry
