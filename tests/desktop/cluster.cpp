// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/desktop/cluster.h"

#include "tests/patience.h"

#include <QFile>
#include <QTcpServer>
#include <QTcpSocket>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

void awaitEnd(QProcess &process)
{
    if (process.state() != QProcess::NotRunning && !process.waitForFinished(patienceMs))
        qFatal("%s has not ended within %d ms", qPrintable(process.program()), patienceMs);
}

void end(QProcess &process)
{
    process.terminate();
    if (process.state() != QProcess::NotRunning && !process.waitForFinished(patienceMs))
        process.kill();
    awaitEnd(process);
}

} // namespace

Cluster::Cluster()
{
    QTcpServer probe;
    if (!probe.listen(QHostAddress::LocalHost))
        qFatal("no port of loopback is free");
    m_port = probe.serverPort();
}

Cluster::~Cluster()
{
    // The jobs' processes end with their supervisors, which see their agents' folders go.
    for (const QByteArray &line :
        QByteArray(m_backend && m_backend->state() == QProcess::Running ? cli({u"ps"_s, u"-o"_s, u"name"_s}) : "")
            .split('\n'))
        if (!line.isEmpty())
            cli({u"cancel"_s, QString::fromLatin1(line)});
    if (m_backend && m_backend->state() == QProcess::Running)
        (void)QTest::qWaitFor([this] { return cli({u"ps"_s, u"-o"_s, u"name"_s}).trimmed().isEmpty(); }, patienceMs);
    for (const auto &agent : m_agents)
        end(*agent);
    if (m_backend)
        end(*m_backend);
}

QString Cluster::program(const QString &name) const
{
    return qEnvironmentVariable("BELFRY_BIN") + u'/' + name;
}

std::unique_ptr<QProcess> Cluster::start(const QString &name, const QStringList &arguments)
{
    auto process = std::make_unique<QProcess>();
    process->setStandardOutputFile(QProcess::nullDevice());
    process->setStandardErrorFile(folder() + u'/' + name + u".log"_s, QIODevice::Append);
    process->setStandardInputFile(QProcess::nullDevice());
    process->start(program(name), arguments);
    return process;
}

bool Cluster::startBackend()
{
    m_backend = start(
        u"belfry-backend"_s, {u"--data"_s, folder() + u"/backend"_s, u"--listen"_s, u"127.0.0.1:%1"_s.arg(m_port)});
    return QTest::qWaitFor(
        [this] {
            QTcpSocket socket;
            socket.connectToHost(u"127.0.0.1"_s, m_port);
            return socket.waitForConnected(200);
        },
        patienceMs);
}

void Cluster::killBackend()
{
    m_backend->kill();
    awaitEnd(*m_backend);
}

bool Cluster::startAgent(const QString &name, int slotCount)
{
    m_agents.push_back(start(u"belfry-agent"_s,
        {u"--backend"_s, address().url.toString(), u"--token-file"_s, folder() + u"/backend/agent.token"_s, u"--name"_s,
            name, u"--slots"_s, QString::number(slotCount), u"--data"_s, folder() + u'/' + name}));
    return QTest::qWaitFor(
        [&] {
            return cli({u"agents"_s, u"-o"_s, u"json"_s}).count("\"online\"") == int(m_agents.size());
        },
        patienceMs);
}

QByteArray Cluster::cli(const QStringList &arguments)
{
    QProcess process;
    QProcessEnvironment environment = QProcessEnvironment::systemEnvironment();
    environment.insert(u"BELFRY_URL"_s, address().url.toString());
    environment.insert(u"BELFRY_TOKEN_FILE"_s, folder() + u"/backend/admin.token"_s);
    environment.insert(u"HOME"_s, folder());
    process.setProcessEnvironment(environment);
    process.setStandardInputFile(QProcess::nullDevice());
    process.start(program(u"belfry"_s), arguments);
    awaitEnd(process);
    if (process.error() != QProcess::UnknownError || process.exitCode() != 0)
        qFatal("belfry %s: %s: %s", qPrintable(arguments.join(u' ')), qPrintable(process.errorString()),
            process.readAllStandardError().constData());
    return process.readAllStandardOutput();
}

void Cluster::apply(const QByteArray &jobs)
{
    QFile file(folder() + u"/jobs.yaml"_s);
    if (!file.open(QIODevice::WriteOnly) || file.write(jobs) != jobs.size())
        qFatal("cannot write %s", qPrintable(file.fileName()));
    file.close();
    cli({u"apply"_s, file.fileName()});
}

Address Cluster::address() const
{
    Address address;
    address.url = QUrl(u"ws://127.0.0.1:%1"_s.arg(m_port));
    address.tokenFiles = {folder() + u"/backend/admin.token"_s};
    address.tokenFileRequired = true;
    return address;
}

} // namespace belfry
