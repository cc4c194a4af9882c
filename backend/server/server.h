// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/server/agenthub.h"
#include "backend/server/attentioncount.h"
#include "backend/server/clientsession.h"
#include "backend/server/listener.h"
#include "backend/server/logreader.h"
#include "backend/server/sidework.h"
#include "shared/link/websocketlink.h"

namespace belfry {

struct ServerSettings {
    ListenSettings listen;
    AgentSettings agents;
    Liveness clientLife{.ping = wire::clientPing, .silence = wire::clientSilence};
    Duration agentSilence = wire::agentSilence;
};

// The backend's outside: the port, the sessions of clients and agents, watches and access.
class Server final : public QObject
{
    Q_OBJECT

public:
    // The snapshot that the core's engine was built from, before anything was committed to it.
    Server(Core &core, const Snapshot &snapshot, ServerSettings settings, QObject *parent = nullptr);
    ~Server() override;

    // Reads the tokens (and makes the first ones in `folder`), then listens. `done` comes once, from the event loop or
    // from inside with an inline store.
    void start(const QString &folder, std::function<void(Status)> done);
    // No new connections, and a goodbye to those there are.
    void stop();

    quint16 port() const { return m_listener.serverPort(); }
    Access &access() { return m_access; }
    Listener &listener() { return m_listener; }
    AgentHub &agents() { return m_agents; }
    LiveView &live() { return m_live; }
    wire::StatusReply status();

private:
    HttpResponse answerPlain(const HttpRequest &request) const;
    HttpResponse readiness() const;
    void addClient(QWebSocket *socket, const Identity &identity);
    void addAgent(QWebSocket *socket, const Identity &identity);
    void dismiss(const QString &token);
    bool isInsecure() const;
    int connectionsOf(const QString &token) const;

    Core &m_core;
    ServerSettings m_settings;
    LiveView m_live;
    AttentionCount m_attention;
    Access m_access;
    Watches m_watches;
    LogBoard m_logs;
    SideWork m_side;
    SideWork m_examiner;
    ServerParts m_parts;
    AgentHub m_agents;
    Listener m_listener;
    std::set<ClientSession *> m_clients;
};

} // namespace belfry
