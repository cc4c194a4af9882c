// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/daemon.h"

#include "agent/datafolder.h"
#include "agent/facts.h"
#include "shared/base/unixsignals.h"

#include <QCoreApplication>
#include <QLoggingCategory>

#include <algorithm>
#include <csignal>

#include <sys/stat.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration flushPatience = 2s;
constexpr Duration closePatience = 1s;
// A backend that stays away is mentioned this often.
constexpr Duration failurePeriod = 60s;

int exitCodeOfData(const Error &error)
{
    switch (error.kind) {
    case ErrorKind::Conflict:
        return 3;
    case ErrorKind::Invalid:
        return 4;
    default:
        return 1;
    }
}

} // namespace

AgentDaemon::AgentDaemon(AgentConfig config, QObject *parent)
    : QObject(parent)
    , m_config(std::move(config))
{
    m_resume.setSingleShot(true);
    m_patience.setSingleShot(true);
    connect(&m_resume, &QTimer::timeout, this, [this] { m_connector->start(); });
}

AgentDaemon::~AgentDaemon() = default;

int AgentDaemon::start()
{
    m_supervisors = std::make_unique<Supervisors>(Supervisors::Settings{
        .dataFolder = m_config.data, .program = {}, .attemptsPerSupervisor = m_config.attemptsPerSupervisor});
    if (const Status opened = m_supervisors->open(); !opened) {
        qCritical().noquote() << opened.error().message;
        return opened.error().kind == ErrorKind::Conflict ? 3 : 1;
    }
    const auto instance = instanceId(m_config.data);
    if (!instance) {
        qCritical().noquote() << instance.error().message;
        return exitCodeOfData(instance.error());
    }
    m_instance = *instance;
    m_shell = std::make_unique<Shell>(identity(), *m_supervisors, m_config.data, m_clock);
    connect(m_shell.get(), &Shell::reconnectWanted, this, &AgentDaemon::onReconnectWanted);
    connect(m_shell.get(), &Shell::ready, this, [this] { m_connector->start(); });
    connect(m_shell.get(), &Shell::welcomed, this, [this] {
        m_lastFailure.clear();
        qInfo().noquote() << u"connected to %1 as %2"_s.arg(m_config.backend, m_config.name);
        m_service.status(u"connected to "_s + m_config.backend);
    });
    makeConnector();
    if (const Status begun = m_shell->begin(); !begun) {
        qCritical().noquote() << begun.error().message;
        return exitCodeOfData(begun.error());
    }
    if (::geteuid() == 0)
        qWarning().noquote() << u"the agent runs as root, and so do all jobs"_s;
    m_service.ready();
    return 0;
}

agentengine::Identity AgentDaemon::identity() const
{
    agentengine::Identity identity{.name = m_config.name,
        .instance = m_instance,
        .bootId = Supervisors::bootId(),
        .version = QStringLiteral(BELFRY_VERSION),
        .killSet = u"cookie"_s,
        .labels = hostFacts(m_config.name),
        .slots = m_config.slots,
        .ephemeral = m_config.ephemeral};
    identity.labels.insert(m_config.labels.begin(), m_config.labels.end());
    return identity;
}

void AgentDaemon::makeConnector()
{
    // checkConfig() has accepted the address.
    const QUrl url = backendUrl(m_config.backend, m_config.allowInsecureNetwork).value();
    m_connector = std::make_unique<Connector>(ConnectorSettings{.url = url,
                                                  .path = u"/agent"_s,
                                                  .subprotocol = QLatin1StringView(wire::agentSubprotocol),
                                                  .token = [config = m_config] { return readToken(config); }},
        m_random, m_clock);
    connect(m_connector.get(), &Connector::connected, this, [this](Link *link) { m_shell->connected(link); });
    connect(m_connector.get(), &Connector::disconnected, this, &AgentDaemon::onDisconnected);
    connect(m_connector.get(), &Connector::failed, this, &AgentDaemon::onFailed);
}

void AgentDaemon::onReconnectWanted(Duration after)
{
    if (m_stopping)
        return;
    if (Link *link = m_connector->link()) {
        m_connector->retryAfter(after);
        link->abort(1000, u"connecting anew"_s);
        return;
    }
    m_connector->stop();
    m_resume.start(after);
}

void AgentDaemon::onDisconnected(int code, const QString &reason, Duration retryIn)
{
    qInfo().noquote() << u"the connection has ended: %1 (%2); next try in %3"_s.arg(
        reason.isEmpty() ? u"no reason was given"_s : reason, QString::number(code), formatDuration(retryIn));
    m_service.status(u"not connected: "_s + reason);
    m_shell->disconnected(code, reason);
    if (m_stopping)
        Q_EMIT finished();
}

void AgentDaemon::onFailed(const Error &error, Duration retryIn)
{
    if (error.kind == ErrorKind::Denied) {
        m_shell->disconnected(wire::closeAuth, error.message);
        return;
    }
    const Duration now = m_clock.monotonic();
    if (error.message == m_lastFailure && now - m_failureSaid < failurePeriod)
        return;
    m_lastFailure = error.message;
    m_failureSaid = now;
    m_service.status(u"not connected: "_s + error.message);
    qWarning().noquote() << u"%1; next try in %2, then every few seconds"_s.arg(error.message, formatDuration(retryIn));
}

void AgentDaemon::stop()
{
    if (m_stopping) {
        Q_EMIT finished();
        return;
    }
    m_stopping = true;
    m_resume.stop();
    m_service.stopping();
    m_shell->requestStop();
    qInfo().noquote() << u"stopping; %1 attempts go on without this agent"_s.arg(
        std::ranges::count_if(m_shell->engine().attempts(),
            [](const wire::AttemptReport &report) { return report.phase != wire::AttemptPhase::Ended; }));
    connect(m_shell.get(), &Shell::flushed, this, &AgentDaemon::hangUp);
    connect(&m_patience, &QTimer::timeout, this, &AgentDaemon::hangUp);
    if (m_shell->isFlushed())
        hangUp();
    else
        m_patience.start(flushPatience);
}

void AgentDaemon::hangUp()
{
    disconnect(m_shell.get(), &Shell::flushed, this, &AgentDaemon::hangUp);
    m_patience.disconnect(this);
    const bool connected = m_connector->link();
    m_connector->stop();
    if (connected) {
        connect(&m_patience, &QTimer::timeout, this, &AgentDaemon::finished);
        m_patience.start(closePatience);
    } else {
        Q_EMIT finished();
    }
}

void AgentDaemon::reload(const Result<AgentConfig> &read)
{
    m_service.reloading();
    if (!read) {
        qCritical().noquote() << u"the configuration is bad, the old one stays in force: %1"_s.arg(
            read.error().message);
        m_service.ready();
        return;
    }
    const AgentConfig old = std::exchange(m_config, *read);
    if (m_config.data != old.data || m_config.attemptsPerSupervisor != old.attemptsPerSupervisor)
        qWarning().noquote() << u"data and attempts_per_supervisor change with a restart of the agent only"_s;
    m_config.data = old.data;
    m_config.attemptsPerSupervisor = old.attemptsPerSupervisor;
    const bool elsewhere = m_config.backend != old.backend || m_config.tokenFile != old.tokenFile
        || m_config.token != old.token || m_config.allowInsecureNetwork != old.allowInsecureNetwork;
    if (elsewhere && !m_stopping) {
        m_resume.stop();
        m_shell->disconnected(1000, u"the configuration changed"_s);
        makeConnector();
        m_connector->start();
    }
    m_shell->setIdentity(identity());
    qInfo().noquote() << u"the configuration was read again"_s;
    m_service.ready();
}

int runAgent(int argc, char **argv, const AgentConfig &config)
{
    ::umask(077);
    int qtArgc = 1; // the options are ours alone
    QCoreApplication application(qtArgc, argv);
    AgentDaemon daemon(config);
    UnixSignals signalWatch({SIGTERM, SIGINT, SIGHUP}, [&](int number) {
        if (number == SIGHUP)
            daemon.reload(readAgentConfig(argc, argv));
        else
            daemon.stop();
    });
    QObject::connect(
        &daemon, &AgentDaemon::finished, &application, [] { QCoreApplication::exit(0); }, Qt::QueuedConnection);
    if (const int code = daemon.start(); code != 0)
        return code;
    return QCoreApplication::exec();
}

} // namespace belfry
