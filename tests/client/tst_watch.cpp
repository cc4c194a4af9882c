// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/client/watch.h"

#include "tests/client/fakebackend.h"
#include "tests/patience.h"

#include <QSignalSpy>

using namespace belfry;
using namespace Qt::StringLiterals;

// A Watch and a scripted backend over a real WebSocket on loopback.
class TestWatch : public QObject
{
    Q_OBJECT

    std::unique_ptr<FakeBackend> m_backend;
    std::unique_ptr<Client> m_client;
    QStringList m_seen; // what the watch has told, in order

    std::unique_ptr<Watch> makeWatch()
    {
        wire::WatchFilter filter;
        filter.run = RunId(7);
        auto watch = std::make_unique<Watch>(m_client.get(), wire::Topic::Runs, filter);
        connect(watch.get(), &Watch::reset, this, [this](const std::vector<QJsonValue> &rows) {
            QStringList texts;
            for (const QJsonValue &row : rows)
                texts += row.toString();
            m_seen += u"reset "_s + texts.join(u',');
        });
        connect(watch.get(), &Watch::changed, this, [this](const QJsonValue &row, bool removed) {
            m_seen += (removed ? u"removed "_s : u"row "_s) + row.toString();
        });
        connect(
            watch.get(), &Watch::failed, this, [this](const Refusal &why) { m_seen += u"failed "_s + why.message; });
        return watch;
    }
    bool hasRequest() const { return !m_backend->requests.empty(); }
    void change(int watch, qint64 n, const QString &row, bool removed = false)
    {
        m_backend->notify(u"watch.changed"_s, wire::WatchChanged{watch, n, row, removed});
    }

private Q_SLOTS:
    void init()
    {
        m_backend = std::make_unique<FakeBackend>();
        m_client = std::make_unique<Client>(Address{.url = m_backend->url(), .token = "t"});
        m_client->start();
        m_seen.clear();
    }
    void cleanup()
    {
        m_client.reset();
        m_backend.reset();
    }

    void tellsAllRowsAndThenEachChange()
    {
        const auto watch = makeWatch();
        QTRY_VERIFY(hasRequest());
        QJsonValue id;
        const wire::WatchOpen open = m_backend->take<wire::WatchOpen>(&id);
        QCOMPARE(open.topic, wire::Topic::Runs);
        QCOMPARE(open.filter.run, RunId(7));
        QVERIFY(!open.since);
        m_backend->answer(id, wire::WatchOpenReply{.watch = 3, .epoch = 1, .n = 10, .snapshot = {u"a"_s, u"b"_s}});
        change(9, 1, u"another's"_s);
        change(3, 11, u"a2"_s);
        change(3, 12, u"b"_s, true);
        QTRY_COMPARE(m_seen, (QStringList{u"reset a,b"_s, u"row a2"_s, u"removed b"_s}));
    }

    void goesOnWhereItStoodAfterAReconnect()
    {
        const auto watch = makeWatch();
        QTRY_VERIFY(hasRequest());
        m_backend->answer(
            m_backend->take().id, wire::WatchOpenReply{.watch = 3, .epoch = 1, .n = 10, .snapshot = {u"a"_s}});
        change(3, 11, u"b"_s);
        QTRY_COMPARE(m_seen.size(), 2);
        m_backend->cut();
        QTRY_VERIFY(hasRequest());
        QJsonValue id;
        const wire::WatchOpen again = m_backend->take<wire::WatchOpen>(&id);
        QVERIFY(again.since);
        QCOMPARE(again.since->epoch, 1);
        QCOMPARE(again.since->n, 11);
        m_backend->answer(id, wire::WatchOpenReply{.watch = 1, .epoch = 1, .n = 13, .resumed = true});
        change(1, 12, u"c"_s);
        change(1, 13, u"d"_s);
        QTRY_COMPARE(m_seen, (QStringList{u"reset a"_s, u"row b"_s, u"row c"_s, u"row d"_s}));
    }

    void startsAnewAfterARestartOfTheBackend()
    {
        const auto watch = makeWatch();
        QTRY_VERIFY(hasRequest());
        m_backend->answer(
            m_backend->take().id, wire::WatchOpenReply{.watch = 3, .epoch = 1, .n = 10, .snapshot = {u"a"_s}});
        QTRY_COMPARE(m_seen.size(), 1);
        m_backend->cut();
        QTRY_VERIFY(hasRequest());
        m_backend->answer(
            m_backend->take().id, wire::WatchOpenReply{.watch = 1, .epoch = 2, .n = 0, .snapshot = {u"z"_s}});
        change(1, 1, u"y"_s);
        QTRY_COMPARE(m_seen, (QStringList{u"reset a"_s, u"reset z"_s, u"row y"_s}));
    }

    void aHoleInTheNumbersMeansWatchAgain()
    {
        const auto watch = makeWatch();
        QTRY_VERIFY(hasRequest());
        m_backend->answer(
            m_backend->take().id, wire::WatchOpenReply{.watch = 3, .epoch = 1, .n = 10, .snapshot = {u"a"_s}});
        change(3, 12, u"c"_s);
        change(3, 13, u"d"_s);
        QTRY_VERIFY(hasRequest());
        QJsonValue id;
        QVERIFY(!m_backend->take<wire::WatchOpen>(&id).since);
        change(3, 14, u"e"_s); // of the watch that was given up
        m_backend->answer(id, wire::WatchOpenReply{.watch = 4, .epoch = 1, .n = 14, .snapshot = {u"a,c,d,e"_s}});
        QTRY_COMPARE(m_seen, (QStringList{u"reset a"_s, u"reset a,c,d,e"_s}));
        QVERIFY(!hasRequest());
    }

    void anAnswerOfABrokenConnectionIsDropped()
    {
        const auto watch = makeWatch();
        QTRY_VERIFY(hasRequest());
        m_backend->cut(); // before it answered
        QTRY_VERIFY(hasRequest());
        m_backend->answer(
            m_backend->take().id, wire::WatchOpenReply{.watch = 5, .epoch = 1, .n = 2, .snapshot = {u"a"_s}});
        QTRY_COMPARE(m_seen, QStringList{u"reset a"_s});
    }

    void saysWhenItIsRefused()
    {
        const auto watch = makeWatch();
        QTRY_VERIFY(hasRequest());
        m_backend->refuse(m_backend->take().id, {ErrorKind::NotFound, u"no run 7"_s});
        QTRY_COMPARE(m_seen, QStringList{u"failed no run 7"_s});
    }

    void saysWhenTheClientHasFailed()
    {
        const auto watch = makeWatch();
        QTRY_VERIFY(hasRequest());
        m_backend->close(4401, u"revoked"_s);
        QTRY_COMPARE(m_seen.size(), 1);
        QVERIFY(m_seen[0].startsWith(u"failed"_s));
        const auto late = makeWatch();
        QTRY_COMPARE(m_seen.size(), 2);
    }

    void closesWhatItOpened()
    {
        m_backend->ignored.clear();
        auto watch = makeWatch();
        QTRY_VERIFY(hasRequest());
        m_backend->answer(m_backend->take().id, wire::WatchOpenReply{.watch = 3, .epoch = 1, .n = 1});
        QTRY_COMPARE(m_seen.size(), 1);
        watch.reset();
        QTRY_VERIFY(hasRequest());
        QCOMPARE(m_backend->take<wire::WatchClose>().watch, 3);
    }

    void outlivesItsClient()
    {
        const auto watch = makeWatch();
        QTRY_VERIFY(hasRequest());
        m_client.reset();
    }
};

QTEST_GUILESS_MAIN(TestWatch)
#include "tst_watch.moc"
