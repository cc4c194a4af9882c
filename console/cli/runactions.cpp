// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/interrupt.h"
#include "console/cli/logprinter.h"
#include "console/cli/runfollower.h"
#include "console/cli/session.h"
#include "console/cli/sheets.h"
#include "console/cli/text.h"
#include "console/cli/waitcode.h"

#include <unistd.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

bool readParams(Session &session, std::map<QString, QJsonValue> &params)
{
    for (const QString &given : session.arguments().values(u"param"_s)) {
        const qsizetype equals = given.indexOf(u'=');
        const QString name = given.left(std::max<qsizetype>(0, equals));
        if (name.isEmpty()) {
            session.failUsage(u"-p '%1': write it like name=value"_s.arg(given));
            return false;
        }
        if (!params.insert({name, given.sliced(equals + 1)}).second) {
            session.failUsage(u"-p: the parameter '%1' is there twice"_s.arg(name));
            return false;
        }
    }
    return true;
}

Sheet triggerSheet(const wire::TriggerReply &reply)
{
    const QString number = QString::number(reply.run.value);
    return {
        .lines = {{u"run"_s, number}}, .json = toJson(reply), .keys = fieldNames<wire::TriggerReply>(), .name = number};
}

QString endText(const wire::RunRow &run)
{
    QString text = u"run %1: %2"_s.arg(run.id.value).arg(nameOf(run.state));
    if (const QString exit = exitText(run.exitCode, run.signal); !exit.isEmpty() && run.state != RunState::Succeeded)
        text += run.signal ? u", "_s + exit : u", exit code "_s + exit;
    if (run.startedAt && run.endedAt)
        text += u" after "_s + roughly(*run.endedAt - *run.startedAt);
    return run.reason.isEmpty() ? text : text + u": "_s + run.reason;
}

// `run --wait` from the trigger's answer on. Lives as long as the session.
class Waiting final : public QObject
{
public:
    Waiting(Session &session, const wire::TriggerReply &trigger, bool logs)
        : QObject(&session)
        , m_session(session)
        , m_trigger(trigger)
        , m_printer({.safe = isatty(logsDescriptor()) == 1}, logsFile())
        , m_follower(session.client(), {.run = trigger.run, .logs = logs, .stateDecides = true})
    {
        connect(&m_interrupt, &Interrupt::interrupted, this, &Waiting::interrupted);
        connect(&m_follower, &RunFollower::attemptBegins, this, [this](int attempt) {
            if (attempt > 1)
                m_session.output().note(u"run %1: attempt %2"_s.arg(m_trigger.run.value).arg(attempt));
        });
        connect(&m_follower, &RunFollower::received, this,
            [this](qint64 from, const QByteArray &bytes, const std::vector<wire::LogIndexEntry> &index) {
                LogBytes log;
                log.add(from, bytes, index, {});
                m_printer.print(log);
            });
        connect(&m_follower, &RunFollower::attemptEnds, this, [this] { m_printer.finish(); });
        connect(&m_follower, &RunFollower::incomplete, &session,
            [this](const QString &why) { m_session.output().note(why); });
        connect(&m_follower, &RunFollower::failed, &session, [this](const Refusal &why) { m_session.fail(why); });
        connect(&m_follower, &RunFollower::ended, this, &Waiting::ended);
    }

private:
    // Programs' forms have standard output for themselves.
    std::FILE *logsFile() const { return m_session.output().isForPeople() ? stdout : stderr; }
    int logsDescriptor() const { return m_session.output().isForPeople() ? STDOUT_FILENO : STDERR_FILENO; }

    void interrupted()
    {
        if (!m_session.output().isForPeople())
            m_session.output().sheet(triggerSheet(m_trigger));
        m_session.output().note(u"interrupted; run %1 goes on"_s.arg(m_trigger.run.value));
        m_session.finish(exitInterrupted);
    }

    void ended(const wire::RunRow &run)
    {
        const int code = waitExitCode(run);
        if (m_session.output().isForPeople()) {
            m_session.output().note(endText(run));
            m_session.finish(code);
            return;
        }
        m_session.ask(wire::RunGet{run.id}, [this, code](const wire::RunDetail &detail) {
            m_session.output().sheet(runSheet(detail, {m_session.now(), m_session.zone()}, {}));
            m_session.finish(code);
        });
    }

    Session &m_session;
    wire::TriggerReply m_trigger;
    Interrupt m_interrupt;
    LogPrinter m_printer;
    RunFollower m_follower;
};

void triggered(Session &session, const wire::TriggerReply &reply)
{
    const bool logs = session.arguments().has(u"logs"_s);
    const bool wait = logs || session.arguments().has(u"wait"_s);
    Output &output = session.output();
    if (reply.existing)
        output.note(u"the key had made run %1 before; nothing new was triggered"_s.arg(reply.run.value));
    if (wait && logs)
        output.note(u"run %1"_s.arg(reply.run.value));
    else if (wait && output.isForPeople())
        output.say(u"run %1"_s.arg(reply.run.value));
    else if (!wait)
        output.sheet(triggerSheet(reply));
    if (!wait) {
        session.finish(exitDone);
        return;
    }
    if (!output.flush()) {
        session.finish(exitFailed);
        return;
    }
    new Waiting(session, reply, logs);
}

// `run --dry-run`: exits with 5 where the trigger would be refused.
void preview(Session &session, const wire::RunTrigger &trigger)
{
    const wire::RunPreview request{
        .job = trigger.job, .params = trigger.params, .reason = trigger.reason, .force = trigger.force};
    session.ask(request, [&session](const wire::PreviewReply &reply) {
        session.output().sheet(previewSheet(reply, session.output().style()));
        session.finish(reply.refusal.isEmpty() ? exitDone : exitCodeOf(ErrorKind::Conflict));
    });
}

// What became of each run of a `cancel`.
struct Cancelled {
    RunId run;
    bool done = false;
    QString error;
    int exitCode = 0; // not shown
};
constexpr auto describe(const Cancelled *)
{
    return fields(required(1, "run", &Cancelled::run), required(2, "done", &Cancelled::done),
        required(3, "error", &Cancelled::error));
}

void finishCancel(Session &session, const std::vector<Cancelled> &all)
{
    const auto failures = std::count_if(all.begin(), all.end(), [](const Cancelled &each) { return !each.done; });
    for (const Cancelled &each : all)
        if (!each.done)
            session.output().note(u"run %1: %2"_s.arg(each.run.value).arg(each.error));
    if (!session.output().isForPeople()) {
        session.output().list(all,
            {.columns = {},
                .name = [](const Cancelled &each) { return QString::number(each.run.value); },
                .nothing = {}});
    } else {
        for (const Cancelled &each : all)
            if (each.done)
                session.output().say(u"run %1 is being stopped"_s.arg(each.run.value));
    }
    const bool onlyOne = all.size() == 1;
    session.finish(failures == 0 ? exitDone : onlyOne ? all.front().exitCode : exitBulk);
}

} // namespace

void startRun(Session &session)
{
    const Arguments &arguments = session.arguments();
    wire::RunTrigger trigger{.job = arguments.positional(0),
        .key = arguments.value(u"key"_s),
        .reason = arguments.value(u"reason"_s),
        .force = arguments.has(u"force"_s)};
    if (!readParams(session, trigger.params))
        return;
    if (trigger.force && trigger.reason.isEmpty()) {
        session.failUsage(u"--force needs --reason: it goes against somebody's pause"_s);
        return;
    }
    if (arguments.has(u"dry-run"_s)) {
        preview(session, trigger);
        return;
    }
    session.ask(trigger, [&session](const wire::TriggerReply &reply) { triggered(session, reply); });
}

void startCancel(Session &session)
{
    const auto all = std::make_shared<std::vector<Cancelled>>();
    for (const QString &text : session.arguments().positional()) {
        const auto run = session.run(text);
        if (!run)
            return;
        all->push_back({.run = *run});
    }
    Client *client = session.client();
    if (!client)
        return;
    const auto left = std::make_shared<std::size_t>(all->size());
    for (std::size_t i = 0; i < all->size(); ++i) {
        const wire::RunCancel request{all->at(i).run, session.arguments().value(u"reason"_s)};
        client->ask(request, &session, [&session, all, left, i](const Answer<wire::Nothing> &answer) {
            Cancelled &each = all->at(i);
            each.done = answer.has_value();
            if (!answer) {
                each.error = answer.error().message;
                each.exitCode = exitCodeOf(answer.error().kind);
            }
            if (--*left == 0)
                finishCancel(session, *all);
        });
    }
}

void startRerun(Session &session)
{
    const auto run = session.run(session.arguments().positional(0));
    if (!run)
        return;
    session.ask(
        wire::RunRerun{*run, session.arguments().value(u"reason"_s)}, [&session](const wire::TriggerReply &reply) {
            session.output().sheet(triggerSheet(reply));
            session.finish(exitDone);
        });
}

void startLost(Session &session)
{
    const auto run = session.run(session.arguments().positional(0));
    if (!run)
        return;
    const QString why = session.arguments().value(u"reason"_s);
    if (why.isEmpty()) {
        session.failUsage(u"lost needs --reason: how it is known that the run lives no more"_s);
        return;
    }
    if (!session.confirm(u"Declare run %1 lost?"_s.arg(run->value)))
        return;
    session.ask(wire::RunDeclareLost{*run, why}, [&session, run = *run](const wire::Nothing &) {
        session.ask(wire::RunGet{run}, [&session](const wire::RunDetail &detail) {
            session.output().sheet(runSheet(detail, {session.now(), session.zone()}, session.output().style()));
            session.finish(exitDone);
        });
    });
}

} // namespace belfry
