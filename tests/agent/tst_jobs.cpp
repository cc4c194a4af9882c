// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/agent/agentbench.h"
#include "tests/patience.h"

#include <QSignalSpy>

#include <csignal>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr int patience = 30'000;

QByteArray numbered(int lines)
{
    QByteArray text;
    for (int i = 1; i <= lines; ++i)
        text += "line " + QByteArray::number(i) + '\n';
    return text;
}

// Prints numbered lines, slowly, and leaves a witness of its start.
const QString slowJob
    = u"echo $$ >> $WITNESS/starts\ni=0\nwhile [ $i -lt %1 ]; do i=$((i+1)); echo line $i; sleep 0.05; done\n"
      u"exit 7\n"_s;

} // namespace

// The agent as a process, with real supervisors and a backend that is played: waits are for what other processes do.
class TestJobs : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aJobRunsAndItsEntryGoesOnceAllIsDurable()
    {
        AgentBench bench;
        bench.backend.acknowledges = false;
        bench.start({u"--labels"_s, u"gpu,zone=eu"_s, u"--slots"_s, u"3"_s});
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(1), patience);
        const wire::AgentHello hello = bench.backend.hellos.front();
        QCOMPARE(hello.name, u"a1"_s);
        QCOMPARE(hello.slots, 3);
        QCOMPARE(hello.labels.at(u"gpu"_s), QString());
        QCOMPARE(hello.labels.at(u"zone"_s), u"eu"_s);
        QCOMPARE(hello.labels.at(u"os"_s), u"linux"_s);
        QCOMPARE(hello.labels.at(u"linux"_s), QString());
        QCOMPARE(hello.labels.at(u"name"_s), u"a1"_s);
        QVERIFY(hello.attempts.empty());

        bench.backend.order(bench.script(1,
            u"echo out; echo err >&2; echo \"$BELFRY_AGENT $HOME $USER\"; echo rows=12 > \"$BELFRY_OUTPUT\"; exit 3"_s));
        FakeBackend::Held &held = bench.backend.held(1);
        QTRY_VERIFY_WITH_TIMEOUT(held.committed, patience);
        QTRY_COMPARE_WITH_TIMEOUT(held.log.size(), held.result->logWritten, patience);
        QCOMPARE(held.starts, 1);
        QCOMPARE(held.ends, 1);
        QCOMPARE(held.result->exitCode, 3);
        QVERIFY(!held.result->signal && held.result->notStarted.isEmpty() && !held.result->exitUnseen);
        QVERIFY(held.result->startedAt <= held.result->endedAt);
        QCOMPARE(held.result->outputs, (std::map<QString, QString>{{u"rows"_s, u"12"_s}}));
        QVERIFY(held.log.contains("out\n") && held.log.contains("err\n") && held.log.contains("a1 /"));
        QCOMPARE(held.result->logHash.size(), 16);
        qint64 covered = 0;
        for (const wire::LogEntry &entry : held.index) {
            QCOMPARE(entry.offset, covered);
            covered += entry.length;
            QCOMPARE(entry.stream, held.log.mid(entry.offset, 3) == "err" ? 2 : 1);
        }
        QCOMPARE(covered, held.log.size());

        // The result is committed, the log is not durable yet.
        QCOMPARE(bench.spool(), QStringList{u"1-1"_s});
        bench.backend.send({wire::LogAck{RunId(1), 1, held.log.size(), held.log.size()}});
        QTRY_COMPARE_WITH_TIMEOUT(bench.spool(), QStringList(), patience);
    }

    void aKilledAgentFindsItsJobAgain()
    {
        AgentBench bench;
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(!bench.backend.hellos.empty(), patience);
        bench.backend.order(bench.script(1, slowJob.arg(60)));
        FakeBackend::Held &held = bench.backend.held(1);
        QTRY_VERIFY_WITH_TIMEOUT(held.log.contains("line 10\n"), patience);
        bench.kill();
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(held.committed, patience);
        QTRY_COMPARE_WITH_TIMEOUT(held.log, numbered(60), patience);
        QCOMPARE(held.result->exitCode, 7);
        QCOMPARE(held.holes, 0);
        QCOMPARE(bench.witnessed(u"starts"_s).size(), 1);
        QTRY_COMPARE_WITH_TIMEOUT(bench.spool(), QStringList(), patience);
    }

    void aJobThatEndedWithoutItsAgentIsTold()
    {
        AgentBench bench;
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(!bench.backend.hellos.empty(), patience);
        bench.backend.order(bench.script(1, slowJob.arg(20) + u"echo done >> $WITNESS/ends\n"_s));
        QTRY_VERIFY_WITH_TIMEOUT(!bench.witnessed(u"starts"_s).isEmpty(), patience);
        bench.kill();
        QTRY_VERIFY_WITH_TIMEOUT(QFile::exists(bench.path(u"data/spool/1-1/result"_s)), patience);
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(bench.backend.held(1).committed, patience);
        QCOMPARE(bench.backend.hellos.back().attempts.front().phase, wire::AttemptPhase::Ended);
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.held(1).log, numbered(20), patience);
        QCOMPARE(bench.backend.held(1).result->exitCode, 7);
    }

    void aLogIsWholeHoweverOftenTheConnectionIsCut()
    {
        AgentBench bench;
        bench.backend.cutAfter = 3 << 20;
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(!bench.backend.hellos.empty(), patience);
        bench.backend.order(bench.script(1, u"seq 1 2000000"_s));
        FakeBackend::Held &held = bench.backend.held(1);
        QTRY_VERIFY_WITH_TIMEOUT(held.committed && held.log.size() == held.result->logWritten, 60'000);
        QVERIFY2(bench.backend.cuts >= 3, qPrintable(QString::number(bench.backend.cuts)));
        QCOMPARE(held.holes, 0);
        QByteArray expected;
        for (int i = 1; i <= 2'000'000; ++i)
            expected += QByteArray::number(i) + '\n';
        QVERIFY(held.log == expected);
        QTRY_COMPARE_WITH_TIMEOUT(bench.spool(), QStringList(), patience);
    }

    void aCancelEndsTheTree()
    {
        AgentBench bench;
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(!bench.backend.hellos.empty(), patience);
        bench.backend.order(bench.script(1, u"echo $$ >> $WITNESS/starts; sleep 300"_s));
        QTRY_VERIFY_WITH_TIMEOUT(!bench.witnessed(u"starts"_s).isEmpty(), patience);
        bench.backend.send({wire::CancelAttempt{RunId(1), 1, 1, 10s, u"by ann"_s}});
        FakeBackend::Held &held = bench.backend.held(1);
        QTRY_VERIFY_WITH_TIMEOUT(held.committed, patience);
        QCOMPARE(held.result->signal, SIGTERM);
        QVERIFY(held.result->cancelled);
        QVERIFY(!held.result->killed);
    }

    void whatCannotBeStartedSaysWhy()
    {
        AgentBench bench;
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(!bench.backend.hellos.empty(), patience);
        wire::StartAttempt order = bench.script(1, {});
        order.command = {u"/no/such/program"_s};
        bench.backend.order(order);
        FakeBackend::Held &held = bench.backend.held(1);
        QTRY_VERIFY_WITH_TIMEOUT(held.committed, patience);
        QVERIFY2(held.result->notStarted.startsWith(u"ENOENT: "), qPrintable(held.result->notStarted));
        QVERIFY(!held.result->exitCode);
        // An order that no spool file can hold.
        order = bench.script(2, u"true"_s);
        order.env[QString(u"A\0B"_s)] = u"x"_s;
        order.env[u"BAD=NAME"_s] = QString(QChar(0));
        bench.backend.order(order);
        QTRY_VERIFY_WITH_TIMEOUT(bench.backend.held(2).committed, patience);
        QVERIFY(!bench.backend.held(2).result->notStarted.isEmpty());
        QTRY_COMPARE_WITH_TIMEOUT(bench.spool(), QStringList(), patience);
    }

    void aReplayedOrderStartsNothing()
    {
        AgentBench bench;
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(!bench.backend.hellos.empty(), patience);
        const wire::StartAttempt order = bench.script(1, slowJob.arg(10));
        for (int i = 0; i < 5; ++i)
            bench.backend.order(order);
        QTRY_VERIFY_WITH_TIMEOUT(bench.backend.held(1).committed, patience);
        bench.backend.order(order);
        bench.backend.cut();
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(2), patience);
        bench.backend.order(order);
        bench.backend.order(bench.script(2, u"true"_s));
        QTRY_VERIFY_WITH_TIMEOUT(bench.backend.held(2).committed, patience);
        QCOMPARE(bench.witnessed(u"starts"_s).size(), 1);
    }

    void agentAndSupervisorKilledAtOnceIsAnEndThatNobodySaw()
    {
        AgentBench bench;
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(!bench.backend.hellos.empty(), patience);
        bench.backend.order(bench.script(1, slowJob.arg(40)));
        FakeBackend::Held &held = bench.backend.held(1);
        QTRY_VERIFY_WITH_TIMEOUT(held.log.contains("line 5\n"), patience);
        bench.killSupervisors();
        bench.kill();
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(held.committed, patience);
        QVERIFY(held.result->exitUnseen);
        QCOMPARE(bench.witnessed(u"starts"_s).size(), 1);
        QTRY_COMPARE_WITH_TIMEOUT(held.log.size(), held.result->logWritten, patience);
        QVERIFY(numbered(40).startsWith(held.log));
        QTRY_COMPARE_WITH_TIMEOUT(bench.spool(), QStringList(), patience);
    }

    void anEntryOfAnEarlierBootIsNeverCalledAlive()
    {
        AgentBench bench;
        bench.environment.insert(u"BELFRY_BOOT_ID"_s, u"boot-one"_s);
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(!bench.backend.hellos.empty(), patience);
        QCOMPARE(bench.backend.hellos.back().bootId, u"boot-one"_s);
        bench.backend.order(bench.script(1, slowJob.arg(400)));
        QTRY_VERIFY_WITH_TIMEOUT(bench.backend.held(1).log.contains("line 5\n"), patience);
        const qint64 job = bench.witnessed(u"starts"_s).front().toLongLong();
        bench.kill();
        bench.killSupervisors();
        ::kill(pid_t(job), SIGKILL);
        bench.environment.insert(u"BELFRY_BOOT_ID"_s, u"boot-two"_s);
        bench.start();
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(2), patience);
        const wire::AgentHello &hello = bench.backend.hellos.back();
        QCOMPARE(hello.bootId, u"boot-two"_s);
        QCOMPARE(hello.attempts.size(), std::size_t(1));
        QCOMPARE(hello.attempts.front().phase, wire::AttemptPhase::Ended);
        QVERIFY(hello.attempts.front().result->exitUnseen);
        QTRY_VERIFY_WITH_TIMEOUT(bench.backend.held(1).committed, patience);
    }

    void aCrashAtEachStepLosesAndDoublesNothing_data()
    {
        QTest::addColumn<QString>("point");
        for (const char *point : {"agent-order-received", "order-written", "agent-order-spooled", "agent-log-sent",
                 "agent-end-told", "agent-before-delete"})
            for (int pass : {1, 2})
                QTest::addRow("%s:%d", point, pass) << u"%1:%2"_s.arg(QLatin1StringView(point)).arg(pass);
    }
    void aCrashAtEachStepLosesAndDoublesNothing()
    {
        QFETCH(QString, point);
        AgentBench bench;
        bench.environment.insert(u"BELFRY_CRASH_AT"_s, point);
        bench.start();
        QTRY_VERIFY_WITH_TIMEOUT(!bench.backend.hellos.empty(), patience);
        const std::vector<qint64> runs{1, 2};
        for (const qint64 run : runs)
            bench.backend.order(bench.script(run, u"echo $BELFRY_RUN >> $WITNESS/starts; seq 1 300; exit 7"_s));
        QTRY_VERIFY2_WITH_TIMEOUT(!bench.isRunning(), "it has not crashed", patience);
        bench.environment.remove(u"BELFRY_CRASH_AT"_s);
        bench.start();
        QTRY_COMPARE_WITH_TIMEOUT(bench.backend.hellos.size(), std::size_t(2), patience);
        // As a backend does for what was assigned and is absent.
        for (const qint64 run : runs) {
            const auto &attempts = bench.backend.hellos.back().attempts;
            const bool listed = std::any_of(
                attempts.begin(), attempts.end(), [&](const auto &report) { return report.run == RunId(run); });
            if (!listed && !bench.backend.held(run).committed)
                bench.backend.order(bench.script(run, u"echo $BELFRY_RUN >> $WITNESS/starts; seq 1 300; exit 7"_s));
        }
        QByteArray expected;
        for (int i = 1; i <= 300; ++i)
            expected += QByteArray::number(i) + '\n';
        for (const qint64 run : runs) {
            FakeBackend::Held &held = bench.backend.held(run);
            QTRY_VERIFY_WITH_TIMEOUT(held.committed, patience);
            QCOMPARE(held.result->exitCode, 7);
            QTRY_COMPARE_WITH_TIMEOUT(held.log, expected, patience);
            QCOMPARE(bench.witnessed(u"starts"_s).count(QString::number(run)), 1);
        }
        QTRY_COMPARE_WITH_TIMEOUT(bench.spool(), QStringList(), patience);
    }
};

QTEST_GUILESS_MAIN(TestJobs)
#include "tst_jobs.moc"
