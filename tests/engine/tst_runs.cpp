// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/bench.h"

#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;

namespace {

TriggerJob triggerOf(const QString &job, const QString &key = {})
{
    TriggerJob event;
    event.token = 9;
    event.job = job;
    event.key = key;
    event.by = u"ann"_s;
    return event;
}

CancelRun cancelOf(RunId run)
{
    return {.token = 5, .run = run, .by = u"bob"_s, .reason = u"enough"_s};
}

} // namespace

class TestRuns : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void goesFromTriggerToSuccess();
    void waitsForAnAgent();
    void retriesAfterItsDelay();
    void endsAsItsRetriesRunOut();
    void mapsExitCodes_data();
    void mapsExitCodes();
    void passesTimeoutAndPoliciesOn();
    void endsAsNotStartedWhenItsOrderCannotBeMade();
    void cancelsWhatWaits();
    void cancelsWhatLives();
    void cancelsBetweenTwoAttempts();
    void cancelsWhatItsAgentNeverGot();
    void cancelsWhileTheAgentIsAway();
    void aCancelledRunIsNotTriedAgain();
    void aResultThatCameBeforeTheCancelCounts();
    void ignoresNewsOfOthers();
    void answersARepeatedEnd();
    void anEndWithoutAStartCounts();
    void sameKeySameRun();
    void sameKeyOtherRequestIsAConflict();
    void keysLiveSevenDays();
    void refusesBadTriggers();
    void refusesMoreThanAThousandWaiting();
    void startsNothingWhenStopped();
    void correctsTheAgentsClock();
    void runsOneAfterTheOtherByPriority();
};

void TestRuns::goesFromTriggerToSuccess()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    bench.connect(u"x"_s);
    QCOMPARE(bench.lines(triggerOf(u"p/a"_s)),
        (QStringList{u"run 1 p/a v1 assigned manual to=10:00:00 queued=10:00:00 attempts=1 agent=x by=ann"_s,
            u"attempt 1.1 assigned on x boot=b1 epoch=1 assigned=10:00:00"_s,
            u"> 1 start 1.1 p/a boot=b1 epoch=1 true"_s, u"= 9 run 1"_s}));
    bench.wait(1s);
    QCOMPARE(bench.started(RunId(1)),
        (QStringList{
            u"run 1 p/a v1 running manual to=10:00:00 queued=10:00:00 started=10:00:01 attempts=1 agent=x by=ann"_s,
            u"attempt 1.1 running on x boot=b1 epoch=1 assigned=10:00:00 started=10:00:01 pid=100"_s}));
    QCOMPARE(bench.started(RunId(1)), QStringList());
    bench.wait(5s);
    QCOMPARE(bench.ended(RunId(1), 0),
        (QStringList{
            u"run 1 p/a v1 succeeded manual to=10:00:00 queued=10:00:00 started=10:00:01 ended=10:00:06 attempts=1 agent=x exit=0 by=ann"_s,
            u"attempt 1.1 succeeded on x boot=b1 epoch=1 assigned=10:00:00 started=10:00:01 ended=10:00:06 exit=0 pid=100"_s,
            u"> 1 committed 1.1"_s}));
    QCOMPARE(bench.engine->counts().live, 0);
    QVERIFY(bench.engine->openRuns().empty());
    QCOMPARE(bench.lines(cancelOf(RunId(1))), QStringList{u"= 5 conflict: run 1 is over already"_s});
    QCOMPARE(bench.lines(cancelOf(RunId(2))), QStringList{u"= 5 not_found: there is no run 2"_s});
}

void TestRuns::waitsForAnAgent()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    QCOMPARE(bench.lines(triggerOf(u"a"_s)),
        (QStringList{u"run 1 p/a v1 queued manual to=10:00:00 queued=10:00:00 by=ann"_s, u"= 9 run 1"_s}));
    bench.wait(4s);
    QCOMPARE(bench.connect(u"x"_s),
        (QStringList{u"agent x online instance=i-x boot=b1 slots=4 seen=10:00:04"_s,
            u"run 1 p/a v1 assigned manual to=10:00:04 queued=10:00:00 attempts=1 agent=x by=ann"_s,
            u"attempt 1.1 assigned on x boot=b1 epoch=1 assigned=10:00:04"_s, u"> 1 welcome epoch=1"_s,
            u"> 1 start 1.1 p/a boot=b1 epoch=1 true"_s}));
}

void TestRuns::retriesAfterItsDelay()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    job.retries = {.max = 2, .delay = 30s, .backoff = 2, .jitter = 0};
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.wait(1s);
    QCOMPARE(bench.ended(RunId(1), 1),
        (QStringList{
            u"run 1 p/a v1 retrying manual to=10:00:00 queued=10:00:00 not_before=10:00:31 started=10:00:00 attempts=1 agent=x exit=1 reason='attempt 1: exit code 1' by=ann"_s,
            u"attempt 1.1 failed on x boot=b1 epoch=1 assigned=10:00:00 started=10:00:00 ended=10:00:01 exit=1"_s,
            u"> 1 committed 1.1"_s}));
    QCOMPARE(bench.run(29s), QStringList());
    QCOMPARE(bench.run(1s),
        (QStringList{
            u"run 1 p/a v1 assigned manual to=10:00:00 queued=10:00:00 started=10:00:00 attempts=2 agent=x by=ann"_s,
            u"attempt 1.2 assigned on x boot=b1 epoch=1 assigned=10:00:31"_s,
            u"> 1 start 1.2 p/a boot=b1 epoch=1 true"_s}));
    bench.ended(RunId(1), 1);
    QCOMPARE(*bench.runRow(RunId(1)).notBefore, bench.now + 60s);
    bench.run(60s);
    bench.ended(RunId(1), 0);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Succeeded);
    QCOMPARE(bench.runRow(RunId(1)).attempts, 3);
}

void TestRuns::endsAsItsRetriesRunOut()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    job.retries = {.max = 1, .delay = 1s, .jitter = 0};
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.ended(RunId(1), 1);
    bench.run(1s);
    bench.ended(RunId(1), 2);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Failed);
    QCOMPARE(bench.runRow(RunId(1)).exitCode, 2);
    QCOMPARE(bench.engine->counts().waiting, 0);
}

void TestRuns::mapsExitCodes_data()
{
    QTest::addColumn<int>("code");
    QTest::addColumn<int>("state");
    QTest::newRow("success") << 0 << int(RunState::Succeeded);
    QTest::newRow("warning") << 3 << int(RunState::Warning);
    QTest::newRow("skip") << 99 << int(RunState::Skipped);
    QTest::newRow("retry") << 75 << int(RunState::Retrying);
    QTest::newRow("on exit:N") << 7 << int(RunState::Retrying);
    QTest::newRow("failed, and not listed") << 1 << int(RunState::Failed);
}

void TestRuns::mapsExitCodes()
{
    QFETCH(int, code);
    QFETCH(int, state);
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    job.exitCodes = {{3}, {75}, {99}};
    job.retries = {.max = 1, .on = {u"exit:7"_s, u"timed_out"_s}};
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.ended(RunId(1), code);
    QCOMPARE(int(bench.runRow(RunId(1)).state), state);
}

void TestRuns::passesTimeoutAndPoliciesOn()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    job.command.clear();
    job.script = u"echo hi"_s;
    job.timeout = 1h;
    job.stallTimeout = 5min;
    job.grace = 20s;
    job.leftovers = Leftovers::Leave;
    job.logCap = 4096;
    job.dir = u"/var/lib/a"_s;
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    const Effects effects = bench.apply(triggerOf(u"a"_s));
    const auto order = std::get<wire::StartAttempt>(effects.messages.at(0).message);
    QCOMPARE(order.script, u"echo hi"_s);
    QCOMPARE(order.shell, u"/bin/sh"_s);
    QCOMPARE(order.timeout, std::optional<Duration>(1h));
    QCOMPARE(order.stallTimeout, std::optional<Duration>(5min));
    QCOMPARE(order.grace, Duration(20s));
    QCOMPARE(order.leftovers, Leftovers::Leave);
    QCOMPARE(order.logCap, 4096);
    QCOMPARE(order.dir, u"/var/lib/a"_s);
}

void TestRuns::endsAsNotStartedWhenItsOrderCannotBeMade()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    job.command = {u"echo"_s, u"${{ nonsense }}"_s};
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    bench.apply(triggerOf(u"a"_s));
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::NotStarted);
    QVERIFY(bench.runRow(RunId(1)).reason.startsWith(u"not started: command: "_s));
    QCOMPARE(bench.engine->agents().at(u"x"_s).agent.used, 0);
}

void TestRuns::cancelsWhatWaits()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    bench.trigger(u"a"_s);
    bench.wait(2s);
    QCOMPARE(bench.lines(cancelOf(RunId(1))),
        (QStringList{
            u"run 1 p/a v1 cancelled manual to=10:00:00 queued=10:00:00 ended=10:00:02 reason='cancelled: enough' by=ann cancel=10:00:02 cancelled_by=bob"_s,
            u"= 5 done"_s}));
    QCOMPARE(bench.connect(u"x"_s),
        (QStringList{u"agent x online instance=i-x boot=b1 slots=4 seen=10:00:02"_s, u"> 1 welcome epoch=1"_s}));
}

void TestRuns::cancelsWhatLives()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.started(RunId(1));
    QCOMPARE(bench.lines(cancelOf(RunId(1))),
        (QStringList{
            u"run 1 p/a v1 running manual to=10:00:00 queued=10:00:00 started=10:00:00 attempts=1 agent=x reason='enough' by=ann cancel=10:00:00 cancelled_by=bob"_s,
            u"> 1 cancel 1.1 epoch=1 grace=10s reason='enough'"_s, u"= 5 done"_s}));
    QCOMPARE(bench.lines(cancelOf(RunId(1))), QStringList{u"= 5 done"_s});
    bench.wait(10s);
    wire::AttemptResult result;
    result.signal = 9;
    result.cancelled = true;
    result.killed = true;
    QCOMPARE(bench.ended(RunId(1), result),
        (QStringList{
            u"run 1 p/a v1 cancelled manual to=10:00:00 queued=10:00:00 started=10:00:00 ended=10:00:10 attempts=1 agent=x signal=9 reason='cancelled (killed after 10s): enough' by=ann cancel=10:00:00 cancelled_by=bob"_s,
            u"attempt 1.1 cancelled on x boot=b1 epoch=1 assigned=10:00:00 started=10:00:00 ended=10:00:10 signal=9 pid=100 reason='cancelled (killed after 10s)'"_s,
            u"> 1 committed 1.1"_s}));
}

void TestRuns::cancelsBetweenTwoAttempts()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    job.retries = {.max = 1, .delay = 30s, .jitter = 0};
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.ended(RunId(1), 1);
    bench.apply(cancelOf(RunId(1)));
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Cancelled);
    QCOMPARE(bench.run(1min), QStringList());
}

void TestRuns::cancelsWhatItsAgentNeverGot()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.disconnect(u"x"_s);
    bench.apply(cancelOf(RunId(1)));
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Assigned);
    QCOMPARE(bench.connect(u"x"_s),
        (QStringList{u"agent x online instance=i-x boot=b1 slots=4 used=1 seen=10:00:00"_s,
            u"run 1 p/a v1 cancelled manual to=10:00:00 queued=10:00:00 ended=10:00:00 attempts=1 agent=x reason='cancelled before it was started: enough' by=ann cancel=10:00:00 cancelled_by=bob"_s,
            u"attempt 1.1 cancelled on x boot=b1 epoch=1 assigned=10:00:00 ended=10:00:00 reason='cancelled before it was started'"_s,
            u"> 2 welcome epoch=1"_s}));
}

void TestRuns::cancelsWhileTheAgentIsAway()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.started(RunId(1));
    bench.disconnect(u"x"_s);
    QCOMPARE(bench.lines(cancelOf(RunId(1))),
        (QStringList{
            u"run 1 p/a v1 running manual to=10:00:00 queued=10:00:00 started=10:00:00 attempts=1 agent=x reason='enough' by=ann cancel=10:00:00 cancelled_by=bob"_s,
            u"= 5 done"_s}));
    QCOMPARE(bench.connect(u"x"_s, 4, {bench.reportOf(RunId(1), wire::AttemptPhase::Running)}).mid(1),
        (QStringList{u"> 2 welcome epoch=1 1.1:known:0"_s, u"> 2 cancel 1.1 epoch=1 grace=10s reason='enough'"_s}));
}

void TestRuns::aCancelledRunIsNotTriedAgain()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    job.retries.max = 3;
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.apply(cancelOf(RunId(1)));
    bench.ended(RunId(1), 1);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Failed);
}

void TestRuns::aResultThatCameBeforeTheCancelCounts()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.apply(cancelOf(RunId(1)));
    bench.ended(RunId(1), 0);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Succeeded);
}

void TestRuns::ignoresNewsOfOthers()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    bench.connect(u"x"_s);
    bench.connect(u"y"_s);
    bench.trigger(u"a"_s);
    QCOMPARE(bench.runRow(RunId(1)).agent, u"x"_s);
    const SessionId x = bench.sessions.at(u"x"_s);
    const SessionId y = bench.sessions.at(u"y"_s);
    const wire::AttemptResult good = exited(0);
    QCOMPARE(bench.lines(AgentReportedEnd{y, {RunId(1), 1, 1, good}}),
        QStringList{u"! the end of run 1 attempt 1 (epoch 1) from agent y is ignored: it is not theirs"_s});
    QCOMPARE(bench.lines(AgentReportedEnd{x, {RunId(1), 1, 7, good}}),
        QStringList{u"! the end of run 1 attempt 1 (epoch 7) from agent x is ignored: it is not theirs"_s});
    QCOMPARE(bench.lines(AgentReportedEnd{x, {RunId(1), 2, 1, good}}),
        QStringList{u"! the end of run 1 attempt 2 (epoch 1) from agent x is ignored: it is not theirs"_s});
    QCOMPARE(bench.lines(AgentReportedEnd{x, {RunId(4), 1, 1, good}}),
        QStringList{u"! the end of run 4 attempt 1 (epoch 1) from agent x is ignored: it is not theirs"_s});
    QCOMPARE(bench.lines(AgentReportedStart{SessionId(99), {RunId(1), 1, 1, 5, bench.now}}),
        QStringList{
            u"! the start of run 1 attempt 1 (epoch 1) from a replaced connection is ignored: it is not theirs"_s});
    QCOMPARE(bench.engine->run(RunId(1))->run.state, RunState::Assigned);
}

void TestRuns::answersARepeatedEnd()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.ended(RunId(1), 0);
    const AgentReportedEnd again{bench.sessions.at(u"x"_s), {RunId(1), 1, 1, exited(5)}};
    QCOMPARE(bench.lines(again), QStringList{u"> 1 committed 1.1"_s});
    QCOMPARE(bench.runRow(RunId(1)).exitCode, 0);
}

void TestRuns::anEndWithoutAStartCounts()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    wire::AttemptResult result;
    result.notStarted = u"ENOENT: no such file or directory: ./load.sh"_s;
    bench.ended(RunId(1), result);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::NotStarted);
    QCOMPARE(bench.runRow(RunId(1)).reason, u"not started: ENOENT: no such file or directory: ./load.sh"_s);
    QVERIFY(!bench.runRow(RunId(1)).startedAt);
}

void TestRuns::sameKeySameRun()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s), jobNamed(u"b"_s)});
    QCOMPARE(bench.lines(triggerOf(u"a"_s, u"k"_s)).last(), u"= 9 run 1"_s);
    QCOMPARE(bench.lines(triggerOf(u"p/a"_s, u"k"_s)), QStringList{u"= 9 run 1 existing"_s});
    bench.restart();
    QCOMPARE(bench.lines(triggerOf(u"a"_s, u"k"_s)), QStringList{u"= 9 run 1 existing"_s});
    QCOMPARE(bench.store.runs.size(), 1u);
}

void TestRuns::sameKeyOtherRequestIsAConflict()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s), jobNamed(u"b"_s)});
    bench.apply(triggerOf(u"a"_s, u"k"_s));
    QCOMPARE(bench.lines(triggerOf(u"b"_s, u"k"_s)),
        QStringList{u"= 9 conflict: key 'k' was used for another request, which made run 1; use a new key"_s});
    TriggerJob forced = triggerOf(u"a"_s, u"k"_s);
    forced.force = true;
    QCOMPARE(bench.lines(forced).size(), 1);
    QCOMPARE(bench.store.runs.size(), 1u);
}

void TestRuns::keysLiveSevenDays()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    bench.apply(triggerOf(u"a"_s, u"k"_s));
    bench.wait(7 * 24h);
    QCOMPARE(bench.lines(TimePassed{}), QStringList());
    QCOMPARE(bench.lines(triggerOf(u"a"_s, u"k"_s)), QStringList{u"= 9 run 1 existing"_s});
    bench.wait(2h);
    QCOMPARE(bench.lines(TimePassed{}),
        QStringList{u"no keys before 2026-01-05T12:00:00"_s.replace(u"2026-01-05T"_s, QString())});
    QVERIFY(bench.store.keys.empty());
    QCOMPARE(bench.lines(triggerOf(u"a"_s, u"k"_s)).last(), u"= 9 run 2"_s);
}

void TestRuns::refusesBadTriggers()
{
    Bench bench;
    JobDefinition job = jobNamed(u"load"_s);
    job.params = {{.name = u"rows"_s, .type = ParamType::Int, .min = u"1"_s}};
    bench.applyJobs({job});
    QVERIFY(bench.lines(triggerOf(u"loads"_s))
                .at(0)
                .startsWith(u"= 9 not_found: there is no job 'loads'; did you mean 'load'?"_s));
    QVERIFY(bench.lines(triggerOf(u"load"_s)).at(0).startsWith(u"= 9 invalid: "_s));
    TriggerJob bad = triggerOf(u"load"_s);
    bad.params = {{u"rows"_s, u"zero"_s}};
    QVERIFY(bench.lines(bad).at(0).startsWith(u"= 9 invalid: "_s));
    bad.params = {{u"rows"_s, u"007"_s}};
    bench.apply(bad);
    QCOMPARE(bench.runRow(RunId(1)).params, (Params{{u"rows"_s, u"7"_s}}));

    JobDefinition other = jobNamed(u"load"_s);
    other.project = u"q"_s;
    bench.applyJobs({other});
    QCOMPARE(bench.lines(triggerOf(u"load"_s)),
        QStringList{u"= 9 conflict: several projects have a job 'load': write one of p/load, q/load"_s});
}

void TestRuns::refusesMoreThanAThousandWaiting()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    for (int i = 0; i < 1000; ++i)
        bench.trigger(u"a"_s);
    QVERIFY(
        bench.lines(triggerOf(u"a"_s)).at(0).startsWith(u"= 9 conflict: 1000 runs of job p/a are waiting already"_s));
}

void TestRuns::startsNothingWhenStopped()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    bench.connect(u"x"_s);
    QCOMPARE(bench.lines(StartsStopped{}), QStringList());
    bench.trigger(u"a"_s);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Queued);
    bench.restart(1s);
    bench.connect(u"x"_s);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Assigned);
}

void TestRuns::correctsTheAgentsClock()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    AgentConnected event{.session = SessionId(1), .hello = helloOf(u"x"_s)};
    event.hello.now = bench.now + 3600s;
    bench.apply(event);
    QCOMPARE(bench.engine->agents().at(u"x"_s).agent.skewMs, 3'600'000);
    bench.trigger(u"a"_s);
    bench.wait(2s);
    bench.apply(AgentReportedStart{SessionId(1), {RunId(1), 1, 1, 5, bench.now + 3599s}});
    QCOMPARE(bench.engine->run(RunId(1))->run.startedAt, std::optional(clockAt("10:00:01")));
    bench.wait(2s);
    wire::AttemptResult result = exited(0);
    result.startedAt = clockAt("11:00:01");
    result.endedAt = clockAt("11:00:03");
    bench.apply(AgentReportedEnd{SessionId(1), {RunId(1), 1, 1, result}});
    QCOMPARE(bench.runRow(RunId(1)).endedAt, std::optional(clockAt("10:00:03")));
}

void TestRuns::runsOneAfterTheOtherByPriority()
{
    Bench bench;
    JobDefinition low = jobNamed(u"low"_s);
    low.priority = 10;
    JobDefinition high = jobNamed(u"high"_s);
    high.priority = 20;
    bench.applyJobs({low, high});
    bench.trigger(u"low"_s); // 1
    bench.wait(9min);
    bench.trigger(u"high"_s); // 2: is still ahead of 1
    bench.wait(2min);
    JobDefinition later = jobNamed(u"later"_s);
    later.priority = 20;
    bench.applyJobs({low, high, later});
    bench.trigger(u"later"_s); // 3: 1 has waited for 11 minutes, and is ahead
    bench.connect(u"x"_s, 1);
    QCOMPARE(bench.runRow(RunId(2)).state, RunState::Assigned);
    bench.ended(RunId(2), 0);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Assigned);
    bench.ended(RunId(1), 0);
    QCOMPARE(bench.runRow(RunId(3)).state, RunState::Assigned);
    QCOMPARE(bench.store.complaints(), QStringList());
}

QTEST_APPLESS_MAIN(TestRuns)
#include "tst_runs.moc"
