// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/goodrun.h"
#include "tests/client/fakebackend.h"
#include "tests/patience.h"

#include <QAbstractItemModelTester>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr qint64 dayMs = 86'400'000;

wire::RunDetail run(qint64 id, RunState state)
{
    wire::RunDetail detail;
    detail.id = RunId(id);
    detail.jobName = u"ops/load"_s;
    detail.state = state;
    detail.version = 3;
    detail.cause = Cause::Schedule;
    detail.agent = u"db1"_s;
    detail.attempts = 1;
    detail.queuedAt = Instant(dayMs);
    detail.startedAt = Instant(dayMs + 500);
    detail.endedAt = Instant(dayMs + 60'500);
    detail.exitCode = 0;
    wire::AttemptRow attempt;
    attempt.run = detail.id;
    attempt.attempt = 1;
    attempt.agent = detail.agent;
    attempt.bootId = u"0123456789"_s;
    attempt.state = state;
    attempt.logWritten = 1000;
    detail.attemptRows = {attempt};
    return detail;
}

const RunDifference *find(const std::vector<RunDifference> &rows, const QString &id)
{
    for (const RunDifference &row : rows)
        if (row.id == id)
            return &row;
    return nullptr;
}

QStringList differing(const std::vector<RunDifference> &rows)
{
    QStringList ids;
    for (const RunDifference &row : rows)
        if (row.differs)
            ids += row.id;
    return ids;
}

} // namespace

class TestCompare : public QObject
{
    Q_OBJECT

    ManualClock m_clock{Instant(2 * dayMs)};

    bool hasRequest(const FakeBackend &backend) const { return !backend.requests.empty(); }

private Q_SLOTS:
    void whatIsTheSameDoesNotDiffer()
    {
        Times times(m_clock);
        const auto rows = compareRuns(run(9, RunState::Succeeded), run(7, RunState::Succeeded), {.times = &times});
        QCOMPARE(differing(rows), QStringList());
        QVERIFY(find(rows, u"state"_s));
        QVERIFY(!find(rows, u"reason"_s)); // neither has one
        QCOMPARE(find(rows, u"took"_s)->here, find(rows, u"took"_s)->good);
    }

    void whatDiffersComesFirst()
    {
        Times times(m_clock);
        const wire::RunDetail good = run(7, RunState::Succeeded);
        wire::RunDetail here = run(9, RunState::Failed);
        here.exitCode = 2;
        here.reason = u"exit 2"_s;
        here.agent = u"db2"_s;
        here.version = 5;
        here.params = {{u"mode"_s, u"full"_s}, {u"day"_s, u"1"_s}};
        wire::RunDetail other = good;
        other.params = {{u"mode"_s, u"delta"_s}, {u"day"_s, u"1"_s}};
        here.startedAt = Instant(dayMs + 90'000);
        here.endedAt = Instant(dayMs + 400'000);
        here.attempts = 3;
        here.attemptRows[0].errors = 2;
        const std::vector<wire::VersionRow> versions{{.job = u"ops/load"_s,
                                                         .version = 5,
                                                         .release = 12,
                                                         .since = Instant(dayMs),
                                                         .by = u"ann"_s,
                                                         .message = u"tune"_s,
                                                         .keys = {u"env"_s},
                                                         .endedIn = {}},
            {.job = u"ops/load"_s,
                .version = 4,
                .since = {},
                .by = {},
                .message = {},
                .keys = {u"run"_s, u"env"_s},
                .endedIn = {}},
            {.job = u"ops/load"_s,
                .version = 3,
                .since = {},
                .by = {},
                .message = {},
                .keys = {u"agents"_s},
                .endedIn = {}}};
        const auto rows = compareRuns(here, other, {.times = &times, .versions = versions});
        QCOMPARE(differing(rows),
            (QStringList{u"state"_s, u"exit"_s, u"reason"_s, u"definition"_s, u"param.mode"_s, u"agent"_s,
                u"attempts"_s, u"took"_s, u"delay"_s, u"errors"_s}));
        QVERIFY(std::is_partitioned(rows.begin(), rows.end(), [](const RunDifference &row) { return row.differs; }));
        QCOMPARE(find(rows, u"definition"_s)->here, u"version 5, other: env, run"_s);
        QVERIFY(find(rows, u"definition"_s)->tip.contains(u"Release 12 by ann"));
        QCOMPARE(find(rows, u"param.mode"_s)->good, u"delta"_s);
        QVERIFY(!find(rows, u"param.day"_s)->differs);
        QVERIFY(!find(rows, u"boot"_s)); // of two hosts
    }

    void aParameterThatIsNotThereIsSaid()
    {
        Times times(m_clock);
        wire::RunDetail here = run(9, RunState::Succeeded);
        here.params = {{u"mode"_s, QString()}};
        const auto rows = compareRuns(here, run(7, RunState::Succeeded), {.times = &times});
        QCOMPARE(differing(rows), QStringList{u"param.mode"_s});
        QCOMPARE(find(rows, u"param.mode"_s)->good, u"not there"_s);
    }

    void aHostThatWasBootedIsSaid()
    {
        Times times(m_clock);
        wire::RunDetail here = run(9, RunState::Succeeded);
        here.attemptRows[0].bootId = u"fedcba9876"_s;
        QCOMPARE(differing(compareRuns(here, run(7, RunState::Succeeded), {.times = &times})), QStringList{u"boot"_s});
    }

    void longerThanUsualDiffers()
    {
        Times times(m_clock);
        wire::RunDetail here = run(9, RunState::Succeeded);
        here.endedAt = Instant(dayMs + 75'500); // 75 s: not much more than 60
        QCOMPARE(differing(compareRuns(here, run(7, RunState::Succeeded), {.times = &times})), QStringList());
        const Estimate usual{.median = 50s, .p90 = 70s, .samples = 20};
        const auto rows = compareRuns(here, run(7, RunState::Succeeded), {.times = &times, .usual = usual});
        QCOMPARE(differing(rows), QStringList{u"took"_s});
        QVERIFY(find(rows, u"took"_s)->here.contains(u"longer than usual (50s)"));
        QVERIFY(find(rows, u"took"_s)->tip.contains(u"20"));
    }

    void rowsUnderTheModelTester()
    {
        Times times(m_clock);
        RunDifferences model;
        QAbstractItemModelTester tester(&model, QAbstractItemModelTester::FailureReportingMode::QtTest);
        model.set(compareRuns(run(9, RunState::Failed), run(7, RunState::Succeeded), {.times = &times}));
        QVERIFY(model.rowCount() > 5);
        QCOMPARE(model.index(0, 0).data(KeyRole).toString(), u"state"_s);
        QCOMPARE(model.index(0, 1).data().toString(), u"differs"_s);
        QCOMPARE(model.index(model.rowCount() - 1, 1).data().toString(), u"same"_s);
        wire::RunDetail changed = run(9, RunState::Failed);
        changed.priority = 60;
        model.set(compareRuns(changed, run(7, RunState::Succeeded), {.times = &times}));
        model.set({});
        QCOMPARE(model.rowCount(), 0);
    }

    void asksForTheLastSuccessBefore()
    {
        FakeBackend backend;
        backend.ignored += QString::fromLatin1(wire::ServerStatus::method);
        Session session(m_clock);
        Times times(m_clock);
        Estimates estimates(&session);
        session.open({.url = backend.url(), .token = "t"});
        QTRY_VERIFY(session.isReady());
        GoodRun comparison(&session, &times, &estimates);
        comparison.setRun(run(9, RunState::Failed));
        QCOMPARE(comparison.state(), GoodRun::State::Idle);
        comparison.want();
        comparison.want(); // once is enough
        const auto next = [&](const char *method) {
            while (hasRequest(backend) && backend.requests.front().method != QLatin1StringView(method))
                backend.requests.pop_front(); // of the session and the estimates
            return hasRequest(backend);
        };
        QTRY_VERIFY(next(wire::RunList::method));
        QJsonValue id;
        const auto asked = backend.take<wire::RunList>(&id);
        QCOMPARE(asked.job, u"ops/load"_s);
        QCOMPARE(asked.states, std::vector<RunState>{RunState::Succeeded});
        QCOMPARE(asked.after.value_or(RunId()), RunId(9));
        QCOMPARE(asked.limit, 1);
        backend.answer(id, wire::RunListReply{.runs = {run(7, RunState::Succeeded)}, .next = {}});
        QTRY_VERIFY(next(wire::RunGet::method));
        QCOMPARE(backend.take<wire::RunGet>(&id).run, RunId(7));
        backend.answer(id, run(7, RunState::Succeeded));
        QTRY_COMPARE(comparison.state(), GoodRun::State::Found);
        QCOMPARE(comparison.good()->id, RunId(7));
        QVERIFY(comparison.differences()->rowCount() > 0);
        // More of the run is known: compared anew without asking.
        wire::RunDetail changed = run(9, RunState::Failed);
        changed.agent = u"db9"_s;
        comparison.setRun(changed);
        QVERIFY(find(comparison.differences()->rows(), u"agent"_s)->differs);
        // Another run that nothing good came before.
        comparison.setRun(run(3, RunState::Failed));
        QCOMPARE(comparison.differences()->rowCount(), 0);
        comparison.want();
        QTRY_VERIFY(next(wire::RunList::method));
        backend.take<wire::RunList>(&id);
        backend.answer(id, wire::RunListReply{});
        QTRY_COMPARE(comparison.state(), GoodRun::State::None);
        // What is refused is said, and asked again.
        comparison.setRun(run(4, RunState::Failed));
        comparison.want();
        QTRY_VERIFY(next(wire::RunList::method));
        backend.take<wire::RunList>(&id);
        backend.refuse(id, {ErrorKind::Denied, u"not for you"_s});
        QTRY_COMPARE(comparison.state(), GoodRun::State::Failed);
        QCOMPARE(comparison.trouble(), u"not for you"_s);
        comparison.want();
        QCOMPARE(comparison.state(), GoodRun::State::Asking);
    }
};

QTEST_GUILESS_MAIN(TestCompare)
#include "tst_compare.moc"
