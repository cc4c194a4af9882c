// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/link/link.h"
#include "shared/wire/limits.h"

#include <QPointer>
#include <QTimer>

class QTcpSocket;
class QWebSocket;

namespace belfry {

struct LinkLimits {
    qint64 incomingFrame = wire::maxFrame;
    qint64 incomingMessage = wire::maxMessage;
    qint64 outgoingBacklog = 2 * wire::maxBacklog; // bytes; beyond it the link is aborted with closeOverload
};

// When a silent peer counts as dead. Any message, pong or piece of a message is a sign of life.
struct Liveness {
    Duration ping{0}; // a WebSocket ping this often; 0: the owner sends messages of its own
    Duration silence{0}; // aborted with 1006 after this long without a sign of life; 0: never
};

// A Link over a connected QWebSocket, which it owns. Its limits hold before a byte of a message is read.
class WebSocketLink final : public Link
{
    Q_OBJECT

public:
    WebSocketLink(QWebSocket *socket, const LinkLimits &limits, const Liveness &liveness, QObject *parent = nullptr);
    ~WebSocketLink() override;

    // The limits of incoming messages alone; for a socket that is about to connect (Qt's own allow 2 GiB).
    static void limitIncoming(QWebSocket *socket, const LinkLimits &limits);

    void sendText(const QString &message) override;
    void sendBinary(const QByteArray &message) override;
    void close(int code, const QString &reason) override;
    void abort(int code, const QString &reason) override;
    bool isOpen() const override { return m_state == State::Open; }
    qint64 bytesWaiting() const override;
    QString peer() const override { return m_peer; }

private:
    enum class State { Open, Closing, Closed };

    void connectSocket();
    void heard();
    void checkLife();
    bool mayQueue(qint64 bytes);
    void onDisconnected();
    void finish(int code, const QString &reason);

    QWebSocket *m_socket;
    QPointer<QTcpSocket> m_transport; // below m_socket; Qt owns it
    LinkLimits m_limits;
    Liveness m_liveness;
    State m_state = State::Open;
    QString m_peer;
    bool m_goodbye = false; // a close frame was sent or received
    int m_ownCode = 0; // why this side ended it; 0: it did not
    QString m_ownReason;
    Duration m_lastHeard{0}; // CLOCK_MONOTONIC
    Duration m_lastLook{0};
    Duration m_lastPing{0};
    QTimer m_life;
    QTimer m_letGo;
};

} // namespace belfry
