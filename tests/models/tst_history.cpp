// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/history.h"

#include "tests/client/fakebackend.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

// The paging of past runs against a backend that has as many as a test wants.
class TestHistory : public QObject
{
    Q_OBJECT

    std::unique_ptr<FakeBackend> m_backend;
    std::unique_ptr<Client> m_client;
    ManualClock m_clock{Instant(10'000'000)};
    qint64 m_runs = 0; // of the backend: 1..m_runs
    int m_asked = 0;

    static wire::RunRow run(qint64 id, RunState state = RunState::Succeeded)
    {
        wire::RunRow row;
        row.id = RunId(id);
        row.jobName = u"p/a"_s;
        row.state = state;
        row.queuedAt = Instant(id * 1000);
        return row;
    }
    // Answers what has been asked, newest first, by key.
    void serve()
    {
        while (!m_backend->requests.empty()) {
            QJsonValue id;
            const auto question = m_backend->take<wire::RunList>(&id);
            ++m_asked;
            wire::RunListReply reply;
            qint64 next = question.after ? question.after->value - 1 : m_runs;
            for (; next > 0 && int(reply.runs.size()) < question.limit; --next)
                reply.runs.push_back(run(next));
            if (next > 0)
                reply.next = RunId(next + 1);
            m_backend->answer(id, reply);
        }
    }
    bool served(const std::function<bool()> &until)
    {
        return QTest::qWaitFor(
            [&] {
                serve();
                return until();
            },
            30'000);
    }

private Q_SLOTS:
    void init()
    {
        m_backend = std::make_unique<FakeBackend>();
        m_client = std::make_unique<Client>(Address{.url = m_backend->url(), .token = "t"});
        m_client->start();
        m_asked = 0;
    }
    void cleanup()
    {
        m_client.reset();
        m_backend.reset();
    }

    void growsByChunksAsSomebodyScrolls()
    {
        m_runs = 1200;
        Times times(m_clock);
        History history(&times);
        QAbstractItemModelTester tester(&history, QAbstractItemModelTester::FailureReportingMode::QtTest);
        history.setClient(m_client.get());
        QVERIFY(served([&] { return history.isComplete(); }));
        QCOMPARE(history.rowCount(), 500);
        QVERIFY(history.hasMore());
        QCOMPARE(history.at(0)->id, RunId(1200));
        history.fetchMore({});
        QVERIFY(served([&] { return history.rowCount() == 1000; }));
        history.fetchMore({});
        QVERIFY(served([&] { return history.rowCount() == 1200; }));
        QVERIFY(!history.hasMore());
        QVERIFY(!history.canFetchMore({}));
        QCOMPARE(history.at(1199)->id, RunId(1));
    }

    void holdsOnlyAWindowAndAsksAgainForWhatItLetGo()
    {
        m_runs = 30'000;
        Times times(m_clock);
        History history(&times);
        history.setClient(m_client.get());
        QVERIFY(served([&] { return history.isComplete(); }));
        while (history.hasMore()) {
            const int before = history.rowCount();
            history.fetchMore({});
            QVERIFY(served([&] { return history.rowCount() > before; }));
        }
        QCOMPARE(history.rowCount(), 30'000);
        QCOMPARE(history.chunksHeld(), History::chunksKept);
        QVERIFY(!history.at(0)); // the first was looked at longest ago
        QCOMPARE(history.index(0, 1).data().toString(), u"loading ..."_s);
        QVERIFY(served([&] { return history.at(0) != nullptr; }));
        QCOMPARE(history.at(0)->id, RunId(30'000));
        QCOMPARE(history.chunksHeld(), History::chunksKept);
    }

    void takesNewAndChangedRunsWhereTheyBelong()
    {
        m_runs = 600;
        Times times(m_clock);
        History history(&times);
        QAbstractItemModelTester tester(&history, QAbstractItemModelTester::FailureReportingMode::QtTest);
        history.setClient(m_client.get());
        QVERIFY(served([&] { return history.isComplete(); }));
        for (qint64 id = 601; id <= 1300; ++id)
            history.runChanged(run(id, RunState::Running));
        QCOMPARE(history.rowCount(), 1200);
        QCOMPARE(history.at(0)->id, RunId(1300));
        QCOMPARE(history.at(1199)->id, RunId(101));
        history.runChanged(run(900, RunState::Failed));
        QCOMPARE(history.at(400)->state, RunState::Failed);
        QCOMPARE(history.rowCount(), 1200);
        history.fetchMore({});
        QVERIFY(served([&] { return history.rowCount() == 1300; }));
        QCOMPARE(history.at(1299)->id, RunId(1));
    }

    void aFilterIsForTheBackendAndForWhatComes()
    {
        m_runs = 3;
        Times times(m_clock);
        History history(&times);
        history.setClient(m_client.get());
        history.ask({.job = u"p/a"_s, .filter = u"state:failed"_s});
        QVERIFY(QTest::qWaitFor([&] { return m_backend->requests.size() == 2; }, 30'000));
        m_backend->requests.pop_front(); // of the question before, which nobody waits for
        QCOMPARE(m_backend->requests.front().params[u"filter"].toString(), u"state:failed"_s);
        QCOMPARE(m_backend->requests.front().params[u"job"].toString(), u"p/a"_s);
        serve();
        QVERIFY(QTest::qWaitFor([&] { return history.isComplete(); }, 30'000));
        history.runChanged(run(4, RunState::Running));
        QCOMPARE(history.rowCount(), 3);
        history.runChanged(run(5, RunState::Failed));
        QCOMPARE(history.rowCount(), 4);

        history.ask({.job = {}, .filter = u"tag:team=fin"_s});
        QVERIFY(served([&] { return history.isComplete(); }));
        QSignalSpy unjudged(&history, &History::unjudgedChanged);
        history.runChanged(run(6, RunState::Failed));
        QCOMPARE(history.rowCount(), 3); // whose job has the tag only the backend knows
        QCOMPARE(unjudged.size(), 1);
    }

    void beginsAnewWhenRunsAreGone()
    {
        m_runs = 30'000;
        Times times(m_clock);
        History history(&times);
        history.setClient(m_client.get());
        QVERIFY(served([&] { return history.isComplete(); }));
        while (history.chunksHeld() < History::chunksKept || history.rowCount() < 26'000) {
            const int before = history.rowCount();
            history.fetchMore({});
            QVERIFY(served([&] { return history.rowCount() > before; }));
        }
        m_runs = 29'990; // retention, or a restored backup
        QVERIFY(!history.at(0));
        history.index(0, 0).data();
        QVERIFY(served([&] { return history.rowCount() == 500; }));
        QCOMPARE(history.at(0)->id, RunId(29'990));
    }

    void saysWhenItIsRefused()
    {
        Times times(m_clock);
        History history(&times);
        QSignalSpy failed(&history, &History::failed);
        history.setClient(m_client.get());
        QVERIFY(QTest::qWaitFor([&] { return !m_backend->requests.empty(); }, 30'000));
        m_backend->refuse(m_backend->take().id, {ErrorKind::Invalid, u"column 1: no"_s});
        QVERIFY(QTest::qWaitFor([&] { return failed.size() == 1; }, 30'000));
        QCOMPARE(failed[0][0].toString(), u"column 1: no"_s);
    }
};

QTEST_GUILESS_MAIN(TestHistory)
#include "tst_history.moc"
