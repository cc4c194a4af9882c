// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/agents.h"
#include "console/models/jobs.h"
#include "console/models/liveruns.h"
#include "console/models/session.h"
#include "tests/client/fakebackend.h"
#include "tests/patience.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

wire::RunRow run(qint64 id, RunState state, const QString &job = u"p/a"_s)
{
    wire::RunRow row;
    row.id = RunId(id);
    row.jobName = job;
    row.state = state;
    row.queuedAt = Instant(1'000);
    return row;
}

wire::JobRow job(const QString &name)
{
    wire::JobRow row;
    row.id = JobId(1);
    row.job = name;
    return row;
}

} // namespace

// The models that watches feed, against a scripted backend, each under Qt's model tester.
class TestWatched : public QObject
{
    Q_OBJECT

    std::unique_ptr<FakeBackend> m_backend;
    std::unique_ptr<Session> m_session;
    ManualClock m_clock{Instant(10'000)};

    bool hasRequest() const { return !m_backend->requests.empty(); }
    // The next request but for those that the session makes for itself.
    template <class Request> Request take(QJsonValue *id)
    {
        while (m_backend->requests.front().method == QLatin1StringView(wire::ServerStatus::method))
            m_backend->answer(m_backend->take().id, wire::StatusReply{.version = u"9"_s, .now = Instant(12'000)});
        return m_backend->take<Request>(id);
    }
    template <class Row> void change(int watch, qint64 n, const Row &row, bool removed = false)
    {
        m_backend->notify(
            u"watch.changed"_s, wire::WatchChanged{.watch = watch, .n = n, .row = toJson(row), .removed = removed});
    }
    QStringList texts(const QAbstractItemModel &model, int column) const
    {
        QStringList all;
        for (int row = 0; row < model.rowCount(); ++row)
            all += model.index(row, column).data().toString();
        return all;
    }

private Q_SLOTS:
    void init()
    {
        m_backend = std::make_unique<FakeBackend>();
        m_backend->hello.role = u"operator"_s;
        m_backend->ignored += QString::fromLatin1(wire::ServerStatus::method);
        m_session = std::make_unique<Session>(m_clock);
        m_session->open({.url = m_backend->url(), .token = "t"});
        QTRY_VERIFY_WITH_TIMEOUT(m_session->isReady(), 30'000);
    }
    void cleanup()
    {
        m_session.reset();
        m_backend.reset();
    }

    void liveRunsFollowTheWatch()
    {
        Times times(m_clock);
        Estimates estimates(m_session.get());
        LiveRuns runs(&times, &estimates);
        QAbstractItemModelTester tester(&runs, QAbstractItemModelTester::FailureReportingMode::QtTest);
        QSignalSpy heard(&runs, &LiveRuns::runChanged);
        runs.setClient(m_session->client());
        QTRY_VERIFY_WITH_TIMEOUT(hasRequest(), 30'000);
        QJsonValue id;
        QCOMPARE(take<wire::WatchOpen>(&id).topic, wire::Topic::Runs);
        m_backend->answer(id,
            wire::WatchOpenReply{.watch = 1,
                .epoch = 1,
                .n = 5,
                .snapshot = {toJson(run(7, RunState::Running)), toJson(run(3, RunState::Queued))}});
        QTRY_VERIFY_WITH_TIMEOUT(runs.isComplete(), 30'000);
        QCOMPARE(texts(runs, 2), (QStringList{u"#3"_s, u"#7"_s}));
        QCOMPARE(runs.running(), 1);
        QCOMPARE(runs.waiting(), 1);

        change(1, 6, run(5, RunState::Queued));
        change(1, 7, run(3, RunState::Running));
        change(1, 8, run(7, RunState::Succeeded));
        QTRY_COMPARE_WITH_TIMEOUT(texts(runs, 2), (QStringList{u"#3"_s, u"#5"_s}), 30'000);
        QCOMPARE(texts(runs, 0), (QStringList{u"running"_s, u"queued"_s}));
        QCOMPARE(heard.size(), 3);
    }

    void aNewSnapshotKeepsWhatIsTheSame()
    {
        Times times(m_clock);
        Estimates estimates(m_session.get());
        LiveRuns runs(&times, &estimates);
        QAbstractItemModelTester tester(&runs, QAbstractItemModelTester::FailureReportingMode::QtTest);
        runs.setClient(m_session->client());
        QTRY_VERIFY_WITH_TIMEOUT(hasRequest(), 30'000);
        QJsonValue id;
        take<wire::WatchOpen>(&id);
        m_backend->answer(id,
            wire::WatchOpenReply{.watch = 1,
                .epoch = 1,
                .n = 5,
                .snapshot = {toJson(run(3, RunState::Running)), toJson(run(4, RunState::Running)),
                    toJson(run(6, RunState::Queued))}});
        QTRY_COMPARE_WITH_TIMEOUT(runs.rowCount(), 3, 30'000);
        const QPersistentModelIndex selected = runs.index(1, 0);

        m_backend->cut(); // and it comes back as another start of the backend
        QTRY_VERIFY_WITH_TIMEOUT(m_session->phase() == Session::Phase::Lost, 30'000);
        QVERIFY(m_session->staleSince());
        QCOMPARE(runs.rowCount(), 3); // what was known stays, marked as old
        QVERIFY(!m_session->whyNot(Role::Viewer).isEmpty());
        QTRY_VERIFY_WITH_TIMEOUT(hasRequest(), 30'000);
        take<wire::WatchOpen>(&id);
        m_backend->answer(id,
            wire::WatchOpenReply{.watch = 1,
                .epoch = 2,
                .n = 0,
                .snapshot = {toJson(run(4, RunState::Running)), toJson(run(8, RunState::Queued))}});
        QTRY_COMPARE_WITH_TIMEOUT(texts(runs, 2), (QStringList{u"#4"_s, u"#8"_s}), 30'000);
        QVERIFY(selected.isValid());
        QCOMPARE(selected.row(), 0);
        QVERIFY(!m_session->staleSince());
    }

    void jobsThatASnapshotLeavesOutAreAskedFor()
    {
        Times times(m_clock);
        Jobs jobs(&times);
        QAbstractItemModelTester tester(&jobs, QAbstractItemModelTester::FailureReportingMode::QtTest);
        jobs.setClient(m_session->client());
        QTRY_VERIFY_WITH_TIMEOUT(hasRequest(), 30'000);
        QJsonValue id;
        take<wire::WatchOpen>(&id);
        m_backend->answer(id,
            wire::WatchOpenReply{.watch = 1, .epoch = 1, .n = 1, .snapshot = {toJson(job(u"p/b"_s))}, .partial = true});
        QTRY_VERIFY_WITH_TIMEOUT(hasRequest(), 30'000);
        QCOMPARE(take<wire::JobList>(&id).after, QString());
        QVERIFY(!jobs.isComplete());
        m_backend->answer(id, wire::JobListReply{.jobs = {job(u"p/a"_s), job(u"p/b"_s)}, .next = u"p/b"_s});
        QTRY_VERIFY_WITH_TIMEOUT(hasRequest(), 30'000);
        QCOMPARE(take<wire::JobList>(&id).after, u"p/b"_s);
        jobs.flush();
        QSignalSpy inserted(&jobs, &QAbstractItemModel::rowsInserted);
        m_backend->answer(id, wire::JobListReply{.jobs = {job(u"p/d"_s), job(u"p/aa"_s), job(u"p/c"_s)}, .next = {}});
        QTRY_VERIFY_WITH_TIMEOUT(jobs.isComplete(), 30'000);
        QCOMPARE(texts(jobs, 0), (QStringList{u"p/a"_s, u"p/aa"_s, u"p/b"_s, u"p/c"_s, u"p/d"_s}));
        QCOMPARE(inserted.size(), 2); // neighbours are put in together
        change(1, 2, job(u"p/a"_s), true);
        QTRY_COMPARE_WITH_TIMEOUT(jobs.rowCount(), 4, 30'000);
    }

    void agentsShowTheirStates()
    {
        Times times(m_clock);
        Agents agents(&times);
        QAbstractItemModelTester tester(&agents, QAbstractItemModelTester::FailureReportingMode::QtTest);
        agents.watch(m_session->client(), wire::Topic::Agents);
        QTRY_VERIFY_WITH_TIMEOUT(hasRequest(), 30'000);
        QJsonValue id;
        take<wire::WatchOpen>(&id);
        Agent up{.name = u"db1"_s, .state = AgentState::Online, .slots = 4, .used = 3};
        Agent away{.name = u"x9"_s, .state = AgentState::Unreachable, .lastSeen = Instant(4'000)};
        m_backend->answer(
            id, wire::WatchOpenReply{.watch = 1, .epoch = 1, .n = 1, .snapshot = {toJson(up), toJson(away)}});
        QTRY_COMPARE_WITH_TIMEOUT(texts(agents, 1), (QStringList{u"online"_s, u"unreachable"_s}), 30'000);
        QCOMPARE(agents.online(), 1);
        QCOMPARE(texts(agents, 2), (QStringList{u"3 of 4"_s, u"0 of 1"_s}));
        QCOMPARE(texts(agents, 3), (QStringList{u"connected"_s, u"6s ago"_s}));
    }

    void aRefusedTokenIsForGoodUntilSomebodyTriesAgain()
    {
        m_backend->close(4401, u"revoked"_s);
        QTRY_VERIFY_WITH_TIMEOUT(m_session->phase() == Session::Phase::Refused, 30'000);
        QVERIFY(m_session->trouble().contains(u"revoked"));
        QSignalSpy again(m_session.get(), &Session::clientChanged);
        m_session->retryNow();
        QCOMPARE(again.size(), 1);
        QTRY_VERIFY_WITH_TIMEOUT(m_session->isReady(), 30'000);
    }

    void aRetryIsCountedDownAndCanBeMadeNow()
    {
        m_backend->stopListening();
        m_backend->cut();
        QTRY_VERIFY_WITH_TIMEOUT(m_session->phase() == Session::Phase::Lost && m_session->retryIn(), 30'000);
        QVERIFY(*m_session->retryIn() <= 5s);
        QVERIFY(m_backend->listen());
        m_session->retryNow();
        QTRY_VERIFY_WITH_TIMEOUT(m_session->isReady(), 30'000);
        QVERIFY(!m_session->retryIn());
    }
};

QTEST_GUILESS_MAIN(TestWatched)
#include "tst_watched.moc"
