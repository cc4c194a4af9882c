// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/codec/codec.h"

namespace belfry {

enum class AgentState { Online, Draining, Unreachable };

constexpr auto enumNames(const AgentState *)
{
    return names<AgentState>({{AgentState::Online, "online"}, {AgentState::Draining, "draining"}, {AgentState::Unreachable, "unreachable"}});
}

struct Agent {
    QString name;
    QString instance; // random, made at the agent's first start; the name is bound to it
    QString bootId;
    AgentState state = AgentState::Unreachable;
    bool drained = false; // wish of an operator; survives reconnects
    std::map<QString, QString> labels; // configured ones (value empty for a bare label) and facts (os, arch, host, ...)
    int slots = 1;
    int used = 0; // live attempts; derived, never stored
    qint64 skewMs = 0; // the agent's clock minus the backend's
    Instant lastSeen;
    QString version;
    bool ephemeral = false;
    QString killSet; // `cgroup` or `cookie`: how attempts are found when they must end

    bool operator==(const Agent &) const = default;
};
constexpr auto describe(const Agent *)
{
    return fields(required(1, "name", &Agent::name), field(2, "instance", &Agent::instance), field(3, "boot_id", &Agent::bootId),
        field(4, "state", &Agent::state), field(5, "drained", &Agent::drained), field(6, "labels", &Agent::labels),
        field(7, "slots", &Agent::slots), field(8, "used", &Agent::used), field(9, "skew_ms", &Agent::skewMs),
        field(10, "last_seen", &Agent::lastSeen), field(11, "version", &Agent::version), field(12, "ephemeral", &Agent::ephemeral),
        field(13, "kill_set", &Agent::killSet));
}

} // namespace belfry
