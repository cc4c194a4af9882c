// SPDX-License-Identifier: GPL-3.0-or-later
// A run that a person runs again, and one that a person gives up.
#include "tests/engine/bench.h"

#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;

namespace {

JobDefinition withMode(const QString &name, int retries = 0)
{
    JobDefinition job = jobNamed(name);
    ParamDefinition mode{.name = u"mode"_s};
    mode.defaultValue = u"full"_s;
    job.params = {mode};
    job.command = {u"load"_s, u"${{ params.mode }}"_s};
    job.retries.max = retries;
    return job;
}

struct Again : Bench {
    QStringList rerun(RunId run)
    {
        const Run &row = store.runs.at(run);
        return lines(RerunRun{.token = 5,
            .run = row,
            .definition = std::make_shared<const JobDefinition>(store.definitions.at({row.job, row.version})),
            .by = u"ann"_s});
    }
    QStringList lost(RunId run, const QString &why = u"burnt"_s)
    {
        return lines(DeclareLost{.token = 6, .run = run, .by = u"ann"_s, .reason = why});
    }
};

} // namespace

class TestAgain : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void rerunsWithParametersAndDefinition();
    void aRerunSurvivesARestartWhileItWaits();
    void refusesReruns();
    void declaresLost();
    void aLateResultOfADeclaredOneIsOnlyAcknowledged();
    void refusesToDeclareLost();
    void anEphemeralAgentIsForgottenWithItsLastAttempt();
};

void TestAgain::rerunsWithParametersAndDefinition()
{
    Again bench;
    bench.applyJobs({withMode(u"a"_s)});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s, {{u"mode"_s, u"delta"_s}});
    bench.ended(RunId(1), 1);
    JobDefinition changed = withMode(u"a"_s);
    changed.command = {u"other"_s};
    changed.priority = 90;
    bench.applyJobs({changed});
    const QStringList lines = bench.rerun(RunId(1));
    QVERIFY2(lines.contains(u"> 1 start 2.1 p/a boot=b1 epoch=1 load delta"_s), qPrintable(lines.join(u'\n')));
    const Run &run = bench.runRow(RunId(2));
    QCOMPARE(run.version, 1);
    QCOMPARE(run.priority, 50);
    QCOMPARE(run.rerunOf, RunId(1));
    QCOMPARE(run.cause, Cause::Manual);
    QCOMPARE(run.by, u"ann"_s);
    QVERIFY(!run.occasion);
    bench.ended(RunId(2), 0);
    bench.trigger(u"a"_s);
    QCOMPARE(bench.runRow(RunId(3)).version, 2);
    QCOMPARE(bench.store.complaints(), QStringList());
}

void TestAgain::aRerunSurvivesARestartWhileItWaits()
{
    Again bench;
    bench.applyJobs({withMode(u"a"_s)});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.ended(RunId(1), 1);
    JobDefinition changed = withMode(u"a"_s);
    changed.command = {u"other"_s};
    bench.applyJobs({changed});
    bench.disconnect(u"x"_s);
    bench.rerun(RunId(1));
    QCOMPARE(bench.runRow(RunId(2)).state, RunState::Queued);
    bench.restart();
    const QStringList lines = bench.connect(u"x"_s);
    QVERIFY2(lines.contains(u"> 2 start 2.1 p/a boot=b1 epoch=2 load full"_s), qPrintable(lines.join(u'\n')));
}

void TestAgain::refusesReruns()
{
    Again bench;
    JobDefinition single = withMode(u"a"_s);
    single.overlap = OverlapPolicy::Skip;
    bench.applyJobs({single});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    QCOMPARE(bench.rerun(RunId(1)), QStringList{u"= 5 conflict: run 1 is not over yet; cancel it first, or wait"_s});
    bench.ended(RunId(1), 1);
    bench.rerun(RunId(1));
    QCOMPARE(bench.rerun(RunId(1)),
        QStringList{u"= 5 conflict: run 2 of job p/a is not over, and its overlap is `skip`; try again later"_s});
    bench.ended(RunId(2), 1);
    bench.applyJobs({jobNamed(u"b"_s)});
    QCOMPARE(bench.rerun(RunId(2)), QStringList{u"= 5 conflict: job p/a of run 2 was removed"_s});
}

void TestAgain::declaresLost()
{
    Again bench;
    bench.applyJobs({withMode(u"a"_s, 3)});
    bench.connect(u"x"_s, 1);
    bench.trigger(u"a"_s);
    bench.started(RunId(1));
    bench.disconnect(u"x"_s);
    bench.wait(1min);
    bench.lost(RunId(1));
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Lost);
    QCOMPARE(bench.runRow(RunId(1)).reason, u"declared lost by ann: burnt"_s);
    QCOMPARE(bench.store.attempts.at({RunId(1), 1}).state, RunState::Lost);
    QCOMPARE(bench.engine->agents().at(u"x"_s).agent.used, 0);
}

void TestAgain::aLateResultOfADeclaredOneIsOnlyAcknowledged()
{
    Again bench;
    bench.applyJobs({withMode(u"a"_s)});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.started(RunId(1));
    wire::AttemptReport report = bench.reportOf(RunId(1), wire::AttemptPhase::Ended);
    report.result = exited(0);
    bench.disconnect(u"x"_s);
    bench.lost(RunId(1));
    QCOMPARE(bench.connect(u"x"_s, 4, {report}).mid(1), QStringList{u"> 2 welcome epoch=1 1.1:committed:0"_s});
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Lost);
    QCOMPARE(bench.store.complaints(), QStringList());
}

void TestAgain::refusesToDeclareLost()
{
    Again bench;
    bench.applyJobs({withMode(u"a"_s)});
    QCOMPARE(bench.lost(RunId(1)), QStringList{u"= 6 not_found: there is no run 1"_s});
    bench.trigger(u"a"_s);
    QCOMPARE(bench.lost(RunId(1)),
        QStringList{u"= 6 conflict: run 1 waits, it has no attempt that could be lost; cancel it"_s});
    bench.connect(u"x"_s);
    QCOMPARE(bench.lost(RunId(1)),
        QStringList{
            u"= 6 conflict: agent x, which has run 1, is connected and will say how it ends; to end it, cancel it"_s});
    bench.disconnect(u"x"_s);
    QCOMPARE(
        bench.lost(RunId(1), {}), QStringList{u"= 6 invalid: reason: say how it is known that run 1 lives no more"_s});
    bench.lost(RunId(1));
    QCOMPARE(bench.lost(RunId(1)), QStringList{u"= 6 conflict: run 1 is over already"_s});
}

void TestAgain::anEphemeralAgentIsForgottenWithItsLastAttempt()
{
    Again bench;
    bench.applyJobs({withMode(u"a"_s)});
    wire::AgentHello hello = helloOf(u"e"_s);
    hello.ephemeral = true;
    bench.connect(hello);
    bench.trigger(u"a"_s);
    bench.disconnect(u"e"_s);
    bench.run(1h);
    QVERIFY(bench.store.agents.contains(u"e"_s));
    bench.lost(RunId(1));
    bench.run(1s);
    QVERIFY(!bench.store.agents.contains(u"e"_s));
}

QTEST_APPLESS_MAIN(TestAgain)
#include "tst_again.moc"
