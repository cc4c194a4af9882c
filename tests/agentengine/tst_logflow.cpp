// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/engine/logflow.h"

#include "shared/wire/limits.h"

#include <QTest>

using namespace belfry;
using namespace belfry::agentengine;

namespace {

constexpr AttemptKey a{RunId(1), 1}, b{RunId(2), 1}, c{RunId(3), 1};

qint64 bytesOf(const std::vector<SendLog> &blocks, AttemptKey key)
{
    qint64 bytes = 0;
    for (const SendLog &block : blocks)
        bytes += block.key == key ? block.size : 0;
    return bytes;
}

} // namespace

class TestLogFlow : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sendsFromTheOffsetInBlocks()
    {
        LogFlow flow;
        flow.open(a, 7, 100, 100 + wire::maxLogBlock + 1);
        const std::vector<SendLog> expected{{a, 7, 100, wire::maxLogBlock}, {a, 7, 100 + wire::maxLogBlock, 1}};
        QVERIFY(flow.next() == expected);
        QVERIFY(flow.next().empty());
    }

    void keepsTheCreditOfAnAttempt()
    {
        LogFlow flow;
        flow.open(a, 1, 0, 10 * wire::logCredit);
        QCOMPARE(bytesOf(flow.next(), a), wire::logCredit);
        QVERIFY(flow.next().empty());
        // Less than a block of new credit waits for more of it.
        flow.acknowledge(a, wire::maxLogBlock - 1);
        QVERIFY(flow.next().empty());
        flow.acknowledge(a, wire::maxLogBlock);
        const std::vector<SendLog> expected{{a, 1, wire::logCredit, wire::maxLogBlock}};
        QVERIFY(flow.next() == expected);
    }

    void servesAttemptsInTurn()
    {
        LogFlow flow;
        flow.open(a, 1, 0, 3 * wire::maxLogBlock);
        flow.open(b, 1, 0, wire::maxLogBlock);
        flow.open(c, 1, 0, 2 * wire::maxLogBlock);
        QStringList order;
        for (const SendLog &block : flow.next())
            order += QString::number(block.key.run.value);
        QCOMPARE(order.join(u' '), QStringLiteral("1 2 3 1 3 1"));
    }

    void aFloodDoesNotStarveOthersWhenTheConnectionIsFull()
    {
        LogFlow flow;
        const int floods = int(LogFlow::connectionCredit / wire::logCredit) + 2;
        for (int i = 0; i < floods; ++i)
            flow.open({RunId(10 + i), 1}, 1, 0, 100 * wire::logCredit);
        qint64 sent = 0;
        for (const SendLog &block : flow.next())
            sent += block.size;
        QCOMPARE(sent, LogFlow::connectionCredit);
        flow.open(a, 1, 0, 10);
        QVERIFY(flow.next().empty());
        // As acknowledgements free the connection, the small log gets its turn within one round.
        bool served = false;
        for (int i = 0; i < floods && !served; ++i) {
            flow.acknowledge({RunId(10 + i), 1}, wire::maxLogBlock);
            served = bytesOf(flow.next(), a) == 10;
        }
        QVERIFY(served);
    }

    void anAcknowledgementOfMoreThanWasSentSkipsAhead()
    {
        LogFlow flow;
        flow.open(a, 1, 0, 1000);
        flow.acknowledge(a, 400);
        const std::vector<SendLog> expected{{a, 1, 400, 600}};
        QVERIFY(flow.next() == expected);
        flow.acknowledge(a, 99'999);
        flow.resize(a, 1001);
        const std::vector<SendLog> last{{a, 1, 1000, 1}};
        QVERIFY(flow.next() == last);
    }

    void repeatedAndOldAcknowledgementsChangeNothing()
    {
        LogFlow flow;
        flow.open(a, 1, 0, 3 * wire::logCredit);
        flow.next();
        flow.acknowledge(a, wire::logCredit);
        QCOMPARE(bytesOf(flow.next(), a), wire::logCredit);
        flow.acknowledge(a, wire::logCredit);
        flow.acknowledge(a, 5);
        QVERIFY(flow.next().empty());
    }

    void whatIsHeldIsSentAgainFromTheReceivedOffset()
    {
        LogFlow flow;
        flow.open(a, 1, 0, 1000);
        flow.next();
        flow.acknowledge(a, 300);
        flow.hold(a, true);
        QVERIFY(flow.next().empty());
        flow.hold(a, false);
        const std::vector<SendLog> expected{{a, 1, 300, 700}};
        QVERIFY(flow.next() == expected);
    }

    void aShorterFileTakesBackWhatWasCounted()
    {
        LogFlow flow;
        flow.open(a, 1, 0, 1000);
        flow.next();
        flow.resize(a, 600);
        QVERIFY(flow.next().empty());
        flow.resize(a, 700);
        const std::vector<SendLog> expected{{a, 1, 600, 100}};
        QVERIFY(flow.next() == expected);
    }

    void closingFreesTheConnectionsCredit()
    {
        LogFlow flow;
        for (int i = 0; i < LogFlow::connectionCredit / wire::logCredit; ++i)
            flow.open({RunId(10 + i), 1}, 1, 0, wire::logCredit);
        flow.next();
        flow.open(a, 1, 0, 10);
        QVERIFY(flow.next().empty());
        flow.close({RunId(10), 1});
        QCOMPARE(bytesOf(flow.next(), a), 10);
        flow.acknowledge({RunId(10), 1}, 10); // of one that is gone
        flow.resize({RunId(10), 1}, 10);
        QVERIFY(flow.next().empty());
    }

    void aNewConnectionStartsWithItsFullCredit()
    {
        LogFlow flow;
        for (int round = 0; round < 2; ++round) {
            for (int i = 0; i < LogFlow::connectionCredit / wire::logCredit; ++i)
                flow.open({RunId(10 + i), 1}, 1, 0, wire::logCredit);
            qint64 sent = 0;
            for (const SendLog &block : flow.next())
                sent += block.size;
            QCOMPARE(sent, LogFlow::connectionCredit);
            flow.clear();
        }
    }
};

QTEST_GUILESS_MAIN(TestLogFlow)
#include "tst_logflow.moc"
