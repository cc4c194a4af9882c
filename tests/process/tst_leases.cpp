// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/process/hostbench.h"

#include "shared/spool/host.h"
#include "tests/patience.h"

#include <QFile>

#include <csignal>

using namespace belfry;
using namespace Qt::StringLiterals;
using spool::EndKind;
using spool::StopCause;

namespace {

constexpr qint64 leaseMs = 4'000;
constexpr qint64 farAwayMs = 600'000;

// With a supervisor that runs already: starting one may take longer than a short lease.
struct Ready : HostBench {
    Ready()
    {
        arrive();
        const auto key = script(1, "true");
        [&] { QTRY_VERIFY(isFinished(key)); }();
    }

    // Runs for ever, in two processes.
    AttemptKey start(const QByteArray &text = "sleep 1000 & echo up; wait", qint64 graceMs = 10'000)
    {
        spool::Order leased = order(7);
        leased.graceMs = graceMs;
        leased.leaseUntilMs = leaseEnd = spool::bootTimeMs() + leaseMs;
        return HostBench::start(leased, text);
    }
    void renew(AttemptKey key) { QVERIFY(hand().renew(key, Duration(spool::bootTimeMs() + farAwayMs))); }
    // The lease that the order gave is over, and whatever follows from that has had its time.
    bool isOver() const { return spool::bootTimeMs() > leaseEnd + 1'000; }

    qint64 leaseEnd = 0;
};

} // namespace

// The supervisor ends what outlives its lease, and nothing else.
class TestLeases : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theTreeEndsWithTheLeaseThoughTheAgentIsGone();
    void whatIgnoresTermIsKilledAfterGrace();
    void aRenewalKeepsIt();
    void aLateOrderStartsNothing();
    void withoutALeaseARenewalGivesNone();
    void aSuccessorKeepsTheRenewedLease();
    void aSuccessorEndsWhatOutlivesTheLease();
    void anAgentThatReturnsRenews();
};

void TestLeases::theTreeEndsWithTheLeaseThoughTheAgentIsGone()
{
    Ready bench;
    const auto key = bench.start();
    QTRY_COMPARE(bench.output(key), "up\n"_ba);
    bench.leave();
    QCOMPARE(bench.jobs().size(), 2);
    QTRY_VERIFY(QFile::exists(bench.attemptFolder(key) + u"/result"_s));
    QVERIFY(spool::bootTimeMs() >= bench.leaseEnd);
    QVERIFY(bench.jobs().empty());
    bench.arrive();
    const auto found = bench.hand().entry(key);
    QVERIFY(found && found->result);
    QCOMPARE(found->result->kind, EndKind::Signalled);
    QCOMPARE(found->result->code, SIGTERM);
    QCOMPARE(found->result->stopCause, StopCause::LeaseExpired);
    QCOMPARE(found->result->stopSignal, SIGTERM);
}

void TestLeases::whatIgnoresTermIsKilledAfterGrace()
{
    Ready bench;
    const auto key = bench.start("trap '' TERM; echo up; while :; do sleep 0.1; done", 500);
    QTRY_COMPARE(bench.output(key), "up\n"_ba);
    QTRY_VERIFY(bench.isFinished(key));
    QVERIFY(spool::bootTimeMs() >= bench.leaseEnd + 500);
    QVERIFY(bench.jobs().empty());
    QCOMPARE(bench.result(key).stopCause, StopCause::LeaseExpired);
    QCOMPARE(bench.result(key).stopSignal, SIGKILL);
}

void TestLeases::aRenewalKeepsIt()
{
    Ready bench;
    const auto key = bench.start();
    bench.renew(key);
    QTRY_VERIFY(bench.isStarted(key));
    QTRY_VERIFY(bench.isOver());
    QVERIFY(!bench.isFinished(key));
    QCOMPARE(bench.jobs().size(), 2);
    QVERIFY(bench.hand().cancel(key, 10s, {}));
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).stopCause, StopCause::Cancelled);
}

void TestLeases::aLateOrderStartsNothing()
{
    Ready bench;
    spool::Order order = bench.order(7);
    order.leaseUntilMs = spool::bootTimeMs() - 1;
    const auto key = bench.HostBench::start(order, "echo ran >> $BENCH/ran");
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).kind, EndKind::NotStarted);
    QCOMPARE(bench.result(key).stopCause, StopCause::LeaseExpired);
    QCOMPARE(bench.result(key).startedAtMs, 0);
    QVERIFY(!bench.isStarted(key));
    QCOMPARE(bench.readWitness(u"ran"_s), ""_ba);
}

void TestLeases::withoutALeaseARenewalGivesNone()
{
    Ready bench;
    const auto key = bench.script(7, "sleep 1000 & echo up; wait");
    QTRY_COMPARE(bench.output(key), "up\n"_ba);
    QVERIFY(bench.hand().renew(key, Duration(spool::bootTimeMs() - 1)));
    // It is started after the renewal was read.
    const auto next = bench.script(8, "true");
    QTRY_VERIFY(bench.isFinished(next));
    QVERIFY(!bench.isFinished(key));
    QCOMPARE(bench.jobs().size(), 2);
    QVERIFY(!bench.hand().renew({99, 1}, 1s));
}

void TestLeases::aSuccessorKeepsTheRenewedLease()
{
    Ready bench;
    const auto key = bench.start();
    bench.renew(key);
    QTRY_COMPARE(bench.output(key), "up\n"_ba);
    bench.killSupervisors();
    QTRY_VERIFY(bench.isOver());
    QVERIFY(!bench.isFinished(key));
    QCOMPARE(bench.jobs().size(), 2);
    QVERIFY(bench.hand().cancel(key, 10s, {}));
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).stopCause, StopCause::Cancelled);
}

void TestLeases::aSuccessorEndsWhatOutlivesTheLease()
{
    Ready bench;
    const auto key = bench.start();
    QTRY_COMPARE(bench.output(key), "up\n"_ba);
    bench.killSupervisors();
    QTRY_VERIFY(bench.isFinished(key));
    QVERIFY(spool::bootTimeMs() >= bench.leaseEnd);
    QVERIFY(bench.jobs().empty());
    QCOMPARE(bench.result(key).kind, EndKind::ExitUnseen);
    QCOMPARE(bench.result(key).stopCause, StopCause::LeaseExpired);
}

void TestLeases::anAgentThatReturnsRenews()
{
    Ready bench;
    const auto key = bench.start();
    QTRY_COMPARE(bench.output(key), "up\n"_ba);
    bench.leave();
    bench.arrive();
    bench.renew(key);
    QTRY_VERIFY(bench.isOver());
    QVERIFY(!bench.isFinished(key));
    QCOMPARE(bench.jobs().size(), 2);
}

QTEST_GUILESS_MAIN(TestLeases)
#include "tst_leases.moc"
