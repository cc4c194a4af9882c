// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/frame.h"

#include "shared/wire/limits.h"

#include <QTest>

using namespace belfry;
using namespace belfry::wire;
using namespace Qt::StringLiterals;

namespace {

AttemptResult someResult()
{
    AttemptResult result;
    result.exitCode = 3;
    result.startedAt = Instant(1'700'000'000'000);
    result.endedAt = Instant(1'700'000'010'000);
    result.logWritten = qint64(5) << 32;
    result.logHash = u"00ff00ff00ff00ff"_s;
    result.outputs = {{u"rows"_s, u"12"_s}};
    result.leaseExpired = true;
    return result;
}

std::vector<AgentToBackend> fromAgent()
{
    AgentHello hello {.features = {u"x"_s}, .version = u"0.1"_s, .name = u"a1"_s, .instance = u"i"_s, .bootId = u"b"_s, .now = Instant(5)};
    hello.bootTime = 70s;
    hello.labels = {{u"linux"_s, u""_s}, {u"os"_s, u"linux"_s}};
    hello.attempts = {{RunId(7), 2, 3, AttemptPhase::Ended, 99, Instant(4), 12, someResult()}};
    return {hello, AttemptStarted {RunId(1), 1, 2, 55, Instant(6)}, AttemptEnded {RunId(1), 1, 2, someResult()},
        LogChunk {RunId(1), 1, 2, 64, QByteArray("\0\xff\x80z", 4), {{64, 4, 2, Instant(8)}}}, AgentPing {Instant(9), 77s},
        AgentDraining {u"stopping"_s}, LogMissing {RunId(1), 1, 2, 64, 4096, u"cap"_s}};
}

std::vector<BackendToAgent> fromBackend()
{
    StartAttempt start {.run = RunId(3), .attempt = 1, .epoch = 4, .bootId = u"b"_s, .jobName = u"p/j"_s, .command = {u"echo"_s, u"ü"_s}};
    start.env = {{u"A"_s, u"b"_s}};
    start.timeout = 5min;
    start.leaseUntil = 80s;
    return {AgentWelcome {.epoch = 4, .attempts = {{RunId(1), 1, true, true, 12}}}, AgentRefused {u"no"_s, 3s}, start,
        CancelAttempt {RunId(3), 1, 4, 2s, u"why"_s}, ResultCommitted {RunId(3), 1}, LogAck {RunId(3), 1, 10, 5}, BackendPing {Instant(1)},
        LeasesRenewed {{{RunId(3), 1, 4, 90s}}}};
}

} // namespace

class TestFrame : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void everyMessageSurvivesTheRoundTrip()
    {
        QCOMPARE(fromAgent().size(), std::variant_size_v<AgentToBackend>);
        const auto up = decodeAgentFrame(encodeFrame(fromAgent()));
        QVERIFY2(up, up ? "" : qPrintable(up.error().message));
        QCOMPARE(up->messages, fromAgent());
        QVERIFY(up->unknownTags.empty());

        QCOMPARE(fromBackend().size(), std::variant_size_v<BackendToAgent>);
        const auto down = decodeBackendFrame(encodeFrame(fromBackend()));
        QVERIFY2(down, down ? "" : qPrintable(down.error().message));
        QCOMPARE(down->messages, fromBackend());
    }

    void countsMessagesOfTagsItDoesNotKnow()
    {
        const QByteArray bytes = QCborArray({200, QCborMap(), AgentPing::tag, QCborMap({{1, 17}, {99, u"new field"_s}})}).toCborValue().toCbor();
        const auto frame = decodeAgentFrame(bytes);
        QVERIFY(frame);
        QCOMPARE(frame->unknownTags, std::vector<int> {200});
        QCOMPARE(frame->messages, (std::vector<AgentToBackend> {AgentPing {Instant(17)}}));
    }

    void refusesWhatIsNoFrame_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::newRow("empty") << QByteArray();
        QTest::newRow("text") << QByteArray("hello");
        QTest::newRow("a map") << QCborValue(QCborMap()).toCbor();
        QTest::newRow("odd") << QCborArray({5}).toCborValue().toCbor();
        QTest::newRow("tag is a text") << QCborArray({u"5"_s, QCborMap()}).toCborValue().toCbor();
        QTest::newRow("body is a text") << QCborArray({5, u"x"_s}).toCborValue().toCbor();
        QTest::newRow("wrong type") << QCborArray({2, QCborMap({{1, u"x"_s}})}).toCborValue().toCbor();
        QTest::newRow("missing field") << QCborArray({2, QCborMap({{1, 1}})}).toCborValue().toCbor();
        QTest::newRow("out of range") << QCborArray({2, QCborMap({{1, 1}, {2, qint64(1) << 40}, {3, 1}, {5, 1}})}).toCborValue().toCbor();
        QTest::newRow("trailing bytes") << QCborArray({5, QCborMap()}).toCborValue().toCbor() + "x";
        QTest::newRow("huge declared length") << QByteArray::fromHex("9bffffffffffffffff00");
        QTest::newRow("huge declared text") << QByteArray::fromHex("82057b7fffffffffffffff00");
        QTest::newRow("deep") << QByteArray(40, '\x81') + '\x01';
        QTest::newRow("truncated") << encodeFrame(fromAgent()).chopped(5);
    }
    void refusesWhatIsNoFrame()
    {
        QFETCH(QByteArray, bytes);
        const auto frame = decodeAgentFrame(bytes);
        QVERIFY(!frame);
        QCOMPARE(frame.error().kind, ErrorKind::Invalid);
        QVERIFY(!frame.error().message.isEmpty());
    }

    void survivesEveryFlippedByte()
    {
        const QByteArray good = encodeFrame(fromAgent());
        for (qsizetype i = 0; i < good.size(); ++i)
            for (const int flip : {0x01, 0x20, 0x80, 0xff}) {
                QByteArray bad = good;
                bad[i] = char(bad[i] ^ flip);
                const auto frame = decodeAgentFrame(bad);
                QVERIFY(frame || !frame.error().message.isEmpty());
            }
    }
};

QTEST_APPLESS_MAIN(TestFrame)
#include "tst_frame.moc"
