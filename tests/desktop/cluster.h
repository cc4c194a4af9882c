// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/address.h"

#include <QProcess>
#include <QTemporaryDir>

#include <memory>

namespace belfry {

// A real backend and agents on loopback, in a folder of their own.
class Cluster
{
public:
    Cluster();
    ~Cluster();

    bool startBackend();
    void killBackend();
    bool startAgent(const QString &name, int slotCount);
    // The command line; what it printed. Fails the program on an exit code other than 0.
    QByteArray cli(const QStringList &arguments);
    void apply(const QByteArray &jobs);

    Address address() const;
    QString folder() const { return m_folder.path(); }

private:
    QString program(const QString &name) const;
    std::unique_ptr<QProcess> start(const QString &name, const QStringList &arguments);

    QTemporaryDir m_folder;
    quint16 m_port = 0;
    std::unique_ptr<QProcess> m_backend;
    std::vector<std::unique_ptr<QProcess>> m_agents;
};

} // namespace belfry
