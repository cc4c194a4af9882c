// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/agent/agentbench.h"

#include <QCoreApplication>
#include <QDir>
#include <QFile>
#include <QFileInfo>

#include <csignal>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// pids of this user's processes whose command line or environment holds the text
std::vector<qint64> processesWith(const char *file, const QByteArray &text)
{
    std::vector<qint64> found;
    for (const QString &name : QDir(u"/proc"_s).entryList(QDir::Dirs)) {
        bool isPid = false;
        const qint64 pid = name.toLongLong(&isPid);
        QFile read(u"/proc/%1/%2"_s.arg(name, QLatin1StringView(file)));
        if (isPid && pid != QCoreApplication::applicationPid() && read.open(QIODevice::ReadOnly)
            && read.readAll().contains(text))
            found.push_back(pid);
    }
    return found;
}

} // namespace

AgentBench::AgentBench()
{
    write(u"token"_s, "secret\n");
    for (const char *name : {"BELFRY_URL", "BELFRY_TOKEN", "BELFRY_TOKEN_FILE", "NOTIFY_SOCKET", "WATCHDOG_USEC"})
        environment.remove(QLatin1StringView(name));
}

AgentBench::~AgentBench()
{
    if (m_agent) {
        m_agent->kill();
        m_agent->waitForFinished();
    }
    killSupervisors();
    for (const qint64 pid : processesWith("environ", m_folder.path().toUtf8()))
        ::kill(pid_t(pid), SIGKILL);
}

void AgentBench::start(const QStringList &arguments)
{
    QStringList all = arguments;
    const auto add = [&](const QString &flag, const QString &value) {
        if (!all.contains(flag))
            all += {flag, value};
    };
    add(u"--data"_s, path(u"data"_s));
    if (!all.contains(u"--config"_s)) {
        add(u"--backend"_s, backend.url());
        add(u"--token-file"_s, path(u"token"_s));
        add(u"--name"_s, u"a1"_s);
    }
    m_said.clear();
    m_agent = std::make_unique<QProcess>();
    m_agent->setProcessEnvironment(environment);
    m_agent->setProgram(qEnvironmentVariable("BELFRY_BIN") + u"/belfry-agent"_s);
    m_agent->setArguments(all);
    m_agent->start();
}

void AgentBench::kill()
{
    m_agent->kill();
    m_agent->waitForFinished();
}

void AgentBench::signal(int number)
{
    ::kill(pid_t(m_agent->processId()), number);
}

QString AgentBench::said()
{
    m_said += QString::fromUtf8(m_agent->readAllStandardError());
    return m_said;
}

wire::StartAttempt AgentBench::script(qint64 run, const QString &text) const
{
    wire::StartAttempt order{.run = RunId(run), .attempt = 1, .epoch = 1, .jobName = u"p/j"_s};
    order.script = text;
    order.shell = u"/bin/sh"_s;
    order.env = {{u"WITNESS"_s, m_folder.path()}, {u"BELFRY_RUN"_s, QString::number(run)}};
    return order;
}

QStringList AgentBench::witnessed(const QString &name) const
{
    QFile file(path(name));
    if (!file.open(QIODevice::ReadOnly))
        return {};
    return QString::fromUtf8(file.readAll()).split(u'\n', Qt::SkipEmptyParts);
}

void AgentBench::write(const QString &name, const QByteArray &text) const
{
    QFile file(path(name));
    if (!file.open(QIODevice::WriteOnly) || file.write(text) != text.size())
        qFatal("cannot write %s", qPrintable(file.fileName()));
    file.setPermissions(QFile::ReadOwner | QFile::WriteOwner);
}

QStringList AgentBench::spool() const
{
    return QDir(path(u"data/spool"_s)).entryList(QDir::Dirs | QDir::NoDotAndDotDot, QDir::Name);
}

std::vector<qint64> AgentBench::supervisors() const
{
    std::vector<qint64> found = processesWith("cmdline", path(u"data"_s).toUtf8());
    std::erase_if(found, [](qint64 pid) {
        return !QFileInfo(u"/proc/%1/exe"_s.arg(pid)).symLinkTarget().contains(u"belfry-supervisor");
    });
    return found;
}

void AgentBench::killSupervisors() const
{
    for (const qint64 pid : supervisors())
        ::kill(pid_t(pid), SIGKILL);
}

} // namespace belfry
