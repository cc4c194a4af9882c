// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/process/hostbench.h"

#include "shared/spool/host.h"
#include "tests/patience.h"

#include <QElapsedTimer>

#include <csignal>

using namespace belfry;
using spool::EndKind;
using spool::StopCause;

namespace {

// Leaves a process that is nobody's child, has a session of its own, ignores TERM and holds the output open.
const QByteArray stubborn = "( setsid sh -c 'trap \"\" TERM; ( trap \"\" TERM; setsid sh -c "
                            "\"trap : TERM; echo up >> $BENCH/up; while :; do sleep 1000; done\" ) & ' & ) ; ";

} // namespace

// Cancel, time-outs and leftovers: what is asked to end is gone with all that it made, before its end is told.
class TestStopping : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void cancelEndsWhatEscapedItsSession();
    void termIsEnoughForMost();
    void whatIgnoresTermIsKilledAfterGrace();
    void aStoppedProcessEndsToo();
    void aJobMayEndItselfOnTerm();
    void aForkStormEnds();
    void timesOut();
    void stalls();
    void outputKeepsAJobFromStalling();
    void cancelBeforeTheStartStartsNothing();
    void cancelOfAnUnknownAttemptIsNotFound();
    void leftoversAreKilledWhenTheMainProcessEnds();
    void leftoversInTheMiddleOfAnExecAreKilled();
    void whatClearedItsEnvironmentDoesNotHoldUpTheEnd();
    void leftoversMayStay();
    void cancelEndsLeftoversThatMightHaveStayed();
    void anotherAttemptIsNotTouched();
};

void TestStopping::cancelEndsWhatEscapedItsSession()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, stubborn + "sleep 1000");
    QTRY_COMPARE(bench.readWitness(QStringLiteral("up")), QByteArray("up\n"));
    QVERIFY(bench.jobs().size() >= 3);
    QVERIFY(bench.hand().cancel(key, 200ms, QStringLiteral("enough")));
    QTRY_VERIFY(bench.isFinished(key));
    QVERIFY(bench.jobs().empty());
    const auto &result = bench.result(key);
    QCOMPARE(result.kind, EndKind::Signalled);
    QCOMPARE(result.code, SIGTERM);
    QCOMPARE(result.stopCause, StopCause::Cancelled);
    QCOMPARE(result.stopReason, std::string("enough"));
    QCOMPARE(result.stopSignal, SIGKILL);
    QVERIFY(result.goneAtMs - result.endedAtMs >= 100);
}

void TestStopping::termIsEnoughForMost()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "sleep 1000 & sleep 1000 & echo up; wait");
    QTRY_COMPARE(bench.output(key), QByteArray("up\n"));
    QElapsedTimer timer;
    timer.start();
    QVERIFY(bench.hand().cancel(key, 60s, {}));
    QTRY_VERIFY(bench.isFinished(key));
    QVERIFY(timer.elapsed() < 30'000);
    QVERIFY(bench.jobs().empty());
    QCOMPARE(bench.result(key).stopSignal, SIGTERM);
}

void TestStopping::whatIgnoresTermIsKilledAfterGrace()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "trap '' TERM; echo up; while :; do sleep 0.1; done");
    QTRY_COMPARE(bench.output(key), QByteArray("up\n"));
    QElapsedTimer timer;
    timer.start();
    QVERIFY(bench.hand().cancel(key, 500ms, {}));
    QTRY_VERIFY(bench.isFinished(key));
    QVERIFY(timer.elapsed() >= 500);
    QCOMPARE(bench.result(key).code, SIGKILL);
    QCOMPARE(bench.result(key).stopSignal, SIGKILL);
    QVERIFY(bench.jobs().empty());
}

void TestStopping::aStoppedProcessEndsToo()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "echo up; kill -STOP $$; sleep 1000");
    QTRY_COMPARE(bench.output(key), QByteArray("up\n"));
    QTRY_VERIFY(bench.isStarted(key));
    QTRY_COMPARE(spool::processStat(std::int32_t(bench.pidOf(key)))->state, 'T');
    QVERIFY(bench.hand().cancel(key, 60s, {}));
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).code, SIGTERM);
    QVERIFY(bench.jobs().empty());
}

void TestStopping::aJobMayEndItselfOnTerm()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "trap 'echo bye; exit 9' TERM; echo up; while :; do sleep 0.1; done");
    QTRY_COMPARE(bench.output(key), QByteArray("up\n"));
    QVERIFY(bench.hand().cancel(key, 60s, {}));
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).kind, EndKind::Exited);
    QCOMPARE(bench.result(key).code, 9);
    QCOMPARE(bench.result(key).stopCause, StopCause::Cancelled);
    QVERIFY(bench.output(key).endsWith("bye\n"));
}

void TestStopping::aForkStormEnds()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7,
        "trap '' TERM; storm() { trap '' TERM; while :; do setsid sleep 30 & sleep 0.05; done; }\n"
        "for i in 1 2 3 4; do storm & done; echo up; wait");
    QTRY_VERIFY_WITH_TIMEOUT(bench.jobs().size() > 40, 60'000);
    QVERIFY(bench.hand().cancel(key, 300ms, {}));
    QTRY_VERIFY_WITH_TIMEOUT(bench.isFinished(key), 20'000);
    QVERIFY(bench.jobs().empty());
    QCOMPARE(bench.result(key).stopSignal, SIGKILL);
}

void TestStopping::timesOut()
{
    HostBench bench;
    bench.arrive();
    auto order = bench.order(7);
    order.timeoutMs = 700;
    order.graceMs = 300;
    bench.start(order, stubborn + "sleep 1000");
    QTRY_VERIFY(bench.isFinished(order.key));
    const auto &result = bench.result(order.key);
    QCOMPARE(result.stopCause, StopCause::TimedOut);
    QVERIFY(result.endedAtMs - result.startedAtMs >= 690);
    QVERIFY(bench.jobs().empty());
}

void TestStopping::stalls()
{
    HostBench bench;
    bench.arrive();
    auto order = bench.order(7);
    order.stallTimeoutMs = 600;
    bench.start(order, "echo once; sleep 1000");
    QTRY_VERIFY(bench.isFinished(order.key));
    QCOMPARE(bench.result(order.key).stopCause, StopCause::Stalled);
    QCOMPARE(bench.output(order.key), QByteArray("once\n"));
}

void TestStopping::outputKeepsAJobFromStalling()
{
    HostBench bench;
    bench.arrive();
    auto order = bench.order(7);
    order.stallTimeoutMs = 1'500;
    bench.start(order, "for i in 1 2 3 4 5 6 7 8; do echo $i >&2; sleep 0.3; done");
    QTRY_VERIFY(bench.isFinished(order.key));
    QCOMPARE(bench.result(order.key).stopCause, StopCause::None);
    QCOMPARE(bench.result(order.key).code, 0);
}

void TestStopping::cancelBeforeTheStartStartsNothing()
{
    HostBench bench;
    bench.arrive();
    // No supervisor runs yet, so the order waits for one.
    const auto key = bench.script(7, "echo ran > $BENCH/ran");
    QVERIFY(bench.hand().cancel(key, 10s, QStringLiteral("never mind")));
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).kind, EndKind::NotStarted);
    QCOMPARE(bench.result(key).code, 0);
    QCOMPARE(bench.result(key).stopCause, StopCause::Cancelled);
    QCOMPARE(bench.result(key).stopReason, std::string("never mind"));
    QVERIFY(bench.readWitness(QStringLiteral("ran")).isEmpty());
}

void TestStopping::cancelOfAnUnknownAttemptIsNotFound()
{
    HostBench bench;
    bench.arrive();
    const auto cancelled = bench.hand().cancel({7, 1}, 1s, {});
    QVERIFY(!cancelled);
    QCOMPARE(cancelled.error().kind, ErrorKind::NotFound);
}

void TestStopping::leftoversAreKilledWhenTheMainProcessEnds()
{
    HostBench bench;
    bench.arrive();
    const auto key
        = bench.script(7, stubborn + "until test -e $BENCH/up; do sleep 0.01; done; echo done; sleep 1000 & exit 3");
    QTRY_VERIFY(bench.isFinished(key));
    QVERIFY(bench.jobs().empty());
    QCOMPARE(bench.result(key).kind, EndKind::Exited);
    QCOMPARE(bench.result(key).code, 3);
    QCOMPARE(bench.result(key).stopCause, StopCause::None);
    QCOMPARE(bench.result(key).stopSignal, 0);
    QVERIFY(bench.result(key).leftoversKilled >= 2);
    QCOMPARE(bench.output(key), QByteArray("done\n"));
}

void TestStopping::leftoversInTheMiddleOfAnExecAreKilled()
{
    HostBench bench;
    bench.arrive();
    // Not alone in its supervisor, an orphan is known by its cookie only, and that cannot be read during an exec.
    const auto other = bench.script(1, "echo up; sleep 1000");
    QTRY_COMPARE(bench.output(other), QByteArray("up\n"));
    for (qint64 run = 2; run < 202; ++run)
        bench.script(run, "( setsid sleep 1000 & )");
    for (qint64 run = 2; run < 202; ++run)
        QTRY_VERIFY_WITH_TIMEOUT(bench.isFinished({run, 1}), 60'000);
    QTRY_COMPARE(bench.jobs("sleep").size(), 1);
    QCOMPARE(bench.jobs().size(), 2);
    QVERIFY(bench.hand().cancel(other, 10s, {}));
    QTRY_VERIFY(bench.isFinished(other));
}

void TestStopping::whatClearedItsEnvironmentDoesNotHoldUpTheEnd()
{
    HostBench bench;
    bench.arrive();
    const auto other = bench.script(8, "echo up; sleep 1000");
    QTRY_COMPARE(bench.output(other), QByteArray("up\n"));
    const auto key = bench.script(7, "( setsid env -i sleep 20 > /dev/null 2>&1 & )");
    QTRY_VERIFY_WITH_TIMEOUT(bench.isFinished(key), 10'000);
    QVERIFY(bench.hand().cancel(other, 10s, {}));
    QTRY_VERIFY(bench.isFinished(other));
}

void TestStopping::leftoversMayStay()
{
    HostBench bench;
    bench.arrive();
    auto order = bench.order(7);
    order.leftovers = spool::Leftovers::Leave;
    bench.start(order, stubborn + "until test -e $BENCH/up; do sleep 0.01; done; echo done");
    QTRY_VERIFY(bench.isFinished(order.key));
    QVERIFY(!bench.jobs().empty());
    QCOMPARE(bench.result(order.key).leftoversKilled, 0);
    // They are nobody's: the next attempt of the same supervisor does not inherit them.
    const auto next = bench.script(8, "exit 0");
    QTRY_VERIFY(bench.isFinished(next));
    QCOMPARE(bench.result(next).leftoversKilled, 0);
    QVERIFY(!bench.jobs().empty());
}

void TestStopping::cancelEndsLeftoversThatMightHaveStayed()
{
    HostBench bench;
    bench.arrive();
    auto order = bench.order(7);
    order.leftovers = spool::Leftovers::Leave;
    bench.start(order, stubborn + "sleep 1000");
    QTRY_COMPARE(bench.readWitness(QStringLiteral("up")), QByteArray("up\n"));
    QVERIFY(bench.hand().cancel(order.key, 100ms, {}));
    QTRY_VERIFY(bench.isFinished(order.key));
    QVERIFY(bench.jobs().empty());
}

void TestStopping::anotherAttemptIsNotTouched()
{
    HostBench bench;
    bench.arrive();
    const auto other = bench.script(8, "setsid sleep 1000 & setsid sleep 1000 & echo up; wait; echo survived");
    const auto key = bench.script(7, "setsid sleep 1000 & echo up; wait");
    QTRY_COMPARE(bench.output(other), QByteArray("up\n"));
    QTRY_COMPARE(bench.output(key), QByteArray("up\n"));
    QCOMPARE(bench.supervisors().size(), 1);
    QTRY_COMPARE(bench.jobs("sleep").size(), 3);
    QCOMPARE(bench.jobs().size(), 5);
    QVERIFY(bench.hand().cancel(key, 10s, {}));
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.jobs().size(), 3);
    QVERIFY(!bench.isFinished(other));
    QVERIFY(bench.hand().cancel(other, 10s, {}));
    QTRY_VERIFY(bench.isFinished(other));
    QVERIFY(bench.jobs().empty());
}

QTEST_GUILESS_MAIN(TestStopping)
#include "tst_stopping.moc"
