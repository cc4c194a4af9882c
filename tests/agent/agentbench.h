// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "tests/agent/fakebackend.h"

#include <QProcess>
#include <QTemporaryDir>

#include <memory>

namespace belfry {

// A folder with an agent's data, a fake backend, and the agent as a process of its own. Its end kills all that was
// started in it.
class AgentBench
{
public:
    AgentBench();
    ~AgentBench();

    // Starts the program; with the backend's address, its token and the folder unless `arguments` say otherwise.
    void start(const QStringList &arguments = {});
    void kill(); // as SIGKILL does
    void signal(int number);
    bool isRunning() const { return m_agent && m_agent->state() != QProcess::NotRunning; }
    int exitCode() const { return m_agent->exitCode(); }
    // What the agent has written to standard error since its start.
    QString said();

    wire::StartAttempt script(qint64 run, const QString &text) const;
    // Lines of a file that jobs append to, as witnesses.
    QStringList witnessed(const QString &name) const;
    QString path(const QString &name) const { return m_folder.path() + u'/' + name; }
    void write(const QString &name, const QByteArray &text) const;
    QStringList spool() const; // names of its entries
    std::vector<qint64> supervisors() const;
    void killSupervisors() const;

    FakeBackend backend;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();

private:
    QTemporaryDir m_folder;
    std::unique_ptr<QProcess> m_agent;
    QString m_said;
};

} // namespace belfry
