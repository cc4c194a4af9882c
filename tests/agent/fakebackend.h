// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/link/websocketlink.h"
#include "shared/wire/agentmessages.h"

#include <QPointer>
#include <QTcpServer>
#include <QTcpSocket>
#include <QWebSocketServer>

#include <map>
#include <vector>

namespace belfry {

// A backend's end of the agent protocol over a real socket: answers as the contract says, keeps what it is told, and
// can be told to be slow, rude or forgetful.
class FakeBackend : public QObject
{
    Q_OBJECT

public:
    struct Held {
        qint64 epoch = 1;
        bool committed = false;
        int starts = 0; // AttemptStarted messages
        int ends = 0; // AttemptEnded messages
        std::optional<wire::AttemptResult> result;
        QByteArray log;
        std::vector<wire::LogEntry> index;
        int holes = 0; // chunks beyond the end of what was there
    };

    FakeBackend();

    QString url() const;
    // Says hello to the connection's agent, and nothing else, unless false.
    bool welcomes = true;
    bool commits = true; // results
    bool acknowledges = true; // logs
    QByteArray token = "secret"; // other tokens get 401
    qint64 cutAfter = 0; // log bytes of a connection, then it is cut; 0: never

    void order(wire::StartAttempt order);
    void send(std::vector<wire::BackendToAgent> messages);
    void sendRaw(const QByteArray &bytes);
    void cut();
    void close(int code, const QString &reason);
    void stall(); // reads nothing of this connection any more
    bool isConnected() const { return m_link && m_link->isOpen(); }
    Held &held(qint64 run) { return m_held[{RunId(run), 1}]; }

    std::vector<wire::AgentHello> hellos;
    QStringList drainings;
    int pings = 0;
    int refused = 0; // connections with a bad token
    int cuts = 0;

private:
    void admit(QTcpSocket *socket);
    void receive(const QByteArray &frame);
    void on(const wire::AgentHello &message);
    void on(const wire::AttemptStarted &message);
    void on(const wire::AttemptEnded &message);
    void on(const wire::LogChunk &message);
    void on(const wire::AgentPing &message);
    void on(const wire::AgentDraining &message);
    void on(const wire::LogMissing &message);

    QTcpServer m_listener;
    QWebSocketServer m_upgrader;
    QPointer<Link> m_link;
    QPointer<QTcpSocket> m_socket; // below m_link
    std::map<AttemptKey, Held> m_held;
    qint64 m_logBytes = 0; // of this connection
};

} // namespace belfry
