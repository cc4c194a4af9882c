// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/explainrun.h"

#include "backend/engine/leases.h"
#include "backend/engine/ledger.h"
#include "backend/engine/outcome.h"
#include "backend/engine/retry.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

QString waitingText(const RunFacts &facts, const Words &words)
{
    QStringList parts;
    for (const wire::Blocker &blocker : facts.blockers)
        parts += blocker.text;
    const QString why = parts.isEmpty() ? u"it is given to an agent at once"_s : parts.join(u"; "_s);
    return runName(facts.run, words) + u" waits since "_s + words.since(facts.run.queuedAt) + u": "_s + why + u'.';
}

// What becomes of a run whose agent is away.
QString lossPolicy(const RunFacts &facts, const Words &words)
{
    if (!facts.lease || !facts.definition)
        return u"its result counts when the agent returns, and nothing else is done unless somebody says `belfry lost %1`"_s
            .arg(facts.run.id.value);
    const bool again = mayRunAgain(*facts.definition, facts.run);
    return u"unless the agent returns before, its processes are ended at %1 at the latest, when their lease runs out, and at %2 %3 (on_lost: %4)"_s
        .arg(words.time(facts.lease->ends), words.time(facts.lease->lost),
            again ? u"the attempt counts as lost and a new one is made"_s : u"the run is lost"_s,
            nameOf(facts.definition->onLost));
}

// Why nobody was asked what became of the last attempt.
QString countedLost(const RunFacts &facts, const Words &words)
{
    if (facts.run.reason != reasonLostAfter || !facts.definition || !facts.run.endedAt)
        return reasonInWords(facts.run);
    const JobDefinition &definition = *facts.definition;
    const Instant leaseEnd = *facts.run.endedAt - definition.lostAfter + leaseLength(definition);
    return u"agent %1 was not heard of for its lost_after of %2 (on_lost: %3), and the lease of its processes had run out at %4"_s
        .arg(facts.run.agent, formatDuration(definition.lostAfter), nameOf(definition.onLost), words.time(leaseEnd));
}

QString liveText(const RunFacts &facts, const Words &words)
{
    const Run &run = facts.run;
    const Attempt *attempt = facts.attempts.empty() ? nullptr : &facts.attempts.back();
    QString text = runName(run, words);
    if (run.state == RunState::Assigned)
        text += u" was given to agent %1 at %2, which has not reported its start yet"_s.arg(
            run.agent, words.time(attempt ? attempt->assignedAt : run.queuedAt));
    else
        text += u" is running on agent %1 since %2"_s.arg(
            run.agent, words.since(attempt && attempt->startedAt ? *attempt->startedAt : run.queuedAt));
    if (run.attempts > 1)
        text += u" (attempt %1)"_s.arg(run.attempts);
    if (run.cancelRequested)
        text += u"; %1 asked at %2 to cancel it, and its processes have not ended yet"_s.arg(
            run.cancelledBy.isEmpty() ? u"Belfry"_s : run.cancelledBy, words.time(*run.cancelRequested));
    text += u'.';
    if (facts.unreachableSince)
        text += u" Agent %1 is unreachable since %2: %3."_s.arg(
            run.agent, words.since(*facts.unreachableSince), lossPolicy(facts, words));
    return text;
}

QString outcomeWords(const Run &run)
{
    switch (run.state) {
    case RunState::Succeeded:
        return u"succeeded"_s;
    case RunState::Warning:
        return u"ended with a warning"_s;
    case RunState::Skipped:
        return u"ended as skipped by its exit code"_s;
    case RunState::Failed:
        return u"failed"_s;
    case RunState::TimedOut:
        return u"was ended by a time-out"_s;
    case RunState::Cancelled:
        return run.attempts == 0 ? u"ended without having started"_s : u"was cancelled"_s;
    case RunState::NotStarted:
        return u"could not be started"_s;
    case RunState::Lost:
        return u"is lost"_s;
    default:
        return nameOf(run.state);
    }
}

QString finalText(const RunFacts &facts, const Words &words)
{
    const Run &run = facts.run;
    QString text = runName(run, words) + u' ' + outcomeWords(run);
    if (run.endedAt)
        text += u" at "_s + words.time(*run.endedAt);
    if (run.startedAt && run.endedAt)
        text += u", after "_s + Words::span(*run.endedAt - *run.startedAt);
    if (!run.agent.isEmpty())
        text += u" on agent "_s + run.agent;
    if (run.attempts > 1)
        text += u", with its attempt %1"_s.arg(run.attempts);
    const QString why = countedLost(facts, words);
    if (!why.isEmpty())
        text += u": "_s + why;
    return text + u'.';
}

// Why it came into being, where that needs words.
QString madeBy(const Run &run, const Words &words)
{
    QString by = run.by.isEmpty() ? QString() : u" by "_s + run.by;
    if (!run.triggerReason.isEmpty())
        by += u" (%1)"_s.arg(run.triggerReason);
    if (run.rerunOf)
        return u"run %1 again, asked for%2 at %3"_s.arg(run.rerunOf->value).arg(by, words.time(run.queuedAt));
    return u"triggered%1 at %2"_s.arg(by, words.time(run.queuedAt));
}

} // namespace

QString runName(const Run &run, const Words &words)
{
    QString text = u"Run %1 of %2"_s.arg(run.id.value).arg(run.jobName);
    if (!run.occasion)
        return text + u", "_s + madeBy(run, words) + u',';
    text += u", due at "_s + words.time(*run.occasion);
    if (run.firstOccasion && *run.firstOccasion < *run.occasion)
        text += u" (it covers those from %1 on)"_s.arg(words.time(*run.firstOccasion));
    if (run.cause == Cause::CatchUp)
        text += u" and caught up on"_s;
    return text + u',';
}

QString reasonInWords(const Run &run)
{
    const QString &code = run.reason;
    if (code == reason::startBy)
        return u"it could not start within its start_by"_s;
    if (run.state == RunState::Cancelled && code.startsWith(u"cancelled"_s)) {
        const QString why = code.section(u": "_s, 1);
        const QString who = run.cancelledBy.isEmpty() ? u"it was cancelled"_s : run.cancelledBy + u" cancelled it"_s;
        if (why == reason::replaced)
            return u"a later run of the job took its place (overlap: replace)"_s;
        if (why == reason::jobRemoved)
            return u"its job was removed"_s;
        return why.isEmpty() ? who + code.sliced(9).replace(u" before it was started"_s, QString())
                             : who + u": "_s + why;
    }
    if (code == reason::replaced)
        return u"a later run of the job took its place (overlap: replace)"_s;
    if (code == reason::jobRemoved)
        return u"its job was removed"_s;
    if (code == reasonExitUnseen)
        return u"its processes are gone and nobody saw how they ended (exit_unseen)"_s;
    if (code == reasonHostRebooted)
        return u"the agent's host was rebooted while it ran (host_rebooted)"_s;
    if (code == reasonLeaseExpired)
        return u"its lease ran out before the backend could be reached again, and its processes were ended (lease_expired)"_s;
    if (code == reasonLostAfter)
        return u"its agent was not heard of for the job's lost_after (lost_after)"_s;
    if (code.isEmpty() && run.exitCode && *run.exitCode != 0)
        return u"exit code %1"_s.arg(*run.exitCode);
    return code;
}

QString delayText(const Run &run, const std::vector<Run> &earlier, const Words &words)
{
    if (!run.startedAt)
        return {};
    const Instant due = run.occasion.value_or(run.queuedAt);
    const Duration late = *run.startedAt - due;
    if (late < onTime)
        return {};
    const QString after
        = u"it started %1 after it was %2"_s.arg(Words::span(late), run.occasion ? u"due"_s : u"triggered"_s);
    QStringList causes;
    if (run.queuedAt - due >= onTime)
        causes += u"the backend came to it only at "_s + words.time(run.queuedAt);
    // Whoever ended last while it waited made room for it.
    const Run *last = nullptr;
    for (const Run &other : earlier) {
        const Instant ended = other.endedAt.value_or(Instant());
        if (ended > run.queuedAt && ended <= *run.startedAt && (!last || ended > *last->endedAt))
            last = &other;
    }
    const Duration waited = *run.startedAt - run.queuedAt;
    if (last)
        causes += u"run %1 of the job had not ended before %2"_s.arg(last->id.value).arg(words.time(*last->endedAt));
    if (waited >= onTime && (!last || *run.startedAt - *last->endedAt >= 5s))
        causes += u"it waited %1 for a free slot of an agent or for its limits"_s.arg(
            Words::span(last ? *run.startedAt - *last->endedAt : waited));
    return causes.isEmpty() ? after : after + u", because "_s + Words::list(causes);
}

QString runSentence(const RunFacts &facts, const Words &words)
{
    const Run &run = facts.run;
    if (isWaiting(run.state))
        return waitingText(facts, words);
    const QString text = isFinal(run.state) ? finalText(facts, words) : liveText(facts, words);
    const QString delay = delayText(run, facts.earlier, words);
    return delay.isEmpty() ? text : text + u' ' + capital(delay) + u'.';
}

} // namespace belfry::engine
