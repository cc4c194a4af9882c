// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/reactions.h"

#include "backend/engine/accounting.h"
#include "backend/engine/dispatch.h"
#include "backend/engine/leases.h"
#include "backend/engine/lifecycle.h"
#include "backend/engine/order.h"
#include "backend/engine/reconcile.h"
#include "shared/wire/limits.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxName = 128; // characters
constexpr int maxSlots = 10'000;
constexpr int closeRefused = 1008; // policy violation

QString nameOfAttempt(AttemptKey key)
{
    return u"run %1 attempt %2"_s.arg(key.run.value).arg(key.attempt);
}

// Why an agent is not wanted; empty: it is welcome.
QString refusalOf(const wire::AgentHello &hello, const KnownAgent *known)
{
    if (hello.protocol != wire::agentProtocol)
        return u"this backend speaks protocol %1 with agents, not %2: install the same version on both sides"_s
            .arg(wire::agentProtocol)
            .arg(hello.protocol);
    if (hello.name.isEmpty() || hello.name.size() > maxName)
        return u"an agent's name has 1 to %1 characters: give it one with --name"_s.arg(maxName);
    if (hello.instance.isEmpty() || hello.bootId.isEmpty())
        return u"the hello lacks the agent's instance id or its host's boot id"_s;
    if (hello.bootTime <= 0ms)
        return u"the hello lacks its host's boot time, and without it no lease can be kept: install the same version on both sides"_s;
    if (!known || known->agent.instance == hello.instance)
        return {};
    const bool isVacant = known->agent.ephemeral && !known->session && known->live.empty();
    return isVacant
        ? QString()
        : u"the name '%1' belongs to another agent (instance %2): choose another name, or `belfry agent forget %1` if that one is gone"_s
              .arg(hello.name, known->agent.instance);
}

void takeHello(KnownAgent &known, const wire::AgentHello &hello)
{
    Agent &agent = known.agent;
    agent.instance = hello.instance;
    agent.bootId = hello.bootId;
    agent.labels = hello.labels;
    agent.slots = std::clamp(hello.slots, 0, maxSlots);
    agent.version = hello.version.left(maxName);
    agent.ephemeral = hello.ephemeral;
    agent.killSet = hello.killSet.left(maxName);
}

Instant corrected(Instant at, const KnownAgent &known)
{
    return at - Duration(known.agent.skewMs);
}

std::vector<Believed> believedOf(const Engine::State &state, const KnownAgent &known)
{
    std::vector<Believed> believed;
    for (const AttemptKey key : known.live) {
        const OpenRun &open = *state.runs.find(key.run);
        const Attempt &attempt = *open.attempt;
        believed.push_back({key, attempt.epoch, attempt.bootId, attempt.state, open.run.cancelRequested.has_value()});
    }
    return believed;
}

void sendOrder(Step &step, const OpenRun &open, const KnownAgent &known)
{
    auto order = orderOf(open.run, *open.definition, *open.attempt);
    if (!order)
        return step.warn(
            u"%1 cannot be sent again: %2"_s.arg(nameOfAttempt(open.attempt->key()), order.error().message));
    lease(step, open, known, *order);
    step.send(*known.session, std::move(*order));
}

void endReported(Step &step, OpenRun &open, const wire::AttemptResult &result)
{
    Outcome outcome = judge(result, *open.definition);
    const KnownAgent *known = step.state.agents.find(open.attempt->agent);
    if (outcome.reason == reasonExitUnseen && known && known->agent.bootId != open.attempt->bootId)
        outcome.reason = reasonHostRebooted.toString();
    endAttempt(step, open, outcome, &result);
}

void follow(Step &step, const Finding &finding, const KnownAgent &known)
{
    OpenRun &open = *step.state.runs.find(finding.key.run);
    switch (finding.kind) {
    case Finding::Keep:
        break;
    case Finding::Started:
        noteStart(step, open, finding.report->pid,
            corrected(finding.report->startedAt.value_or(known.agent.lastSeen), known));
        break;
    case Finding::Ended:
        return endReported(step, open, *finding.report->result);
    case Finding::SendAgain:
        sendOrder(step, open, known);
        break;
    case Finding::Gone:
        return endAttempt(
            step, open, {.state = RunState::Cancelled, .reason = u"cancelled before it was started"_s}, nullptr);
    case Finding::ExitUnseen:
        return endAttempt(step, open, lostOutcome(reasonExitUnseen), nullptr);
    case Finding::HostRebooted:
        return endAttempt(step, open, lostOutcome(reasonHostRebooted), nullptr);
    }
    if (finding.cancel)
        step.send(*known.session, cancelOf(*open.attempt, *open.definition, open.run.reason));
}

void welcome(Step &step, KnownAgent &known, const AgentConnected &event)
{
    const Reconciled found = reconcile(believedOf(step.state, known), event.hello, event.stored);
    known.refused.insert(found.strangers.begin(), found.strangers.end());
    for (const AttemptKey key : found.strangers)
        step.warn(u"agent %1 holds %2, which is not its own here: it is left alone there"_s.arg(
            known.agent.name, nameOfAttempt(key)));
    step.send(event.session,
        wire::AgentWelcome{.protocol = wire::agentProtocol,
            .version = QStringLiteral(BELFRY_VERSION),
            .epoch = step.state.epoch,
            .attempts = found.standings});
    for (const Finding &finding : found.findings)
        follow(step, finding, known);
    renewLeases(step, known);
    noteCapacity(step.state, known);
}

// The one place where news of an attempt is matched with what is believed: it must come through the newest connection
// of the agent that has it, about this very attempt and assignment.
OpenRun *addressed(Step &step, const KnownAgent *known, AttemptKey key, qint64 epoch)
{
    OpenRun *open = known ? step.state.runs.find(key.run) : nullptr;
    if (!open || !open->attempt)
        return nullptr;
    const Attempt &attempt = *open->attempt;
    if (attempt.key() == key && attempt.epoch == epoch && attempt.agent == known->agent.name)
        return open;
    return nullptr;
}

bool isPast(const Engine::State &state, AttemptKey key)
{
    if (const OpenRun *open = state.runs.find(key.run))
        return key.attempt < open->run.attempts || (key.attempt == open->run.attempts && !open->attempt);
    return key.run <= state.lastRun;
}

void drop(Step &step, const KnownAgent *known, QStringView what, AttemptKey key, qint64 epoch)
{
    step.warn(u"%1 of %2 (epoch %3) from %4 is ignored: it is not theirs"_s.arg(what, nameOfAttempt(key))
                  .arg(epoch)
                  .arg(known ? u"agent "_s + known->agent.name : u"a replaced connection"_s));
}

} // namespace

void on(Step &step, const AgentConnected &event)
{
    Engine::State &state = step.state;
    const wire::AgentHello &hello = event.hello;
    if (const KnownAgent *other = state.agents.find(event.session); other && other->agent.name != hello.name)
        on(step, AgentDisconnected{event.session});
    KnownAgent *known = state.agents.find(hello.name);
    if (const QString refusal = refusalOf(hello, known); !refusal.isEmpty()) {
        step.warn(u"agent '%1' is refused: %2"_s.arg(hello.name.left(maxName), refusal));
        step.send(event.session, wire::AgentRefused{refusal, {}});
        step.effects.closes.push_back({event.session, closeRefused, u"refused"_s});
        return;
    }
    if (!known)
        known = &state.agents.add(hello.name);
    if (known->session && known->session != event.session) {
        step.warn(u"agent %1 has connected again; its older connection is closed"_s.arg(hello.name));
        step.effects.closes.push_back({*known->session, wire::closeReplaced, u"replaced by a newer connection"_s});
    }
    takeHello(*known, hello);
    state.agents.connect(*known, event.session);
    state.agents.heard(*known, step.now, hello.now);
    known->bootTime = hello.bootTime;
    step.changes.save(known->agent);
    welcome(step, *known, event);
    noteAgentBack(step);
}

void on(Step &step, const AgentDisconnected &event)
{
    KnownAgent *known = step.state.agents.find(event.session);
    if (!known)
        return;
    step.state.agents.disconnect(*known, step.now);
    step.changes.save(known->agent);
    noteCapacity(step.state, *known);
    watchEphemeral(step.state, *known);
    step.say(u"agent %1 is away"_s.arg(known->agent.name));
}

void on(Step &step, const AgentReportedStart &event)
{
    const wire::AttemptStarted &message = event.message;
    const AttemptKey key{message.run, message.attempt};
    const KnownAgent *known = step.state.agents.find(event.session);
    if (OpenRun *open = addressed(step, known, key, message.epoch))
        noteStart(step, *open, message.pid, corrected(message.at, *known));
    else if (!known || known->refused.count(key) != 0 || !isPast(step.state, key))
        drop(step, known, u"the start", key, message.epoch);
}

void on(Step &step, const AgentReportedEnd &event)
{
    const wire::AttemptEnded &message = event.message;
    const AttemptKey key{message.run, message.attempt};
    const KnownAgent *known = step.state.agents.find(event.session);
    OpenRun *open = addressed(step, known, key, message.epoch);
    if (open)
        endReported(step, *open, message.result);
    else if (!known || known->refused.count(key) != 0 || !isPast(step.state, key))
        return drop(step, known, u"the end", key, message.epoch);
    step.send(event.session, wire::ResultCommitted{key.run, key.attempt});
}

void on(Step &step, const AgentReportedDraining &event)
{
    KnownAgent *known = step.state.agents.find(event.session);
    if (!known || known->draining)
        return;
    step.state.agents.setDraining(*known);
    step.changes.save(known->agent);
    noteCapacity(step.state, *known);
    step.say(u"agent %1 takes no more work: %2"_s.arg(known->agent.name, event.reason.left(maxName)));
}

void on(Step &step, const AgentHeard &event)
{
    KnownAgent *known = step.state.agents.find(event.session);
    if (!known)
        return;
    step.state.agents.heard(*known, step.now, event.agentNow);
    // Readings of one connection come in order; one that goes back is nonsense, and could only shorten a lease.
    known->bootTime = std::max(known->bootTime, event.bootTime);
    renewLeases(step, *known);
}

} // namespace belfry::engine
