// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/engine/engine.h"
#include "agent/outbox.h"
#include "agent/process/supervisors.h"
#include "shared/base/clock.h"

#include <QObject>
#include <QPointer>
#include <QTimer>

#include <deque>
#include <set>

namespace belfry {

// Tells the engine what happens on this host and on the connection, and carries out what it asks for. Decides nothing.
class Shell : public QObject
{
    Q_OBJECT

public:
    // `supervisors` is open, and was not scanned yet.
    Shell(agentengine::Identity identity, Supervisors &supervisors, const QString &dataFolder, const Clock &clock,
        QObject *parent = nullptr);

    // Takes up what the spool holds. ready() follows when a hello can be said.
    Status begin();
    // A connection is open; the one before is forgotten.
    void connected(Link *link);
    // It is gone, or could not be made: wire::closeAuth when the token was refused.
    void disconnected(int code, const QString &reason);
    void setIdentity(const agentengine::Identity &identity) { tell(agentengine::IdentityChanged{identity}); }
    void requestStop() { tell(agentengine::StopRequested{}); }

    const agentengine::Engine &engine() const { return m_engine; }
    // All that was to be sent has left this process.
    bool isFlushed() const { return m_outbox.isEmpty(); }

Q_SIGNALS:
    void ready();
    void flushed();
    void welcomed();
    // As agentengine::Reconnect says. The link is not listened to any more.
    void reconnectWanted(belfry::Duration after);

private:
    void tell(agentengine::EventBody body);
    void receive(const QByteArray &frame);
    void breakOff(const QString &why);
    void carryOut(const agentengine::StartOrder &effect);
    void carryOut(const agentengine::CancelOrder &effect);
    void carryOut(const agentengine::RenewLease &effect);
    void carryOut(const agentengine::SendMessage &effect);
    void carryOut(const agentengine::SendLog &effect);
    void carryOut(const agentengine::DeleteEntry &effect);
    void carryOut(const agentengine::Reconnect &effect);
    void carryOut(const agentengine::Notice &effect);
    void startFailed(const agentengine::StartOrder &effect, const Error &error);
    qint64 sendPiece(const agentengine::SendLog &part);
    void listen();
    void onFinished(const spool::AttemptResult &result);
    void onQuarantined(const QString &path, const QString &why);
    std::map<QString, QString> outputsOf(spool::AttemptKey key) const;
    void checkSpool();
    void checkReady();

    agentengine::Engine m_engine;
    Supervisors &m_supervisors;
    QString m_dataFolder;
    const Clock &m_clock;
    Outbox m_outbox;
    QPointer<Link> m_link;
    std::deque<agentengine::EventBody> m_events;
    bool m_busy = false;
    bool m_wasWelcomed = false;
    QString m_spoolTrouble;
    std::set<spool::AttemptKey> m_rebooted; // a hello would call them alive
    bool m_ready = false;
    QTimer m_due, m_spoolTimer, m_readyTimer;
};

} // namespace belfry
