// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QObject>
#include <QTimer>

namespace belfry {

// What systemd is told of this service, and its watchdog. Without systemd nothing happens.
class Service : public QObject
{
public:
    explicit Service(QObject *parent = nullptr);

    void ready();
    void reloading();
    void stopping();
    void status(const QString &text);

private:
    QTimer m_watchdog;
};

} // namespace belfry
