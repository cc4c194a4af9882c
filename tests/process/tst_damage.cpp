// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/process/hostbench.h"

#include "shared/spool/files.h"
#include "tests/patience.h"

#include <QDir>
#include <QFile>
#include <QProcess>

#include <csignal>
#include <functional>

#include <sys/stat.h>
#include <unistd.h>

using namespace belfry;
using namespace Qt::StringLiterals;
using spool::EndKind;

using Damage = std::function<void(const QString &folder)>;
Q_DECLARE_METATYPE(Damage)

namespace {

void flip(const QString &path, qint64 at)
{
    QFile file(path);
    QVERIFY(file.open(QIODevice::ReadWrite));
    QVERIFY(file.seek(at < 0 ? file.size() + at : at));
    char byte = 0;
    QVERIFY(file.peek(&byte, 1) == 1);
    byte = char(byte ^ 0x10);
    QVERIFY(file.write(&byte, 1) == 1);
}

void makeFolderInPlaceOf(const QString &path)
{
    QFile::remove(path);
    QVERIFY(QDir().mkdir(path));
}

} // namespace

// A spool that was damaged from outside: what can be served is served, the rest is put aside with a word.
class TestDamage : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void aBadEntryIsPutAsideAndTheOthersAreServed_data();
    void aBadEntryIsPutAsideAndTheOthersAreServed();
    void damageThatDoesNotMatterIsSurvived_data();
    void damageThatDoesNotMatterIsSurvived();
    void aLiveSupervisorNeedsNoOrderAnyMore();
    void aDamagedIndexKeepsTheOutputReadable();
    void aFullDiskRefusesTheStart();
    void aFullDiskCutsTheLogAndKeepsTheResult();
};

void TestDamage::aBadEntryIsPutAsideAndTheOthersAreServed_data()
{
    QTest::addColumn<Damage>("damage");
    QTest::newRow("result: cut") << Damage([](const QString &f) { QVERIFY(QFile::resize(f + u"/result"_s, 30)); });
    QTest::newRow("result: empty") << Damage([](const QString &f) { QVERIFY(QFile::resize(f + u"/result"_s, 0)); });
    QTest::newRow("result: a bit") << Damage([](const QString &f) { flip(f + u"/result"_s, -3); });
    QTest::newRow("result: header bit") << Damage([](const QString &f) { flip(f + u"/result"_s, 9); });
    QTest::newRow("result: a folder") << Damage([](const QString &f) { makeFolderInPlaceOf(f + u"/result"_s); });
    QTest::newRow("result: a link") << Damage([](const QString &f) {
        QVERIFY(QFile::rename(f + u"/result"_s, f + u"/elsewhere"_s));
        QVERIFY(QFile::link(f + u"/elsewhere"_s, f + u"/result"_s));
    });
    QTest::newRow("result: a FIFO") << Damage([](const QString &f) {
        QVERIFY(QFile::remove(f + u"/result"_s));
        QVERIFY(::mkfifo((f + u"/result"_s).toLocal8Bit().constData(), 0600) == 0);
    });
    QTest::newRow("result: another's") << Damage([](const QString &f) {
        QVERIFY(QFile::remove(f + u"/result"_s));
        QFile others(f + u"/../8-1/result"_s);
        QVERIFY2(others.copy(f + u"/result"_s), qPrintable(others.errorString()));
    });
    QTest::newRow("order: a bit, not finished") << Damage([](const QString &f) {
        QVERIFY(QFile::remove(f + u"/result"_s));
        flip(f + u"/order"_s, -1);
    });
    QTest::newRow("order: a folder, not started") << Damage([](const QString &f) {
        for (const auto &name : {u"result"_s, u"started"_s})
            QVERIFY(QFile::remove(f + u'/' + name));
        makeFolderInPlaceOf(f + u"/order"_s);
    });
    QTest::newRow("stdout: a file, not started") << Damage([](const QString &f) {
        for (const auto &name : {u"result"_s, u"started"_s, u"stdout"_s})
            QVERIFY(QFile::remove(f + u'/' + name));
        QVERIFY(QFile::copy(f + u"/order"_s, f + u"/stdout"_s));
    });
    QTest::newRow("output: a folder, not finished") << Damage([](const QString &f) {
        QVERIFY(QFile::remove(f + u"/result"_s));
        makeFolderInPlaceOf(f + u"/output"_s);
    });
    QTest::newRow("the folder: a file") << Damage([](const QString &f) {
        QVERIFY(QDir(f).removeRecursively());
        QFile file(f);
        QVERIFY(file.open(QIODevice::WriteOnly));
    });
    QTest::newRow("the folder: for all to write")
        << Damage([](const QString &f) { QVERIFY(::chmod(f.toLocal8Bit().constData(), 0777) == 0); });
    QTest::newRow("the folder: another name")
        << Damage([](const QString &f) { QVERIFY(QFile::rename(f, f + u"-copy"_s)); });
    if (::geteuid() == 0) {
        QTest::newRow("result: another owner") << Damage([](const QString &f) {
            QVERIFY(::chown((f + u"/result"_s).toLocal8Bit().constData(), 12345, 12345) == 0);
        });
        QTest::newRow("the folder: another owner")
            << Damage([](const QString &f) { QVERIFY(::chown(f.toLocal8Bit().constData(), 12345, 12345) == 0); });
    }
}

void TestDamage::aBadEntryIsPutAsideAndTheOthersAreServed()
{
    QFETCH(Damage, damage);
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "echo seven; exit 3");
    const auto other = bench.script(8, "echo eight; exit 4");
    QTRY_VERIFY(bench.isFinished(key) && bench.isFinished(other));
    bench.leave();
    damage(bench.attemptFolder(key));
    bench.arrive();
    QTRY_COMPARE(bench.quarantines.size(), 1);
    QVERIFY2(bench.quarantines.first().startsWith(bench.folder() + u"/quarantine/7-1"_s),
        qPrintable(bench.quarantines.first()));
    QVERIFY(!bench.hand().entry(key));
    QVERIFY(!QFile::exists(bench.attemptFolder(key)));
    QCOMPARE(bench.hand().entry(other)->result->code, 4);
    QCOMPARE(bench.output(other), "eight\n"_ba);
    // The name is free again, and the service as a whole is well.
    const auto again = bench.script(7, "exit 5");
    QTRY_VERIFY(bench.isFinished(again));
    QCOMPARE(bench.result(again).code, 5);
}

void TestDamage::damageThatDoesNotMatterIsSurvived_data()
{
    QTest::addColumn<Damage>("damage");
    QTest::newRow("started: cut") << Damage([](const QString &f) { QVERIFY(QFile::resize(f + u"/started"_s, 10)); });
    QTest::newRow("started: a bit") << Damage([](const QString &f) { flip(f + u"/started"_s, -20); });
    QTest::newRow("started: empty") << Damage([](const QString &f) { QVERIFY(QFile::resize(f + u"/started"_s, 0)); });
    QTest::newRow("index: torn") << Damage([](const QString &f) {
        QFile index(f + u"/index"_s);
        QVERIFY(index.resize(index.size() - 5));
    });
    QTest::newRow("index: header") << Damage([](const QString &f) { flip(f + u"/index"_s, 2); });
    QTest::newRow("index: gone") << Damage([](const QString &f) { QVERIFY(QFile::remove(f + u"/index"_s)); });
}

void TestDamage::damageThatDoesNotMatterIsSurvived()
{
    QFETCH(Damage, damage);
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7,
        "echo ran >> $BENCH/ran; echo one; sleep 0.1; echo two; until test -e $BENCH/go; do sleep 0.02; done; echo "
        "three");
    QTRY_COMPARE(bench.output(key), "one\ntwo\n"_ba);
    bench.leave();
    bench.killSupervisors();
    damage(bench.attemptFolder(key));
    bench.arrive();
    QFile go(bench.witness(u"go"_s));
    QVERIFY(go.open(QIODevice::WriteOnly));
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).kind, EndKind::ExitUnseen);
    QTRY_VERIFY(bench.jobs().empty());
    QCOMPARE(bench.output(key), "one\ntwo\nthree\n"_ba);
    QCOMPARE(bench.readWitness(u"ran"_s), "ran\n"_ba);
    QVERIFY(bench.quarantines.isEmpty());
}

void TestDamage::aLiveSupervisorNeedsNoOrderAnyMore()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "echo up; until test -e $BENCH/go; do sleep 0.02; done; exit 6");
    QTRY_COMPARE(bench.output(key), "up\n"_ba);
    bench.leave();
    flip(bench.attemptFolder(key) + u"/order"_s, -1);
    bench.arrive();
    QFile go(bench.witness(u"go"_s));
    QVERIFY(go.open(QIODevice::WriteOnly));
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).code, 6);
    QVERIFY(bench.quarantines.isEmpty());
}

void TestDamage::aDamagedIndexKeepsTheOutputReadable()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "for i in 1 2 3 4 5 6 7 8; do echo $i; sleep 0.03; done");
    QTRY_VERIFY(bench.isFinished(key));
    const QString index = bench.attemptFolder(key) + u"/index"_s;
    const qint64 size = QFile(index).size();
    for (qint64 at = 0; at < size; at += 7) {
        flip(index, at);
        QCOMPARE(bench.output(key), "1\n2\n3\n4\n5\n6\n7\n8\n"_ba);
        const auto piece = bench.hand().readOutput(key, 3, 9);
        QVERIFY(piece);
        QCOMPARE(piece->index.front().offset, 3);
        QCOMPARE(piece->index.back().end(), 12);
        flip(index, at);
    }
}

// A data folder on a file system of a few hundred KiB; needs the right to mount one.
class SmallDisk
{
public:
    explicit SmallDisk(const QString &path)
        : m_path(path)
    {
        QDir().mkpath(path);
        m_mounted = QProcess::execute(
                        u"mount"_s, {u"-t"_s, u"tmpfs"_s, u"-o"_s, u"size=2m,mode=0700"_s, u"belfry-test"_s, path})
            == 0;
    }
    ~SmallDisk()
    {
        if (m_mounted)
            QProcess::execute(u"umount"_s, {u"-l"_s, m_path});
    }
    bool isMounted() const { return m_mounted; }
    void fill()
    {
        QFile file(m_path + u"/ballast"_s);
        QVERIFY(file.open(QIODevice::WriteOnly | QIODevice::Unbuffered));
        while (file.write(QByteArray(4096, 'x')) == 4096) { }
    }

private:
    QString m_path;
    bool m_mounted = false;
};

void TestDamage::aFullDiskRefusesTheStart()
{
    HostBench bench;
    SmallDisk disk(bench.folder());
    if (!disk.isMounted())
        QSKIP("needs the right to mount a tmpfs");
    bench.arrive();
    const auto key = bench.script(7, "true");
    QTRY_VERIFY(bench.isFinished(key));
    disk.fill();
    auto order = bench.order(8);
    const auto started = bench.hand().start(order, "true");
    QVERIFY(!started);
    QCOMPARE(started.error().kind, ErrorKind::Unavailable);
    QVERIFY2(started.error().message.startsWith(u"agent disk full"), qPrintable(started.error().message));
    QVERIFY(!bench.hand().entry(order.key));
    QVERIFY(!QFile::exists(bench.attemptFolder(order.key)));
    QVERIFY(QFile::remove(bench.folder() + u"/ballast"_s));
    bench.start(order, "exit 2");
    QTRY_VERIFY(bench.isFinished(order.key));
    QCOMPARE(bench.result(order.key).code, 2);
    bench.leave();
    QTRY_VERIFY(bench.supervisors().empty());
}

void TestDamage::aFullDiskCutsTheLogAndKeepsTheResult()
{
    HostBench bench;
    SmallDisk disk(bench.folder());
    if (!disk.isMounted())
        QSKIP("needs the right to mount a tmpfs");
    bench.arrive();
    const auto key
        = bench.script(7, "echo begin; yes | head -c 5000000; until test -e $BENCH/go; do sleep 0.02; done; exit 9");
    const auto quiet = bench.script(8, "until test -e $BENCH/go; do sleep 0.02; done; exit 8");
    QTRY_VERIFY(bench.hand().entry(key)->outputBytes > 500'000);
    disk.fill();
    QFile go(bench.witness(u"go"_s));
    QVERIFY(go.open(QIODevice::WriteOnly));
    QTRY_VERIFY(bench.isFinished(key) && bench.isFinished(quiet));
    QCOMPARE(bench.result(quiet).code, 8);
    const auto &result = bench.result(key);
    QCOMPARE(result.code, 9);
    QCOMPARE(result.outputBytes + result.outputLost, 5'000'006);
    QVERIFY(result.outputLost > 0);
    QVERIFY2(result.outputLostWhy.find("ENOSPC") != std::string::npos, result.outputLostWhy.c_str());
    const QByteArray output = bench.output(key);
    QCOMPARE(qint64(output.size()), result.outputBytes);
    QVERIFY(output.startsWith("begin\ny\ny\n"));
    bench.leave();
    QTRY_VERIFY(bench.supervisors().empty());
}

QTEST_GUILESS_MAIN(TestDamage)
#include "tst_damage.moc"
