// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/actions.h"

#include "console/views/parts.h"
#include "console/views/pausedialog.h"
#include "console/views/triggerdialog.h"

#include <QApplication>
#include <QClipboard>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QString named(const wire::RunRow &run)
{
    return u"#%1 (%2)"_s.arg(run.id.value).arg(run.jobName);
}

} // namespace

Actions::Actions(Desk *desk, QObject *parent)
    : QObject(parent)
    , m_desk(desk)
{
    addRunCommands();
    addJobCommands();
    addAgentCommands();
    connect(desk->selection, &Selection::changed, this, &Actions::update);
    connect(desk->session, &Session::phaseChanged, this, &Actions::update);
    connect(desk->liveRuns, &LiveRuns::runChanged, this, [this](const wire::RunRow &run) {
        Subject subject = m_desk->selection->subject();
        if (!subject.run || subject.run->id != run.id)
            return;
        subject.run = run;
        m_desk->selection->set(subject);
    });
    connect(desk->jobs, &Jobs::jobsChanged, this, &Actions::update);
    connect(desk->agents, &Agents::agentsChanged, this, &Actions::update);
    update();
}

void Actions::addRunCommands()
{
    const QString group = tr("Run");
    Commands *commands = m_desk->commands;
    const auto onRun = [this](auto act) {
        return [this, act] {
            if (const auto run = m_desk->selection->subject().run)
                act(*run);
        };
    };
    commands->add({u"run.open"_s, group, tr("Open run"), u"open"_s},
        onRun([this](const auto &run) { m_desk->navigator->openRun(run.id); }));
    commands->add({u"run.log"_s, group, tr("Show log"), u"log"_s, Qt::Key_L},
        onRun([this](const auto &run) { m_desk->navigator->openLog(run.id); }));
    commands->add({u"act.run"_s, group, tr("Run"), u"run"_s, Qt::Key_R,
                      tr("A job: asks for its parameters. A run that is over: the same again.")},
        [this] {
            const Subject &subject = m_desk->selection->subject();
            if (subject.run)
                runAgain(*subject.run);
            else if (subject.job)
                trigger(*subject.job);
        });
    commands->add({u"run.changed"_s, group, tr("Run with changes"), u"edit"_s, Qt::SHIFT | Qt::Key_R,
                      tr("The job's form, with the parameters of this run.")},
        onRun([this](const auto &run) { trigger(run.jobName, run.params); }));
    commands->add({u"run.cancel"_s, group, tr("Cancel run"), u"cancel"_s, Qt::Key_K,
                      tr("Ends its processes, or takes it out of the queue.")},
        onRun([this](const auto &run) { cancelRun(run); }));
    commands->add({u"run.lost"_s, group, tr("Declare lost"), u"lost"_s, {},
                      tr("For an attempt on an agent that will not come back.")},
        onRun([this](const auto &run) { declareLost(run); }));
    commands->add(
        {u"act.why"_s, group, tr("Why"), u"why"_s, Qt::Key_W, tr("Why a run waits or ran, why a job does not run.")},
        [this] { m_desk->navigator->openWhy(); });
    commands->add({u"run.job"_s, group, tr("Open its job"), u"job"_s, Qt::Key_J},
        onRun([this](const auto &run) { m_desk->navigator->openJob(run.jobName); }));
    commands->add({u"run.timeline"_s, group, tr("Show in timeline"), u"schedule"_s, Qt::Key_T,
                      tr("What ran, waited and was planned around it.")},
        onRun([this](const auto &run) { m_desk->navigator->openTimeline(run); }));
    commands->add({u"run.copy"_s, group, tr("Copy run number"), u"copy"_s},
        onRun([](const auto &run) { QApplication::clipboard()->setText(QString::number(run.id.value)); }));
}

void Actions::addJobCommands()
{
    const QString group = tr("Job");
    Commands *commands = m_desk->commands;
    const auto onJob = [this](auto act) {
        return [this, act] {
            if (!job().isEmpty())
                act(job());
        };
    };
    commands->add({u"job.open"_s, group, tr("Open job"), u"job"_s},
        onJob([this](const QString &each) { m_desk->navigator->openJob(each); }));
    commands->add({u"job.pause"_s, group, tr("Pause or resume"), u"pause"_s, Qt::Key_H,
                      tr("Holds what is scheduled; asks what becomes of the occasions inside.")},
        onJob([this](const QString &each) {
            const wire::JobRow *row = m_desk->jobs->find(each);
            row && row->pausedSince ? resume(each) : pause(each);
        }));
    commands->add({u"job.history"_s, group, tr("Show its history"), u"history"_s},
        onJob([this](const QString &each) { m_desk->navigator->openView(u"history"_s, u"job:"_s + each); }));
}

void Actions::addAgentCommands()
{
    const QString group = tr("Agent");
    Commands *commands = m_desk->commands;
    const auto onAgent = [this](auto act) {
        return [this, act] {
            if (const auto agent = m_desk->selection->subject().agent)
                act(*agent);
        };
    };
    commands->add({u"agent.drain"_s, group, tr("Drain"), u"drain"_s, Qt::Key_D,
                      tr("It takes no new work; what runs there goes on.")},
        onAgent([this](const QString &agent) { drain(agent, true); }));
    commands->add(
        {u"agent.resume"_s, group, tr("Resume"), u"resume"_s, Qt::SHIFT | Qt::Key_D, tr("It takes work again.")},
        onAgent([this](const QString &agent) { drain(agent, false); }));
    commands->add({u"agent.runs"_s, group, tr("Show its runs"), u"history"_s, {}},
        onAgent([this](const QString &agent) { m_desk->navigator->openView(u"history"_s, u"agent:"_s + agent); }));
    commands->add({u"agent.forget"_s, group, tr("Forget"), u"forget"_s, {},
                      tr("For an agent that will not come back. Its name becomes free.")},
        onAgent([this](const QString &agent) { forget(agent); }));
}

QString Actions::job() const
{
    const Subject &subject = m_desk->selection->subject();
    return subject.job.value_or(subject.run ? subject.run->jobName : QString());
}

void Actions::update()
{
    const Subject &subject = m_desk->selection->subject();
    allowRuns(subject.run);
    allowJobs(job());
    allowAgents(subject.agent.value_or(QString()));
}

void Actions::allowRuns(const std::optional<wire::RunRow> &run)
{
    Commands &commands = *m_desk->commands;
    const QString none = run ? QString() : tr("No run is selected.");
    for (const QString &id : {u"run.open"_s, u"run.log"_s, u"run.job"_s, u"run.copy"_s, u"run.timeline"_s})
        commands.allow(id, none);
    const QString may = m_desk->session->whyNot(Role::Operator);
    const auto when = [&](bool good, const QString &why) {
        return !none.isEmpty() ? none : !may.isEmpty() ? may : good ? QString() : why;
    };
    const bool over = run && isFinal(run->state);
    commands.allow(u"run.cancel"_s, when(!over, tr("The run is over.")));
    commands.allow(u"run.changed"_s, when(true, {}));
    commands.allow(u"run.lost"_s,
        when(run && run->unreachableSince,
            tr("Only an attempt whose agent is away can be declared lost; a connected agent knows better.")));
    const QString noJob = job().isEmpty() ? tr("No job and no run is selected.") : QString();
    commands.allow(u"act.run"_s,
        !noJob.isEmpty()     ? noJob
            : !may.isEmpty() ? may
            : run && !over   ? tr("The run is not over yet.")
                             : QString());
    commands.allow(u"act.why"_s, noJob);
}

void Actions::allowJobs(const QString &name)
{
    Commands &commands = *m_desk->commands;
    const QString none = name.isEmpty()                           ? tr("No job is selected.")
        : !m_desk->jobs->find(name) && m_desk->jobs->isComplete() ? tr("The job was removed.")
                                                                  : QString();
    const QString may = m_desk->session->whyNot(Role::Operator);
    commands.allow(u"job.open"_s, name.isEmpty() ? none : QString());
    commands.allow(u"job.history"_s, name.isEmpty() ? none : QString());
    commands.allow(u"job.pause"_s, none.isEmpty() ? may : none);
    const wire::JobRow *row = m_desk->jobs->find(name);
    const bool paused = row && row->pausedSince;
    QAction *pause = commands.action(u"job.pause"_s);
    pause->setText(!row ? tr("Pause or resume") : paused ? tr("Resume job") : tr("Pause job"));
    pause->setIcon(m_desk->theme->icon(paused ? u"resume"_s : u"pause"_s));
}

void Actions::allowAgents(const QString &name)
{
    Commands &commands = *m_desk->commands;
    const Agent *agent = name.isEmpty() ? nullptr : m_desk->agents->find(name);
    const QString none = agent ? QString() : tr("No agent is selected.");
    const auto when = [&](Role needed, bool good, const QString &why) {
        const QString may = m_desk->session->whyNot(needed);
        return !none.isEmpty() ? none : !may.isEmpty() ? may : good ? QString() : why;
    };
    commands.allow(u"agent.drain"_s, when(Role::Operator, agent && !agent->drained, tr("It is draining already.")));
    commands.allow(u"agent.resume"_s, when(Role::Operator, agent && agent->drained, tr("It is not draining.")));
    commands.allow(u"agent.forget"_s,
        when(Role::Admin, agent && agent->state == AgentState::Unreachable,
            tr("It is connected; only an agent that is away can be forgotten.")));
    commands.allow(u"agent.runs"_s, none);
}

void Actions::trigger(const QString &name, const Params &params)
{
    m_desk->session->client()->ask(wire::JobGet{name}, this, [this, params](const Answer<Job> &answer) {
        if (!answer) {
            m_desk->navigator->notice(answer.error().message, true);
            return;
        }
        auto *dialog = new TriggerDialog(m_desk, *answer, params, m_desk->navigator->window());
        dialog->open();
    });
}

void Actions::cancelRun(const wire::RunRow &run)
{
    const QString effect = isWaiting(run.state)
        ? tr("It has not started; it leaves the queue and ends as cancelled.")
        : tr("Its processes on %1 get TERM, and after the job's grace KILL. This cannot be undone.").arg(run.agent);
    confirm(m_desk->navigator->window(),
        {.title = tr("Cancel run %1?").arg(named(run)), .text = effect, .action = tr("Cancel the run")},
        [this, run](const QString &reason) {
            send(wire::RunCancel{run.id, reason}, tr("Run #%1 is being cancelled.").arg(run.id.value));
        });
}

void Actions::runAgain(const wire::RunRow &run)
{
    const QString with = run.params.empty() ? tr("without parameters") : tr("with %1").arg(paramWords(run.params));
    confirm(m_desk->navigator->window(),
        {.title = tr("Run %1 again?").arg(run.jobName),
            .text
            = tr("The definition that run #%1 had (version %2), %3.").arg(run.id.value).arg(run.version).arg(with),
            .action = tr("Run again"),
            .dangerous = false},
        [this, run](const QString &reason) {
            m_desk->session->client()->ask(
                wire::RunRerun{run.id, reason}, this, [this](const Answer<wire::TriggerReply> &answer) {
                    if (!answer) {
                        m_desk->navigator->notice(answer.error().message, true);
                        return;
                    }
                    m_desk->navigator->notice(tr("Run #%1 was made.").arg(answer->run.value));
                    m_desk->navigator->openRun(answer->run);
                });
        });
}

void Actions::declareLost(const wire::RunRow &run)
{
    confirm(m_desk->navigator->window(),
        {.title = tr("Declare run %1 lost?").arg(named(run)),
            .text = tr("You say that its processes on %1 live no more. If they do, what they still do goes unrecorded, "
                       "and a next run may meet them. This cannot be undone.")
                        .arg(run.agent),
            .action = tr("Declare lost"),
            .needsReason = true},
        [this, run](const QString &reason) {
            send(wire::RunDeclareLost{run.id, reason}, tr("Run #%1 was declared lost.").arg(run.id.value));
        });
}

void Actions::pause(const QString &name)
{
    auto *dialog = new PauseDialog(m_desk, name, m_desk->navigator->window());
    connect(dialog, &PauseDialog::chosen, this, [this, name](const std::optional<Instant> &until, PauseThen then) {
        send(wire::JobPause{name, until, then}, tr("%1 is paused. Resume it with H.").arg(name));
    });
    dialog->open();
}

void Actions::resume(const QString &name)
{
    send(wire::JobResume{name}, tr("%1 is resumed.").arg(name));
}

void Actions::drain(const QString &agent, bool drain)
{
    if (drain)
        send(wire::AgentDrain{agent}, tr("%1 takes no new work.").arg(agent));
    else
        send(wire::AgentResume{agent}, tr("%1 takes work again.").arg(agent));
}

void Actions::forget(const QString &agent)
{
    confirm(m_desk->navigator->window(),
        {.title = tr("Forget agent %1?").arg(agent),
            .text = tr("It leaves the list, and another host may take its name. If it comes back, it is a new agent."),
            .action = tr("Forget"),
            .asksReason = false},
        [this, agent](const QString &) { send(wire::AgentForget{agent}, tr("%1 is forgotten.").arg(agent)); });
}

} // namespace belfry
