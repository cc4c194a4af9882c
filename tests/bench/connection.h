// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QJsonObject>
#include <QObject>
#include <QUrl>

#include <functional>

class QWebSocket;

namespace belfry::bench {

// One connection to `/ws` that costs as little as it can, so that what is measured is the backend: request texts with a
// number in front, answers found by that number. Whatever goes wrong ends the process.
class Connection : public QObject
{
    Q_OBJECT

public:
    using Done = std::function<void(const QJsonObject &result)>;
    Connection(const QString &url, const QByteArray &token, QObject *parent = nullptr);

    // `params` is the text of a JSON object. An error as answer ends the process, too.
    void ask(const QString &method, const QString &params, Done done);

Q_SIGNALS:
    void ready(); // the backend's hello has come

private:
    void onText(const QString &text);

    QWebSocket *m_socket;
    qint64 m_last = 0;
    std::map<qint64, Done> m_open;
};

} // namespace belfry::bench
