// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/bench.h"

#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;

namespace {

PauseJobs pauseOf(const QString &name, PauseThen then = PauseThen::Skip, const char *until = nullptr)
{
    return {.token = 5,
        .name = name,
        .until = until ? std::optional(clockAt(until)) : std::nullopt,
        .then = then,
        .by = u"ann"_s};
}

ResumeJobs resumeOf(const QString &name)
{
    return {.token = 6, .name = name, .by = u"bob"_s};
}

QStringList startsIn(const QStringList &lines)
{
    QStringList starts;
    for (const QString &line : lines) {
        if (line.contains(u" start "_s))
            starts += line.section(u' ', 3, 3);
    }
    return starts;
}

// Job `a` is due each 10 minutes from 10:10 on, and there is no agent yet.
struct Ready : Bench {
    explicit Ready(const JobDefinition &job = jobEvery(u"a"_s, 10min))
    {
        wait(1s); // 10:00 itself is over
        applyJobs({job});
    }
    const Job &job() const { return *engine->job(JobId(1)); }
};

} // namespace

class TestPauses : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void holdsWhatWaits();
    void letsWhatLivesGoOn();
    void letsARetryGoOn();
    void skipsWhatIsDue();
    void keepsWhatIsDueForLatest();
    void keepsWhatIsDueForAll();
    void endsByItself();
    void aSecondPauseTakesThePlaceOfTheFirst();
    void aProjectsPauseIsThatOfEachJob();
    void manualRunsNeedForceAndAReason();
    void aWaitingManualRunIsNotHeld();
    void survivesARestart();
    void endsByItselfWhileTheBackendIsDown();
    void outlivesAnApplyAndNotTheJob();
    void whatIsHeldFollowsTheDefinitionThatOwedIt();
    void refusals();
};

void TestPauses::holdsWhatWaits()
{
    Ready bench;
    bench.runUntil("10:10");
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Queued);
    QCOMPARE(bench.lines(pauseOf(u"p/a"_s)).last(), u"= 5 p/a"_s);
    QCOMPARE(bench.job().pausedSince, clockAt("10:10"));
    QCOMPARE(bench.job().pausedBy, u"ann"_s);
    QCOMPARE(startsIn(bench.connect(u"x"_s)), QStringList());
    bench.wait(1min);
    QCOMPARE(startsIn(bench.lines(resumeOf(u"p/a"_s))), QStringList{u"1.1"_s});
    QVERIFY(!bench.job().pausedSince);
}

void TestPauses::letsWhatLivesGoOn()
{
    Ready bench;
    bench.connect(u"x"_s);
    bench.runUntil("10:10");
    const QStringList lines = bench.lines(pauseOf(u"p/a"_s));
    QVERIFY2(lines.filter(u"cancel"_s).isEmpty(), qPrintable(lines.join(u'\n')));
    bench.ended(RunId(1), 0);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Succeeded);
}

// Between two attempts a run is live.
void TestPauses::letsARetryGoOn()
{
    JobDefinition job = jobEvery(u"a"_s, 10min);
    job.retries = {.max = 1, .delay = 1min, .jitter = 0};
    Ready bench(job);
    bench.connect(u"x"_s);
    bench.runUntil("10:10");
    bench.ended(RunId(1), 1);
    bench.apply(pauseOf(u"p/a"_s));
    QCOMPARE(startsIn(bench.runUntil("10:11")), QStringList{u"1.2"_s});
}

void TestPauses::skipsWhatIsDue()
{
    Ready bench;
    bench.connect(u"x"_s);
    bench.apply(pauseOf(u"p/a"_s));
    QCOMPARE(startsIn(bench.runUntil("10:25")), QStringList());
    QCOMPARE(bench.ledger(), (QStringList{u"10:10:00 skipped paused"_s, u"10:20:00 skipped paused"_s}));
    QCOMPARE(startsIn(bench.lines(resumeOf(u"p/a"_s))), QStringList());
    QCOMPARE(startsIn(bench.runUntil("10:30")), QStringList{u"1.1"_s});
}

void TestPauses::keepsWhatIsDueForLatest()
{
    Ready bench;
    bench.connect(u"x"_s);
    bench.apply(pauseOf(u"p/a"_s, PauseThen::Latest));
    bench.runUntil("10:25");
    QCOMPARE(bench.ledger(), (QStringList{u"10:10:00 pending paused"_s, u"10:20:00 pending paused"_s}));
    QCOMPARE(startsIn(bench.lines(resumeOf(u"p/a"_s))), QStringList{u"1.1"_s});
    QCOMPARE(bench.ledger(), (QStringList{u"10:10:00 missed superseded run 1"_s, u"10:20:00 ran run 1"_s}));
    QCOMPARE(bench.runRow(RunId(1)).cause, Cause::CatchUp);
}

void TestPauses::keepsWhatIsDueForAll()
{
    JobDefinition job = jobEvery(u"a"_s, 10min);
    job.catchUp.max = 2;
    Ready bench(job);
    bench.connect(u"x"_s);
    bench.apply(pauseOf(u"p/a"_s, PauseThen::All));
    bench.runUntil("10:35");
    QCOMPARE(startsIn(bench.lines(resumeOf(u"p/a"_s))), QStringList{u"1.1"_s});
    QCOMPARE(startsIn(bench.ended(RunId(1), 0)), QStringList{u"2.1"_s});
    QCOMPARE(
        bench.ledger(), (QStringList{u"10:10:00 missed over_max"_s, u"10:20:00 ran run 1"_s, u"10:30:00 ran run 2"_s}));
}

void TestPauses::endsByItself()
{
    Ready bench;
    bench.runUntil("10:10");
    bench.apply(pauseOf(u"p/a"_s, PauseThen::Skip, "10:25"));
    bench.connect(u"x"_s);
    QCOMPARE(startsIn(bench.runUntil("10:24:59")), QStringList());
    QCOMPARE(bench.engine->nextDue(), clockAt("10:25"));
    QCOMPARE(startsIn(bench.runUntil("10:25")), QStringList{u"1.1"_s});
    QVERIFY(!bench.job().pausedSince && !bench.job().pausedUntil && bench.job().pausedBy.isEmpty());
    QCOMPARE(bench.ledger(), (QStringList{u"10:10:00 ran run 1"_s, u"10:20:00 skipped paused"_s}));
}

void TestPauses::aSecondPauseTakesThePlaceOfTheFirst()
{
    Ready bench;
    bench.connect(u"x"_s);
    bench.apply(pauseOf(u"p/a"_s, PauseThen::Skip, "10:15"));
    bench.wait(1min);
    bench.apply(pauseOf(u"p/a"_s, PauseThen::Latest, "10:25"));
    QCOMPARE(bench.job().pausedSince, clockAt("10:00:01"));
    bench.runUntil("10:20");
    QVERIFY(bench.job().pausedSince);
    QCOMPARE(bench.ledger(), (QStringList{u"10:10:00 pending paused"_s, u"10:20:00 pending paused"_s}));
    QCOMPARE(startsIn(bench.runUntil("10:25")), QStringList{u"1.1"_s});
}

void TestPauses::aProjectsPauseIsThatOfEachJob()
{
    Bench bench;
    bench.wait(1s);
    bench.applyJobs({jobEvery(u"a"_s, 10min), jobEvery(u"b"_s, 10min)});
    JobDefinition other = jobEvery(u"c"_s, 10min);
    other.project = u"q"_s;
    bench.applyJobs({other});
    bench.connect(u"x"_s);
    QCOMPARE(bench.lines(pauseOf(u"p"_s)).last(), u"= 5 p/a,p/b"_s);
    QCOMPARE(startsIn(bench.runUntil("10:10")), QStringList{u"1.1"_s});
    QCOMPARE(bench.runRow(RunId(1)).jobName, u"q/c"_s);
    QCOMPARE(bench.lines(resumeOf(u"p/a"_s)).last(), u"= 6 p/a"_s);
    QCOMPARE(bench.lines(resumeOf(u"p"_s)).last(), u"= 6 p/b"_s);
}

void TestPauses::manualRunsNeedForceAndAReason()
{
    Ready bench;
    bench.connect(u"x"_s);
    bench.apply(pauseOf(u"p/a"_s));
    TriggerJob wish;
    wish.token = 2;
    wish.job = u"a"_s;
    QVERIFY(bench.lines(wish).last().startsWith(u"= 2 conflict: job p/a is paused"_s));
    wish.force = true;
    QVERIFY(bench.lines(wish).last().startsWith(u"= 2 conflict: job p/a is paused"_s));
    wish.reason = u"the month must be closed"_s;
    QCOMPARE(startsIn(bench.lines(wish)), QStringList{u"1.1"_s});
}

void TestPauses::aWaitingManualRunIsNotHeld()
{
    Ready bench;
    bench.trigger(u"a"_s);
    bench.apply(pauseOf(u"p/a"_s));
    QCOMPARE(startsIn(bench.connect(u"x"_s)), QStringList{u"1.1"_s});
}

void TestPauses::survivesARestart()
{
    Ready bench;
    bench.runUntil("10:10"); // run 1 waits
    bench.apply(pauseOf(u"p/a"_s, PauseThen::All));
    bench.runUntil("10:20");
    bench.restart(1min);
    bench.connect(u"x"_s);
    QCOMPARE(startsIn(bench.runUntil("10:30")), QStringList());
    QCOMPARE(bench.ledger(),
        (QStringList{u"10:10:00 pending run 1"_s, u"10:20:00 pending paused"_s, u"10:30:00 pending paused"_s}));
    bench.wait(5min);
    QCOMPARE(startsIn(bench.lines(resumeOf(u"p/a"_s))), QStringList{u"1.1"_s});
    QCOMPARE(startsIn(bench.ended(RunId(1), 0)), QStringList{u"2.1"_s});
    QCOMPARE(startsIn(bench.ended(RunId(2), 0)), QStringList{u"3.1"_s});
}

void TestPauses::endsByItselfWhileTheBackendIsDown()
{
    Ready bench;
    bench.apply(pauseOf(u"p/a"_s, PauseThen::Skip, "10:25"));
    bench.restart(35min + 10s);
    bench.connect(u"x"_s);
    // 10:10 and 10:20 fell into the pause, 10:30 into the downtime.
    QCOMPARE(bench.ledger(),
        (QStringList{u"10:10:00 skipped paused"_s, u"10:20:00 skipped paused"_s, u"10:30:00 ran run 1"_s}));
    QVERIFY(!bench.job().pausedSince);
}

void TestPauses::outlivesAnApplyAndNotTheJob()
{
    Ready bench;
    bench.connect(u"x"_s);
    bench.apply(pauseOf(u"p/a"_s, PauseThen::Latest));
    bench.runUntil("10:10");
    JobDefinition changed = jobEvery(u"a"_s, 10min);
    changed.title = u"new"_s;
    bench.applyJobs({changed});
    QVERIFY(bench.job().pausedSince);
    QCOMPARE(startsIn(bench.runUntil("10:20")), QStringList());
    bench.applyJobs({jobNamed(u"z"_s)});
    QVERIFY(!bench.job().pausedSince);
    QCOMPARE(bench.ledger(), (QStringList{u"10:10:00 cancelled job_removed"_s, u"10:20:00 cancelled job_removed"_s}));
    bench.applyJobs({changed});
    QCOMPARE(startsIn(bench.runUntil("10:30")), QStringList{u"1.1"_s});
}

void TestPauses::whatIsHeldFollowsTheDefinitionThatOwedIt()
{
    Ready bench;
    bench.connect(u"x"_s);
    bench.apply(pauseOf(u"p/a"_s, PauseThen::Latest));
    bench.runUntil("10:10");
    JobDefinition changed = jobEvery(u"a"_s, 1h);
    changed.command = {u"false"_s};
    bench.applyJobs({changed});
    bench.runUntil("10:15");
    const QStringList lines = bench.lines(resumeOf(u"p/a"_s));
    QCOMPARE(startsIn(lines), QStringList{u"1.1"_s});
    QVERIFY(lines.filter(u" start "_s).at(0).endsWith(u" true"_s));
    QCOMPARE(bench.runRow(RunId(1)).version, 1);
}

void TestPauses::refusals()
{
    Ready bench;
    QVERIFY(bench.lines(pauseOf(u"p/b"_s)).last().startsWith(u"= 5 not_found: "_s));
    QVERIFY(bench.lines(pauseOf(u"q"_s)).last().startsWith(u"= 5 not_found: there is no project 'q'"_s));
    QVERIFY(bench.lines(pauseOf(u"p/a"_s, PauseThen::Skip, "10:00"))
                .last()
                .startsWith(u"= 5 invalid: until: 2026-01-05T10:00"_s));
    QCOMPARE(bench.lines(resumeOf(u"p/a"_s)), QStringList{u"= 6 conflict: p/a is not paused"_s});
    QVERIFY(!bench.job().pausedSince);
}

QTEST_APPLESS_MAIN(TestPauses)
#include "tst_pauses.moc"
