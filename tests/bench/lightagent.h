// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/frame.h"

#include <QObject>
#include <QUrl>

class QNetworkRequest;
class QWebSocket;

namespace belfry::bench {

// When an order reached an agent: its occasion (empty for a manual run) and the clock.
struct Order {
    RunId run;
    QString occasion;
    qint64 at = 0; // ns since 1970
};

// Speaks belfry-agent.v1 as a real agent does, over a socket of its own, but runs nothing: an order counts as done when
// it has come. Against a bare server, which says nothing, it counts as connected after the handshake.
class LightAgent : public QObject
{
    Q_OBJECT

public:
    struct Settings {
        QUrl url;
        QByteArray token;
        int slotCount = 1; // `slots` is a word of Qt's
        bool bare = false;
        bool starts = true; // reports each order as started
        bool ends = true; // and as ended at once
    };
    LightAgent(QString name, const Settings &settings, std::vector<Order> &orders, QObject *parent);

    void open();
    void ping();
    bool isConnected() const { return m_connected; }

Q_SIGNALS:
    void connected(); // welcomed, or bare and past the handshake
    void lost(const QString &why);

private:
    void sayHello();
    void onBinary(const QByteArray &bytes);
    void finish(const QString &why);

    QString m_name;
    const Settings &m_settings;
    std::vector<Order> &m_orders;
    QWebSocket *m_socket = nullptr;
    bool m_connected = false;
};

} // namespace belfry::bench
