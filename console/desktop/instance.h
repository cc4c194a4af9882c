// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QLocalServer>

namespace belfry {

// One console for each user and backend: a later start hands over what it was asked to show.
class Instance final : public QObject
{
    Q_OBJECT

public:
    // `place`: the backend's URL.
    explicit Instance(const QString &place, QObject *parent = nullptr);

    // Whether there is a console already that took the message.
    bool handOver(const QString &message);
    // Takes messages from now on.
    void serve();

Q_SIGNALS:
    void received(const QString &message);

private:
    QString m_name;
    QLocalServer m_server;
};

} // namespace belfry
