// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/daemon.h"

#include "backend/executor.h"
#include "backend/server/server.h"
#include "backend/server/sidework.h"
#include "shared/base/unixsignals.h"

#include <QCoreApplication>
#include <QFile>
#include <QLoggingCategory>
#include <QSslCertificate>
#include <QSslKey>

#include <csignal>
#include <sys/stat.h>
#include <systemd/sd-daemon.h>
#include <unistd.h>

namespace belfry {

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(logDaemon, "belfry.backend")

namespace {

// Past this, a stop is as abrupt as a kill: by then nothing is lost by it, and `exit within 5 s` is a promise.
constexpr Duration stopWithin = 4s;

Result<QSslConfiguration> loadTls(const BackendConfig &config)
{
    QFile certificate(config.tlsCertificate);
    if (!certificate.open(QIODevice::ReadOnly))
        return fail(
            ErrorKind::Invalid, u"tls_certificate %1: %2"_s.arg(config.tlsCertificate, certificate.errorString()));
    const QList<QSslCertificate> chain = QSslCertificate::fromDevice(&certificate, QSsl::Pem);
    if (chain.isEmpty())
        return fail(ErrorKind::Invalid, u"tls_certificate %1: holds no PEM certificate"_s.arg(config.tlsCertificate));
    QFile keyFile(config.tlsKey);
    if (!keyFile.open(QIODevice::ReadOnly))
        return fail(ErrorKind::Invalid, u"tls_key %1: %2"_s.arg(config.tlsKey, keyFile.errorString()));
    const QByteArray pem = keyFile.readAll();
    QSslKey key;
    for (const QSsl::KeyAlgorithm algorithm : {QSsl::Ec, QSsl::Rsa, QSsl::Dsa})
        if (key.isNull())
            key = QSslKey(pem, algorithm);
    if (key.isNull())
        return fail(
            ErrorKind::Invalid, u"tls_key %1: holds no PEM private key without a passphrase"_s.arg(config.tlsKey));
    QSslConfiguration tls = QSslConfiguration::defaultConfiguration();
    tls.setProtocol(QSsl::TlsV1_2OrLater);
    tls.setPeerVerifyMode(QSslSocket::VerifyNone); // clients show tokens, not certificates
    tls.setLocalCertificateChain(chain);
    tls.setPrivateKey(key);
    return tls;
}

Result<ServerSettings> serverSettings(const BackendConfig &config)
{
    ServerSettings settings;
    settings.listen.address = QHostAddress(config.listenHost);
    settings.listen.port = config.listenPort;
    settings.listen.allowInsecureNetwork = config.allowInsecureNetwork;
    settings.listen.gate.hosts = config.hosts;
    settings.listen.gate.origins = config.origins;
    if (!config.tlsCertificate.isEmpty()) {
        auto tls = loadTls(config);
        if (!tls)
            return fail(tls.error());
        settings.listen.tls = *tls;
    }
    const int activated = sd_listen_fds(1);
    if (activated > 1)
        return fail(
            ErrorKind::Invalid, u"socket activation passed %1 sockets, and one is all that is wanted"_s.arg(activated));
    if (activated == 1)
        settings.listen.descriptor = SD_LISTEN_FDS_START;
    return settings;
}

class Daemon final : public QObject
{
public:
    Daemon(BackendConfig config, std::unique_ptr<Store> store)
        : m_config(std::move(config))
        , m_store(std::move(store))
        , m_executor(*m_store, m_clock, m_random)
    { }

    int start()
    {
        const Result<Snapshot> snapshot = m_store->snapshot();
        if (!snapshot)
            return refuse(snapshot.error(), 1);
        const auto settings = serverSettings(m_config);
        if (!settings)
            return refuse(settings.error(), 2);
        m_server = std::make_unique<Server>(m_executor, *snapshot, *settings);
        m_executor.start(*snapshot);
        connect(&m_executor, &Executor::drained, this, [this] { leave(); });
        m_server->start(m_config.data, [this](const Status &status) {
            if (!status) {
                QCoreApplication::exit(refuse(status.error(), 1));
                return;
            }
            qCInfo(logDaemon, "belfry-backend %s listens on %s port %d, data in %s", BELFRY_VERSION,
                qUtf8Printable(m_config.listenHost), int(m_server->port()), qUtf8Printable(m_config.data));
            sd_notify(0, "READY=1");
        });
        startWatchdog();
        return 0;
    }

    void onSignal(int number)
    {
        if (number == SIGHUP)
            reload();
        else if (m_stopping)
            leave();
        else
            stop();
    }

private:
    int refuse(const Error &error, int code)
    {
        qCCritical(logDaemon).noquote() << error.message;
        return code;
    }

    void stop()
    {
        m_stopping = true;
        qCInfo(logDaemon, "stopping: nothing new is started, running jobs go on");
        sd_notify(0, "STOPPING=1");
        QTimer::singleShot(stopWithin, this, [this] { leave(); });
        m_executor.stop();
    }

    void leave()
    {
        m_server->stop();
        QCoreApplication::quit();
    }

    // What needs no new socket is taken up: names, origins, the certificate.
    void reload()
    {
        timespec now{};
        clock_gettime(CLOCK_MONOTONIC, &now);
        sd_notifyf(
            0, "RELOADING=1\nMONOTONIC_USEC=%lld", static_cast<long long>(now.tv_sec) * 1'000'000 + now.tv_nsec / 1000);
        const Status status = tryReload();
        if (status)
            qCInfo(logDaemon, "the configuration was read again");
        else
            qCWarning(logDaemon).noquote() << "the old configuration stays in force:" << status.error().message;
        sd_notify(0, "READY=1");
    }

    Status tryReload()
    {
        if (m_config.file.isEmpty())
            return {};
        const auto read = readBackendConfig(m_config.file, m_config);
        if (!read)
            return fail(read.error());
        if (const Status rules = checkConfig(*read); !rules)
            return rules;
        std::optional<QSslConfiguration> tls;
        if (!read->tlsCertificate.isEmpty()) {
            const auto loaded = loadTls(*read);
            if (!loaded)
                return fail(loaded.error());
            tls = *loaded;
        }
        if (tls.has_value() != m_server->listener().settings().tls.has_value())
            return fail(ErrorKind::Invalid, u"TLS is switched on or off only by a restart"_s);
        m_config.hosts = read->hosts;
        m_config.origins = read->origins;
        m_server->listener().reload({m_config.hosts, m_config.origins}, tls);
        return {};
    }

    void startWatchdog()
    {
        uint64_t usec = 0;
        if (sd_watchdog_enabled(0, &usec) <= 0)
            return;
        connect(&m_watchdog, &QTimer::timeout, this, [] { sd_notify(0, "WATCHDOG=1"); });
        m_watchdog.start(int(usec / 2000));
    }

    BackendConfig m_config;
    SystemClock m_clock;
    SystemRandom m_random;
    std::unique_ptr<Store> m_store;
    Executor m_executor;
    std::unique_ptr<Server> m_server;
    QTimer m_watchdog;
    bool m_stopping = false;
};

// Until a signal says so; everything is closed then.
int serve(int &argc, char **argv, const BackendConfig &config)
{
    umask(077);
    QCoreApplication application(argc, argv);
    Daemon *daemon = nullptr;
    // Before the store's threads, so that they inherit the blocked signals.
    const UnixSignals unixSignals({SIGTERM, SIGINT, SIGHUP}, [&daemon](int number) {
        if (daemon)
            daemon->onSignal(number);
    });
    std::signal(SIGPIPE, SIG_IGN);
    if (geteuid() == 0)
        qCWarning(logDaemon, "running as root: the backend needs no rights of root, give it a user of its own");

    auto store = Store::open(config.data);
    if (!store) {
        qCCritical(logDaemon).noquote() << store.error().message;
        return store.error().exitCode();
    }
    Daemon service(config, std::move(*store));
    daemon = &service;
    if (const int code = service.start(); code != 0)
        return code;
    return QCoreApplication::exec();
}

} // namespace

int runBackend(int &argc, char **argv, const BackendConfig &config)
{
    const int code = serve(argc, argv, config);
    if (SideWork::isAnyLeft())
        std::_Exit(code);
    return code;
}

} // namespace belfry
