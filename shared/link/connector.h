// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/clock.h"
#include "shared/base/result.h"
#include "shared/link/backoff.h"
#include "shared/link/websocketlink.h"

#include <QSslConfiguration>
#include <QUrl>

#include <functional>

namespace belfry {

// `ws://host:port` or `wss://host:port` as users write it; the port defaults to 7410, a path is ignored. Invalid with
// the fix for anything else. A token is never sent in clear over a network: ws:// to a host that is not loopback is
// refused unless `insecure`.
Result<QUrl> backendUrl(const QString &text, bool insecure = false);

struct ConnectorSettings {
    QUrl url; // of backendUrl()
    QString path; // /ws or /agent
    QString subprotocol;
    // Asked before each try, so that a token file may change; the value of `Authorization: Bearer`.
    std::function<Result<QByteArray>()> token;
    LinkLimits limits;
    Liveness liveness;
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration(); // for wss://; certificates are always verified
    Duration connectTimeout{10'000}; // name, TCP, TLS and upgrade together
};

// Keeps one connection to a backend: connects, and after each failure or loss tries again after a Backoff. The name is
// resolved anew for each try.
class Connector final : public QObject
{
    Q_OBJECT

public:
    Connector(ConnectorSettings settings, Random &random, const Clock &clock, QObject *parent = nullptr);
    ~Connector() override;

    void start();
    // Closes the connection (code 1000) and tries no more.
    void stop();
    // The next try waits at least this long: the server asked for it.
    void retryAfter(Duration atLeast) { m_floor = atLeast; }
    // Tries at once instead of when the wait is over.
    void retryNow();

    // Null while there is none. Owned by the connector; deleted after its closed().
    Link *link() const { return m_link; }

Q_SIGNALS:
    void connected(belfry::Link *link);
    // code and reason as in Link::closed; a new try follows in `retryIn`.
    void disconnected(int code, const QString &reason, belfry::Duration retryIn);
    // A try failed; a new one follows in `retryIn`. Denied when the server refused the token (401, 403), Invalid when
    // it is no such server (404, another sub-protocol), else Unavailable.
    void failed(const belfry::Error &error, belfry::Duration retryIn);

private:
    void tryNow();
    void onConnected();
    void onLinkClosed(int code, const QString &reason);
    void giveUp(const Error &error);
    Duration scheduleRetry();
    void dropSocket();

    ConnectorSettings m_settings;
    Random &m_random;
    const Clock &m_clock;
    Backoff m_backoff;
    Duration m_floor{0};
    Duration m_connectedAt{0};
    bool m_running = false;
    QWebSocket *m_socket = nullptr; // while connecting
    Link *m_link = nullptr;
    QTimer m_retry;
    QTimer m_deadline;
};

} // namespace belfry
