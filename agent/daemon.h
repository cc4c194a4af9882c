// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/config.h"
#include "agent/service.h"
#include "agent/shell.h"
#include "shared/base/random.h"
#include "shared/link/connector.h"

#include <memory>

namespace belfry {

// The agent as a service: takes its data folder, says hello to the backend again and again, obeys signals. Jobs live on
// when it goes.
class AgentDaemon : public QObject
{
    Q_OBJECT

public:
    explicit AgentDaemon(AgentConfig config, QObject *parent = nullptr);
    ~AgentDaemon() override;

    // 0, or the exit code (1, 3, 4), with what is wrong written to the log.
    int start();
    // SIGTERM: no new starts, the backend is told, finished() within 5 s. Again: at once.
    void stop();
    // SIGHUP. What needs a restart is said; on an error all stays as it was.
    void reload(const Result<AgentConfig> &read);

    const Shell *shell() const { return m_shell.get(); }

Q_SIGNALS:
    void finished();

private:
    agentengine::Identity identity() const;
    void makeConnector();
    void onReconnectWanted(Duration after);
    void onDisconnected(int code, const QString &reason, Duration retryIn);
    void onFailed(const Error &error, Duration retryIn);
    void hangUp();

    AgentConfig m_config;
    SystemClock m_clock;
    SystemRandom m_random;
    Service m_service;
    QString m_instance;
    std::unique_ptr<Supervisors> m_supervisors;
    std::unique_ptr<Shell> m_shell;
    std::unique_ptr<Connector> m_connector;
    bool m_stopping = false;
    QString m_lastFailure;
    Duration m_failureSaid{0};
    QTimer m_resume, m_patience;
};

// Runs until SIGTERM. Exit codes: 0 ended as asked, 1 anything else, 3 data in use or of a newer version, 4 data
// damaged.
int runAgent(int argc, char **argv, const AgentConfig &config);

} // namespace belfry
