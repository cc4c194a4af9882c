// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/process/hostbench.h"

#include "shared/spool/host.h"

#include <QDir>
#include <QFile>
#include <QTest>

#include <csignal>

namespace belfry {

using namespace Qt::StringLiterals;

HostBench::HostBench()
{
    if (!m_folder.isValid())
        qFatal("no temporary folder");
    if (!qEnvironmentVariableIsSet("BELFRY_BIN"))
        qFatal("BELFRY_BIN is not set: it names the folder of belfry-supervisor, as ctest does");
}

HostBench::~HostBench()
{
    leave();
    if (QTest::currentTestFailed()) {
        QFile log(folder() + u'/' + QLatin1StringView(spool::name::supervisorLog));
        qInfo("troubles: %s\nsupervisors: %s", qPrintable(troubles.join(u"; "_s)),
            log.open(QIODevice::ReadOnly) ? log.readAll().constData() : "no log");
    }
    // Supervisors first: they would only report what the jobs' deaths look like.
    for (const auto &group : {supervisors(), jobs()})
        for (const qint64 pid : group)
            ::kill(pid_t(pid), SIGKILL);
}

void HostBench::arrive()
{
    leave();
    m_started.clear();
    m_results.clear();
    m_reports.clear();
    const QString program = qEnvironmentVariable("BELFRY_BIN") + u"/belfry-supervisor"_s;
    m_hand = std::make_unique<Supervisors>(Supervisors::Settings{folder(), program, settingAttempts});
    connect(m_hand.get(), &Supervisors::started, this,
        [this](AttemptKey key, qint64 pid, Instant) { m_started[key] = pid; });
    connect(m_hand.get(), &Supervisors::finished, this, [this](const spool::AttemptResult &result) {
        m_results[result.key] = result;
        ++m_reports[result.key];
    });
    connect(m_hand.get(), &Supervisors::killPending, this, [this] { ++killsPending; });
    connect(m_hand.get(), &Supervisors::troubled, this, [this](const QString &why) { troubles << why; });
    connect(m_hand.get(), &Supervisors::quarantined, this,
        [this](const QString &path, const QString &why) { quarantines << path + u": "_s + why; });
    if (const auto opened = m_hand->open(); !opened)
        qFatal("%s", qPrintable(opened.error().message));
    auto scanned = m_hand->scan();
    if (!scanned)
        qFatal("%s", qPrintable(scanned.error().message));
    m_scanned = std::move(*scanned);
}

QString HostBench::attemptFolder(AttemptKey key) const
{
    return folder() + u"/spool/"_s + QString::fromStdString(spool::folderName(key));
}

QByteArray HostBench::readWitness(const QString &name) const
{
    QFile file(witness(name));
    return file.open(QIODevice::ReadOnly) ? file.readAll() : QByteArray();
}

spool::Order HostBench::order(qint64 run, std::vector<std::string> argv) const
{
    spool::Order order;
    order.key = {run, 1};
    order.argv = std::move(argv);
    order.graceMs = 10'000;
    order.environment = {"BENCH=" + m_folder.path().toStdString()};
    return order;
}

AttemptKey HostBench::start(const spool::Order &order, const QByteArray &text)
{
    if (const auto started = m_hand->start(order, text); !started)
        QTest::qFail(qPrintable(started.error().message), __FILE__, __LINE__);
    return order.key;
}

AttemptKey HostBench::script(qint64 run, const QByteArray &text)
{
    return start(order(run), text);
}

int HostBench::reportsOf(AttemptKey key) const
{
    const auto found = m_reports.find(key);
    return found == m_reports.end() ? 0 : found->second;
}

QByteArray HostBench::output(AttemptKey key) const
{
    QByteArray bytes;
    for (;;) {
        const auto piece = m_hand->readOutput(key, bytes.size(), 1 << 20);
        if (!piece)
            QTest::qFail(qPrintable(piece.error().message), __FILE__, __LINE__);
        if (!piece || piece->bytes.empty())
            return bytes;
        bytes += QByteArray::fromStdString(piece->bytes);
    }
}

QByteArray HostBench::output(AttemptKey key, spool::Stream stream) const
{
    QByteArray bytes;
    const auto piece = m_hand->readOutput(key, 0, 1 << 28);
    if (piece)
        for (const spool::IndexEntry &entry : piece->index)
            if (entry.stream == stream)
                bytes += QByteArray::fromStdString(piece->bytes.substr(std::size_t(entry.offset), entry.length));
    return bytes;
}

std::vector<qint64> HostBench::processes(const char *file, const QByteArray &needle) const
{
    std::vector<qint64> pids;
    for (const QString &name : QDir(u"/proc"_s).entryList(QDir::Dirs)) {
        bool number = false;
        const qint64 pid = name.toLongLong(&number);
        if (!number)
            continue;
        QFile text(u"/proc/"_s + name + u'/' + QLatin1StringView(file));
        const auto stat = spool::processStat(std::int32_t(pid));
        if (stat && stat->alive && text.open(QIODevice::ReadOnly) && text.readAll().contains(needle))
            pids.push_back(pid);
    }
    return pids;
}

std::vector<qint64> HostBench::jobs() const
{
    return processes("environ", "BENCH=" + m_folder.path().toUtf8() + '\0');
}

std::vector<qint64> HostBench::jobs(const QByteArray &program) const
{
    std::vector<qint64> pids = jobs();
    std::erase_if(pids, [&](qint64 pid) {
        QFile commandLine(u"/proc/%1/cmdline"_s.arg(pid));
        return !commandLine.open(QIODevice::ReadOnly) || !commandLine.readAll().startsWith(program + '\0');
    });
    return pids;
}

std::vector<qint64> HostBench::supervisors() const
{
    return processes("cmdline", "--data" + QByteArray(1, '\0') + folder().toUtf8() + '\0');
}

void HostBench::killSupervisors()
{
    for (const qint64 pid : supervisors())
        ::kill(pid_t(pid), SIGKILL);
}

} // namespace belfry
