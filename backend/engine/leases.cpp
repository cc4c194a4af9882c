// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/leases.h"

#include "backend/engine/dispatch.h"
#include "backend/engine/lifecycle.h"
#include "backend/engine/reactions.h"
#include "shared/wire/limits.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration margin = 10s;

Duration leaseEnd(const OpenRun &open, const KnownAgent &known)
{
    return known.bootTime + leaseLength(*open.definition);
}

void noteLease(Engine::State &state, const OpenRun &open)
{
    state.leases.renew(open.attempt->key(), open.definition->lostAfter, state.clock.monotonic());
}

// Whoever has not pinged for so long is not there, even if nobody has closed its connection: the next attempt must not
// go to it.
void hangUp(Step &step, const KnownAgent &known)
{
    const SessionId session = *known.session;
    step.effects.closes.push_back({session, wire::closeResync, u"nothing was heard for too long"_s});
    on(step, AgentDisconnected{session});
}

} // namespace

bool isLeased(const JobDefinition &definition)
{
    return definition.onLost != OnLost::Wait;
}

Duration leaseLength(const JobDefinition &definition)
{
    return definition.lostAfter - definition.grace - margin;
}

void lease(Step &step, const OpenRun &open, const KnownAgent &known, wire::StartAttempt &order)
{
    if (!isLeased(*open.definition))
        return;
    order.leaseUntil = leaseEnd(open, known);
    noteLease(step.state, open);
}

void renewLeases(Step &step, const KnownAgent &known)
{
    wire::LeasesRenewed message;
    for (const AttemptKey key : known.live) {
        const OpenRun &open = *step.state.runs.find(key.run);
        if (!isLeased(*open.definition))
            continue;
        message.leases.push_back({key.run, key.attempt, open.attempt->epoch, leaseEnd(open, known)});
        noteLease(step.state, open);
    }
    if (!message.leases.empty())
        step.send(*known.session, std::move(message));
}

void countLost(Step &step)
{
    Engine::State &state = step.state;
    for (const AttemptKey key : state.leases.lost(state.clock.monotonic())) {
        OpenRun &open = *state.runs.find(key.run);
        const QString agent = open.attempt->agent;
        step.warn(u"run %1 attempt %2 is lost: agent %3 has not been heard of for %4"_s.arg(key.run.value)
                      .arg(key.attempt)
                      .arg(agent, formatDuration(open.definition->lostAfter)));
        const KnownAgent *known = state.agents.find(agent);
        if (known && known->session)
            hangUp(step, *known);
        endAttempt(step, open, lostOutcome(reasonLostAfter), nullptr);
        if (known)
            watchEphemeral(state, *known);
    }
}

} // namespace belfry::engine
