// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/translate.h"

#include "shared/wire/limits.h"

#include <QTest>

#include <csignal>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

spool::AttemptResult ended(spool::EndKind kind, int code, const std::string &text = {})
{
    spool::AttemptResult result;
    result.key = {17, 2};
    result.kind = kind;
    result.code = code;
    result.text = text;
    result.startedAtMs = 1'000;
    result.endedAtMs = 3'000;
    return result;
}

int outcomes(const wire::AttemptResult &result)
{
    return int(result.exitCode.has_value()) + int(result.signal.has_value()) + int(!result.notStarted.isEmpty())
        + int(result.exitUnseen);
}

} // namespace

class TestTranslate : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anOrderKeepsAllItSays()
    {
        wire::StartAttempt order{.run = RunId(17), .attempt = 2, .epoch = 9, .command = {u"a"_s, u"ü b"_s}};
        order.wrap = {u"nice"_s};
        order.env = {{u"A"_s, u"1=2"_s}, {u"BELFRY_AGENT"_s, u"forged"_s}};
        order.dir = u"/srv"_s;
        order.timeout = 5s;
        order.stallTimeout = 2s;
        order.grace = 3s;
        order.leftovers = Leftovers::Leave;
        const spool::Order spooled = toSpool(order, u"a1"_s);
        QVERIFY((spooled.key == spool::AttemptKey{17, 2}));
        QCOMPARE(spooled.epoch, 9);
        QVERIFY((spooled.argv == std::vector<std::string>{"a", "ü b"}));
        QVERIFY((spooled.wrap == std::vector<std::string>{"nice"}));
        QVERIFY((spooled.environment == std::vector<std::string>{"A=1=2", "BELFRY_AGENT=a1"}));
        QCOMPARE(spooled.directory, std::string("/srv"));
        QCOMPARE(spooled.timeoutMs, 5'000);
        QCOMPARE(spooled.stallTimeoutMs, 2'000);
        QCOMPARE(spooled.graceMs, 3'000);
        QCOMPARE(spooled.leaseUntilMs, 0);
        order.leaseUntil = 90s;
        QCOMPARE(toSpool(order, u"a1"_s).leaseUntilMs, 90'000);
        QVERIFY(spooled.leftovers == spool::Leftovers::Leave);
        QCOMPARE(spooled.shell, std::string("/bin/sh"));
    }

    void eachEndIsExactlyOneOutcome_data()
    {
        QTest::addColumn<int>("kind");
        QTest::addColumn<int>("code");
        QTest::addColumn<QString>("outcome");
        const auto row = [](const char *name, spool::EndKind kind, int code, const char *outcome) {
            QTest::newRow(name) << int(kind) << code << QString::fromLatin1(outcome);
        };
        row("exit", spool::EndKind::Exited, 3, "exit 3");
        row("success", spool::EndKind::Exited, 0, "exit 0");
        row("signal", spool::EndKind::Signalled, 9, "signal 9");
        row("not started", spool::EndKind::NotStarted, 2, "not started: ENOENT: gone");
        row("cancelled before", spool::EndKind::NotStarted, 0, "not started: ENOENT: gone, cancelled");
        row("unseen", spool::EndKind::ExitUnseen, 0, "unseen");
        row("rebooted", spool::EndKind::HostRebooted, 0, "unseen");
    }
    void eachEndIsExactlyOneOutcome()
    {
        QFETCH(int, kind);
        QFETCH(int, code);
        QFETCH(QString, outcome);
        const wire::AttemptResult told = fromSpool(ended(spool::EndKind(kind), code, "ENOENT: gone"), {});
        QCOMPARE(outcomes(told), 1);
        QString text = told.exitCode ? u"exit %1"_s.arg(*told.exitCode)
            : told.signal            ? u"signal %1"_s.arg(*told.signal)
            : told.exitUnseen        ? u"unseen"_s
                                     : u"not started: "_s + told.notStarted;
        if (told.cancelled)
            text += u", cancelled"_s;
        QCOMPARE(text, outcome);
    }

    void aResultKeepsItsNumbers()
    {
        spool::AttemptResult result = ended(spool::EndKind::Signalled, SIGKILL);
        result.stopCause = spool::StopCause::TimedOut;
        result.stopSignal = SIGKILL;
        result.userUs = 1'500'000;
        result.systemUs = 500'999;
        result.peakMemoryBytes = 4'096;
        result.outputBytes = 100;
        result.outputHash = 0xabc;
        result.outputLost = 5;
        result.leftoversKilled = 2;
        const wire::AttemptResult told = fromSpool(result, {{u"k"_s, u"v"_s}});
        QVERIFY(told.timedOut && told.killed && !told.stalled && !told.cancelled);
        QCOMPARE(told.startedAt, Instant(1'000));
        QCOMPARE(told.endedAt, Instant(3'000));
        QCOMPARE(told.cpu, Duration(2'000));
        QCOMPARE(told.peakMemory, 4'096);
        QCOMPARE(told.logWritten, 100);
        QCOMPARE(told.logLost, 5);
        QCOMPARE(told.logHash, u"0000000000000abc"_s);
        QCOMPARE(told.leftovers, 2);
        QCOMPARE(told.outputs.at(u"k"_s), u"v"_s);
        result.startedAtMs = 0;
        QCOMPARE(fromSpool(result, {}).startedAt, Instant(3'000));
        QCOMPARE(fromSpool(ended(spool::EndKind::NotStarted, 2), {}).notStarted, u"not started"_s);
        QVERIFY(
            fromSpool(ended(spool::EndKind::NotStarted, 2, std::string(9'000, 'x')), {}).notStarted.size() <= 4'096);
    }

    void outputsAreLinesOfKeyAndValue()
    {
        const Outputs outputs = parseOutputs("a=1\n b =x=y \r\n\nnonsense\n=5\n1x=2\na=last\nu=\xc3\xbc\nbad=\xff\n");
        QCOMPARE(outputs.values,
            (std::map<QString, QString>{
                {u"a"_s, u"last"_s}, {u"b"_s, u"x=y "_s}, {u"u"_s, u"ü"_s}, {u"bad"_s, QString(QChar(0xfffd))}}));
        QCOMPARE(outputs.ignoredLines, 3);
        QVERIFY(parseOutputs({}).values.empty());
    }

    void outputsHaveALimitInSum()
    {
        QByteArray text;
        for (int i = 0; i < 100; ++i)
            text += "key" + QByteArray::number(i) + '=' + QByteArray(1'000, 'v') + '\n';
        const Outputs outputs = parseOutputs(text);
        qsizetype size = 0;
        for (const auto &[key, value] : outputs.values)
            size += key.size() + value.size();
        QVERIFY(size <= 64 << 10);
        QCOMPARE(int(outputs.values.size()) + outputs.ignoredLines, 100);
        QVERIFY(outputs.values.size() > 60);
    }

    void chunksCoverEachByteOnce_data()
    {
        QTest::addColumn<int>("entryLength");
        QTest::addColumn<int>("size");
        QTest::newRow("one byte a read") << 1 << 20'000;
        QTest::newRow("small reads") << 7 << 100'000;
        QTest::newRow("a block a read") << int(wire::maxLogBlock) << int(3 * wire::maxLogBlock);
        QTest::newRow("larger than a block") << int(2 * wire::maxLogBlock + 5) << int(4 * wire::maxLogBlock);
        QTest::newRow("nothing") << 1 << 0;
    }
    void chunksCoverEachByteOnce()
    {
        QFETCH(int, entryLength);
        QFETCH(int, size);
        constexpr qint64 start = 1'000;
        spool::OutputPiece piece;
        for (int i = 0; i < size; ++i)
            piece.bytes += char('a' + i % 26);
        for (int at = 0; at < size; at += entryLength)
            piece.index.push_back(
                {start + at, std::uint32_t(std::min(entryLength, size - at)), spool::Stream::Err, 42});
        QByteArray bytes;
        qint64 at = start;
        for (const wire::LogChunk &chunk : toChunks({RunId(17), 2}, 9, start, piece)) {
            QCOMPARE(chunk.offset, at);
            QCOMPARE(chunk.epoch, 9);
            QVERIFY(!chunk.bytes.isEmpty() && chunk.bytes.size() <= wire::maxLogBlock && chunk.index.size() <= 4'096);
            for (const wire::LogEntry &entry : chunk.index) {
                QCOMPARE(entry.offset, at);
                QVERIFY(entry.length > 0 && entry.stream == 2 && entry.at == Instant(42));
                at += entry.length;
            }
            bytes += chunk.bytes;
            QCOMPARE(at, start + bytes.size());
        }
        QVERIFY(bytes == QByteArray::fromStdString(piece.bytes));
    }
};

QTEST_GUILESS_MAIN(TestTranslate)
#include "tst_translate.moc"
