// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/agentmessages.h"
#include "tests/sim/simloop.h"

#include <memory>

namespace belfry::sim {

// Bytes of a log under way: what a LogChunk says, without the bytes.
struct LogBytes {
    AttemptKey key;
    qint64 epoch = 0;
    qint64 offset = 0;
    qint64 size = 0;
};
using ToBackend = std::variant<wire::AgentToBackend, LogBytes>;

class BackendSide
{
public:
    virtual ~BackendSide() = default;
    virtual bool accept(int connection) = 0; // false: nobody listens
    virtual void receive(int connection, const ToBackend &message) = 0;
    virtual void closed(int connection) = 0;
};
class AgentSide
{
public:
    virtual ~AgentSide() = default;
    virtual void connected(int connection) = 0;
    virtual void receive(int connection, const wire::BackendToAgent &message) = 0;
    virtual void closed(int connection, int code) = 0;
};

// Connections that keep their order and lose nothing while they live; what is under way when one breaks is lost, and
// the two ends learn of it at different times, or by silence alone. Repeats of attempts' news may come at any later
// time, through whatever connection the agent has then.
class SimNetwork
{
public:
    SimNetwork(SimLoop &loop, BackendSide &backend)
        : m_loop(loop)
        , m_backend(backend)
    { }

    void connect(AgentSide &agent);
    void send(int connection, ToBackend message); // by the agent
    void send(int connection, wire::BackendToAgent message); // by the backend
    void closeByAgent(int connection);
    void closeByBackend(int connection, int code);
    // The path breaks. Silent: nobody is told.
    void cut(int connection, bool silent);
    void cutAll(const AgentSide &agent, bool silent);
    void cutBackend(); // its process has ended
    // Nothing gets through to or from this agent.
    void setReachable(const AgentSide &agent, bool reachable);

    double repeats = 0; // probability that an attempt's news comes twice

private:
    struct Path {
        AgentSide *agent = nullptr;
        bool open = true; // bytes get through
        bool agentOpen = true;
        bool backendOpen = false;
        Duration toBackend{0}; // when the last message arrives
        Duration toAgent{0};
    };
    Duration arrival(Duration &last);
    void deliver(int connection, const ToBackend &message);
    void repeat(AgentSide *agent, const ToBackend &message);

    SimLoop &m_loop;
    BackendSide &m_backend;
    std::map<int, Path> m_paths;
    std::map<const AgentSide *, bool> m_unreachable;
    std::map<AgentSide *, int> m_newest;
    int m_last = 0;
};

} // namespace belfry::sim
