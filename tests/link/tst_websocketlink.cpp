// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/link/websocketlink.h"
#include "tests/patience.h"

#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QWebSocket>
#include <QWebSocketServer>

#include <memory>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

// Both ends of a real connection over loopback, and the client's TCP socket for what no WebSocket would send.
struct Pair {
    QWebSocketServer server{u"test"_s, QWebSocketServer::NonSecureMode};
    QWebSocket client;
    std::unique_ptr<WebSocketLink> link;

    explicit Pair(const LinkLimits &limits = {}, const Liveness &liveness = {})
    {
        if (!server.listen(QHostAddress::LocalHost))
            qFatal("cannot listen");
        QSignalSpy connected(&client, &QWebSocket::connected);
        client.open(QUrl(u"ws://127.0.0.1:%1"_s.arg(server.serverPort())));
        QSignalSpy arrived(&server, &QWebSocketServer::newConnection);
        if (!arrived.wait() || (connected.isEmpty() && !connected.wait()))
            qFatal("no connection");
        link = std::make_unique<WebSocketLink>(server.nextPendingConnection(), limits, liveness);
    }
    QTcpSocket *transport() { return client.findChild<QTcpSocket *>(); }
};

// A masked frame as a client sends it.
QByteArray frame(char firstByte, const QByteArray &payload)
{
    QByteArray out(1, firstByte);
    if (payload.size() < 126) {
        out += char(0x80 | payload.size());
    } else {
        out += char(0x80 | 126);
        out += char(payload.size() >> 8);
        out += char(payload.size() & 0xff);
    }
    return out + QByteArray(4, '\0') + payload;
}

} // namespace

class TestWebSocketLink : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void carriesWholeMessagesBothWays()
    {
        Pair pair;
        QSignalSpy texts(pair.link.get(), &Link::textReceived);
        QSignalSpy bytes(&pair.client, &QWebSocket::binaryMessageReceived);
        pair.client.sendTextMessage(u"hällo"_s);
        const QByteArray big(2'000'000, 'b');
        pair.link->sendBinary(big);
        QTRY_COMPARE(texts.count(), 1);
        QCOMPARE(texts[0][0].toString(), u"hällo"_s);
        QTRY_COMPARE(bytes.count(), 1);
        QCOMPARE(bytes[0][0].toByteArray(), big);
    }

    void tellsTheCodeOfEitherSide()
    {
        Pair one;
        QSignalSpy closed(one.link.get(), &Link::closed);
        one.client.close(QWebSocketProtocol::CloseCode(4000), u"bye"_s);
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(closed[0][0].toInt(), 4000);
        QCOMPARE(closed[0][1].toString(), u"bye"_s);

        Pair other;
        QSignalSpy own(other.link.get(), &Link::closed);
        QSignalSpy gone(&other.client, &QWebSocket::disconnected);
        other.link->close(4401, u"no"_s);
        QCOMPARE(own.count(), 0); // never from inside the call
        QTRY_COMPARE(gone.count(), 1);
        QCOMPARE(int(other.client.closeCode()), 4401);
        QTRY_COMPARE(own.count(), 1);
        QCOMPARE(own[0][0].toInt(), 4401);
    }

    // Qt's own code for a connection that broke is 1000, as if all was well.
    void aBrokenConnectionIsNoNormalClose()
    {
        Pair pair;
        QSignalSpy closed(pair.link.get(), &Link::closed);
        pair.transport()->abort();
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(closed[0][0].toInt(), 1006);
    }

    void theCodeArrivesThroughAFlood()
    {
        Pair pair;
        const QByteArray block(100'000, 'x');
        connect(
            pair.link.get(), &Link::binaryReceived, pair.link.get(), [&] { pair.link->close(4409, u"replaced"_s); });
        QSignalSpy gone(&pair.client, &QWebSocket::disconnected);
        for (int i = 0; i < 20; ++i)
            pair.client.sendBinaryMessage(block);
        QTRY_COMPARE(gone.count(), 1);
        QCOMPARE(int(pair.client.closeCode()), 4409);
    }

    void refusesWhatIsTooLarge_data()
    {
        QTest::addColumn<int>("size");
        QTest::addColumn<int>("code");
        QTest::newRow("just right") << 5000 << 0;
        QTest::newRow("a byte more") << 5001 << 1009;
    }
    void refusesWhatIsTooLarge()
    {
        QFETCH(int, size);
        QFETCH(int, code);
        Pair pair({.incomingFrame = 10'000, .incomingMessage = 5000});
        QSignalSpy closed(pair.link.get(), &Link::closed);
        QSignalSpy bytes(pair.link.get(), &Link::binaryReceived);
        pair.client.sendBinaryMessage(QByteArray(size, 'x'));
        if (code == 0) {
            QTRY_COMPARE(bytes.count(), 1);
            return;
        }
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(closed[0][0].toInt(), code);
        QCOMPARE(bytes.count(), 0);
    }

    void endsConnectionsThatBreakTheProtocol_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<int>("code");
        QTest::newRow("reserved bit") << frame(char(0xc1), "x") << 1002;
        QTest::newRow("reserved opcode") << frame(char(0x83), "x") << 1002;
        QTest::newRow("continuation of nothing") << frame(char(0x80), "x") << 1002;
        QTest::newRow("long ping") << frame(char(0x89), QByteArray(126, 'x')) << 1002;
        QTest::newRow("fragmented ping") << frame(char(0x09), "x") << 1002;
        QTest::newRow("text inside a text") << frame(char(0x01), "a") + frame(char(0x01), "b") << 1002;
        QTest::newRow("invalid UTF-8") << frame(char(0x81), "\xff\xfe") << 1007;
        QTest::newRow("2 GiB declared") << QByteArray("\x82\xff\0\0\0\0\x80\0\0\0\0\0\0\0", 14) << 1009;
        QTest::newRow("negative length") << QByteArray("\x82\xff\x80\0\0\0\0\0\0\0\0\0\0\0", 14) << 1002;
        QTest::newRow("close of one byte") << frame(char(0x88), "x") << 1002;
        QTest::newRow("close with code 1006") << frame(char(0x88), QByteArray("\x03\xee", 2)) << 1002;
    }
    void endsConnectionsThatBreakTheProtocol()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(int, code);
        Pair pair;
        QSignalSpy closed(pair.link.get(), &Link::closed);
        QSignalSpy texts(pair.link.get(), &Link::textReceived);
        pair.transport()->write(bytes);
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(closed[0][0].toInt(), code);
        QCOMPARE(texts.count(), 0);
    }

    void aReaderThatDoesNotReadIsCutOff()
    {
        Pair pair({.outgoingBacklog = 1 << 20});
        pair.transport()->setReadBufferSize(1); // the client takes nothing any more
        QSignalSpy closed(pair.link.get(), &Link::closed);
        const QByteArray block(60'000, 'x');
        for (int i = 0; i < 2000 && pair.link->isOpen(); ++i)
            pair.link->sendBinary(block);
        QVERIFY(!pair.link->isOpen());
        QTRY_COMPARE(closed.count(), 1);
        QCOMPARE(closed[0][0].toInt(), wire::closeOverload);
    }

    void silenceEndsIt()
    {
        Pair pair({}, {.silence = 200ms});
        QSignalSpy closed(pair.link.get(), &Link::closed);
        QTRY_COMPARE_WITH_TIMEOUT(closed.count(), 1, 3000);
        QCOMPARE(closed[0][0].toInt(), 1006);
        QVERIFY(closed[0][1].toString().contains(u"nothing was heard"_s));
    }

    void pingsKeepAQuietPeerAlive()
    {
        Pair pair({}, {.ping = 50ms, .silence = 300ms});
        QSignalSpy closed(pair.link.get(), &Link::closed);
        QVERIFY(!closed.wait(1000)); // the wait is what is tested
    }

    void messagesAreSignsOfLifeWithoutPings()
    {
        Pair pair({}, {.silence = 300ms});
        QSignalSpy closed(pair.link.get(), &Link::closed);
        QTimer talk;
        connect(&talk, &QTimer::timeout, this, [&] { pair.client.sendTextMessage(u"x"_s); });
        talk.start(50);
        QVERIFY(!closed.wait(1000));
        talk.stop();
        QTRY_COMPARE_WITH_TIMEOUT(closed.count(), 1, 3000);
    }

    void aReasonIsCutWithinACharacterNever()
    {
        Pair pair;
        QSignalSpy gone(&pair.client, &QWebSocket::disconnected);
        pair.link->close(4000, QString(200, QChar(0x00e4)));
        QTRY_COMPARE(gone.count(), 1);
        QCOMPARE(pair.client.closeReason(), QString(61, QChar(0x00e4))); // 122 bytes
    }

    void sendingAfterTheEndIsHarmless()
    {
        Pair pair;
        pair.link->abort(1006, u"cut"_s);
        pair.link->sendText(u"x"_s);
        pair.link->close(1000, u"x"_s);
        pair.link->abort(1000, u"x"_s);
        QSignalSpy closed(pair.link.get(), &Link::closed);
        QTRY_COMPARE(closed.count(), 1);
        QTest::qWait(50);
        QCOMPARE(closed.count(), 1);
    }
};

QTEST_GUILESS_MAIN(TestWebSocketLink)
#include "tst_websocketlink.moc"
