// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/process/hostbench.h"

#include "agent/process/spoolfolder.h"
#include "shared/spool/files.h"
#include "shared/spool/host.h"
#include "tests/patience.h"

#include <QDir>
#include <QFile>
#include <QProcess>

#include <csignal>

using namespace belfry;
using namespace Qt::StringLiterals;
using spool::EndKind;
using spool::StopCause;

namespace {

// Twenty numbered lines in two seconds, and a witness of each start.
const QByteArray counting = "echo ran >> $BENCH/ran; i=1; while [ $i -le 20 ]; do echo line $i; i=$((i+1)); sleep 0.1; "
                            "done; exit 3";

QByteArray countedLines()
{
    QByteArray lines;
    for (int i = 1; i <= 20; ++i)
        lines += "line " + QByteArray::number(i) + '\n';
    return lines;
}

} // namespace

// Agents and supervisors come and go; the job is started once, runs on, and its end is told truly.
class TestAdoption : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anAgentThatReturnsFindsTheJobRunning();
    void anAgentThatReturnsLateFindsTheResult();
    void aSupervisorWithoutAgentEndsWithItsLastAttempt();
    void aSuccessorGoesOnRecording();
    void successorsMayBeKilledToo();
    void aJobThatDiedWithItsSupervisorIsLost();
    void bothKilledIsTheSame();
    void theLastWordsOfAnUnwatchedJobAreKept();
    void aCancelSurvivesTheSupervisor();
    void aTimeOutSurvivesTheSupervisor();
    void aKilledSupervisorLeavesNoOrphan();
    void aCrashAnywhereStartsNothingTwice_data();
    void aCrashAnywhereStartsNothingTwice();
    void anOrderThatReachedNoSupervisorIsStarted();
    void anOlderBootIsHostRebooted();
    void aReusedPidIsNotTouched();
    void anOlderVersionEndsWithItsLastAttempt();
    void supervisorsAreFilledAndIdleOnesRetire();
    void aStoppedSupervisorKeepsItsAttempts();
    void aSecondAgentIsRefused();
    void aMissingProgramIsTold();
};

void TestAdoption::anAgentThatReturnsFindsTheJobRunning()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, counting);
    QTRY_VERIFY(bench.isStarted(key));
    const qint64 pid = bench.pidOf(key);
    bench.leave();
    bench.arrive();
    QCOMPARE(bench.scanned().size(), 1);
    QCOMPARE(bench.scanned().front().state, SpoolEntry::State::Running);
    QCOMPARE(bench.scanned().front().pid, pid);
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).kind, EndKind::Exited);
    QCOMPARE(bench.result(key).code, 3);
    QCOMPARE(bench.output(key), countedLines());
    QCOMPARE(bench.readWitness(u"ran"_s), "ran\n"_ba);
    QCOMPARE(bench.reportsOf(key), 1);
}

void TestAdoption::anAgentThatReturnsLateFindsTheResult()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, counting);
    QTRY_VERIFY(bench.isStarted(key));
    bench.leave();
    QTRY_VERIFY(QFile::exists(bench.attemptFolder(key) + u"/result"_s));
    bench.arrive();
    QCOMPARE(bench.scanned().size(), 1);
    QVERIFY(bench.scanned().front().result);
    QCOMPARE(bench.scanned().front().result->code, 3);
    QCOMPARE(bench.output(key), countedLines());
    QVERIFY(bench.hand().release(key));
    bench.arrive();
    QVERIFY(bench.scanned().empty());
}

void TestAdoption::aSupervisorWithoutAgentEndsWithItsLastAttempt()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "sleep 0.5");
    QTRY_VERIFY(bench.isStarted(key));
    bench.leave();
    QCOMPARE(bench.supervisors().size(), 1);
    QTRY_VERIFY(bench.supervisors().empty());
    QVERIFY(QFile::exists(bench.attemptFolder(key) + u"/result"_s));
    QVERIFY(QDir(bench.folder() + u"/s"_s).entryList(QDir::AllEntries | QDir::System | QDir::NoDotAndDotDot).isEmpty());
}

void TestAdoption::aSuccessorGoesOnRecording()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, counting);
    QTRY_VERIFY(bench.output(key).contains("line 5\n"));
    bench.killSupervisors();
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).kind, EndKind::ExitUnseen);
    QCOMPARE(bench.result(key).leftoversKilled, 0);
    QCOMPARE(bench.output(key), countedLines());
    QCOMPARE(bench.readWitness(u"ran"_s), "ran\n"_ba);
    QCOMPARE(bench.reportsOf(key), 1);
    QVERIFY(bench.jobs().empty());
}

void TestAdoption::successorsMayBeKilledToo()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, counting);
    for (const char *line : {"line 3\n", "line 7\n", "line 11\n", "line 15\n"}) {
        QTRY_VERIFY(bench.output(key).contains(line));
        bench.killSupervisors();
    }
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).kind, EndKind::ExitUnseen);
    QCOMPARE(bench.output(key), countedLines());
    QCOMPARE(bench.readWitness(u"ran"_s), "ran\n"_ba);
}

void TestAdoption::aJobThatDiedWithItsSupervisorIsLost()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, counting);
    QTRY_VERIFY(bench.output(key).contains("line 5\n"));
    bench.killSupervisors();
    ::kill(pid_t(bench.pidOf(key)), SIGKILL);
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).kind, EndKind::ExitUnseen);
    QVERIFY(bench.output(key).startsWith("line 1\nline 2\nline 3\nline 4\nline 5\n"));
    QVERIFY(bench.jobs().empty());
}

void TestAdoption::bothKilledIsTheSame()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, counting);
    QTRY_VERIFY(bench.output(key).contains("line 5\n"));
    bench.leave();
    bench.killSupervisors();
    bench.arrive();
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).kind, EndKind::ExitUnseen);
    QCOMPARE(bench.output(key), countedLines());
    QCOMPARE(bench.readWitness(u"ran"_s), "ran\n"_ba);
}

void TestAdoption::theLastWordsOfAnUnwatchedJobAreKept()
{
    HostBench bench;
    bench.arrive();
    const auto key
        = bench.script(7, "until test -e $BENCH/go; do sleep 0.02; done; echo last words; echo gone > $BENCH/gone");
    QTRY_VERIFY(bench.isStarted(key));
    // After a second the agent holds the pipes open too.
    const QString fifo = bench.attemptFolder(key) + u"/stdout"_s;
    QTRY_VERIFY(QDir(u"/proc/self/fd"_s).entryInfoList(QDir::Files | QDir::System).toList().size() > 0 && [&] {
        for (const QFileInfo &info : QDir(u"/proc/self/fd"_s).entryInfoList(QDir::AllEntries | QDir::System))
            if (info.symLinkTarget() == fifo)
                return true;
        return false;
    }());
    bench.killSupervisors();
    // Nothing else is served here until the job has spoken and ended: nobody but the agent holds its pipe then.
    QFile go(bench.witness(u"go"_s));
    QVERIFY(go.open(QIODevice::WriteOnly));
    while (spool::isAlive({std::int32_t(bench.pidOf(key)),
        spool::processStat(std::int32_t(bench.pidOf(key))).value_or(spool::ProcessStat{}).id.startTime})) { }
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.output(key), "last words\n"_ba);
}

void TestAdoption::aCancelSurvivesTheSupervisor()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "trap '' TERM; echo up; while :; do sleep 0.1; done");
    QTRY_COMPARE(bench.output(key), "up\n"_ba);
    bench.killSupervisors();
    QVERIFY(bench.hand().cancel(key, 300ms, u"stop it"_s));
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).kind, EndKind::ExitUnseen);
    QCOMPARE(bench.result(key).stopCause, StopCause::Cancelled);
    QCOMPARE(bench.result(key).stopReason, std::string("stop it"));
    QVERIFY(bench.jobs().empty());
}

void TestAdoption::aTimeOutSurvivesTheSupervisor()
{
    HostBench bench;
    bench.arrive();
    auto order = bench.order(7);
    order.timeoutMs = 1'500;
    bench.start(order, "echo up; sleep 1000");
    QTRY_COMPARE(bench.output(order.key), "up\n"_ba);
    bench.killSupervisors();
    QTRY_VERIFY(bench.isFinished(order.key));
    QCOMPARE(bench.result(order.key).stopCause, StopCause::TimedOut);
    const qint64 lived = bench.result(order.key).endedAtMs - bench.result(order.key).startedAtMs;
    QVERIFY2(lived >= 1'490 && lived < 4'000, qPrintable(QString::number(lived)));
    QVERIFY(bench.jobs().empty());
}

void TestAdoption::aKilledSupervisorLeavesNoOrphan()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7,
        "( setsid sh -c 'trap \"\" TERM; while :; do sleep 0.2; done' & ) ; echo up; until test -e $BENCH/go; do sleep "
        "0.02; done");
    QTRY_COMPARE(bench.output(key), "up\n"_ba);
    bench.killSupervisors();
    QFile go(bench.witness(u"go"_s));
    QVERIFY(go.open(QIODevice::WriteOnly));
    QTRY_VERIFY(bench.isFinished(key));
    QVERIFY(bench.jobs().empty());
    QVERIFY(bench.result(key).leftoversKilled >= 1);
}

void TestAdoption::aCrashAnywhereStartsNothingTwice_data()
{
    QTest::addColumn<QByteArray>("point");
    QTest::addColumn<EndKind>("kind");
    QTest::addColumn<QByteArray>("ran");
    QTest::newRow("before-claim") << QByteArray("before-claim") << EndKind::Exited << QByteArray("ran\n");
    QTest::newRow("before-spawn") << QByteArray("before-spawn") << EndKind::ExitUnseen << QByteArray();
    QTest::newRow("after-spawn") << QByteArray("after-spawn") << EndKind::ExitUnseen << QByteArray("ran\n");
    QTest::newRow("started-written") << QByteArray("started-written") << EndKind::ExitUnseen << QByteArray("ran\n");
    QTest::newRow("before-result") << QByteArray("before-result") << EndKind::ExitUnseen << QByteArray("ran\n");
    QTest::newRow("after-result") << QByteArray("after-result") << EndKind::Exited << QByteArray("ran\n");
}

void TestAdoption::aCrashAnywhereStartsNothingTwice()
{
    QFETCH(QByteArray, point);
    QFETCH(EndKind, kind);
    QFETCH(QByteArray, ran);
    for (const bool agentToo : {false, true}) {
        HostBench bench;
        bench.arrive();
        qputenv("BELFRY_CRASH_AT", point);
        const auto key = bench.script(7, "echo ran >> $BENCH/ran; echo hello; sleep 0.3; exit 3");
        qunsetenv("BELFRY_CRASH_AT");
        if (agentToo) {
            QTRY_VERIFY(!bench.supervisors().empty() || bench.isFinished(key));
            QTRY_VERIFY(bench.supervisors().empty() || bench.isFinished(key));
            bench.arrive();
        }
        QTRY_VERIFY(bench.isFinished(key) || (!bench.scanned().empty() && bench.scanned().front().result));
        const auto entry = bench.hand().entry(key);
        QVERIFY(entry);
        QCOMPARE(entry->result->kind, kind);
        QCOMPARE(entry->result->code, kind == EndKind::Exited ? 3 : 0);
        QCOMPARE(bench.readWitness(u"ran"_s), ran);
        QCOMPARE(bench.output(key), ran.isEmpty() ? QByteArray() : "hello\n"_ba);
        QVERIFY(bench.reportsOf(key) <= 1);
        QVERIFY(bench.jobs().empty());
    }
}

void TestAdoption::anOrderThatReachedNoSupervisorIsStarted()
{
    HostBench bench;
    auto order = bench.order(7);
    order.bootId = spool::bootId();
    order.cookie = "thecookie";
    order.environment.push_back("PATH=/usr/bin:/bin");
    {
        SpoolFolder killedAgent(bench.folder().toStdString());
        QVERIFY(killedAgent.open());
        QVERIFY(killedAgent.write(order, "echo ran >> $BENCH/ran"));
        // Another was killed before its order was whole.
        QVERIFY(QDir().mkdir(bench.attemptFolder({8, 1})));
    }
    bench.arrive();
    QCOMPARE(bench.scanned().size(), 1);
    QCOMPARE(bench.scanned().front().state, SpoolEntry::State::Ordered);
    QTRY_VERIFY(bench.isFinished(order.key));
    QCOMPARE(bench.result(order.key).code, 0);
    QCOMPARE(bench.readWitness(u"ran"_s), "ran\n"_ba);
    QVERIFY(!QFile::exists(bench.attemptFolder({8, 1})));
    QVERIFY(bench.quarantines.isEmpty());
}

void TestAdoption::anOlderBootIsHostRebooted()
{
    HostBench bench;
    auto order = bench.order(7);
    order.bootId = "another-boot";
    order.cookie = "thecookie";
    {
        SpoolFolder olderAgent(bench.folder().toStdString());
        QVERIFY(olderAgent.open());
        QVERIFY(olderAgent.write(order, "echo ran >> $BENCH/ran"));
        order.key.run = 8;
        QVERIFY(olderAgent.write(order, "echo ran >> $BENCH/ran"));
        // The second one was running, as a process whose pid somebody else has now.
        const auto folder = spool::openFolder(olderAgent.pathOf(order.key));
        QVERIFY(folder);
        const spool::Started started{order.key, "0123", order.bootId, ::getpid(), 1, 1'000, 1'000};
        QVERIFY(spool::writeNew(folder->get(), "started", encode(started), {}));
        QVERIFY(spool::writeNew(folder->get(), "output", "half a li", {}));
    }
    bench.arrive();
    QCOMPARE(bench.scanned().size(), 2);
    QVERIFY(bench.scanned()[0].rebooted && bench.scanned()[1].rebooted);
    QTRY_VERIFY(bench.isFinished({7, 1}) && bench.isFinished({8, 1}));
    QCOMPARE(bench.result({7, 1}).kind, EndKind::HostRebooted);
    QCOMPARE(bench.result({8, 1}).kind, EndKind::HostRebooted);
    QCOMPARE(bench.result({8, 1}).startedAtMs, 1'000);
    QCOMPARE(bench.output({8, 1}), "half a li"_ba);
    QVERIFY(bench.readWitness(u"ran"_s).isEmpty());
}

void TestAdoption::aReusedPidIsNotTouched()
{
    QProcess decoy;
    decoy.start(u"sleep"_s, {u"1000"_s});
    QVERIFY(decoy.waitForStarted());
    HostBench bench;
    auto order = bench.order(7);
    order.bootId = spool::bootId();
    order.cookie = "thecookie";
    {
        SpoolFolder agent(bench.folder().toStdString());
        QVERIFY(agent.open());
        QVERIFY(agent.write(order, "true"));
        const auto folder = spool::openFolder(agent.pathOf(order.key));
        QVERIFY(folder);
        const auto pid = std::int32_t(decoy.processId());
        const std::uint64_t other = spool::processStat(pid)->id.startTime - 1;
        const spool::Started started{order.key, "0123", order.bootId, pid, other, 1'000, 1'000};
        QVERIFY(spool::writeNew(folder->get(), "started", encode(started), {}));
    }
    bench.arrive();
    QVERIFY(bench.hand().cancel(order.key, 0ms, {}));
    QTRY_VERIFY(bench.isFinished(order.key));
    QCOMPARE(bench.result(order.key).kind, EndKind::ExitUnseen);
    QCOMPARE(decoy.state(), QProcess::Running);
    QVERIFY(spool::processStat(std::int32_t(decoy.processId()))->alive);
    decoy.kill();
    QVERIFY(decoy.waitForFinished());
}

void TestAdoption::anOlderVersionEndsWithItsLastAttempt()
{
    HostBench bench;
    bench.arrive();
    qputenv("BELFRY_SUPERVISOR_VERSION", "0.0.1");
    const auto old = bench.script(7, "until test -e $BENCH/go; do sleep 0.02; done; exit 4");
    qunsetenv("BELFRY_SUPERVISOR_VERSION");
    QTRY_VERIFY(bench.isStarted(old));
    const auto before = bench.supervisors();
    QCOMPARE(before.size(), 1);
    bench.arrive();
    const auto key = bench.script(8, "sleep 1000");
    QTRY_VERIFY(bench.isStarted(key));
    QCOMPARE(bench.supervisors().size(), 2);
    QVERIFY(!bench.isFinished(old));
    QFile go(bench.witness(u"go"_s));
    QVERIFY(go.open(QIODevice::WriteOnly));
    QTRY_VERIFY(bench.isFinished(old));
    QCOMPARE(bench.result(old).code, 4);
    QTRY_COMPARE(bench.supervisors().size(), 1);
    QVERIFY(bench.supervisors() != before);
    QVERIFY(!bench.isFinished(key));
}

void TestAdoption::supervisorsAreFilledAndIdleOnesRetire()
{
    HostBench bench;
    bench.settingAttempts = 2;
    bench.arrive();
    for (int run = 1; run <= 5; ++run)
        bench.script(run, "until test -e $BENCH/go; do sleep 0.05; done");
    for (int run = 1; run <= 5; ++run)
        QTRY_VERIFY(bench.isStarted({run, 1}));
    QCOMPARE(bench.supervisors().size(), 3);
    QFile go(bench.witness(u"go"_s));
    QVERIFY(go.open(QIODevice::WriteOnly));
    for (int run = 1; run <= 5; ++run)
        QTRY_VERIFY(bench.isFinished({run, 1}));
    QTRY_COMPARE(bench.supervisors().size(), 1);
    const auto key = bench.script(6, "true");
    QTRY_VERIFY(bench.isFinished(key));
    QVERIFY(bench.troubles.isEmpty());
}

void TestAdoption::aStoppedSupervisorKeepsItsAttempts()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "echo ran >> $BENCH/ran; until test -e $BENCH/go; do sleep 0.05; done; exit 5");
    QTRY_VERIFY(bench.isStarted(key));
    const auto stopped = bench.supervisors();
    QCOMPARE(stopped.size(), 1);
    ::kill(pid_t(stopped.front()), SIGSTOP);
    bench.arrive();
    const auto other = bench.script(8, "true");
    QTRY_VERIFY(bench.isFinished(other));
    QVERIFY(!bench.isFinished(key));
    ::kill(pid_t(stopped.front()), SIGCONT);
    QFile go(bench.witness(u"go"_s));
    QVERIFY(go.open(QIODevice::WriteOnly));
    QTRY_VERIFY_WITH_TIMEOUT(bench.isFinished(key), 15'000);
    QCOMPARE(bench.result(key).code, 5);
    QCOMPARE(bench.readWitness(u"ran"_s), "ran\n"_ba);
}

void TestAdoption::aSecondAgentIsRefused()
{
    HostBench bench;
    bench.arrive();
    Supervisors second({bench.folder(), {}, 64});
    const auto opened = second.open();
    QVERIFY(!opened);
    QCOMPARE(opened.error().kind, ErrorKind::Conflict);
}

void TestAdoption::aMissingProgramIsTold()
{
    QTemporaryDir folder;
    Supervisors hand({folder.path() + u"/data"_s, u"/no/such/supervisor"_s, 64});
    QString trouble;
    connect(&hand, &Supervisors::troubled, this, [&](const QString &why) { trouble = why; });
    QVERIFY(hand.open());
    QVERIFY(hand.scan());
    spool::Order order;
    order.key = {7, 1};
    order.argv = {"true"};
    QVERIFY(hand.start(order));
    QTRY_VERIFY(trouble.contains(u"/no/such/supervisor"));
    QCOMPARE(hand.entry(order.key)->state, SpoolEntry::State::Ordered);
}

QTEST_GUILESS_MAIN(TestAdoption)
#include "tst_adoption.moc"
