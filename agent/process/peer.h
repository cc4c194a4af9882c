// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/spool/files.h"
#include "shared/spool/messages.h"

#include <QObject>
#include <QProcess>
#include <QSocketNotifier>
#include <QTimer>

#include <memory>
#include <set>
#include <string>

namespace belfry {

// One supervisor as the agent sees it: its connection, and its start if this agent started it. Destroying it leaves the
// supervisor running.
class Peer : public QObject
{
    Q_OBJECT

public:
    Peer(std::string id, std::string dataFolder, QObject *parent);
    ~Peer() override;

    const std::string &id() const { return m_id; }
    // Starts the program, and connects when it says that it is ready; then connected() or lost().
    void launch(const QString &program, int slots);
    // Connects to one that runs already. False if nobody listens there.
    bool connectNow();
    bool isConnected() const { return bool(m_socket); }
    void send(const spool::Message &message);

    // Book-keeping of the owner.
    std::set<spool::AttemptKey> assigned;
    std::set<spool::AttemptKey> asked; // of these, what it was sent Take for on this connection
    bool launchedHere = false;
    bool greeted = false; // its Hello has come
    bool retired = false; // gets nothing new

Q_SIGNALS:
    void connected();
    void received(const belfry::spool::Message &message);
    // Once, and last: the connection has ended, or never came to be.
    void lost(const QString &why);

private:
    void launched(int exitCode);
    void receive();
    void flush();
    void lose(const QString &why);

    std::string m_id;
    std::string m_data;
    spool::Fd m_socket;
    spool::MessageReader m_reader;
    std::string m_out;
    std::unique_ptr<QSocketNotifier> m_readable, m_writable;
    QProcess *m_process = nullptr;
    QTimer m_patience;
    bool m_lost = false;
};

} // namespace belfry
