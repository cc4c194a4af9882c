// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/jobsearch.h"
#include "console/models/session.h"
#include "console/models/upcoming.h"
#include "tests/client/fakebackend.h"
#include "tests/patience.h"

#include <QAbstractItemModelTester>
#include <QSignalSpy>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr Instant now{1'000'000'000};

wire::NextEntry entry(const QString &job, Duration away, const QString &note = {}, const QString &reason = {})
{
    return {.job = job,
        .rule = u"r1"_s,
        .at = now + away,
        .local = {},
        .note = note.isEmpty() ? std::nullopt : std::optional(note),
        .reason = reason};
}

} // namespace

// What comes next and which jobs pass a filter, against a scripted backend.
class TestUpcoming : public QObject
{
    Q_OBJECT

    std::unique_ptr<FakeBackend> m_backend;
    std::unique_ptr<Session> m_session;
    std::unique_ptr<Times> m_times;
    std::unique_ptr<Jobs> m_jobs;
    ManualClock m_clock{now};

    template <class Request> bool waitFor(Request *request, QJsonValue *id)
    {
        if (!comesTrue([&] { return !m_backend->requests.empty(); }))
            return false;
        *request = m_backend->take<Request>(id);
        return true;
    }
    static QStringList jobsOf(const Upcoming &model)
    {
        QStringList all;
        for (const auto &each : model.entries())
            all += each.job;
        return all;
    }

private Q_SLOTS:
    void init()
    {
        m_backend = std::make_unique<FakeBackend>();
        m_backend->ignored += QString::fromLatin1(wire::ServerStatus::method);
        m_session = std::make_unique<Session>(m_clock);
        m_session->open({.url = m_backend->url(), .token = "t"});
        m_times = std::make_unique<Times>(m_clock);
        m_times->setMode(Times::Mode::Utc);
        m_jobs = std::make_unique<Jobs>(m_times.get());
        QTRY_VERIFY(m_session->isReady());
    }
    void cleanup()
    {
        m_jobs.reset();
        m_times.reset();
        m_session.reset();
        m_backend.reset();
    }

    void asksWithinTheRange()
    {
        Upcoming model(m_times.get(), m_jobs.get(), 2);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setRange(std::chrono::hours(6));
        model.setClient(m_session->client());
        wire::ScheduleNext asked;
        QJsonValue id;
        QVERIFY(waitFor(&asked, &id));
        QCOMPARE(asked.n, 2);
        QCOMPARE(asked.until, std::optional(now + std::chrono::hours(6)));
        QVERIFY(asked.jobs.isEmpty());
        m_backend->answer(
            id, wire::NextReply{{entry(u"p/b"_s, 5min), entry(u"p/a"_s, 5min, u"skipped"_s, u"closed"_s)}});
        QTRY_VERIFY(model.isComplete());
        QCOMPARE(jobsOf(model), (QStringList{u"p/a"_s, u"p/b"_s})); // of one instant by name
        QVERIFY(!model.isCut()); // what is skipped does not count
    }

    void newAnswersKeepWhatIsThere()
    {
        Upcoming model(m_times.get(), m_jobs.get(), 3);
        const QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.setClient(m_session->client());
        wire::ScheduleNext asked;
        QJsonValue id;
        QVERIFY(waitFor(&asked, &id));
        m_backend->answer(id, wire::NextReply{{entry(u"p/a"_s, 1min), entry(u"p/b"_s, 2min), entry(u"p/c"_s, 3min)}});
        QTRY_COMPARE(model.rowCount(), 3);
        QVERIFY(model.isCut());
        const QPersistentModelIndex third = model.index(2, 0);
        model.refresh();
        QVERIFY(waitFor(&asked, &id));
        m_backend->answer(id,
            wire::NextReply{
                {entry(u"p/c"_s, 3min), entry(u"p/d"_s, 3min), entry(u"p/e"_s, 9min, u"moved"_s, u"why"_s)}});
        QTRY_COMPARE(jobsOf(model), (QStringList{u"p/c"_s, u"p/d"_s, u"p/e"_s}));
        QCOMPARE(third.row(), 0);
        model.refresh();
        QVERIFY(waitFor(&asked, &id));
        m_backend->answer(id, wire::NextReply{});
        QTRY_COMPARE(model.rowCount(), 0);
        QVERIFY(!third.isValid());
    }

    // The end of a run changes its job's row, and not what comes next.
    void asksAgainWhenASchedulesJobChanges()
    {
        wire::JobRow row{.id = JobId(1), .job = u"p/a"_s, .next = now + 1min};
        QJsonValue id;
        wire::WatchOpen watch;
        m_jobs->setClient(m_session->client());
        QVERIFY(waitFor(&watch, &id));
        m_backend->answer(id, wire::WatchOpenReply{.watch = 1, .epoch = 1, .n = 1, .snapshot = {toJson(row)}});
        QTRY_VERIFY(m_jobs->isComplete());
        Upcoming model(m_times.get(), m_jobs.get(), 3);
        model.setClient(m_session->client());
        wire::ScheduleNext asked;
        const auto change = [&](qint64 n) {
            QSignalSpy heard(m_jobs.get(), &Jobs::jobsChanged);
            m_backend->notify(u"watch.changed"_s, wire::WatchChanged{.watch = 1, .n = n, .row = toJson(row)});
            return comesTrue([&] { return heard.count() > 0; });
        };
        QVERIFY(waitFor(&asked, &id));
        m_backend->answer(id, wire::NextReply{});
        QTRY_VERIFY(model.isComplete());
        row.lastRun = RunId(7);
        row.lastState = RunState::Succeeded;
        QVERIFY(change(2));
        // Whoever begins to wait now is heard after all that waits already.
        Upcoming other(m_times.get(), m_jobs.get(), 3);
        other.setJobs(QStringList{u"p/other"_s});
        other.setClient(m_session->client());
        QVERIFY(waitFor(&asked, &id));
        QCOMPARE(asked.jobs, QStringList{u"p/other"_s});
        m_backend->answer(id, wire::NextReply{});
        QTRY_VERIFY(other.isComplete());
        row.next = now + 2min;
        QVERIFY(change(3));
        QVERIFY(waitFor(&asked, &id));
        QVERIFY(waitFor(&asked, &id));
    }

    void noJobsAskNobody()
    {
        Upcoming model(m_times.get(), m_jobs.get(), 3);
        model.setJobs(QStringList());
        model.setClient(m_session->client());
        QTRY_VERIFY(model.isComplete());
        QVERIFY(m_backend->requests.empty());
        model.setJobs(QStringList{u"p/x"_s});
        wire::ScheduleNext asked;
        QJsonValue id;
        QVERIFY(waitFor(&asked, &id));
        QCOMPARE(asked.jobs, QStringList{u"p/x"_s});
        QSignalSpy failed(&model, &Upcoming::failed);
        m_backend->refuse(id, {ErrorKind::NotFound, u"no such job"_s});
        QTRY_COMPARE(failed.count(), 1);
    }

    void notesSayWhatIsOutOfTheOrdinary()
    {
        wire::JobRow job;
        const auto note = [&](const QString &kind, const QString &reason = {}) {
            return noteOf(entry(u"p/a"_s, 10min, kind, reason), &job, *m_times);
        };
        QVERIFY(note({}).text.isEmpty());
        QVERIFY(note({}).look.icon.isEmpty());
        QCOMPARE(note(u"moved"_s, u"the clock leaps"_s).text, u"moved: the clock leaps"_s);
        QCOMPARE(note(u"repeated"_s).text, u"repeated"_s);
        QCOMPARE(note(u"moved"_s).look.look, Look::Warning);
        job.pausedSince = now;
        QCOMPARE(note({}).text, u"paused"_s);
        QCOMPARE(note({}).look.icon, u"state-held"_s);
        QCOMPARE(note(u"merged"_s, u"twice"_s).text, u"paused; merged: twice"_s);
        QCOMPARE(note(u"skipped"_s, u"a holiday"_s).text, u"skipped: a holiday"_s); // no pause holds it
        job.pausedUntil = now + 11min;
        QVERIFY(note({}).text.startsWith(u"paused until "_s));
        job.pausedUntil = now + 10min; // it ends just then
        QVERIFY(note({}).text.isEmpty());
        QVERIFY(noteOf(entry(u"p/a"_s, 1min), nullptr, *m_times).text.isEmpty());
    }

    void newestRunsAreAskedForOnce()
    {
        RecentRuns recent(m_session.get());
        QSignalSpy learned(&recent, &RecentRuns::learned);
        QVERIFY(recent.of(u"p/a"_s).empty());
        QVERIFY(recent.words(u"p/a"_s).isEmpty());
        wire::RunList asked;
        QJsonValue id;
        QVERIFY(waitFor(&asked, &id));
        QCOMPARE(asked.job, u"p/a"_s);
        QCOMPARE(asked.limit, RecentRuns::most);
        wire::RunRow run;
        run.id = RunId(7);
        run.jobName = u"p/a"_s;
        run.state = RunState::Failed;
        run.exitCode = 2;
        run.startedAt = now;
        run.endedAt = now + 5s;
        m_backend->answer(id, wire::RunListReply{.runs = {run}, .next = {}});
        QTRY_COMPARE(learned.count(), 1);
        QCOMPARE(recent.of(u"p/a"_s).front().text, u"#7 failed, exit 2, took 5s"_s);
        for (int i = 8; i < 50; ++i) {
            run.id = RunId(i);
            run.state = RunState::Succeeded;
            recent.runChanged(run);
        }
        const auto marks = recent.of(u"p/a"_s);
        QCOMPARE(int(marks.size()), RecentRuns::most);
        QCOMPARE(marks.back().run, RunId(49));
        QCOMPARE(recent.words(u"p/a"_s), u"30 of 30 succeeded"_s);
        QVERIFY(m_backend->requests.empty());
    }

    void searchesPageByPage()
    {
        JobSearch search;
        std::vector<std::optional<QStringList>> found;
        connect(&search, &JobSearch::found, this, [&](const auto &jobs) { found.push_back(jobs); });
        search.setClient(m_session->client());
        QCOMPARE(found.size(), std::size_t(1));
        QVERIFY(!found[0]); // no filter: all
        search.ask(u"project:p"_s);
        wire::JobList asked;
        QJsonValue id;
        QVERIFY(waitFor(&asked, &id));
        QCOMPARE(asked.filter, u"project:p"_s);
        wire::JobRow row;
        row.job = u"p/a"_s;
        m_backend->answer(id, wire::JobListReply{.jobs = {row}, .next = u"p/a"_s});
        QVERIFY(waitFor(&asked, &id));
        QCOMPARE(asked.after, u"p/a"_s);
        row.job = u"p/b"_s;
        m_backend->answer(id, wire::JobListReply{.jobs = {row}, .next = {}});
        QTRY_COMPARE(found.size(), std::size_t(2));
        QCOMPARE(found[1], std::optional(QStringList{u"p/a"_s, u"p/b"_s}));
        QSignalSpy failed(&search, &JobSearch::failed);
        search.ask(u"project:q"_s);
        QVERIFY(waitFor(&asked, &id));
        m_backend->refuse(id, {ErrorKind::Invalid, u"no"_s});
        QTRY_COMPARE(failed.count(), 1);
    }
};

QTEST_GUILESS_MAIN(TestUpcoming)
#include "tst_upcoming.moc"
