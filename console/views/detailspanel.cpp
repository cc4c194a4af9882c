// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/detailspanel.h"

#include <QGridLayout>
#include <QScrollArea>

namespace belfry {

using namespace Qt::StringLiterals;

DetailsPanel::DetailsPanel(Desk *desk, QWidget *parent)
    : QWidget(parent)
    , m_desk(desk)
    , m_watch(new RunWatch(desk->session, desk->times, this))
    , m_title(makeLabel({}, u"title"_s))
    , m_state(new StateLabel(desk))
    , m_buttons(new QWidget)
    , m_facts(new Facts)
    , m_whyHeading(makeLabel(tr("Why"), u"heading"_s))
    , m_why(new WhyPanel(desk))
{
    setObjectName(u"details"_s);
    auto *inner = new QWidget;
    auto *layout = new QVBoxLayout(inner);
    layout->setContentsMargins(14, 8, 14, 12);
    layout->setSpacing(10);
    m_title->setWordWrap(true);
    layout->addWidget(m_title);
    layout->addWidget(m_state);
    layout->addWidget(m_buttons);
    layout->addWidget(m_facts);
    layout->addWidget(m_whyHeading);
    layout->addWidget(m_why);
    layout->addStretch(1);
    auto *grid = new QGridLayout(m_buttons);
    grid->setContentsMargins(0, 0, 0, 0);
    grid->setSpacing(6);
    auto *scroll = new QScrollArea(this);
    scroll->setWidgetResizable(true);
    scroll->setHorizontalScrollBarPolicy(Qt::ScrollBarAlwaysOff);
    scroll->setWidget(inner);
    scroll->setFocusPolicy(Qt::NoFocus);
    auto *outer = new QVBoxLayout(this);
    outer->setContentsMargins(0, 0, 0, 0);
    outer->addWidget(scroll);
    connect(desk->selection, &Selection::changed, this, &DetailsPanel::onSelection);
    connect(m_watch, &RunWatch::changed, this, &DetailsPanel::redraw);
    connect(desk->liveRuns, &LiveRuns::runChanged, m_watch, &RunWatch::runChanged);
    connect(desk->jobs, &Jobs::jobsChanged, this, &DetailsPanel::redraw);
    connect(desk->agents, &Agents::agentsChanged, this, &DetailsPanel::redraw);
    connect(desk->times, &Times::changed, this, [this] {
        m_whyJob.clear();
        redraw();
    });
    connect(desk->session, &Session::tick, this, [this] {
        const auto &run = m_desk->selection->subject().run;
        if (isVisible() && run && !isFinal(run->state))
            redraw();
    });
    onSelection();
}

void DetailsPanel::focusWhy()
{
    m_whyJob.clear();
    redraw();
}

void DetailsPanel::onSelection()
{
    const Subject &subject = m_desk->selection->subject();
    m_watch->show(subject.run ? subject.run->id : RunId());
    m_whyJob.clear();
    redraw();
}

void DetailsPanel::redraw()
{
    const Subject &subject = m_desk->selection->subject();
    const Agent *agent = subject.agent ? m_desk->agents->find(*subject.agent) : nullptr;
    const bool nothing = !subject.run && !subject.job && !agent;
    m_state->setVisible(!nothing);
    m_facts->setVisible(!nothing);
    m_whyHeading->setVisible(subject.run || subject.job);
    m_why->setVisible(nothing || subject.run || subject.job);
    if (subject.run) {
        showRun(m_watch->detail() ? static_cast<const wire::RunRow &>(*m_watch->detail()) : *subject.run);
    } else if (subject.job) {
        showJob(*subject.job);
    } else if (agent) {
        showAgent(*agent);
    } else {
        m_title->setText(tr("Details"));
        setButtons({});
        m_why->setText(tr("Select a run, a job or an agent to see how it stands, why, and what can be done."));
    }
}

void DetailsPanel::showRun(const wire::RunRow &run)
{
    m_title->setText(u"%1 #%2"_s.arg(run.jobName).arg(run.id.value));
    m_state->setLook(lookOf(run), runSummary(run));
    QStringList buttons{u"run.open"_s, u"run.log"_s};
    if (isFinal(run.state))
        buttons += {u"act.run"_s, u"run.changed"_s};
    else
        buttons += u"run.cancel"_s;
    if (isWaiting(run.state))
        buttons += {u"run.hold"_s, u"run.priority"_s};
    if (run.acknowledgedAt)
        buttons += u"run.reopen"_s;
    else if (isFailure(run.state))
        buttons += u"act.acknowledge"_s;
    if (run.unreachableSince)
        buttons += u"run.lost"_s;
    setButtons(buttons);
    std::vector<Facts::Fact> facts = factsOf(run, *m_desk->times);
    const Progress progress = progressOf(run, m_desk->estimates->of(run.jobName), m_desk->times->now());
    if (progress.kind == Progress::Kind::Fraction || progress.kind == Progress::Kind::Late)
        facts.insert(facts.begin(), {tr("Progress"), progress.text, tr("Against the median of its newest successes.")});
    m_facts->set(facts);
    if (m_watch->why())
        m_why->set(m_watch->why());
    else
        m_why->setText(tr("Asking ..."));
}

void DetailsPanel::showJob(const QString &name)
{
    const wire::JobRow *job = m_desk->jobs->find(name);
    m_title->setText(name);
    QStringList buttons{u"act.run"_s, u"job.pause"_s, u"job.open"_s, u"job.history"_s};
    if (job && job->next)
        buttons += job->nextSkipped ? u"job.unskip"_s : u"job.skip"_s;
    if (!m_desk->selection->subject().concerns.empty())
        buttons += u"act.acknowledge"_s;
    setButtons(buttons);
    if (!job) {
        m_state->setLook({Look::Waiting, u"state-skipped"_s, {}, {}},
            m_desk->jobs->isComplete() ? tr("removed") : tr("loading ..."));
        m_facts->set({});
    } else {
        const Times &times = *m_desk->times;
        m_state->setLook(lookOf(*job), lookOf(*job).word);
        const auto time = [&](const std::optional<Instant> &at) {
            return at ? u"%1  (%2)"_s.arg(times.text(*at, name), agoText(*at, times.now())) : QString();
        };
        const QString last = job->lastRun && job->lastState
            ? u"#%1  %2"_s.arg(job->lastRun->value).arg(lookOf(*job->lastState).word)
            : QString();
        m_facts->set({{tr("Title"), job->title},
            {tr("Schedule"), job->schedule.isEmpty() ? tr("on demand") : job->schedule}, {tr("Zone"), job->zone},
            {tr("Next start"), job->nextSkipped ? time(job->next) + u'\n' + tr("will be skipped") : time(job->next)},
            {tr("Last run"), last}, {tr("Ended"), time(job->lastEnded)}, {tr("Paused since"), time(job->pausedSince)},
            {tr("Paused until"), time(job->pausedUntil)}, {tr("Version"), QString::number(job->version)}});
    }
    askWhyJob(name);
}

void DetailsPanel::showAgent(const Agent &agent)
{
    m_title->setText(agent.name);
    m_state->setLook(lookOf(agent), lookOf(agent).word);
    QStringList buttons{agent.drained ? u"agent.resume"_s : u"agent.drain"_s, u"agent.runs"_s};
    if (agent.state == AgentState::Unreachable)
        buttons += u"agent.forget"_s;
    setButtons(buttons);
    const Times &times = *m_desk->times;
    m_facts->set({{tr("Slots"), tr("%1 of %2 in use").arg(agent.used).arg(agent.slots)},
        {tr("Last seen"),
            agent.state == AgentState::Unreachable
                ? u"%1  (%2)"_s.arg(times.text(agent.lastSeen), agoText(agent.lastSeen, times.now()))
                : tr("connected")},
        {tr("Clock"), tr("%1 ms from the backend's").arg(agent.skewMs)}, {tr("Version"), agent.version},
        {tr("Kills by"), agent.killSet},
        {tr("Ephemeral"), agent.ephemeral ? tr("yes: forgotten 10 minutes after it leaves idle") : QString()},
        {tr("Labels"), labelWords(agent.labels).replace(u' ', u'\n')}});
}

void DetailsPanel::setButtons(const QStringList &ids)
{
    if (std::exchange(m_buttonIds, ids) == ids)
        return;
    // One of them may be the one that was clicked.
    for (QToolButton *old : m_buttons->findChildren<QToolButton *>()) {
        old->hide();
        old->setParent(nullptr);
        old->deleteLater();
    }
    auto *grid = static_cast<QGridLayout *>(m_buttons->layout());
    for (int i = 0; i < int(ids.size()); ++i) {
        QToolButton *button = makeButton(m_desk->commands->action(ids[i]));
        button->setSizePolicy(QSizePolicy::Expanding, QSizePolicy::Fixed);
        grid->addWidget(button, i / 2, i % 2);
    }
    m_buttons->setVisible(!ids.isEmpty());
}

void DetailsPanel::askWhyJob(const QString &job)
{
    if (m_whyJob == job || !m_desk->session->isReady())
        return;
    m_whyJob = job;
    m_why->setText(tr("Asking ..."));
    m_desk->session->client()->ask(wire::ExplainJob{.job = job, .zone = m_desk->times->spokenZone()}, this,
        [this, job](const Answer<wire::Explanation> &answer) {
            if (m_whyJob != job)
                return;
            if (answer)
                m_why->set(*answer);
            else
                m_why->setText(answer.error().message);
        });
}

} // namespace belfry
