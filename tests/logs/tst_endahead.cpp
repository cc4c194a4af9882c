// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/endahead.h"

#include "tests/client/fakebackend.h"
#include "tests/patience.h"

#include <QSignalSpy>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 large = 100 << 20;

} // namespace

class TestEndAhead : public QObject
{
    Q_OBJECT

    std::unique_ptr<FakeBackend> m_backend;
    std::unique_ptr<Client> m_client;
    std::unique_ptr<EndAhead> m_end;

    void update(qint64 here, bool isLive = false, qint64 run = 5)
    {
        m_end->update(m_client.get(),
            EndAhead::Part{.run = RunId(run), .attempt = 2, .there = large, .here = here, .isLive = isLive});
    }
    // The backend is asked for the end, and has these lines.
    bool answer(int watch, const QByteArray &lines)
    {
        if (!comesTrue([&] { return !m_backend->requests.empty(); }))
            return false;
        QJsonValue id;
        const auto request = m_backend->take<wire::LogOpen>(&id);
        if (request.attempt != 2 || request.offset >= 0)
            return false;
        QSignalSpy changed(m_end.get(), &EndAhead::changed);
        m_backend->answer(id, wire::LogOpenReply{watch, 2, large, false});
        const QByteArray before(-request.offset - lines.size() - 1, '.');
        m_backend->sendLog(watch, request.run, large + request.offset, before + '\n' + lines);
        m_backend->notify(u"log.end"_s, wire::LogEnd{watch, large, true, {}});
        return comesTrue([&] { return !changed.isEmpty(); });
    }

private Q_SLOTS:
    void init()
    {
        m_backend = std::make_unique<FakeBackend>();
        m_client = std::make_unique<Client>(Address{.url = m_backend->url(), .token = "t"});
        m_client->start();
        m_end = std::make_unique<EndAhead>();
        QVERIFY(comesTrue([this] { return m_client->state() == Client::State::Ready; }));
    }
    void cleanup()
    {
        m_end.reset();
        m_client.reset();
        m_backend.reset();
    }

    void isShownUntilTheLogItselfIsThere()
    {
        update(0);
        QVERIFY(m_end->isWanted());
        QVERIFY(answer(1, "a\nb\n"));
        QCOMPARE(m_end->lines(), (QStringList{u"a"_s, u"b"_s}));
        update(large / 2);
        QCOMPARE(m_end->lines().size(), 2);
        QCOMPARE(m_end->part().here, large / 2);
        QSignalSpy changed(m_end.get(), &EndAhead::changed);
        update(large - 1000);
        QVERIFY(!m_end->isWanted());
        QCOMPARE(changed.size(), 1);
        QVERIFY(m_backend->requests.empty()); // asked for once
    }

    void aShortLogHasNone()
    {
        m_end->update(m_client.get(), EndAhead::Part{.run = RunId(5), .attempt = 2, .there = 1 << 20});
        QVERIFY(!m_end->isWanted());
        m_end->update(m_client.get(), std::nullopt);
        QVERIFY(!m_end->isWanted());
    }

    void isAskedForAnewWhileTheLogGrows()
    {
        update(0);
        QVERIFY(answer(1, "a\n"));
        m_end->renew(m_client.get());
        QVERIFY(m_backend->requests.empty()); // it is over: its end stays
        update(10, true);
        m_end->renew(m_client.get());
        QCOMPARE(m_end->lines(), QStringList{u"a"_s}); // until there are others
        QVERIFY(answer(2, "a\nb\n"));
        QCOMPARE(m_end->lines().size(), 2);
    }

    void anotherLogHasAnotherEnd()
    {
        update(0);
        QVERIFY(answer(1, "a\n"));
        update(0, false, 6);
        QVERIFY(m_end->lines().isEmpty());
        QVERIFY(answer(2, "z\n"));
        QCOMPARE(m_end->lines(), QStringList{u"z"_s});
        m_end->update(m_client.get(), std::nullopt);
        QVERIFY(!m_end->isWanted());
    }
};

QTEST_GUILESS_MAIN(TestEndAhead)
#include "tst_endahead.moc"
