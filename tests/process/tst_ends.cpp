// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/process/hostbench.h"

#include "shared/spool/host.h"
#include "tests/patience.h"

#include <QFile>

#include <cerrno>
#include <csignal>

#include <sys/stat.h>

using namespace belfry;
using namespace Qt::StringLiterals;
using spool::EndKind;

// How a process ended, and why one was never started, as the result tells it.
class TestEnds : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void tellsExitCodes_data();
    void tellsExitCodes();
    void tellsSignals();
    void tellsWhyNothingWasStarted_data();
    void tellsWhyNothingWasStarted();
    void aShellsOwn127IsAnExitCode();
    void aWrapperComesInFrontAndSeesTheWholeCommand();
    void aJobSeesADefinedWorld();
    void theWorkingDirectoryIsTheOrders();
    void measuresTimeAndMemory();
    void outputsAreReadBack();
    void aReplayedStartIsAConflict();
    void anUnsoundOrderIsRefused();
};

void TestEnds::tellsExitCodes_data()
{
    QTest::addColumn<int>("code");
    for (const int code : {0, 1, 3, 127, 255})
        QTest::addRow("%d", code) << code;
}

void TestEnds::tellsExitCodes()
{
    QFETCH(int, code);
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "exit " + QByteArray::number(code));
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).kind, EndKind::Exited);
    QCOMPARE(bench.result(key).code, code);
    QCOMPARE(bench.result(key).stopCause, spool::StopCause::None);
    QVERIFY(bench.isStarted(key));
    QCOMPARE(bench.result(key).leftoversKilled, 0);
}

void TestEnds::tellsSignals()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "kill -SEGV $$");
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).kind, EndKind::Signalled);
    QCOMPARE(bench.result(key).code, SIGSEGV);
}

void TestEnds::tellsWhyNothingWasStarted_data()
{
    QTest::addColumn<QByteArrayList>("argv");
    QTest::addColumn<QByteArray>("directory");
    QTest::addColumn<int>("code");
    QTest::addColumn<QByteArray>("says");
    using L = QByteArrayList;
    QTest::newRow("not in PATH") << L{"no-such-program"} << QByteArray() << ENOENT << QByteArray("is not in PATH");
    QTest::newRow("no such file") << L{"/no/such/program"} << QByteArray() << ENOENT << QByteArray("there is no");
    QTest::newRow("not executable") << L{"/etc/passwd"} << QByteArray() << EACCES << QByteArray("may not be executed");
    QTest::newRow("a folder") << L{"/etc"} << QByteArray() << EACCES << QByteArray("may not be executed");
    QTest::newRow("interpreter missing") << L{"$BENCH/orphan"} << QByteArray() << ENOENT << QByteArray("interpreter");
    QTest::newRow("no program") << L{"$BENCH/text"} << QByteArray() << ENOEXEC << QByteArray("does not begin with #!");
    QTest::newRow("directory gone") << L{"true"} << QByteArray("/no/such") << ENOENT << QByteArray("directory");
    QTest::newRow("directory relative") << L{"true"} << QByteArray("tmp") << EINVAL << QByteArray("not absolute");
    QTest::newRow("too long") << L{"true", QByteArray(200'000, 'x')} << QByteArray() << E2BIG << QByteArray("too long");
    QTest::newRow("empty") << L{""} << QByteArray() << ENOENT << QByteArray("empty");
    QTest::newRow("cwd is not searched") << L{"ls"} << QByteArray("/bin") << ENOENT << QByteArray("is not in PATH");
}

void TestEnds::tellsWhyNothingWasStarted()
{
    QFETCH(QByteArrayList, argv);
    QFETCH(QByteArray, directory);
    QFETCH(int, code);
    QFETCH(QByteArray, says);
    HostBench bench;
    bench.arrive();
    for (const auto &[name, text] :
        {std::pair("orphan", "#!/no/such/interpreter -x\n"), std::pair("text", "hello\n")}) {
        QFile file(bench.witness(QLatin1StringView(name)));
        QVERIFY(file.open(QIODevice::WriteOnly));
        file.write(text);
        file.setPermissions(QFile::ReadOwner | QFile::WriteOwner | QFile::ExeOwner);
    }
    auto order = bench.order(7);
    for (QByteArray word : argv)
        order.argv.push_back(word.replace("$BENCH", bench.witness({}).toUtf8()).toStdString());
    order.directory = directory.toStdString();
    if (QTest::currentDataTag() == "cwd is not searched"_L1)
        order.environment.push_back("PATH=:.:/no/such");
    bench.start(order);
    QTRY_VERIFY(bench.isFinished(order.key));
    const auto &result = bench.result(order.key);
    QCOMPARE(result.kind, EndKind::NotStarted);
    QCOMPARE(result.code, code);
    QVERIFY2(result.text.find(says.constData()) != std::string::npos, result.text.c_str());
    QVERIFY2(result.text.starts_with(spool::errnoText(code)), result.text.c_str());
    QCOMPARE(result.startedAtMs, 0);
    QVERIFY(!bench.isStarted(order.key));
}

void TestEnds::aShellsOwn127IsAnExitCode()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "no-such-program");
    QTRY_VERIFY(bench.isFinished(key));
    QCOMPARE(bench.result(key).kind, EndKind::Exited);
    QCOMPARE(bench.result(key).code, 127);
}

void TestEnds::aWrapperComesInFrontAndSeesTheWholeCommand()
{
    HostBench bench;
    bench.arrive();
    auto order = bench.order(7, {"printf", "%s-%s", "a b", "c"});
    order.wrap = {"env", "WRAPPED=1", "nice", "-n", "5"};
    bench.start(order);
    QTRY_VERIFY(bench.isFinished(order.key));
    QCOMPARE(bench.output(order.key), "a b-c"_ba);
}

void TestEnds::aJobSeesADefinedWorld()
{
    const mode_t before = ::umask(0077);
    ::signal(SIGPIPE, SIG_IGN);
    HostBench bench;
    bench.arrive();
    ::umask(before);
    const auto key = bench.script(7,
        "ls /proc/self/fd | wc -l\n" // ls itself has its folder open: 0, 1, 2 and that
        "readlink /proc/self/fd/0; umask; grep -E '^Sig(Blk|Ign)' /proc/self/status\n"
        "echo $LANG; echo ${BELFRY_COOKIE:+cookie}; echo $HOME; ps -o sid= -p $$ | tr -d ' '; echo $$");
    QTRY_VERIFY(bench.isFinished(key));
    ::signal(SIGPIPE, SIG_DFL);
    const auto lines = bench.output(key).split('\n');
    QCOMPARE(lines.value(0).trimmed(), "4"_ba);
    QCOMPARE(lines.value(1), "/dev/null"_ba);
    QCOMPARE(lines.value(2), "0022"_ba);
    QCOMPARE(lines.value(3), "SigBlk:\t0000000000000000"_ba);
    QCOMPARE(lines.value(4), "SigIgn:\t0000000000000000"_ba);
    QCOMPARE(lines.value(5), "C.UTF-8"_ba);
    QCOMPARE(lines.value(6), "cookie"_ba);
    QVERIFY(lines.value(7).startsWith('/'));
    QCOMPARE(lines.value(8), lines.value(9));
}

void TestEnds::theWorkingDirectoryIsTheOrders()
{
    HostBench bench;
    bench.arrive();
    const auto fresh = bench.script(7, "pwd; ls -A | wc -l");
    auto elsewhere = bench.order(8, {"pwd"});
    elsewhere.directory = "/usr";
    bench.start(elsewhere);
    QTRY_VERIFY(bench.isFinished(fresh) && bench.isFinished(elsewhere.key));
    QCOMPARE(bench.output(fresh), bench.attemptFolder(fresh).toUtf8() + "/work\n0\n");
    QCOMPARE(bench.output(elsewhere.key), "/usr\n"_ba);
}

void TestEnds::measuresTimeAndMemory()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "i=0; while [ $i -lt 100000 ]; do i=$((i+1)); done");
    QTRY_VERIFY(bench.isFinished(key));
    const auto &result = bench.result(key);
    QVERIFY(result.userUs > 0);
    QVERIFY(result.peakMemoryBytes > 100'000);
    QVERIFY(result.startedAtMs > 0 && result.startedAtMs <= result.endedAtMs && result.endedAtMs <= result.goneAtMs);
    QCOMPARE(QString::fromStdString(result.bootId), Supervisors::bootId());
}

void TestEnds::outputsAreReadBack()
{
    HostBench bench;
    bench.arrive();
    const auto key = bench.script(7, "echo rows=42 >> \"$BELFRY_OUTPUT\"");
    const auto silent = bench.script(8, "true");
    QTRY_VERIFY(bench.isFinished(key) && bench.isFinished(silent));
    QCOMPARE(*bench.hand().readOutputs(key), "rows=42\n"_ba);
    QCOMPARE(*bench.hand().readOutputs(silent), QByteArray());
}

void TestEnds::aReplayedStartIsAConflict()
{
    HostBench bench;
    bench.arrive();
    const auto order = bench.order(7);
    bench.start(order, "echo ran >> \"$BENCH/witness\"");
    const auto again = bench.hand().start(order, "echo ran >> \"$BENCH/witness\"");
    QVERIFY(!again);
    QCOMPARE(again.error().kind, ErrorKind::Conflict);
    QTRY_VERIFY(bench.isFinished(order.key));
    QCOMPARE(bench.readWitness(u"witness"_s), "ran\n"_ba);
    QVERIFY(bench.hand().release(order.key));
    QVERIFY(!QFile::exists(bench.attemptFolder(order.key)));
    QCOMPARE(bench.hand().entry(order.key).error().kind, ErrorKind::NotFound);
}

void TestEnds::anUnsoundOrderIsRefused()
{
    HostBench bench;
    bench.arrive();
    auto order = bench.order(7, {"true"});
    order.environment.push_back("NO_EQUALS_SIGN");
    const auto started = bench.hand().start(order);
    QVERIFY(!started);
    QCOMPARE(started.error().kind, ErrorKind::Invalid);
    QVERIFY(!QFile::exists(bench.attemptFolder(order.key)));
}

QTEST_GUILESS_MAIN(TestEnds)
#include "tst_ends.moc"
