// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/outbox.h"

#include "shared/link/memorylink.h"
#include "shared/wire/frame.h"
#include "shared/wire/limits.h"
#include "tests/patience.h"

#include <QSignalSpy>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

wire::LogChunk chunk(qint64 offset, qsizetype size)
{
    return {.run = RunId(1),
        .attempt = 1,
        .epoch = 1,
        .offset = offset,
        .bytes = QByteArray(size, 'x'),
        .index = {{offset, int(size), 1, {}}}};
}

} // namespace

class TestOutbox : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void messagesOfOneTurnShareAFrame()
    {
        auto [here, there] = MemoryLink::makePair();
        QSignalSpy frames(there.get(), &Link::binaryReceived);
        Outbox outbox;
        outbox.attach(here.get());
        for (int i = 0; i < 10; ++i)
            outbox.send(wire::AgentPing{Instant(i)});
        QVERIFY(!outbox.isEmpty());
        QTRY_COMPARE(frames.size(), 1);
        const auto frame = wire::decodeAgentFrame(frames[0][0].toByteArray());
        QCOMPARE(frame->messages.size(), std::size_t(10));
        QCOMPARE(std::get<wire::AgentPing>(frame->messages[9]).now, Instant(9));
        QTRY_VERIFY(outbox.isEmpty());
    }

    void framesStayBelowTheLimitAndInOrder()
    {
        auto [here, there] = MemoryLink::makePair();
        QSignalSpy frames(there.get(), &Link::binaryReceived);
        Outbox outbox;
        outbox.attach(here.get());
        for (int i = 0; i < 64; ++i)
            outbox.send(chunk(i * wire::maxLogBlock, wire::maxLogBlock));
        QTRY_VERIFY(outbox.isEmpty());
        qint64 at = 0;
        QVERIFY(frames.size() >= 4);
        for (const auto &arguments : frames) {
            const QByteArray bytes = arguments[0].toByteArray();
            QVERIFY(bytes.size() <= wire::maxFrame);
            const auto frame = wire::decodeAgentFrame(bytes);
            for (const auto &message : frame->messages) {
                QCOMPARE(std::get<wire::LogChunk>(message).offset, at);
                at += wire::maxLogBlock;
            }
        }
        QCOMPARE(at, 64 * wire::maxLogBlock);
    }

    void aSlowBackendHoldsMessagesHereAndCostsNoConnection()
    {
        auto [here, there] = MemoryLink::makePair(4 << 20);
        there->setStalled(true);
        QSignalSpy closed(here.get(), &Link::closed);
        QSignalSpy frames(there.get(), &Link::binaryReceived);
        Outbox outbox;
        QSignalSpy emptied(&outbox, &Outbox::emptied);
        outbox.attach(here.get());
        for (int i = 0; i < 200; ++i)
            outbox.send(chunk(i * wire::maxLogBlock, wire::maxLogBlock));
        QTRY_VERIFY(here->bytesWaiting() > 0);
        QVERIFY(here->bytesWaiting() < 2 << 20);
        QVERIFY(!outbox.isEmpty());
        there->setStalled(false);
        QTRY_VERIFY(outbox.isEmpty());
        QTRY_VERIFY(!emptied.isEmpty());
        QCOMPARE(closed.size(), 0);
        std::size_t messages = 0;
        for (const auto &arguments : frames)
            messages += wire::decodeAgentFrame(arguments[0].toByteArray())->messages.size();
        QCOMPARE(messages, std::size_t(200));
    }

    void whatWasForAnEarlierConnectionIsDropped()
    {
        auto [first, firstEnd] = MemoryLink::makePair();
        auto [second, secondEnd] = MemoryLink::makePair();
        QSignalSpy frames(secondEnd.get(), &Link::binaryReceived);
        Outbox outbox;
        outbox.send(wire::AgentPing{Instant(1)}); // to nobody
        outbox.attach(first.get());
        outbox.send(wire::AgentPing{Instant(2)});
        outbox.attach(second.get());
        outbox.send(wire::AgentPing{Instant(3)});
        QTRY_COMPARE(frames.size(), 1);
        const auto frame = wire::decodeAgentFrame(frames[0][0].toByteArray());
        QCOMPARE(frame->messages.size(), std::size_t(1));
        QCOMPARE(std::get<wire::AgentPing>(frame->messages[0]).now, Instant(3));
        second.reset();
        outbox.send(wire::AgentPing{Instant(4)});
        QVERIFY(outbox.isEmpty());
    }
};

QTEST_GUILESS_MAIN(TestOutbox)
#include "tst_outbox.moc"
