// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/actions.h"

#include "console/views/parts.h"
#include "console/views/pausedialog.h"
#include "console/views/triggerdialog.h"
#include "console/views/undobar.h"

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
        for (wire::RunRow &each : subject.runs)
            if (each.id == run.id)
                each = run;
        m_desk->selection->set(subject);
    });
    connect(desk->jobs, &Jobs::jobsChanged, this, &Actions::update);
    connect(desk->agents, &Agents::agentsChanged, this, &Actions::update);
    update();
    m_operator = new OperatorActions(desk, this); // after the others: it shares a key with one of them
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
            if (subject.runs.size() > 1)
                runAllAgain(subject.runs);
            else if (subject.run)
                runAgain(*subject.run);
            else if (subject.job)
                trigger(*subject.job);
        });
    commands->add({u"run.changed"_s, group, tr("Run with changes"), u"edit"_s, Qt::SHIFT | Qt::Key_R,
                      tr("The job's form, with the parameters of this run.")},
        onRun([this](const auto &run) { trigger(run.jobName, run.params); }));
    commands->add({u"run.cancel"_s, group, tr("Cancel run"), u"cancel"_s, Qt::Key_K,
                      tr("Ends its processes, or takes it out of the queue.")},
        [this] { cancelRuns(runsOf(m_desk->selection->subject())); });
    commands->add({u"run.lost"_s, group, tr("Declare lost"), u"lost"_s, {},
                      tr("For an attempt on an agent that will not come back.")},
        onRun([this](const auto &run) { declareLost(run); }));
    commands->add(
        {u"act.why"_s, group, tr("Why"), u"why"_s, Qt::Key_W, tr("Why a run waits or ran, why a job does not run.")},
        [this] { m_desk->navigator->openWhy(); });
    commands->add({u"run.job"_s, group, tr("Open its job"), u"job"_s, Qt::Key_J},
        onRun([this](const auto &run) { m_desk->navigator->openJob(run.jobName); }));
    commands->add({u"run.compare"_s, group, tr("Compare with last good run"), u"state-succeeded"_s, {},
                      tr("What differs from the last run before it that succeeded.")},
        onRun([this](const auto &run) { m_desk->navigator->openCompare(run.id); }));
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
        [this] {
            QStringList all = jobs();
            const auto isPaused = [this](const QString &each) {
                const wire::JobRow *row = m_desk->jobs->find(each);
                return row && row->pausedSince;
            };
            const bool paused = !all.isEmpty() && isPaused(all.front());
            all.removeIf([&](const QString &each) { return isPaused(each) != paused; });
            paused ? resume(all) : pause(all);
        });
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

QStringList Actions::jobs() const
{
    const Subject &subject = m_desk->selection->subject();
    if (!subject.jobs.isEmpty())
        return subject.jobs;
    return job().isEmpty() ? QStringList() : QStringList{job()};
}

void Actions::update()
{
    const Subject &subject = m_desk->selection->subject();
    allowRuns(runsOf(subject));
    allowJobs(jobs());
    allowAgents(subject.agent.value_or(QString()));
}

void Actions::allowRuns(const std::vector<wire::RunRow> &runs)
{
    Commands &commands = *m_desk->commands;
    const std::optional<wire::RunRow> &run = m_desk->selection->subject().run;
    const QString none = run ? QString() : tr("No run is selected.");
    for (const QString &id : {u"run.open"_s, u"run.log"_s, u"run.job"_s, u"run.copy"_s, u"run.timeline"_s,
             u"run.compare"_s})
        commands.allow(id, none);
    const QString may = m_desk->session->whyNot(Role::Operator);
    const auto when = [&](bool good, const QString &why) {
        return !none.isEmpty() ? none : !may.isEmpty() ? may : good ? QString() : why;
    };
    const auto anyOver = std::ranges::any_of(runs, [](const wire::RunRow &each) { return isFinal(each.state); });
    const auto anyOpen = std::ranges::any_of(runs, [](const wire::RunRow &each) { return !isFinal(each.state); });
    commands.allow(u"run.cancel"_s, when(anyOpen, tr("The run is over.")));
    commands.allow(u"run.changed"_s, when(true, {}));
    commands.allow(u"run.lost"_s,
        when(run && run->unreachableSince,
            tr("Only an attempt whose agent is away can be declared lost; a connected agent knows better.")));
    const QString noJob = job().isEmpty() ? tr("No job and no run is selected.") : QString();
    commands.allow(u"act.run"_s,
        !noJob.isEmpty()      ? noJob
            : !may.isEmpty()  ? may
            : run && !anyOver ? tr("The run is not over yet.")
            : !run && m_desk->selection->subject().jobs.size() > 1
            ? tr("Choose one job: each asks for its own parameters.")
            : QString());
    commands.allow(u"act.why"_s, noJob);
}

void Actions::allowJobs(const QStringList &names)
{
    Commands &commands = *m_desk->commands;
    const QString name = names.value(0);
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
        Params given = params;
        if (given.empty()) {
            const QString backend = m_desk->session->address().url.toString();
            for (const auto &[param, value] : m_desk->lastValues->of(backend, answer->definition.fullName()))
                if (std::ranges::any_of(
                        answer->definition.params, [&](const ParamDefinition &each) { return each.name == param; }))
                    given[param] = value;
        }
        const bool remembered = params.empty() && !given.empty();
        auto *dialog = new TriggerDialog(m_desk, *answer, given, m_desk->navigator->window(), remembered);
        dialog->open();
    });
}

void Actions::cancelRuns(const std::vector<wire::RunRow> &selected)
{
    std::vector<wire::RunRow> runs = selected;
    std::erase_if(runs, [](const wire::RunRow &run) { return isFinal(run.state); });
    const wire::RunRow &first = runs.front();
    QStringList names;
    for (const wire::RunRow &run : runs)
        names += named(run);
    const QString effect = runs.size() > 1 ? bulkNames(names) + u"\n\n"_s
            + tr("What waits leaves the queue; processes get TERM, and after the job's grace KILL. This cannot be "
                 "undone.")
        : isWaiting(first.state)
        ? tr("It has not started; it leaves the queue and ends as cancelled. This cannot be undone.")
        : tr("Its processes on %1 get TERM, and after the job's grace KILL. This cannot be undone.").arg(first.agent);
    const QString title
        = runs.size() > 1 ? tr("Cancel %n run(s)?", nullptr, int(runs.size())) : tr("Cancel run %1?").arg(named(first));
    confirm(m_desk->navigator->window(),
        {.title = title, .text = effect, .action = runs.size() > 1 ? tr("Cancel the runs") : tr("Cancel the run")},
        [this, runs](const QString &reason) {
            std::vector<std::pair<QString, wire::RunCancel>> requests;
            for (const wire::RunRow &run : runs)
                requests.emplace_back(named(run), wire::RunCancel{run.id, reason});
            const QString done = runs.size() > 1 ? tr("%n run(s) are being cancelled.", nullptr, int(runs.size()))
                                                 : tr("Run #%1 is being cancelled.").arg(runs.front().id.value);
            BulkSender<wire::RunCancel>::start(m_desk, this, std::move(requests),
                [this, done](const std::vector<BulkOutcome> &outcomes) { tellBulk(m_desk, done, outcomes); });
        });
}

void Actions::runAllAgain(const std::vector<wire::RunRow> &selected)
{
    std::vector<wire::RunRow> runs = selected;
    std::erase_if(runs, [](const wire::RunRow &run) { return !isFinal(run.state); });
    QStringList names;
    for (const wire::RunRow &run : runs)
        names += named(run);
    confirm(m_desk->navigator->window(),
        {.title = tr("Run %n run(s) again?", nullptr, int(runs.size())),
            .text = bulkNames(names) + u"\n\n"_s
                + tr("Each with its own parameters and the definition that it had. This cannot be undone; new runs can "
                     "be cancelled."),
            .action = tr("Run again"),
            .dangerous = false},
        [this, runs](const QString &reason) {
            std::vector<std::pair<QString, wire::RunRerun>> requests;
            for (const wire::RunRow &run : runs)
                requests.emplace_back(named(run), wire::RunRerun{run.id, reason});
            const QString done = tr("%n run(s) were made.", nullptr, int(runs.size()));
            BulkSender<wire::RunRerun>::start(m_desk, this, std::move(requests),
                [this, done](const std::vector<BulkOutcome> &outcomes) { tellBulk(m_desk, done, outcomes); });
        });
}

void Actions::runAgain(const wire::RunRow &run)
{
    const QString with = run.params.empty() ? tr("without parameters") : tr("with %1").arg(paramWords(run.params));
    confirm(m_desk->navigator->window(),
        {.title = tr("Run %1 again?").arg(run.jobName),
            .text = tr("The definition that run #%1 had (version %2), %3.").arg(run.id.value).arg(run.version).arg(with)
                + u' ' + tr("This cannot be undone; the new run can be cancelled."),
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
                    m_desk->troubles->startedHere(answer->run);
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

void Actions::pause(const QStringList &names)
{
    const QString what = names.size() == 1 ? names.front() : tr("%n job(s)", nullptr, int(names.size()));
    auto *dialog
        = new PauseDialog(m_desk, what, m_desk->navigator->window(), names.size() > 1 ? bulkNames(names) : QString());
    connect(dialog, &PauseDialog::chosen, this,
        [this, names](const std::optional<Instant> &until, PauseThen then) { pauseUntil(names, until, then); });
    dialog->open();
}

void Actions::pauseUntil(const QStringList &names, const std::optional<Instant> &until, PauseThen then)
{
    std::vector<std::pair<QString, wire::JobPause>> requests;
    for (const QString &name : names)
        requests.emplace_back(name, wire::JobPause{name, until, then});
    const QString done = names.size() == 1 ? tr("%1 is paused. Resume it with H.").arg(names.front())
                                           : tr("%n job(s) are paused.", nullptr, int(names.size()));
    BulkSender<wire::JobPause>::start(
        m_desk, this, std::move(requests), [this, names, done](const std::vector<BulkOutcome> &outcomes) {
            tellBulk(m_desk, done, outcomes);
            QStringList paused;
            for (const BulkOutcome &each : outcomes)
                if (each.error.isEmpty())
                    paused += each.name;
            if (!paused.isEmpty())
                m_desk->undo->offer(done, [this, paused] { resume(paused); });
        });
}

// One can be paused again as it was; the definition of its pause is asked for first.
void Actions::resume(const QStringList &names)
{
    if (names.size() > 1) {
        std::vector<std::pair<QString, wire::JobResume>> requests;
        for (const QString &name : names)
            requests.emplace_back(name, wire::JobResume{name});
        const QString done = tr("%n job(s) are resumed.", nullptr, int(names.size()));
        BulkSender<wire::JobResume>::start(m_desk, this, std::move(requests),
            [this, done](const std::vector<BulkOutcome> &outcomes) { tellBulk(m_desk, done, outcomes); });
        return;
    }
    const QString name = names.value(0);
    m_desk->session->client()->ask(wire::JobGet{name}, this, [this, name](const Answer<Job> &before) {
        if (!before) {
            m_desk->navigator->notice(before.error().message, true);
            return;
        }
        m_desk->session->client()->ask(
            wire::JobResume{name}, this, [this, name, job = *before](const Answer<wire::PauseReply> &answer) {
                const QString done = tr("%1 is resumed.").arg(name);
                m_desk->navigator->notice(answer ? done : answer.error().message, !answer);
                if (answer)
                    offerPauseAgain(name, done, job);
            });
    });
}

void Actions::offerPauseAgain(const QString &name, const QString &done, const Job &before)
{
    m_desk->undo->offer(done, [this, name, until = before.pausedUntil, then = before.pauseThen] {
        send(wire::JobPause{name, until, then}, tr("%1 is paused again.").arg(name));
    });
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
