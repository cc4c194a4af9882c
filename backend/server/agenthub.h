// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/server/core.h"
#include "shared/link/link.h"
#include "shared/wire/limits.h"

#include <set>

namespace belfry {

class AgentSession;

struct AgentSettings {
    Duration ping = wire::agentPing;
    Duration helloTimeout{10'000};
};

// The connections of agents, by their session number: brings them what the core says, and the store's news of logs.
class AgentHub final : public QObject
{
    Q_OBJECT

public:
    AgentHub(Core &core, AgentSettings settings, QObject *parent = nullptr);
    ~AgentHub() override;

    // Takes the link over. `token` is the id of the token that let it in.
    void add(Link *link, const QString &token);
    void dismiss(const QString &token);
    int connectionsOf(const QString &token) const;
    void closeAll(int code, const QString &reason);
    std::size_t count() const { return m_sessions.size(); }

    // For sessions: who wants to hear how far a log is synced.
    void listen(AttemptKey key, AgentSession *session) { m_listeners[key].insert(session); }
    void forget(AgentSession *session);

private:
    Core &m_core;
    AgentSettings m_settings;
    qint64 m_last = 0;
    std::map<engine::SessionId, AgentSession *> m_sessions;
    std::map<AttemptKey, std::set<AgentSession *>> m_listeners;
};

} // namespace belfry
