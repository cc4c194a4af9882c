// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/sim/simnetwork.h"

namespace belfry::sim {

void SimNetwork::connect(AgentSide &agent)
{
    const int connection = ++m_last;
    m_paths[connection] = Path{.agent = &agent};
    m_loop.after(m_loop.between(1ms, 30ms), [this, connection] {
        Path &path = m_paths.at(connection);
        const bool through = path.agentOpen && !m_unreachable[path.agent];
        if (!through || !m_backend.accept(connection)) {
            path.open = false;
            if (path.agentOpen) {
                path.agentOpen = false;
                path.agent->closed(connection, 1006);
            }
            return;
        }
        path.backendOpen = true;
        m_newest[path.agent] = connection;
        path.agent->connected(connection);
    });
}

Duration SimNetwork::arrival(Duration &last)
{
    const Duration delay = m_loop.chance(0.02) ? m_loop.between(100ms, 3s) : m_loop.between(0ms, 20ms);
    last = std::max(last, m_loop.now() + delay);
    return last - m_loop.now();
}

void SimNetwork::send(int connection, ToBackend message)
{
    Path &path = m_paths.at(connection);
    if (!path.agentOpen || !path.open)
        return;
    m_loop.after(arrival(path.toBackend), [this, connection, message = std::move(message)] {
        deliver(connection, message);
        repeat(m_paths.at(connection).agent, message);
    });
}

void SimNetwork::deliver(int connection, const ToBackend &message)
{
    const Path &path = m_paths.at(connection);
    if (path.open && path.backendOpen)
        m_backend.receive(connection, message);
}

void SimNetwork::repeat(AgentSide *agent, const ToBackend &message)
{
    const auto *news = std::get_if<wire::AgentToBackend>(&message);
    const bool ofAttempt = news
        && (std::holds_alternative<wire::AttemptStarted>(*news) || std::holds_alternative<wire::AttemptEnded>(*news));
    if (!ofAttempt || !m_loop.chance(repeats))
        return;
    m_loop.after(m_loop.between(0ms, 10min), [this, agent, message] {
        if (const auto newest = m_newest.find(agent); newest != m_newest.end())
            deliver(newest->second, message);
    });
}

void SimNetwork::send(int connection, wire::BackendToAgent message)
{
    Path &path = m_paths.at(connection);
    if (!path.backendOpen || !path.open)
        return;
    const int times = m_loop.chance(repeats) ? 2 : 1;
    for (int i = 0; i < times; ++i) {
        m_loop.after(arrival(path.toAgent), [this, connection, message] {
            const Path &to = m_paths.at(connection);
            if (to.open && to.agentOpen)
                to.agent->receive(connection, message);
        });
    }
}

void SimNetwork::closeByAgent(int connection)
{
    Path &path = m_paths.at(connection);
    path.agentOpen = false;
    m_loop.after(arrival(path.toBackend), [this, connection] {
        Path &to = m_paths.at(connection);
        if (to.open && std::exchange(to.backendOpen, false))
            m_backend.closed(connection);
    });
}

void SimNetwork::closeByBackend(int connection, int code)
{
    Path &path = m_paths.at(connection);
    path.backendOpen = false;
    m_loop.after(arrival(path.toAgent), [this, connection, code] {
        Path &to = m_paths.at(connection);
        if (to.open && std::exchange(to.agentOpen, false))
            to.agent->closed(connection, code);
    });
}

void SimNetwork::cut(int connection, bool silent)
{
    Path &path = m_paths.at(connection);
    if (!std::exchange(path.open, false) || silent)
        return;
    m_loop.after(m_loop.between(0ms, 20s), [this, connection] {
        Path &to = m_paths.at(connection);
        if (std::exchange(to.backendOpen, false))
            m_backend.closed(connection);
    });
    m_loop.after(m_loop.between(0ms, 20s), [this, connection] {
        Path &to = m_paths.at(connection);
        if (std::exchange(to.agentOpen, false))
            to.agent->closed(connection, 1006);
    });
}

void SimNetwork::cutAll(const AgentSide &agent, bool silent)
{
    for (auto &[connection, path] : m_paths) {
        if (path.agent == &agent && (path.agentOpen || path.backendOpen))
            cut(connection, silent);
    }
}

void SimNetwork::cutBackend()
{
    for (auto &[connection, path] : m_paths) {
        path.backendOpen = false;
        cut(connection, false);
    }
}

void SimNetwork::setReachable(const AgentSide &agent, bool reachable)
{
    m_unreachable[&agent] = !reachable;
    if (!reachable)
        cutAll(agent, true);
}

} // namespace belfry::sim
