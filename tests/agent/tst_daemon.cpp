// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/agent/agentbench.h"
#include "tests/patience.h"

#include <QDir>
#include <QElapsedTimer>

#include <csignal>

#include <sys/mount.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 30'000;

// The socket that systemd would listen on.
class NotifySocket
{
public:
    explicit NotifySocket(const QString &path)
        : m_fd(::socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0))
    {
        sockaddr_un address{};
        address.sun_family = AF_UNIX;
        qstrncpy(address.sun_path, QFile::encodeName(path).constData(), sizeof address.sun_path);
        if (::bind(m_fd, reinterpret_cast<const sockaddr *>(&address), sizeof address) != 0)
            qFatal("no notify socket");
    }
    ~NotifySocket() { ::close(m_fd); }
    bool has(const QByteArray &line)
    {
        char buffer[4'096];
        for (ssize_t size; (size = ::recv(m_fd, buffer, sizeof buffer, 0)) > 0;)
            m_lines += QByteArray(buffer, qsizetype(size)).split('\n');
        return m_lines.contains(line);
    }

private:
    int m_fd;
    QList<QByteArray> m_lines;
};

// Until nothing more fits.
void fillUp(const QString &path)
{
    QFile file(path);
    const QByteArray block(16 << 10, 'x');
    if (!file.open(QIODevice::WriteOnly | QIODevice::Unbuffered))
        qFatal("cannot fill the disk");
    while (file.write(block) == block.size()) { }
}

} // namespace

// What the program does as a service: signals, tokens, disks, and peers that misbehave.
class TestDaemon : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void termTellsTheBackendAndLeavesJobsRunning()
    {
        AgentBench bench;
        NotifySocket notify(bench.path(u"notify"_s));
        bench.environment.insert(u"NOTIFY_SOCKET"_s, bench.path(u"notify"_s));
        bench.environment.insert(u"WATCHDOG_USEC"_s, u"600000"_s);
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(!bench.backend.hellos.empty(), patience);
        QTRY_VERIFY_WITH_TIMEOUT(notify.has("READY=1"), patience);
        QTRY_VERIFY_WITH_TIMEOUT(notify.has("WATCHDOG=1"), patience);
        bench.backend.order(
            bench.script(1, u"echo $$ >> $WITNESS/starts; while [ ! -e $WITNESS/go ]; do sleep 0.05; done; exit 5"_s));
        QTRY_VERIFY_WITH_TIMEOUT(!bench.witnessed(u"starts"_s).isEmpty(), patience);
        const auto job = pid_t(bench.witnessed(u"starts"_s).front().toInt());
        QElapsedTimer clock;
        clock.start();
        bench.signal(SIGTERM);
        QTRY_VERIFY_WITH_TIMEOUT(!bench.isRunning(), patience);
        QVERIFY2(clock.elapsed() < 20'000, qPrintable(QString::number(clock.elapsed())));
        QCOMPARE(bench.exitCode(), 0);
        QVERIFY(notify.has("STOPPING=1"));
        QCOMPARE(bench.backend.drainings, QStringList{u"the agent is stopping"_s});
        QCOMPARE(::kill(job, 0), 0);
        bench.write(u"go"_s, "");
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(bench.backend.held(1).committed, patience);
        QCOMPARE(bench.backend.held(1).result->exitCode, 5);
    }

    void termEndsAnAgentWithoutABackendToo()
    {
        AgentBench bench;
        bench.start({u"--backend"_s, u"ws://127.0.0.1:9"_s});
        QTRY_VERIFY_WITH_TIMEOUT(bench.said().contains(u"next try in"), patience);
        bench.signal(SIGTERM);
        QTRY_VERIFY_WITH_TIMEOUT(!bench.isRunning(), 5'000);
        QCOMPARE(bench.exitCode(), 0);
    }

    void aBackendThatDoesNotReadHoldsUpNoStop()
    {
        AgentBench bench;
        bench.backend.acknowledges = false;
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(!bench.backend.hellos.empty(), patience);
        bench.backend.order(bench.script(1, u"yes | head -c 20000000"_s));
        QTRY_VERIFY_WITH_TIMEOUT(bench.backend.held(1).log.size() > 0, patience);
        bench.backend.stall();
        bench.signal(SIGTERM);
        QTRY_VERIFY_WITH_TIMEOUT(!bench.isRunning(), 5'000);
        QCOMPARE(bench.exitCode(), 0);
    }

    void aSecondAgentOnTheSameDataIsRefused()
    {
        AgentBench bench;
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(!bench.backend.hellos.empty(), patience);
        QProcess second;
        second.setProgram(qEnvironmentVariable("BELFRY_BIN") + u"/belfry-agent"_s);
        second.setArguments({u"--data"_s, bench.path(u"data"_s), u"--backend"_s, bench.backend.url(), u"--token-file"_s,
            bench.path(u"token"_s)});
        second.start();
        QVERIFY(second.waitForFinished());
        QCOMPARE(second.exitCode(), 3);
        QVERIFY(second.readAllStandardError().contains("in use by another agent"));
        QVERIFY(bench.isRunning());
    }

    void theIdentityStaysAndDamageIsRefused_data()
    {
        QTest::addColumn<QByteArray>("text");
        QTest::addColumn<int>("code");
        QTest::newRow("damaged") << QByteArray("rubbish") << 4;
        QTest::newRow("empty") << QByteArray() << 4;
        QTest::newRow("of a newer version") << QByteArray("belfry-agent 2\nabcdefghijklmnopqrstuvwx\n") << 3;
    }
    void theIdentityStaysAndDamageIsRefused()
    {
        QFETCH(QByteArray, text);
        QFETCH(int, code);
        AgentBench bench;
        bench.start();
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(1), patience);
        bench.kill();
        bench.start();
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(2), patience);
        QVERIFY(!bench.backend.hellos[0].instance.isEmpty());
        QCOMPARE(bench.backend.hellos[0].instance, bench.backend.hellos[1].instance);
        for (const QString &name : {u"data"_s, u"data/instance"_s, u"data/spool"_s}) {
            struct stat info { };
            QCOMPARE(::stat(QFile::encodeName(bench.path(name)).constData(), &info), 0);
            QCOMPARE(info.st_mode & 077, 0u);
        }
        bench.kill();
        bench.write(u"data/instance"_s, text);
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(!bench.isRunning(), patience);
        QCOMPARE(bench.exitCode(), code);
        QVERIFY(bench.said().contains(u"data/instance"));
    }

    void anUnknownTokenIsSaidAndTriedAgain()
    {
        AgentBench bench;
        bench.backend.token = "another";
        bench.start();
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.refused, 1, patience);
        QTRY_VERIFY_WITH_TIMEOUT(bench.said().contains(u"does not accept this agent's token"), patience);
        QVERIFY(!bench.said().contains(u"secret"));
        // The file is read for each try.
        bench.write(u"token"_s, "another\n");
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(1), patience);
        QCOMPARE(bench.backend.refused, 1);
    }

    void aRefusedAgentComesBackWhenItWasTold()
    {
        AgentBench bench;
        bench.backend.welcomes = false;
        bench.start();
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(1), patience);
        QElapsedTimer clock;
        clock.start();
        bench.backend.send({wire::AgentRefused{u"the name is taken"_s, 2s}});
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(2), patience);
        QVERIFY2(clock.elapsed() >= 1'900, qPrintable(QString::number(clock.elapsed())));
        QVERIFY(bench.said().contains(u"the backend refuses this agent: the name is taken"));
    }

    void aReplacedAgentStaysAway()
    {
        AgentBench bench;
        bench.start();
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(1), patience);
        bench.backend.close(wire::closeReplaced, u"replaced"_s);
        QTRY_VERIFY_WITH_TIMEOUT(bench.said().contains(u"two agents must not share"), patience);
        QTest::qWait(1'500); // several of the usual retries
        QCOMPARE(bench.backend.hellos.size(), std::size_t(1));
        bench.signal(SIGTERM);
        QTRY_VERIFY_WITH_TIMEOUT(!bench.isRunning(), 5'000);
    }

    void hangupReadsTheConfigurationAnew()
    {
        AgentBench bench;
        const auto write = [&](const QByteArray &more) {
            bench.write(u"agent.yaml"_s,
                "backend: " + bench.backend.url().toUtf8() + "\ntoken_file: " + bench.path(u"token"_s).toUtf8() + '\n'
                    + more);
        };
        write("name: a1\nlabels: [gpu]\n");
        NotifySocket notify(bench.path(u"notify"_s));
        bench.environment.insert(u"NOTIFY_SOCKET"_s, bench.path(u"notify"_s));
        bench.start({u"--config"_s, bench.path(u"agent.yaml"_s)});
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(1), patience);
        QVERIFY(bench.backend.hellos[0].labels.count(u"gpu"_s) == 1);

        write("name: a1\nlabels: [gpu\n");
        bench.signal(SIGHUP);
        QTRY_VERIFY_WITH_TIMEOUT(bench.said().contains(u"the old one stays in force"), patience);
        QVERIFY(bench.said().contains(u"agent.yaml:"));
        QVERIFY(notify.has("RELOADING=1"));
        QVERIFY(bench.backend.isConnected());
        QCOMPARE(bench.backend.hellos.size(), std::size_t(1));

        write("name: a1\nlabels: [ssd]\nslots: 9\ndata: /elsewhere\n");
        bench.signal(SIGHUP);
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(2), patience);
        const wire::AgentHello hello = bench.backend.hellos[1];
        QVERIFY(hello.labels.count(u"ssd"_s) == 1 && hello.labels.count(u"gpu"_s) == 0);
        QCOMPARE(hello.slots, 9);

        FakeBackend other;
        write("name: a1\nlabels: [ssd]\nslots: 9\n");
        QFile file(bench.path(u"agent.yaml"_s));
        QVERIFY(file.open(QIODevice::ReadOnly));
        QByteArray text = file.readAll();
        file.close();
        bench.write(u"agent.yaml"_s, text.replace(bench.backend.url().toUtf8(), other.url().toUtf8()));
        bench.signal(SIGHUP);
        QTRY_COMPARE_WITH_TIMEOUT(other.hellos.size(), std::size_t(1), patience);
        QTRY_VERIFY_WITH_TIMEOUT(!bench.backend.isConnected(), patience);
    }

    void nonsenseFromTheBackendCostsTheConnectionOnly_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("no CBOR") << QByteArray("\xff\xff\xff\xff");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("not a list") << QByteArray("\xa0");
        QTest::newRow("a body of the wrong type") << QByteArray("\x82\x03\x01");
        QTest::newRow("deep") << QByteArray(10'000, '\x81');
        QTest::newRow("a length beyond the end") << QByteArray("\x9b\x7f\xff\xff\xff\xff\xff\xff\xff");
    }
    void nonsenseFromTheBackendCostsTheConnectionOnly()
    {
        QFETCH(QByteArray, bytes);
        AgentBench bench;
        bench.start();
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(1), patience);
        bench.backend.sendRaw(bytes);
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(2), patience);
        QVERIFY(bench.said().contains(u"is broken off"));
        QVERIFY(bench.isRunning());
        // A message of a number that this version does not know costs nothing.
        bench.backend.sendRaw(QByteArray("\x82\x18\x63\xa0"));
        bench.backend.order(bench.script(1, u"true"_s));
        QTRY_VERIFY_WITH_TIMEOUT(bench.backend.held(1).committed, patience);
        QCOMPARE(bench.backend.hellos.size(), std::size_t(2));
    }

    void aDamagedEntryIsPutAsideAndNotStartedAgain()
    {
        AgentBench bench;
        bench.start();
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(1), patience);
        bench.backend.commits = false;
        const wire::StartAttempt order = bench.script(1, u"echo x >> $WITNESS/starts"_s);
        bench.backend.order(order);
        QTRY_VERIFY_WITH_TIMEOUT(bench.backend.held(1).result.has_value(), patience);
        bench.kill();
        bench.killSupervisors();
        bench.write(u"data/spool/1-1/result"_s, "rubbish");
        bench.backend.commits = true;
        bench.backend.held(1).result.reset();
        for (int start = 2; start <= 3; ++start) {
            bench.start();
            QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(start), patience);
            QTRY_VERIFY_WITH_TIMEOUT(bench.said().contains(u"quarantine/1-1"), patience);
            bench.backend.order(order);
            QTRY_VERIFY_WITH_TIMEOUT(bench.backend.held(1).result.has_value(), patience);
            QVERIFY(bench.backend.held(1).result->exitUnseen);
            bench.backend.held(1).result.reset();
            bench.kill();
        }
        QCOMPARE(bench.witnessed(u"starts"_s).size(), 1);
    }

    void aFullDiskRefusesStartsUntilThereIsRoom()
    {
        AgentBench bench;
        QDir().mkpath(bench.path(u"small"_s));
        const QByteArray small = QFile::encodeName(bench.path(u"small"_s));
        if (::mount("tmpfs", small.constData(), "tmpfs", 0, "size=4m,mode=0700") != 0)
            QSKIP("a small file system cannot be mounted here: it takes root");
        const auto unmount = qScopeGuard([&] { ::umount2(small.constData(), MNT_DETACH); });
        const QStringList arguments{u"--data"_s, bench.path(u"small/data"_s)};
        bench.start(arguments);
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(1), patience);
        bench.backend.order(bench.script(1, u"while [ ! -e $WITNESS/go ]; do sleep 0.05; done"_s));
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.held(1).starts, 1, patience);
        fillUp(bench.path(u"small/fill"_s));
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.drainings.size(), 1, patience);
        QVERIFY2(bench.backend.drainings[0].startsWith(u"ENOSPC: agent disk full: "),
            qPrintable(bench.backend.drainings[0]));
        bench.backend.order(bench.script(2, u"echo 2 >> $WITNESS/starts"_s));
        QTRY_VERIFY_WITH_TIMEOUT(bench.backend.held(2).committed, patience);
        QVERIFY(bench.backend.held(2).result->notStarted.contains(u"agent disk full"));
        // What runs goes on, and its end is told.
        bench.write(u"go"_s, "");
        QTRY_VERIFY_WITH_TIMEOUT(bench.backend.held(1).committed, patience);
        QCOMPARE(bench.backend.held(1).result->exitCode, 0);
        QVERIFY(QFile::remove(bench.path(u"small/fill"_s)));
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(2), patience);
        bench.backend.order(bench.script(3, u"echo 3 >> $WITNESS/starts"_s));
        QTRY_VERIFY_WITH_TIMEOUT(bench.backend.held(3).committed, patience);
        QCOMPARE(bench.witnessed(u"starts"_s), QStringList{u"3"_s});
        bench.kill();
        bench.killSupervisors();
    }
};

QTEST_GUILESS_MAIN(TestDaemon)
#include "tst_daemon.moc"
