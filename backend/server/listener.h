// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/server/gate.h"

#include <QPointer>
#include <QSslConfiguration>
#include <QTcpServer>
#include <QWebSocketServer>

namespace belfry {

class HttpConnection;

struct ListenSettings {
    QHostAddress address = QHostAddress::LocalHost;
    quint16 port = wire::defaultPort; // 0: any free one
    std::optional<qintptr>
        descriptor; // a socket that listens already (socket activation); address and port are its own
    std::optional<QSslConfiguration> tls;
    bool allowInsecureNetwork = false; // an address that is not loopback, without TLS
    GateSettings gate;
    Duration headTimeout = wire::headTimeout; // TLS handshake and head together
    Duration idleTimeout = wire::idleTimeout; // between the requests of a connection
    int maxPerSource = 256; // connections of one address that are not upgraded yet
    int maxPending = 1024; // the same of all
    int maxConnections = 20'000; // all
};

// The one port. It reads HTTP heads, lets the Gate decide, answers plain requests and hands upgraded connections over.
// Every connection has limits and a deadline from the moment it is accepted.
class Listener final : public QTcpServer
{
    Q_OBJECT

public:
    // `answer` makes the response of a plain route that was admitted.
    using PlainAnswer = std::function<HttpResponse(const HttpRequest &)>;
    Listener(Access &access, ListenSettings settings, PlainAnswer answer, QObject *parent = nullptr);
    ~Listener() override;

    // Refuses an address that is not loopback when there is no TLS, unless it was allowed.
    Status start();
    void stop();
    // Names, origins and certificate for the connections that come from now on.
    void reload(const GateSettings &gate, const std::optional<QSslConfiguration> &tls);

    const ListenSettings &settings() const { return m_settings; }
    int pending() const { return m_pending; }
    int connections() const { return m_connections; }

Q_SIGNALS:
    // Ownership goes to the receiver. Limits of incoming messages are to be set at once: nothing was read from it yet.
    void clientUpgraded(QWebSocket *socket, const belfry::Identity &identity);
    void agentUpgraded(QWebSocket *socket, const belfry::Identity &identity);

protected:
    void incomingConnection(qintptr descriptor) override;

private:
    friend class HttpConnection;
    struct Upgrade {
        Admission::Kind kind;
        Identity identity;
        QPointer<QTcpSocket> transport; // its QWebSocket does not show it
    };

    GateSettings gateSettings() const;
    void onAcceptError(QAbstractSocket::SocketError error);
    bool mayTake(const QString &source) const;
    void left(const QString &source); // a connection is no longer pending
    Admission admit(const HttpRequest &request, const QHostAddress &source, Duration &delay);
    HttpResponse answerPlain(const HttpRequest &request) const { return m_answer(request); }
    void upgrade(QTcpSocket *socket, const Admission &admission);
    void onUpgraded();

    Access &m_access;
    ListenSettings m_settings;
    PlainAnswer m_answer;
    Gate m_gate;
    QWebSocketServer m_webSockets;
    std::map<std::pair<QString, quint16>, Upgrade> m_upgrades; // under way, by peer
    std::map<QString, int> m_bySource; // pending ones
    int m_pending = 0;
    int m_connections = 0;
    qint64 m_refused = 0; // since the last notice
    QTimer m_resume; // after accept() failed
    QTimer m_notice;
};

} // namespace belfry
