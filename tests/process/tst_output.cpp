// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/process/hostbench.h"

#include "shared/spool/hash.h"
#include "tests/patience.h"

#include <QElapsedTimer>
#include <QFile>

#include <csignal>

using namespace belfry;
using spool::Stream;

// Output is recorded byte for byte, whatever it is and however much.
class TestOutput : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsEveryByteValue();
    void keepsTheStreamsApart();
    void aHundredMegabytesArriveWhole();
    void growthIsToldWhileTheJobRuns();
    void noGrowthIsToldAfterTheEnd();
    void aFloodDoesNotHoldUpOthers();
    void readingBeyondTheEndIsAnError();
    void aLeftoverThatHoldsThePipeDoesNotHoldTheEnd();
};

void TestOutput::keepsEveryByteValue()
{
    HostBench bench;
    bench.arrive();
    QByteArray all;
    for (int i = 0; i < 256 * 300; ++i)
        all += char(i * 7 + i / 256);
    QFile file(bench.witness(QStringLiteral("bytes")));
    QVERIFY(file.open(QIODevice::WriteOnly));
    file.write(all);
    file.close();
    const auto key = bench.script(7, "cat $BENCH/bytes");
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.output(key), all);
    QCOMPARE(bench.result(key).outputBytes, qint64(all.size()));
    QCOMPARE(bench.result(key).outputHash, spool::hashOf({all.constData(), std::size_t(all.size())}));
    QCOMPARE(bench.result(key).outputLost, 0);
}

void TestOutput::keepsTheStreamsApart()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "for i in 1 2 3 4 5; do echo out$i; echo err$i >&2; done");
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.output(key, Stream::Out), QByteArray("out1\nout2\nout3\nout4\nout5\n"));
    QCOMPARE(bench.output(key, Stream::Err), QByteArray("err1\nerr2\nerr3\nerr4\nerr5\n"));
    const auto piece = bench.hand().readOutput(key, 0, 1000);
    QVERIFY(piece);
    qint64 covered = 0;
    for (const auto &entry : piece->index) {
        QCOMPARE(entry.offset, covered);
        covered = entry.end();
        QVERIFY(entry.timeMs >= bench.result(key).startedAtMs && entry.timeMs <= bench.result(key).goneAtMs);
    }
    QCOMPARE(covered, bench.result(key).outputBytes);
}

void TestOutput::aHundredMegabytesArriveWhole()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "yes 0123456789abcdef0123456789abcdef | head -c 100000000");
    QTRY_VERIFY_WITH_TIMEOUT(bench.isFinished(key), 60'000);
    const QByteArray output = bench.output(key);
    QCOMPARE(output.size(), 100'000'000);
    QCOMPARE(bench.result(key).outputHash, spool::hashOf({output.constData(), std::size_t(output.size())}));
    const QByteArray line = "0123456789abcdef0123456789abcdef\n";
    for (qsizetype at = 0; at + line.size() <= output.size(); at += line.size())
        if (QByteArrayView(output).sliced(at, line.size()) != line)
            QFAIL(qPrintable(QStringLiteral("not as written at %1").arg(at)));
}

void TestOutput::growthIsToldWhileTheJobRuns()
{
    HostBench bench;
    bench.arrive();
    qint64 size = 0;
    connect(&bench.hand(), &Supervisors::outputGrew, this, [&](AttemptKey, qint64 now) { size = now; });
    const auto key = bench.script(7, "echo one; sleep 0.2; echo two; sleep 1000");
    QTRY_COMPARE(size, 8);
    QCOMPARE(bench.output(key), QByteArray("one\ntwo\n"));
    const auto later = bench.hand().readOutput(key, 4, 100);
    QVERIFY(later);
    QCOMPARE(later->bytes, std::string("two\n"));
    QCOMPARE(later->index.front().offset, 4);
}

void TestOutput::noGrowthIsToldAfterTheEnd()
{
    HostBench bench;
    bench.arrive();
    bool late = false;
    connect(&bench.hand(), &Supervisors::outputGrew, this,
        [&](AttemptKey key, qint64) { late = late || bench.isFinished(key); });
    for (int run = 1; run <= 20; ++run)
        bench.script(run, "echo hello");
    QTRY_VERIFY(bench.isFinished({20, 1}));
    const auto last = bench.script(21, "sleep 0.1");
    QTRY_VERIFY(bench.isFinished(last));
    QVERIFY(!late);
}

void TestOutput::aFloodDoesNotHoldUpOthers()
{
    HostBench bench;
    bench.arrive();
    const auto flood = bench.script(7, "exec yes");
    QTRY_VERIFY(bench.hand().entry(flood)->outputBytes > 1'000'000);
    for (int run = 10; run < 15; ++run) {
        QElapsedTimer timer;
        timer.start();
        const auto key = bench.script(run, "exit 4");
        QTRY_VERIFY(bench.isFinished(key));
        QCOMPARE(bench.result(key).code, 4);
        QVERIFY2(timer.elapsed() < 2'000, qPrintable(QString::number(timer.elapsed())));
    }
    QVERIFY(bench.hand().cancel(flood, 5s, {}));
    QTRY_VERIFY(bench.isFinished(flood));
    QCOMPARE(bench.result(flood).outputLost, 0);
}

void TestOutput::readingBeyondTheEndIsAnError()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "echo hello");
    QTRY_VERIFY(bench.isFinished(key));
    QVERIFY(bench.hand().readOutput(key, 6, 100)->bytes.empty());
    QVERIFY(!bench.hand().readOutput(key, 7, 100));
    QVERIFY(!bench.hand().readOutput(key, -1, 100));
    QCOMPARE(bench.hand().readOutput({8, 1}, 0, 100).error().kind, ErrorKind::NotFound);
}

void TestOutput::aLeftoverThatHoldsThePipeDoesNotHoldTheEnd()
{
    HostBench bench;
    bench.arrive();
    auto order = bench.order(7);
    order.leftovers = spool::Leftovers::Leave;
    bench.start(order, "yes & echo $! > $BENCH/pid; sleep 0.2; exit 5");
    QTRY_VERIFY(bench.isFinished(order.key));
    QCOMPARE(bench.result(order.key).code, 5);
    QCOMPARE(bench.result(order.key).outputBytes, qint64(bench.output(order.key).size()));
}

QTEST_GUILESS_MAIN(TestOutput)
#include "tst_output.moc"
