// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/views/operatoractions.h"

#include "console/models/attention.h"
#include "console/views/parts.h"
#include "console/views/prioritydialog.h"
#include "console/views/undobar.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QString nameOfRun(const wire::RunRow &run)
{
    return u"#%1 (%2)"_s.arg(run.id.value).arg(run.jobName);
}

QStringList namesOf(const std::vector<wire::RunRow> &runs)
{
    QStringList names;
    for (const wire::RunRow &run : runs)
        names += nameOfRun(run);
    return names;
}

template <class Request, class Make>
std::vector<std::pair<QString, Request>> requestsFor(const std::vector<wire::RunRow> &runs, const Make &make)
{
    std::vector<std::pair<QString, Request>> requests;
    for (const wire::RunRow &run : runs)
        requests.emplace_back(nameOfRun(run), make(run));
    return requests;
}

bool allDone(const std::vector<BulkOutcome> &outcomes)
{
    return std::ranges::all_of(outcomes, [](const BulkOutcome &each) { return each.error.isEmpty(); });
}

} // namespace

OperatorActions::OperatorActions(Desk *desk, QObject *parent)
    : QObject(parent)
    , m_desk(desk)
{
    addCommands();
    connect(desk->selection, &Selection::changed, this, &OperatorActions::update);
    connect(desk->session, &Session::phaseChanged, this, &OperatorActions::update);
    connect(desk->session, &Session::clientChanged, desk->undo, &UndoBar::forget);
    connect(desk->jobs, &Jobs::jobsChanged, this, &OperatorActions::update);
    connect(desk->undo, &UndoBar::changed, this, &OperatorActions::update);
    update();
}

void OperatorActions::addCommands()
{
    Commands *commands = m_desk->commands;
    const QString run = tr("Run");
    const QString job = tr("Job");
    commands->add({u"act.acknowledge"_s, run, tr("Acknowledge"), u"acknowledge"_s, Qt::Key_A,
                      tr("You have seen the failure: it needs no attention any more.")},
        [this] { acknowledge(); });
    commands->add({u"run.reopen"_s, run, tr("Take acknowledgement back"), u"attention"_s, {},
                      tr("The failure asks for attention again.")},
        [this] { reopen(); });
    commands->add({u"run.hold"_s, run, tr("Hold or release"), u"pause"_s, {},
                      tr("A held run does not start before it is released; others may overtake it.")},
        [this] { holdOrRelease(); });
    commands->add({u"run.priority"_s, run, tr("Priority ..."), u"priority"_s, Qt::Key_P,
                      tr("Changes the place of a waiting run in the queue.")},
        [this] { prioritize(waitingRuns()); });
    commands->add({u"job.skip"_s, job, tr("Skip next"), u"skip"_s, Qt::Key_S,
                      tr("The next occasion is skipped when it is due; what the job does otherwise stays.")},
        [this] { skip(); });
    commands->add({u"job.unskip"_s, job, tr("Do not skip"), u"resume"_s, Qt::SHIFT | Qt::Key_S,
                      tr("An occasion that was to be skipped runs after all.")},
        [this] { unskip(); });
    commands->add({u"go.undo"_s, tr("Go"), tr("Undo"), u"back"_s, Qt::CTRL | Qt::Key_Z,
                      tr("Takes back what was done in the last ten seconds.")},
        [this] { m_desk->undo->undo(); });
}

void OperatorActions::update()
{
    // One key for two things: it belongs to the run where one is selected.
    const bool onRun = m_desk->selection->subject().run.has_value();
    m_desk->commands->action(u"run.hold"_s)->setShortcut(onRun ? QKeySequence(Qt::Key_H) : QKeySequence());
    m_desk->commands->action(u"job.pause"_s)->setShortcut(onRun ? QKeySequence() : QKeySequence(Qt::Key_H));
    m_desk->commands->allow(u"job.pause"_s, Commands::whyNot(m_desk->commands->action(u"job.pause"_s)));
    allowFailures();
    allowQueue();
    allowSkips();
    const QString whyNot = m_desk->undo->needsBackend() ? m_desk->session->whyNot(Role::Operator) : QString();
    m_desk->commands->allow(u"go.undo"_s,
        m_desk->undo->isOffered() ? whyNot : tr("There is nothing to undo; cancels and runs cannot be undone."));
}

// ---- failures

std::vector<OperatorActions::Failure> OperatorActions::failures() const
{
    const Subject &subject = m_desk->selection->subject();
    std::vector<Failure> all;
    for (const wire::AttentionRow &row : subject.concerns) {
        const QString name = concernName(row, *m_desk->times);
        if (row.run)
            all.push_back({name, row.run, {}, {}});
        else
            all.push_back({name, {}, row.job, row.at});
    }
    if (!all.empty())
        return all;
    for (const wire::RunRow &run : runsOf(subject))
        if (isFailure(run.state) && !run.acknowledgedAt)
            all.push_back({nameOfRun(run), run.id, {}, {}});
    return all;
}

std::vector<wire::RunRow> OperatorActions::acknowledgedRuns() const
{
    std::vector<wire::RunRow> runs = runsOf(m_desk->selection->subject());
    std::erase_if(runs, [](const wire::RunRow &run) { return !run.acknowledgedAt; });
    return runs;
}

void OperatorActions::allowFailures()
{
    const Subject &subject = m_desk->selection->subject();
    const QString may = m_desk->session->whyNot(Role::Operator);
    const QString none
        = runsOf(subject).empty() && subject.concerns.empty() ? tr("No run and no failure is selected.") : QString();
    m_desk->commands->allow(u"act.acknowledge"_s,
        !none.isEmpty()          ? none
            : !may.isEmpty()     ? may
            : failures().empty() ? tr("Nothing of it failed, or it was acknowledged already.")
                                 : QString());
    m_desk->commands->allow(u"run.reopen"_s,
        !none.isEmpty()                  ? none
            : !may.isEmpty()             ? may
            : acknowledgedRuns().empty() ? tr("It was not acknowledged.")
                                         : QString());
}

void OperatorActions::acknowledge()
{
    const std::vector<Failure> all = failures();
    QStringList names;
    for (const Failure &each : all)
        names += each.name;
    const QString title = all.size() == 1 ? tr("Acknowledge %1?").arg(names.front())
                                          : tr("Acknowledge %n failure(s)?", nullptr, int(all.size()));
    const QString text = tr("It leaves the list of what needs attention, with your name and your note.");
    confirm(m_desk->navigator->window(),
        {.title = title,
            .text = all.size() == 1 ? text : bulkNames(names) + u"\n\n"_s + text,
            .action = tr("Acknowledge"),
            .dangerous = false,
            .reasonHint = tr("Note: what is known of it")},
        [this, all](const QString &note) {
            std::vector<std::pair<QString, wire::AttentionAcknowledge>> requests;
            for (const Failure &each : all)
                requests.emplace_back(each.name, wire::AttentionAcknowledge{each.run, each.job, each.at, note});
            const QString done = tr("%n failure(s) acknowledged.", nullptr, int(all.size()));
            BulkSender<wire::AttentionAcknowledge>::start(
                m_desk, this, std::move(requests), [this, all, done](const std::vector<BulkOutcome> &outcomes) {
                    tellBulk(m_desk, done, outcomes);
                    std::vector<std::pair<QString, wire::AttentionReopen>> back;
                    for (std::size_t i = 0; i < all.size(); ++i)
                        if (outcomes[i].error.isEmpty())
                            back.emplace_back(all[i].name, wire::AttentionReopen{all[i].run, all[i].job, all[i].at});
                    if (back.empty())
                        return;
                    m_desk->undo->offer(done, [this, back] {
                        BulkSender<wire::AttentionReopen>::start(
                            m_desk, this, back, [this](const std::vector<BulkOutcome> &undone) {
                                tellBulk(m_desk, tr("It asks for attention again."), undone);
                            });
                    });
                });
        });
}

void OperatorActions::reopen()
{
    const auto requests = requestsFor<wire::AttentionReopen>(acknowledgedRuns(), [](const wire::RunRow &run) {
        return wire::AttentionReopen{run.id, {}, {}};
    });
    BulkSender<wire::AttentionReopen>::start(m_desk, this, requests, [this](const std::vector<BulkOutcome> &outcomes) {
        tellBulk(m_desk, tr("It asks for attention again."), outcomes);
    });
}

// ---- what waits

std::vector<wire::RunRow> OperatorActions::waitingRuns() const
{
    std::vector<wire::RunRow> runs = runsOf(m_desk->selection->subject());
    std::erase_if(runs, [](const wire::RunRow &run) { return !isWaiting(run.state); });
    return runs;
}

void OperatorActions::allowQueue()
{
    Commands &commands = *m_desk->commands;
    const QString none = runsOf(m_desk->selection->subject()).empty() ? tr("No run is selected.") : QString();
    const QString may = m_desk->session->whyNot(Role::Operator);
    const std::vector<wire::RunRow> waiting = waitingRuns();
    const QString why = !none.isEmpty() ? none
        : !may.isEmpty()                ? may
        : waiting.empty() ? tr("It does not wait: only a run that waits can be held or moved in the queue.")
                          : QString();
    const bool held = !waiting.empty() && waiting.front().heldSince;
    QAction *hold = commands.action(u"run.hold"_s);
    hold->setText(waiting.empty() ? tr("Hold or release") : held ? tr("Release run") : tr("Hold run"));
    hold->setIcon(m_desk->theme->icon(held ? u"resume"_s : u"pause"_s));
    commands.allow(u"run.hold"_s, why);
    commands.allow(u"run.priority"_s, why);
}

void OperatorActions::holdOrRelease()
{
    std::vector<wire::RunRow> runs = waitingRuns();
    const bool held = runs.front().heldSince.has_value();
    std::erase_if(runs, [held](const wire::RunRow &run) { return run.heldSince.has_value() != held; });
    if (held) {
        release(runs);
        return;
    }
    confirm(m_desk->navigator->window(),
        {.title = runs.size() == 1 ? tr("Hold run %1?").arg(nameOfRun(runs.front()))
                                   : tr("Hold %n run(s)?", nullptr, int(runs.size())),
            .text = (runs.size() == 1 ? QString() : bulkNames(namesOf(runs)) + u"\n\n"_s)
                + tr("It does not start before somebody releases it. Later runs may overtake it, and its start_by "
                     "counts on."),
            .action = tr("Hold"),
            .dangerous = false},
        [this, runs](const QString &reason) { hold(runs, reason); });
}

void OperatorActions::hold(const std::vector<wire::RunRow> &runs, const QString &reason)
{
    const QString done = runs.size() == 1 ? tr("Run #%1 is held.").arg(runs.front().id.value)
                                          : tr("%n run(s) are held.", nullptr, int(runs.size()));
    BulkSender<wire::RunHold>::start(m_desk, this,
        requestsFor<wire::RunHold>(runs,
            [&](const wire::RunRow &run) {
                return wire::RunHold{run.id, reason};
            }),
        [this, runs, done](const std::vector<BulkOutcome> &outcomes) {
            tellBulk(m_desk, done, outcomes);
            if (allDone(outcomes))
                m_desk->undo->offer(done, [this, runs] { release(runs); });
        });
}

void OperatorActions::release(const std::vector<wire::RunRow> &runs)
{
    const QString done = runs.size() == 1 ? tr("Run #%1 is released.").arg(runs.front().id.value)
                                          : tr("%n run(s) are released.", nullptr, int(runs.size()));
    BulkSender<wire::RunRelease>::start(m_desk, this,
        requestsFor<wire::RunRelease>(runs, [](const wire::RunRow &run) { return wire::RunRelease{run.id}; }),
        [this, done](const std::vector<BulkOutcome> &outcomes) { tellBulk(m_desk, done, outcomes); });
}

void OperatorActions::prioritize(const std::vector<wire::RunRow> &runs)
{
    const QString what = runs.size() == 1 ? nameOfRun(runs.front()) : tr("%n run(s)", nullptr, int(runs.size()));
    auto *dialog = new PriorityDialog(what, runs.front().priority, m_desk->navigator->window());
    connect(dialog, &PriorityDialog::chosen, this, [this, runs](int priority) {
        const QString done = runs.size() == 1
            ? tr("Run #%1 has priority %2.").arg(runs.front().id.value).arg(priority)
            : tr("%n run(s) have priority %1.", nullptr, int(runs.size())).arg(priority);
        BulkSender<wire::RunPriority>::start(m_desk, this,
            requestsFor<wire::RunPriority>(runs,
                [&](const wire::RunRow &run) {
                    return wire::RunPriority{run.id, priority};
                }),
            [this, done](const std::vector<BulkOutcome> &outcomes) { tellBulk(m_desk, done, outcomes); });
    });
    dialog->open();
}

// ---- what is to come

void OperatorActions::allowSkips()
{
    Commands &commands = *m_desk->commands;
    const Subject &subject = m_desk->selection->subject();
    const QStringList jobs = jobsOf(subject);
    const wire::JobRow *row = jobs.size() == 1 ? m_desk->jobs->find(jobs.front()) : nullptr;
    const QString may = m_desk->session->whyNot(Role::Operator);
    const QString none = jobs.size() > 1 ? tr("Choose one job: each has its own next occasion.")
        : !row                           ? tr("No job is selected.")
        : !row->next                     ? tr("It has no occasion to come that can be told beforehand.")
                                         : QString();
    commands.action(u"job.skip"_s)->setText(subject.occasion ? tr("Skip this occasion") : tr("Skip next"));
    const QString why = none.isEmpty() ? may : none;
    commands.allow(u"job.skip"_s, why);
    commands.allow(u"job.unskip"_s, why);
}

void OperatorActions::skip()
{
    const Subject subject = m_desk->selection->subject();
    const QString job = *subject.job;
    const QString which = subject.occasion
        ? tr("Skip the occasion of %1 at %2?").arg(job, m_desk->times->text(*subject.occasion, job))
        : tr("Skip the next occasion of %1?").arg(job);
    confirm(m_desk->navigator->window(),
        {.title = which,
            .text = tr("When it is due, the ledger says that it was skipped, by whom and why. Until then it can be "
                       "taken back."),
            .action = tr("Skip it"),
            .dangerous = false,
            .reasonHint = tr("Reason (kept in the ledger)")},
        [this, job, at = subject.occasion](const QString &reason) {
            m_desk->session->client()->ask(
                wire::ScheduleSkip{job, at, reason}, this, [this](const Answer<wire::SkipReply> &answer) {
                    if (!answer) {
                        m_desk->navigator->notice(answer.error().message, true);
                        return;
                    }
                    const wire::SkipReply skipped = *answer;
                    const QString done = tr("The occasion of %1 at %2 will be skipped.")
                                             .arg(skipped.job, m_desk->times->text(skipped.at, skipped.job));
                    m_desk->navigator->notice(done);
                    m_desk->undo->offer(done, [this, skipped] {
                        m_desk->session->client()->ask(wire::ScheduleUnskip{skipped.job, skipped.at}, this,
                            [this](const Answer<wire::SkipReply> &undone) {
                                m_desk->navigator->notice(
                                    undone ? tr("It will run after all.") : undone.error().message, !undone);
                            });
                    });
                });
        });
}

void OperatorActions::unskip()
{
    const Subject subject = m_desk->selection->subject();
    m_desk->session->client()->ask(
        wire::ScheduleUnskip{*subject.job, subject.occasion}, this, [this](const Answer<wire::SkipReply> &answer) {
            if (answer)
                m_desk->navigator->notice(tr("The occasion of %1 at %2 will run after all.")
                                              .arg(answer->job, m_desk->times->text(answer->at, answer->job)));
            else
                m_desk->navigator->notice(answer.error().message, true);
        });
}

} // namespace belfry
