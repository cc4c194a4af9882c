// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/spool/attemptresult.h"
#include "shared/spool/codec.h"
#include "shared/spool/messages.h"

#include <QTest>

using namespace belfry::spool;

namespace {

Order someOrder()
{
    Order order;
    order.key = {17, 2};
    order.epoch = 9;
    order.bootId = "boot";
    order.cookie = "cookie";
    order.argv = {"sleep", "1"};
    order.environment = {"A=b"};
    order.graceMs = 500;
    order.leftovers = Leftovers::Leave;
    order.leaseUntilMs = 123'456'789'012;
    order.logCap = 1 << 20;
    return order;
}

std::string payloadOf(const std::string &record)
{
    return std::string(openRecord(record)->payload);
}

std::optional<Message> readBack(const std::string &bytes)
{
    MessageReader reader;
    reader.append(bytes);
    auto message = reader.next();
    return message ? *message : std::nullopt;
}

} // namespace

// What one version has written, another reads.
class TestRecords : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void anOrderComesBackWhole()
    {
        const auto order = decodeOrder(encode(someOrder()), "order");
        QVERIFY(order);
        QVERIFY(*order == someOrder());
    }

    void anOrderOfBeforeLeasesAndCapsHasNone()
    {
        const std::string payload = payloadOf(encode(someOrder()));
        Order expected = someOrder();
        expected.logCap = 0; // the last that was added
        auto order = decodeOrder(sealRecord(RecordType::Order, payload.substr(0, payload.size() - 8)), "order");
        QVERIFY(order);
        QVERIFY(*order == expected);
        expected.leaseUntilMs = 0;
        order = decodeOrder(sealRecord(RecordType::Order, payload.substr(0, payload.size() - 16)), "order");
        QVERIFY(order);
        QVERIFY(*order == expected);
    }

    void whatALaterVersionAddsIsPassedOver()
    {
        const std::string payload = payloadOf(encode(someOrder())) + "more";
        const auto order = decodeOrder(sealRecord(RecordType::Order, payload), "order");
        QVERIFY(order);
        QVERIFY(*order == someOrder());
    }

    void aHalfLeaseIsDamage()
    {
        const std::string payload = payloadOf(encode(someOrder()));
        const auto order = decodeOrder(sealRecord(RecordType::Order, payload.substr(0, payload.size() - 11)), "order");
        QVERIFY(!order);
        QCOMPARE(order.failure().path, std::string("order"));
        Order negative = someOrder();
        negative.leaseUntilMs = -1;
        QVERIFY(!decodeOrder(encode(negative), "order"));
    }

    void aResultTellsThatTheLeaseRanOut()
    {
        AttemptResult result;
        result.key = {17, 2};
        result.kind = EndKind::Signalled;
        result.code = 15;
        result.stopCause = StopCause::LeaseExpired;
        const auto read = decodeResult(encode(result), "result");
        QVERIFY(read);
        QVERIFY(*read == result);
        result.stopCause = StopCause(5);
        QVERIFY(!decodeResult(encode(result), "result"));
    }

    void leasesTravelOnTheSocket()
    {
        const Take take{{17, 2}, 4'711};
        const Renew renew{{17, 2}, 4'712};
        QVERIFY(readBack(encode(Message(take))) == Message(take));
        QVERIFY(readBack(encode(Message(renew))) == Message(renew));
    }

    void aTakeOfBeforeLeasesHasNone()
    {
        const std::string payload = payloadOf(encode(Message(Take{{17, 2}, 4'711})));
        const auto message = readBack(sealRecord(RecordType::Take, payload.substr(0, payload.size() - 8)));
        QVERIFY(message == Message(Take{{17, 2}, 0}));
    }
};

QTEST_APPLESS_MAIN(TestRecords)
#include "tst_records.moc"
