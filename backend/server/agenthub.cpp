// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/agenthub.h"

#include "backend/server/agentsession.h"

namespace belfry {

using namespace Qt::StringLiterals;

AgentHub::AgentHub(Core &core, AgentSettings settings, QObject *parent)
    : QObject(parent)
    , m_core(core)
    , m_settings(settings)
{
    connect(&core, &Core::agentMessage, this, [this](const engine::ToAgent &message) {
        if (const auto session = m_sessions.find(message.session); session != m_sessions.end())
            session->second->send(message.message);
    });
    connect(&core, &Core::agentClose, this, [this](const engine::CloseAgent &close) {
        if (const auto session = m_sessions.find(close.session); session != m_sessions.end())
            session->second->close(close.code, close.reason);
    });
    connect(&core, &Core::engineLost, this,
        [this] { closeAll(wire::closeResync, u"the backend's store failed; say hello again"_s); });
    connect(&core.store(), &Store::logDurable, this, [this](AttemptKey key, qint64 size) {
        if (const auto listeners = m_listeners.find(key); listeners != m_listeners.end())
            for (AgentSession *session : listeners->second)
                session->logDurable(key, size);
    });
}

AgentHub::~AgentHub()
{
    for (const auto &[id, session] : std::exchange(m_sessions, {}))
        delete session;
}

void AgentHub::add(Link *link, const QString &token)
{
    const engine::SessionId id(++m_last);
    m_sessions.emplace(id, new AgentSession(id, link, token, m_core, *this, m_settings));
}

void AgentHub::dismiss(const QString &token)
{
    for (const auto &[id, session] : m_sessions)
        if (session->token() == token)
            session->close(wire::closeAuth, u"the token was revoked or has expired"_s);
}

int AgentHub::connectionsOf(const QString &token) const
{
    return int(std::count_if(m_sessions.begin(), m_sessions.end(),
        [&](const auto &each) { return each.second->token() == token; }));
}

void AgentHub::closeAll(int code, const QString &reason)
{
    for (const auto &[id, session] : m_sessions)
        session->close(code, reason);
}

void AgentHub::forget(AgentSession *session)
{
    m_sessions.erase(session->id());
    for (auto each = m_listeners.begin(); each != m_listeners.end();) {
        each->second.erase(session);
        each = each->second.empty() ? m_listeners.erase(each) : std::next(each);
    }
}

} // namespace belfry
