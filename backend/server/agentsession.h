// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/server/agenthub.h"
#include "backend/server/logintake.h"

#include <QTimer>

namespace belfry {

// One agent's connection. Agents are not trusted: what is malformed ends the connection with a code, what is
// well-formed but not theirs to say is dropped and counted, and nothing is passed on before the hello was judged.
// Outgoing messages of one turn of the event loop share a frame; none leaves before the welcome.
class AgentSession final : public QObject
{
    Q_OBJECT

public:
    AgentSession(
        engine::SessionId id, Link *link, QString token, Core &core, AgentHub &hub, const AgentSettings &settings);
    ~AgentSession() override;

    engine::SessionId id() const { return m_id; }
    const QString &token() const { return m_token; }
    int dropped() const { return m_dropped; }

    void send(const wire::BackendToAgent &message);
    // After what was sent.
    void close(int code, const QString &reason);
    void logDurable(AttemptKey key, qint64 size);

private:
    enum class State { AwaitsHello, AsksStore, Announced };

    void onBinary(const QByteArray &bytes);
    void onClosed(int code, const QString &reason);
    void take(const wire::AgentToBackend &message);
    void on(const wire::AgentHello &message);
    void on(const wire::AttemptStarted &message);
    void on(const wire::AttemptEnded &message);
    void on(const wire::LogChunk &message);
    void on(const wire::LogMissing &message);
    void judge(LogIntake::Verdict verdict, const QString &what);
    void on(const wire::AgentPing &message);
    void on(const wire::AgentDraining &message);

    void askStore();
    void announce(const std::vector<engine::StoredAttempt> &stored);
    void refuse(const QString &sentence);
    void drop(const QString &what);
    void queue(const wire::BackendToAgent &message);
    void scheduleFlush();
    void flush();
    void sendFrames(const std::vector<wire::BackendToAgent> &messages);
    QString who() const;

    engine::SessionId m_id;
    Link *m_link;
    QString m_token;
    Core &m_core;
    AgentHub &m_hub;
    State m_state = State::AwaitsHello;
    wire::AgentHello m_hello;
    std::vector<wire::AgentToBackend> m_early; // came while the store was asked
    qint64 m_earlyBytes = 0;
    std::vector<wire::BackendToAgent> m_outgoing;
    bool m_welcomed = false;
    bool m_flushing = false;
    int m_dropped = 0;
    LogIntake m_logs;
    QTimer m_helloDeadline;
    QTimer m_ping;
};

} // namespace belfry
