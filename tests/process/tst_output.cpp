// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/process/hostbench.h"

#include "shared/spool/hash.h"
#include "tests/patience.h"

#include <QElapsedTimer>
#include <QFile>
#include <QFileInfo>

#include <csignal>
#include <sys/stat.h>

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
    void headAndTailStayOfAnOutputOverItsCap_data();
    void headAndTailStayOfAnOutputOverItsCap();
    void aSuccessorGoesOnWithTheRing();
    void theIndexIsBounded();
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
        QVERIFY2(timer.elapsed() < 20'000, qPrintable(QString::number(timer.elapsed())));
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

namespace {

struct Kept {
    QByteArray bytes;
    qint64 gapFrom = -1;
    qint64 gapUntil = -1;
    bool good = true;
};
Kept keptOf(HostBench &bench, AttemptKey key)
{
    Kept kept;
    for (qint64 offset = 0;;) {
        const auto piece = bench.hand().readOutput(key, offset, 50'000);
        if (!piece) {
            kept.good = false;
            return kept;
        }
        if (piece->gapUntil > 0) {
            kept.good = kept.good && kept.gapFrom < 0 && piece->bytes.empty();
            kept.gapFrom = offset;
            kept.gapUntil = offset = piece->gapUntil;
            continue;
        }
        if (piece->bytes.empty())
            return kept;
        qint64 covered = offset;
        for (const auto &entry : piece->index) {
            kept.good = kept.good && entry.offset == covered && entry.stream != Stream::Unknown;
            covered = entry.end();
        }
        kept.good = kept.good && covered == offset + qint64(piece->bytes.size());
        kept.bytes += QByteArray::fromStdString(piece->bytes);
        offset = covered;
    }
}

qint64 bytesOnDisk(const QString &path)
{
    struct stat info { };
    return ::stat(QFile::encodeName(path).constData(), &info) == 0 ? qint64(info.st_blocks) * 512 : -1;
}

QByteArray numbered(int lines)
{
    QByteArray all;
    for (int i = 1; i <= lines; ++i)
        all += QByteArray::number(i) + '\n';
    return all;
}

} // namespace

void TestOutput::headAndTailStayOfAnOutputOverItsCap_data()
{
    QTest::addColumn<qint64>("cap");
    QTest::addColumn<qint64>("slack"); // a step of the ring and a read
    QTest::newRow("a megabyte") << qint64(1 << 20) << qint64(64 << 10);
    QTest::newRow("64 KiB") << qint64(64 << 10) << qint64(12 << 10);
    QTest::newRow("the smallest") << qint64(4 << 10) << qint64(12 << 10);
}

void TestOutput::headAndTailStayOfAnOutputOverItsCap()
{
    QFETCH(qint64, cap);
    QFETCH(qint64, slack);
    HostBench bench;
    bench.arrive();
    auto order = bench.order(7);
    order.logCap = cap;
    bench.start(order, "seq 1 1500000");
    QTRY_VERIFY_WITH_TIMEOUT(bench.isFinished(order.key), 60'000);
    const QByteArray all = numbered(1'500'000);
    QCOMPARE(bench.result(order.key).outputBytes, all.size());
    QCOMPARE(bench.result(order.key).outputHash, spool::hashOf({all.constData(), std::size_t(all.size())}));
    QCOMPARE(bench.result(order.key).outputLost, 0);
    const Kept kept = keptOf(bench, order.key);
    QVERIFY(kept.good);
    QCOMPARE(kept.gapFrom, cap / 2);
    QCOMPARE(kept.bytes, all.first(cap / 2) + all.sliced(kept.gapUntil));
    const qint64 tail = all.size() - kept.gapUntil;
    QVERIFY2(tail >= cap - cap / 2 && tail <= cap - cap / 2 + slack, qPrintable(QString::number(tail)));
    const qint64 used = bytesOnDisk(bench.attemptFolder(order.key) + QStringLiteral("/output"));
    QVERIFY2(used <= cap + slack + (16 << 10), qPrintable(QString::number(used)));
    // Any offset inside leads behind the gap.
    QCOMPARE(bench.hand().readOutput(order.key, kept.gapFrom + 1, 10)->gapUntil, kept.gapUntil);
    QCOMPARE(bench.hand().readOutput(order.key, kept.gapUntil - 1, 10)->gapUntil, kept.gapUntil);
}

void TestOutput::aSuccessorGoesOnWithTheRing()
{
    HostBench bench;
    bench.arrive();
    auto order = bench.order(7);
    order.logCap = 256 << 10;
    bench.start(order, "i=0; while [ ! -e $BENCH/enough ]; do seq 1 20000; sleep 0.02; done; seq 1 3000; echo end");
    const auto gap = [&] { return keptOf(bench, order.key).gapUntil; };
    QTRY_VERIFY_WITH_TIMEOUT(gap() > 0, 30'000);
    bench.killSupervisors();
    const qint64 before = gap();
    QTRY_VERIFY_WITH_TIMEOUT(gap() > before, 30'000);
    QFile enough(bench.witness(QStringLiteral("enough")));
    QVERIFY(enough.open(QIODevice::WriteOnly));
    QTRY_VERIFY_WITH_TIMEOUT(bench.isFinished(order.key), 30'000);
    const Kept kept = keptOf(bench, order.key);
    QVERIFY(kept.good);
    QVERIFY(kept.bytes.endsWith("2999\n3000\nend\n"));
    QCOMPARE(bench.result(order.key).outputHash, std::uint64_t(0)); // nobody has seen all of it
    QCOMPARE(kept.bytes.size() + kept.gapUntil - kept.gapFrom, bench.result(order.key).outputBytes);
}

// A job that writes single bytes to both streams in turn has no index many times its output.
void TestOutput::theIndexIsBounded()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "python3 -c 'import os\nfor i in range(150000): os.write(1 + i % 2, b\"x\")'");
    QTRY_VERIFY_WITH_TIMEOUT(bench.isFinished(key), 60'000);
    QCOMPARE(bench.output(key), QByteArray(150'000, 'x'));
    const qint64 index = QFileInfo(bench.attemptFolder(key) + QStringLiteral("/index")).size();
    QVERIFY2(index <= (1 << 20) + 150'000 + 100'000, qPrintable(QString::number(index)));
}

QTEST_GUILESS_MAIN(TestOutput)
#include "tst_output.moc"
