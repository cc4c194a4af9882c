// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/bench.h"

#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;

Q_DECLARE_METATYPE(belfry::JobDefinition)

namespace {

JobDefinition titled(JobDefinition job, const QString &title)
{
    job.title = title;
    return job;
}

JobDefinition renamed(JobDefinition job, const QString &was)
{
    job.was = was;
    return job;
}

} // namespace

class TestApply : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void raisesVersionsOnlyOnChange();
    void aDryRunChangesNothing();
    void keepsTheIdOverARename();
    void aNameThatComesBackKeepsItsId();
    void removesWhatTheFilesNoLongerHold();
    void keepsItWithoutPrune();
    void projectsNeverTouchEachOther();
    void livesGoOnAndWhatWaitsIsCancelledOnRemoval();
    void aRemovedJobIsNotTriedAgain();
    void runsKeepTheirDefinition();
    void aNewRuleOwesNothingFromBefore();
    void anUnchangedRuleGoesOn();
    void anotherZoneMakesItANewRule();
    void whatWasDueFollowsTheOldDefinition();
    void disabledJobsMakeNoOccasions();
    void refuses_data();
    void refuses();
    void refusesRenamesThatMixHistories();
    void warnsOfAnUnknownWas();
    void aRollbackKnowsJobsByTheirId();
    void aRollbackLeavesATakenNameToItsJob();
    void namesCanBeSwappedByIds();
    void refusesWhenAnotherReleaseIsActive();
};

void TestApply::raisesVersionsOnlyOnChange()
{
    Bench bench;
    QCOMPARE(linesOf(bench.applyJobs({jobNamed(u"b"_s), jobNamed(u"a"_s)})),
        (QStringList{u"release p 1 by=ann"_s, u"job 1 p/a v1 release=1 since=10:00:00"_s,
            u"job 2 p/b v1 release=1 since=10:00:00"_s, u"= 1 apply p release=1 added=p/a,p/b"_s}));
    bench.wait(1min);
    QCOMPARE(linesOf(bench.applyJobs({jobNamed(u"a"_s), titled(jobNamed(u"b"_s), u"B"_s)})),
        (QStringList{u"release p 2 by=ann"_s, u"job 2 p/b v2 release=2 since=10:01:00"_s,
            u"= 1 apply p release=2 changed=p/b unchanged=1"_s}));
    bench.restart();
    QCOMPARE(linesOf(bench.applyJobs({jobNamed(u"a"_s), titled(jobNamed(u"b"_s), u"B"_s)})),
        (QStringList{u"release p 3 by=ann"_s, u"= 1 apply p release=3 unchanged=2"_s}));
}

void TestApply::aDryRunChangesNothing()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s), jobNamed(u"c"_s)});
    ApplyProject event{.token = 1, .project = u"p"_s, .jobs = {titled(jobNamed(u"a"_s), u"A"_s), jobNamed(u"b"_s)}};
    event.dryRun = true;
    QCOMPARE(bench.lines(event), QStringList{u"= 1 apply p added=p/b changed=p/a removed=p/c"_s});
    QCOMPARE(bench.engine->counts().jobs, 2);
}

void TestApply::keepsTheIdOverARename()
{
    Bench bench;
    bench.applyJobs({jobEvery(u"a"_s, 1h)});
    QCOMPARE(linesOf(bench.applyJobs({renamed(jobEvery(u"b"_s, 1h), u"a"_s)})),
        (QStringList{u"release p 2 by=ann"_s, u"job 1 p/b v2 release=2 since=10:00:00 uid=p/a"_s,
            u"mark 1 r since=10:00:00 until=10:00:00.001"_s,
            u"run 1 p/a v1 queued schedule rule=r occasion=10:00:00 from=09:00:00 queued=10:00:00"_s,
            u"occasion p/a r 10:00:00 pending run=1 v1"_s, u"= 1 apply p release=2 changed=p/b"_s}));
    QCOMPARE(bench.engine->jobNamed(u"b"_s).value(), JobId(1));
    QVERIFY(!bench.engine->jobNamed(u"a"_s));
    // The same files again, and a job that takes the old name: it is another one.
    QCOMPARE(linesOf(bench.applyJobs({renamed(jobEvery(u"b"_s, 1h), u"a"_s), jobNamed(u"a"_s)})).mid(1),
        (QStringList{
            u"job 2 p/a v1 release=3 since=10:00:00 uid=p/a~2"_s, u"= 1 apply p release=3 added=p/a unchanged=1"_s}));
    QCOMPARE(bench.store.complaints(), QStringList());
}

void TestApply::aNameThatComesBackKeepsItsId()
{
    Bench bench;
    bench.applyJobs({jobEvery(u"a"_s, 1h), jobNamed(u"b"_s)});
    bench.wait(1min);
    bench.applyJobs({jobNamed(u"b"_s)});
    bench.restart(1min);
    bench.run(2h);
    QCOMPARE(linesOf(bench.applyJobs({jobEvery(u"a"_s, 1h), jobNamed(u"b"_s)})),
        (QStringList{u"release p 3 by=ann"_s, u"job 1 p/a v2 release=3 since=12:02:00"_s,
            u"mark 1 r since=12:02:00 until=12:02:00"_s, u"= 1 apply p release=3 added=p/a unchanged=1"_s}));
}

void TestApply::removesWhatTheFilesNoLongerHold()
{
    Bench bench;
    bench.waitUntil("10:01");
    bench.applyJobs({jobEvery(u"a"_s, 1h), jobNamed(u"b"_s)});
    QCOMPARE(linesOf(bench.applyJobs({jobNamed(u"b"_s)})),
        (QStringList{u"release p 2 by=ann"_s, u"job 1 p/a v1 release=1 since=10:01:00 removed"_s,
            u"= 1 apply p release=2 removed=p/a unchanged=1"_s}));
    QCOMPARE(bench.run(3h), QStringList());
}

void TestApply::keepsItWithoutPrune()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s), jobNamed(u"b"_s)});
    ApplyProject event{.token = 1, .project = u"p"_s, .jobs = {jobNamed(u"b"_s)}};
    event.prune = false;
    QCOMPARE(bench.lines(event), (QStringList{u"release p 2"_s, u"= 1 apply p release=2 unchanged=1"_s}));
    QVERIFY(bench.engine->jobNamed(u"a"_s));
}

void TestApply::projectsNeverTouchEachOther()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    JobDefinition other = jobNamed(u"a"_s);
    other.project = u"q"_s;
    QCOMPARE(linesOf(bench.applyJobs({other})),
        (QStringList{u"release q 1 by=ann"_s, u"job 2 q/a v1 release=1 since=10:00:00"_s,
            u"= 1 apply q release=1 added=q/a"_s}));
    ApplyProject wrong{.token = 1, .project = u"p"_s, .jobs = {other}};
    QCOMPARE(bench.lines(wrong),
        QStringList{u"= 1 invalid: job a: it belongs to project 'q', and this is an apply of 'p'"_s});
    ApplyProject empty{.token = 1, .project = u"p"_s};
    QCOMPARE(bench.lines(empty).last(), u"= 1 apply p release=2 removed=p/a"_s);
    QCOMPARE(bench.engine->jobNamed(u"a"_s).value(), JobId(2));
}

void TestApply::livesGoOnAndWhatWaitsIsCancelledOnRemoval()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.trigger(u"a"_s);
    ApplyProject empty{.token = 1, .project = u"p"_s};
    bench.apply(empty);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Assigned);
    QCOMPARE(bench.runRow(RunId(2)).state, RunState::Cancelled);
    QCOMPARE(bench.runRow(RunId(2)).reason, u"job_removed"_s);
    bench.restart();
    bench.connect(u"x"_s, 4, {bench.reportOf(RunId(1), wire::AttemptPhase::Running)});
    bench.ended(RunId(1), 0);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Succeeded);
}

void TestApply::aRemovedJobIsNotTriedAgain()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    job.retries.max = 3;
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.apply(ApplyProject{.project = u"p"_s});
    bench.ended(RunId(1), 1);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Failed);
}

void TestApply::runsKeepTheirDefinition()
{
    Bench bench;
    JobDefinition first = jobNamed(u"a"_s);
    first.command = {u"old"_s};
    bench.applyJobs({first});
    bench.trigger(u"a"_s);
    JobDefinition second = jobNamed(u"a"_s);
    second.command = {u"new"_s};
    bench.applyJobs({second});
    QCOMPARE(bench.engine->definition(JobId(1), 1)->command, QStringList{u"old"_s});
    bench.restart();
    QCOMPARE(bench.engine->definition(JobId(1), 1)->command, QStringList{u"old"_s});
    QVERIFY(bench.connect(u"x"_s).contains(u"> 1 start 1.1 p/a boot=b1 epoch=2 old"_s));
    bench.ended(RunId(1), 0);
    bench.trigger(u"a"_s);
    QCOMPARE(bench.runRow(RunId(2)).version, 2);
}

void TestApply::aNewRuleOwesNothingFromBefore()
{
    Bench bench;
    bench.waitUntil("10:01");
    JobDefinition job = jobEvery(u"a"_s, 10min);
    bench.applyJobs({job});
    bench.runUntil("10:25");
    job.schedule.push_back(everyRule(u"s"_s, 5min));
    job.params = {{.name = u"n"_s, .defaultValue = u"1"_s}};
    job.schedule.back().params = {{u"n"_s, u"2"_s}};
    bench.wait(1s);
    bench.applyJobs({job});
    bench.run(5min);
    QCOMPARE(bench.ledger(),
        (QStringList{u"10:10:00 pending run 1"_s, u"10:20:00 merged overlap run 1"_s, u"10:30:00 pending run 2"_s,
            u"10:30:00 pending run 3"_s}));
}

void TestApply::anUnchangedRuleGoesOn()
{
    Bench bench;
    bench.waitUntil("10:01");
    bench.applyJobs({jobEvery(u"a"_s, 10min)});
    bench.restart(12min);
    // Both rules read the same, so what was due while the backend was away is not lost with the apply.
    QCOMPARE(linesOf(bench.applyJobs({titled(jobEvery(u"a"_s, 10min), u"A"_s)})).filter(u"mark"_s),
        QStringList{u"mark 1 r since=10:01:00 until=10:10:00.001"_s});
    QCOMPARE(bench.ledger(), QStringList{u"10:10:00 pending run 1"_s});
}

void TestApply::anotherZoneMakesItANewRule()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    job.schedule = {cronRule(u"c"_s, u"30 9 * * *"_s)};
    bench.applyJobs({job});
    bench.wait(1h);
    job.zone = u"America/New_York"_s;
    QVERIFY(linesOf(bench.applyJobs({job})).contains(u"mark 1 c since=11:00:00 until=11:00:00"_s));
    bench.run(12h);
    QCOMPARE(bench.ledger(), QStringList{u"14:30:00 pending run 1"_s});
}

void TestApply::whatWasDueFollowsTheOldDefinition()
{
    Bench bench;
    bench.waitUntil("10:01");
    bench.applyJobs({jobEvery(u"a"_s, 10min)});
    bench.wait(9min);
    bench.applyJobs({titled(jobEvery(u"a"_s, 20min), u"A"_s)});
    QCOMPARE(bench.runRow(RunId(1)).version, 1);
    bench.run(10min);
    QCOMPARE(bench.ledger(), (QStringList{u"10:10:00 pending run 1"_s, u"10:20:00 merged overlap run 1"_s}));

    // Also while a suspect clock holds everything back.
    Bench held;
    held.waitUntil("10:01");
    held.applyJobs({jobEvery(u"a"_s, 2h)});
    held.now = held.now + 5h;
    held.apply(TimePassed{});
    QCOMPARE(held.ledger(), QStringList());
    held.applyJobs({jobNamed(u"a"_s)});
    QCOMPARE(held.ledger(), (QStringList{u"12:00:00 missed superseded run 1"_s, u"14:00:00 pending run 1"_s}));
}

void TestApply::disabledJobsMakeNoOccasions()
{
    Bench bench;
    bench.waitUntil("10:01");
    JobDefinition off = jobEvery(u"a"_s, 10min);
    off.enabled = false;
    bench.applyJobs({off});
    bench.run(1h);
    bench.restart(1h);
    bench.run(1h);
    bench.applyJobs({jobEvery(u"a"_s, 10min)});
    bench.run(10min);
    QCOMPARE(bench.ledger(), QStringList{u"13:10:00 pending run 1"_s});
    bench.trigger(u"a"_s);
}

void TestApply::refuses_data()
{
    QTest::addColumn<JobDefinition>("job");
    QTest::addColumn<QString>("text");
    JobDefinition job = jobNamed(u"a"_s);
    job.command.clear();
    QTest::newRow("nothing to do") << job << u"job a: it needs `command` or `script`"_s;
    job = jobNamed(u"a"_s);
    job.agent = u"linux &&"_s;
    QTest::newRow("label expression") << job << u"job a: agent: "_s;
    job = jobNamed(u"a"_s);
    job.schedule = {cronRule(u"c"_s, u"61 * * * *"_s)};
    QTest::newRow("cron") << job << u"job a: schedule: rule 1: "_s;
    job.schedule = {cronRule(u"c"_s, u"0 0 30 2 *"_s)};
    QTest::newRow("never") << job << u"job a: schedule: rule c never comes due"_s;
    job.schedule = {everyRule(u"r"_s, 1h), everyRule(u"r"_s, 2h)};
    QTest::newRow("same key") << job << u"job a: schedule: rule 2: it is the same as another rule (r)"_s;
    job.schedule = {everyRule(QString(), 1h), everyRule(QString(), 1h)};
    QTest::newRow("same rule") << job << u"job a: schedule: rule 2: it is the same as another rule"_s;
    job = jobNamed(u"a"_s);
    job.zone = u"Mars/Olympus"_s;
    QTest::newRow("zone") << job << u"job a: "_s;
    job = jobNamed(u"a"_s);
    job.onLost = OnLost::Rerun;
    job.lostAfter = 39s;
    QTest::newRow("lost_after") << job << u"job a: lost_after, 39s, must be at least grace + 30s (40s)"_s;
    job = jobNamed(u"a"_s);
    job.limits = {{u"dwh"_s, 1}};
    QTest::newRow("limits") << job << u"job a: limits: there is no limit 'dwh' in its project"_s;
}

void TestApply::refuses()
{
    QFETCH(JobDefinition, job);
    QFETCH(QString, text);
    Bench bench;
    const QStringList lines = linesOf(bench.applyJobs({jobNamed(u"z"_s), job}));
    QCOMPARE(lines.size(), 1);
    QVERIFY2(lines.at(0).startsWith(u"= 1 invalid: "_s + text), qPrintable(lines.at(0)));
    QCOMPARE(bench.engine->counts().jobs, 0);
}

void TestApply::refusesRenamesThatMixHistories()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s), jobNamed(u"gone"_s)});
    bench.applyJobs({jobNamed(u"a"_s)});
    const auto answer = [&](const std::vector<JobDefinition> &jobs) { return linesOf(bench.applyJobs(jobs)).last(); };
    QVERIFY(answer({jobNamed(u"a"_s), renamed(jobNamed(u"b"_s), u"a"_s)}).contains(u"'a' is still defined"_s));
    QVERIFY(answer({renamed(jobNamed(u"b"_s), u"a"_s), renamed(jobNamed(u"c"_s), u"a"_s)})
                .contains(u"another job takes over 'a' already"_s));
    QVERIFY(answer({renamed(jobNamed(u"gone"_s), u"a"_s)}).contains(u"a job of this name existed before"_s));
    QVERIFY(answer({jobNamed(u"a"_s), jobNamed(u"a"_s)}).contains(u"it is defined twice"_s));
    QCOMPARE(bench.store.complaints(), QStringList());
}

void TestApply::warnsOfAnUnknownWas()
{
    Bench bench;
    QCOMPARE(linesOf(bench.applyJobs({renamed(jobNamed(u"b"_s), u"a"_s)})).last(),
        u"= 1 apply p release=1 added=p/b warnings=job b: was: there is no job 'a' in project p, so it starts without a history"_s);
    QCOMPARE(
        linesOf(bench.applyJobs({renamed(jobNamed(u"b"_s), u"a"_s)})).last(), u"= 1 apply p release=2 unchanged=1"_s);
}

namespace {

ApplyProject rollback(const std::map<QString, qint64> &ids, qint64 restores)
{
    ApplyProject event{.token = 9, .project = u"p"_s, .by = u"ann"_s, .restores = restores};
    for (const auto &[name, id] : ids) {
        event.jobs.push_back(jobNamed(name));
        event.ids.emplace(name, JobId(id));
    }
    return event;
}

} // namespace

void TestApply::aRollbackKnowsJobsByTheirId()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s), jobNamed(u"gone"_s)});
    bench.applyJobs({renamed(jobNamed(u"b"_s), u"a"_s), jobNamed(u"new"_s)});
    QCOMPARE(bench.lines(rollback({{u"a"_s, 1}, {u"gone"_s, 2}}, 1)),
        (QStringList{u"release p 3 by=ann"_s, u"job 1 p/a v3 release=3 since=10:00:00"_s,
            u"job 2 p/gone v2 release=3 since=10:00:00"_s, u"job 3 p/new v1 release=2 since=10:00:00 removed"_s,
            u"= 9 apply p release=3 added=p/gone changed=p/a removed=p/new"_s}));
    const Release &release = bench.store.releases.at({u"p"_s, 3});
    QCOMPARE(release.restores, 1);
    QCOMPARE(
        (std::array{release.added, release.changed, release.removed, release.unchanged}), (std::array{1, 1, 1, 0}));
    QCOMPARE(bench.store.jobs.at(JobId(3)).removedIn, 3);
    QCOMPARE(bench.store.jobs.at(JobId(2)).removedIn, 0);
    bench.restart();
    QCOMPARE(bench.lines(rollback({{u"a"_s, 1}, {u"gone"_s, 2}}, 1)).last(), u"= 9 apply p release=4 unchanged=2"_s);
    QCOMPARE(bench.store.complaints(), QStringList());
}

void TestApply::aRollbackLeavesATakenNameToItsJob()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    bench.applyJobs({renamed(jobNamed(u"b"_s), u"a"_s)});
    bench.applyJobs({jobNamed(u"b"_s), titled(jobNamed(u"a"_s), u"other"_s)});
    const QStringList lines = bench.lines(rollback({{u"a"_s, 1}}, 1));
    QVERIFY2(lines.last().startsWith(u"= 9 apply p release=4 changed=p/a removed=p/b warnings=job a: another job"_s),
        qUtf8Printable(lines.last()));
    QCOMPARE(bench.engine->jobNamed(u"p/a"_s).value(), JobId(2));
    QCOMPARE(bench.store.complaints(), QStringList());
}

void TestApply::namesCanBeSwappedByIds()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s), jobNamed(u"b"_s)});
    bench.lines(rollback({{u"a"_s, 2}, {u"b"_s, 1}}, 1));
    QCOMPARE(bench.engine->jobNamed(u"a"_s).value(), JobId(2));
    QCOMPARE(bench.engine->jobNamed(u"p/b"_s).value(), JobId(1));
    QCOMPARE(bench.engine->jobNames().size(), 2u);
    bench.applyJobs({jobNamed(u"a"_s)});
    QVERIFY(!bench.engine->jobNamed(u"b"_s));
    QCOMPARE(bench.engine->removedJobNamed(u"p/b"_s).value(), JobId(1));
    QCOMPARE(bench.store.complaints(), QStringList());
}

void TestApply::refusesWhenAnotherReleaseIsActive()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    bench.applyJobs({jobNamed(u"b"_s)});
    ApplyProject event = rollback({{u"a"_s, 1}}, 1);
    event.expected = 1;
    const Effects effects = bench.apply(event);
    QVERIFY(effects.writes.empty());
    QCOMPARE(effects.answers.front().body.error().kind, ErrorKind::Conflict);
    QCOMPARE(bench.engine->newestRelease(u"p"_s), 2);
}

QTEST_APPLESS_MAIN(TestApply)
#include "tst_apply.moc"
