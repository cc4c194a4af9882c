// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/demo/demoworld.h"
#include "shared/base/clock.h"
#include "shared/wire/rpc.h"

#include <QTimer>
#include <QUrl>
#include <QWebSocketServer>

namespace belfry {

// A backend of made-up data in this process: a WebSocket on loopback that speaks belfry.v1 to whoever has its token.
class DemoBackend final : public QObject
{
    Q_OBJECT

public:
    DemoBackend(quint64 seed, const Clock &clock, QObject *parent = nullptr);
    ~DemoBackend() override;

    // Unavailable when no port of loopback is free.
    Status listen();
    QUrl url() const;
    const QByteArray &token() const { return m_token; }
    const DemoWorld &world() const { return m_world; }

private:
    struct Watching {
        wire::Topic topic;
        qint64 n = 0;
    };
    struct Following { // of a log
        RunId run;
        qint64 sent = 0;
        bool follow = false;
    };
    struct Peer {
        std::map<int, Watching> watches;
        std::map<int, Following> logs;
        int lastWatch = 0;
    };

    void onConnection();
    void onText(QWebSocket *socket, const QString &text);
    QJsonValue answer(Peer &peer, const rpc::Message &message, Error *refusal);
    void advance();
    void tellLogs(QWebSocket *socket, Peer &peer);
    template <class Row> void tell(wire::Topic topic, const Row &row);
    wire::RunListReply list(const wire::RunList &question, Error *refusal) const;
    wire::StatusReply status() const;
    wire::WatchOpenReply openWatch(Peer &peer, const wire::WatchOpen &wanted);

    const Clock &m_clock;
    Instant m_started;
    QByteArray m_token;
    DemoWorld m_world;
    QWebSocketServer m_server;
    std::map<QWebSocket *, Peer> m_peers;
    QTimer m_tick;
};

} // namespace belfry
