// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/runwords.h"

#include <QCoreApplication>

#include <cstring>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

struct Words {
    Q_DECLARE_TR_FUNCTIONS(belfry::Words)
};

// What enums are called in the window; the list is for whoever gathers texts to translate.
[[maybe_unused]] const char *const spokenWords[] = {QT_TRANSLATE_NOOP("belfry::Words", "queued"),
    QT_TRANSLATE_NOOP("belfry::Words", "assigned"), QT_TRANSLATE_NOOP("belfry::Words", "running"),
    QT_TRANSLATE_NOOP("belfry::Words", "retrying"), QT_TRANSLATE_NOOP("belfry::Words", "succeeded"),
    QT_TRANSLATE_NOOP("belfry::Words", "warning"), QT_TRANSLATE_NOOP("belfry::Words", "skipped"),
    QT_TRANSLATE_NOOP("belfry::Words", "failed"), QT_TRANSLATE_NOOP("belfry::Words", "timed out"),
    QT_TRANSLATE_NOOP("belfry::Words", "cancelled"), QT_TRANSLATE_NOOP("belfry::Words", "not started"),
    QT_TRANSLATE_NOOP("belfry::Words", "lost"), QT_TRANSLATE_NOOP("belfry::Words", "pending"),
    QT_TRANSLATE_NOOP("belfry::Words", "ran"), QT_TRANSLATE_NOOP("belfry::Words", "merged"),
    QT_TRANSLATE_NOOP("belfry::Words", "missed"), QT_TRANSLATE_NOOP("belfry::Words", "expired"),
    QT_TRANSLATE_NOOP("belfry::Words", "schedule"), QT_TRANSLATE_NOOP("belfry::Words", "catch up"),
    QT_TRANSLATE_NOOP("belfry::Words", "manual"), QT_TRANSLATE_NOOP("belfry::Words", "pipeline")};

QString spoken(QString name)
{
    return Words::tr(name.replace(u'_', u' ').toUtf8().constData());
}

} // namespace

StateLook lookOf(RunState state)
{
    const QString word = spoken(nameOf(state));
    switch (state) {
    case RunState::Queued:
        return {Look::Waiting, u"state-queued"_s, word, Words::tr("It waits for a condition; Why tells which.")};
    case RunState::Assigned:
        return {
            Look::Running, u"state-assigned"_s, word, Words::tr("An agent has the order and has not started it yet.")};
    case RunState::Running:
        return {Look::Running, u"state-running"_s, word, Words::tr("Its processes live on the agent.")};
    case RunState::Retrying:
        return {
            Look::Waiting, u"state-retrying"_s, word, Words::tr("An attempt ended; the next one waits for its delay.")};
    case RunState::Succeeded:
        return {Look::Success, u"state-succeeded"_s, word, Words::tr("It ended as it should.")};
    case RunState::Warning:
        return {Look::Warning, u"state-warning"_s, word, Words::tr("It ended with an exit code that means a warning.")};
    case RunState::Skipped:
        return {Look::Waiting, u"state-skipped"_s, word,
            Words::tr("It ended with an exit code that means there was nothing to do.")};
    case RunState::Failed:
        return {Look::Failed, u"state-failed"_s, word, Words::tr("Its last attempt ended with an error.")};
    case RunState::TimedOut:
        return {Look::Failed, u"state-timed-out"_s, word, Words::tr("It ran for longer than it may and was ended.")};
    case RunState::Cancelled:
        return {Look::Unknown, u"state-cancelled"_s, word, Words::tr("Somebody or a policy ended it.")};
    case RunState::NotStarted:
        return {Look::Failed, u"state-not-started"_s, word, Words::tr("Its command could not be started.")};
    case RunState::Lost:
        return {Look::Unknown, u"state-lost"_s, word, Words::tr("What became of it cannot be known any more.")};
    }
    return {Look::Unknown, u"state-lost"_s, word, {}};
}

StateLook lookOf(const wire::RunRow &run)
{
    if (run.unreachableSince)
        return {Look::Unknown, u"state-unreachable"_s, Words::tr("%1, unreachable").arg(lookOf(run.state).word),
            Words::tr("Its agent is away. The state is what was last known; the run may well go on.")};
    if (run.cancelRequested && !isFinal(run.state))
        return {Look::Unknown, u"state-cancelled"_s, Words::tr("being cancelled"),
            Words::tr("It was asked to end; it is over when all its processes are gone.")};
    return lookOf(run.state);
}

StateLook lookOf(const Agent &agent)
{
    switch (agent.state) {
    case AgentState::Online:
        return {Look::Success, u"state-succeeded"_s, Words::tr("online"), Words::tr("It takes work.")};
    case AgentState::Draining:
        return agent.used > 0 ? StateLook{Look::Warning, u"state-draining"_s, Words::tr("draining"),
                   Words::tr("It takes no new work; what runs there goes on.")}
                              : StateLook{Look::Warning, u"state-draining"_s, Words::tr("drained"),
                                  Words::tr("It takes no new work and is empty.")};
    case AgentState::Unreachable:
        return {Look::Unknown, u"state-unreachable"_s, Words::tr("unreachable"),
            Words::tr("It is not connected. What runs there may well go on.")};
    }
    return {};
}

StateLook lookOf(const wire::JobRow &job)
{
    if (!job.enabled)
        return {Look::Waiting, u"state-skipped"_s, Words::tr("disabled"),
            Words::tr("Its file says `enabled: false`: it owes no occasions.")};
    if (job.pausedSince)
        return {Look::Warning, u"state-held"_s, Words::tr("paused"),
            Words::tr("Its scheduled runs are held; manual runs need to be forced.")};
    return {Look::Success, u"state-succeeded"_s, Words::tr("enabled"), Words::tr("It runs when its schedule says so.")};
}

StateLook lookOf(Fate fate)
{
    const QString word = spoken(nameOf(fate));
    switch (fate) {
    case Fate::Pending:
        return {Look::Waiting, u"state-queued"_s, word, Words::tr("Its run waits, or a pause holds it.")};
    case Fate::Ran:
        return {Look::Success, u"state-succeeded"_s, word, Words::tr("It had its run, whatever came of that.")};
    case Fate::Merged:
        return {Look::Waiting, u"state-skipped"_s, word, Words::tr("A later run covers it.")};
    case Fate::Skipped:
        return {Look::Waiting, u"state-skipped"_s, word, Words::tr("A policy of the job left it out.")};
    case Fate::Missed:
        return {Look::Failed, u"state-missed"_s, word, Words::tr("Nothing ran for it.")};
    case Fate::Expired:
        return {Look::Failed, u"state-missed"_s, word, Words::tr("It could not start by its `start_by`.")};
    case Fate::Cancelled:
        return {Look::Unknown, u"state-cancelled"_s, word, Words::tr("Its run was cancelled before it started.")};
    }
    return {};
}

QString exitWords(const std::optional<int> &exitCode, const std::optional<int> &signal)
{
    if (signal) {
        const char *name = sigabbrev_np(*signal);
        return name ? Words::tr("signal %1 (%2)").arg(*signal).arg(QString::fromLatin1(name))
                    : Words::tr("signal %1").arg(*signal);
    }
    return exitCode ? Words::tr("exit %1").arg(*exitCode) : QString();
}

QString causeWords(Cause cause)
{
    return spoken(nameOf(cause));
}

QString paramWords(const Params &params)
{
    QStringList parts;
    for (const auto &[name, value] : params)
        parts += name + u'=' + value;
    return parts.join(u' ');
}

QString runSummary(const wire::RunRow &run)
{
    QString text = lookOf(run).word;
    const QString exit = run.state == RunState::Succeeded ? QString() : exitWords(run.exitCode, run.signal);
    if (!exit.isEmpty() && isFinal(run.state))
        text += u" ("_s + exit + u')';
    else if (!run.reason.isEmpty() && isFinal(run.state))
        text += u": "_s + run.reason;
    else if (isLive(run.state) && !run.agent.isEmpty())
        text += Words::tr(" on %1").arg(run.agent);
    return text;
}

} // namespace belfry
