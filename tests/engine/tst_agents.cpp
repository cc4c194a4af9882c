// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/bench.h"

#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;
using wire::AttemptPhase;

namespace {

DrainAgent drain(const QString &name, bool drained = true)
{
    return {.token = 3, .name = name, .drained = drained};
}

// A bench with job `a`, agent `x` and run 1 assigned to it.
struct Ready : Bench {
    Ready()
    {
        applyJobs({jobNamed(u"a"_s)});
        connect(u"x"_s);
        trigger(u"a"_s);
    }
};

} // namespace

class TestAgents : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void sendsAgainWhatDidNotArrive();
    void keepsWhatLives();
    void takesTheStartFromTheHello();
    void takesTheResultFromTheHello();
    void waitsForAResultThatComesByItself();
    void losesWhatStartedAndIsGone();
    void losesWhatAnOlderBootHad();
    void takesAResultOfAnOlderBoot();
    void tellsWhatIsCommitted();
    void leavesStrangersAlone();
    void dropsNewsOfStrangers();
    void aHelloOfAnotherEpochIsNotOurs();
    void repeatedHellosChangeNothing();
    void theNewestConnectionWins();
    void theNameIsBoundToTheInstance();
    void refusesBadHellos();
    void unreachableIsAFlag();
    void aRestartForgetsNoLiveAttempt();
    void drainsAndResumes();
    void drainsByItself();
    void forgets();
    void forgetsEphemeralOnes();
    void keepsEphemeralOnesWithALiveAttempt();
    void placesByLabels();
    void placesTheLeastLoaded();
    void aSlotThatIsFreedIsUsedAtOnce();
    void rerunsOnAnotherAgentIfAsked();
};

void TestAgents::sendsAgainWhatDidNotArrive()
{
    Ready bench;
    bench.disconnect(u"x"_s);
    QCOMPARE(bench.connect(u"x"_s).mid(1),
        (QStringList{u"> 2 welcome epoch=1"_s, u"> 2 start 1.1 p/a boot=b1 epoch=1 true"_s}));
    QCOMPARE(bench.connect(u"x"_s, 4, {bench.reportOf(RunId(1), AttemptPhase::Ordered)}).mid(1),
        (QStringList{u"> 3 welcome epoch=1 1.1:known:0"_s, u"> 3 start 1.1 p/a boot=b1 epoch=1 true"_s, u"x 2 4409"_s,
            u"! agent x has connected again; its older connection is closed"_s}));
}

void TestAgents::keepsWhatLives()
{
    Ready bench;
    bench.started(RunId(1));
    bench.store.logs[{RunId(1), 1}] = 4711;
    bench.disconnect(u"x"_s);
    QCOMPARE(bench.connect(u"x"_s, 4, {bench.reportOf(RunId(1), AttemptPhase::Running)}).mid(1),
        QStringList{u"> 2 welcome epoch=1 1.1:known:4711"_s});
}

void TestAgents::takesTheStartFromTheHello()
{
    Ready bench;
    bench.disconnect(u"x"_s);
    bench.connect(u"x"_s, 4, {bench.reportOf(RunId(1), AttemptPhase::Running)});
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Running);
    QCOMPARE(bench.store.attempts.at({RunId(1), 1}).pid, 100);
}

void TestAgents::takesTheResultFromTheHello()
{
    Ready bench;
    bench.disconnect(u"x"_s);
    bench.wait(1min);
    wire::AttemptReport report = bench.reportOf(RunId(1), AttemptPhase::Ended);
    report.result = exited(3);
    report.result->startedAt = clockAt("10:00:05");
    report.result->endedAt = clockAt("10:00:30");
    QCOMPARE(bench.connect(u"x"_s, 4, {report}),
        (QStringList{u"agent x online instance=i-x boot=b1 slots=4 used=1 seen=10:01:00"_s,
            u"run 1 p/a v1 failed manual to=10:00:00 queued=10:00:00 started=10:00:05 ended=10:00:30 attempts=1 agent=x exit=3 by=ann"_s,
            u"attempt 1.1 failed on x boot=b1 epoch=1 assigned=10:00:00 started=10:00:05 ended=10:00:30 exit=3"_s,
            u"> 2 welcome epoch=1 1.1:committed:0"_s}));
}

void TestAgents::waitsForAResultThatComesByItself()
{
    Ready bench;
    bench.disconnect(u"x"_s);
    QCOMPARE(bench.connect(u"x"_s, 4, {bench.reportOf(RunId(1), AttemptPhase::Ended)}).mid(1),
        QStringList{u"> 2 welcome epoch=1 1.1:known:0"_s});
    bench.ended(RunId(1), 0);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Succeeded);
}

void TestAgents::losesWhatStartedAndIsGone()
{
    Ready bench;
    bench.started(RunId(1));
    bench.disconnect(u"x"_s);
    bench.wait(5s);
    QCOMPARE(bench.connect(u"x"_s),
        (QStringList{u"agent x online instance=i-x boot=b1 slots=4 used=1 seen=10:00:05"_s,
            u"run 1 p/a v1 lost manual to=10:00:00 queued=10:00:00 started=10:00:00 ended=10:00:05 attempts=1 agent=x reason='exit_unseen' by=ann"_s,
            u"attempt 1.1 lost on x boot=b1 epoch=1 assigned=10:00:00 started=10:00:00 ended=10:00:05 pid=100 reason='exit_unseen'"_s,
            u"> 2 welcome epoch=1"_s}));
}

void TestAgents::losesWhatAnOlderBootHad()
{
    for (const bool reported : {false, true}) {
        Ready bench;
        wire::AgentHello hello = helloOf(u"x"_s);
        hello.bootId = u"b2"_s;
        if (reported)
            hello.attempts = {bench.reportOf(RunId(1), AttemptPhase::Ordered)};
        const QStringList lines = bench.connect(hello);
        QCOMPARE(bench.runRow(RunId(1)).state, RunState::Lost);
        QCOMPARE(bench.runRow(RunId(1)).reason, u"host_rebooted"_s);
        QVERIFY(lines.contains(reported ? u"> 2 welcome epoch=1 1.1:committed:0"_s : u"> 2 welcome epoch=1"_s));
        QVERIFY(!lines.join(u' ').contains(u" start 1.1"_s));
    }
}

void TestAgents::takesAResultOfAnOlderBoot()
{
    Ready bench;
    wire::AgentHello hello = helloOf(u"x"_s);
    hello.bootId = u"b2"_s;
    hello.attempts = {bench.reportOf(RunId(1), AttemptPhase::Ended)};
    hello.attempts.at(0).result = exited(0);
    bench.connect(hello);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Succeeded);

    Ready unseen;
    hello.attempts.at(0).result = wire::AttemptResult{.exitUnseen = true};
    unseen.connect(hello);
    QCOMPARE(unseen.runRow(RunId(1)).reason, u"host_rebooted"_s);
}

void TestAgents::tellsWhatIsCommitted()
{
    Ready bench;
    wire::AttemptReport report = bench.reportOf(RunId(1), AttemptPhase::Ended);
    report.result = exited(0);
    bench.ended(RunId(1), 0);
    bench.store.logs[{RunId(1), 1}] = 12;
    QVERIFY(bench.connect(u"x"_s, 4, {report}).contains(u"> 2 welcome epoch=1 1.1:committed:12"_s));
    bench.restart();
    QVERIFY(bench.connect(u"x"_s, 4, {report}).contains(u"> 3 welcome epoch=2 1.1:committed:12"_s));
}

void TestAgents::leavesStrangersAlone()
{
    Ready bench;
    const wire::AttemptReport report{.run = RunId(77), .attempt = 1, .epoch = 1, .phase = AttemptPhase::Running};
    wire::AttemptReport ofX = bench.reportOf(RunId(1), AttemptPhase::Running);
    QCOMPARE(bench.connect(u"y"_s, 4, {ofX, report}).mid(1),
        (QStringList{u"> 2 welcome epoch=1 1.1:unknown:0 77.1:unknown:0"_s,
            u"! agent y holds run 1 attempt 1, which is not its own here: it is left alone there"_s,
            u"! agent y holds run 77 attempt 1, which is not its own here: it is left alone there"_s}));
    QCOMPARE(bench.engine->run(RunId(1))->run.state, RunState::Assigned);
}

void TestAgents::dropsNewsOfStrangers()
{
    Ready bench;
    bench.ended(RunId(1), 0);
    const wire::AttemptReport report{
        .run = RunId(1), .attempt = 1, .epoch = 1, .phase = AttemptPhase::Ended, .result = exited(9)};
    bench.connect(u"y"_s, 4, {report});
    QCOMPARE(bench.lines(AgentReportedEnd{bench.sessions.at(u"y"_s), {RunId(1), 1, 1, exited(9)}}),
        QStringList{u"! the end of run 1 attempt 1 (epoch 1) from agent y is ignored: it is not theirs"_s});
}

void TestAgents::aHelloOfAnotherEpochIsNotOurs()
{
    Ready bench;
    wire::AttemptReport report = bench.reportOf(RunId(1), AttemptPhase::Running);
    report.epoch = 9;
    QCOMPARE(bench.connect(u"x"_s, 4, {report}).mid(1),
        (QStringList{u"> 2 welcome epoch=1 1.1:unknown:0"_s, u"> 2 start 1.1 p/a boot=b1 epoch=1 true"_s, u"x 1 4409"_s,
            u"! agent x has connected again; its older connection is closed"_s,
            u"! agent x holds run 1 attempt 1, which is not its own here: it is left alone there"_s}));
}

void TestAgents::repeatedHellosChangeNothing()
{
    Ready bench;
    bench.started(RunId(1));
    AgentConnected event{.session = bench.sessions.at(u"x"_s), .hello = helloOf(u"x"_s)};
    event.hello.now = bench.now;
    event.hello.attempts = {bench.reportOf(RunId(1), AttemptPhase::Running)};
    event.stored = {bench.store.stored(u"x"_s, {RunId(1), 1}, 1)};
    for (int i = 0; i < 3; ++i)
        QCOMPARE(bench.lines(event),
            (QStringList{u"agent x online instance=i-x boot=b1 slots=4 used=1 seen=10:00:00"_s,
                u"> 1 welcome epoch=1 1.1:known:0"_s}));
}

void TestAgents::theNewestConnectionWins()
{
    Ready bench;
    const SessionId old = bench.sessions.at(u"x"_s);
    bench.connect(u"x"_s);
    QCOMPARE(bench.lines(AgentDisconnected{old}), QStringList());
    QCOMPARE(bench.engine->agents().at(u"x"_s).agent.state, AgentState::Online);
    QCOMPARE(bench.lines(AgentHeard{old, bench.now}), QStringList());
    QCOMPARE(bench.lines(AgentReportedEnd{old, {RunId(1), 1, 1, exited(0)}}).size(), 1);
    QCOMPARE(bench.engine->run(RunId(1))->run.state, RunState::Assigned);
}

void TestAgents::theNameIsBoundToTheInstance()
{
    Ready bench;
    wire::AgentHello other = helloOf(u"x"_s);
    other.instance = u"i-z"_s;
    const QString text
        = u"the name 'x' belongs to another agent (instance i-x): choose another name, or `belfry agent forget x` if that one is gone"_s;
    QCOMPARE(bench.connect(other),
        (QStringList{u"> 2 refused: "_s + text, u"x 2 1008"_s, u"! agent 'x' is refused: "_s + text}));
    QCOMPARE(bench.engine->agents().at(u"x"_s).session, std::optional(SessionId(1)));

    wire::AgentHello brief = helloOf(u"e"_s);
    brief.ephemeral = true;
    bench.connect(brief);
    bench.disconnect(u"e"_s);
    brief.instance = u"i-next"_s;
    bench.connect(brief);
    QCOMPARE(bench.engine->agents().at(u"e"_s).agent.instance, u"i-next"_s);
}

void TestAgents::refusesBadHellos()
{
    Bench bench;
    wire::AgentHello hello = helloOf(u"x"_s);
    hello.protocol = 2;
    QVERIFY(bench.connect(hello).at(0).startsWith(u"> 1 refused: this backend speaks protocol 1"_s));
    hello = helloOf(QString());
    QVERIFY(bench.connect(hello).at(0).startsWith(u"> 2 refused: an agent's name"_s));
    hello = helloOf(u"x"_s);
    hello.bootId.clear();
    QVERIFY(bench.connect(hello).at(0).startsWith(u"> 3 refused: the hello lacks"_s));
    hello = helloOf(u"x"_s, -5);
    bench.connect(hello);
    QCOMPARE(bench.engine->agents().at(u"x"_s).agent.slots, 0);
}

void TestAgents::unreachableIsAFlag()
{
    Ready bench;
    bench.started(RunId(1));
    bench.wait(5s);
    QCOMPARE(bench.disconnect(u"x"_s),
        QStringList{u"agent x unreachable instance=i-x boot=b1 slots=4 used=1 seen=10:00:05"_s});
    bench.run(100 * 24h);
    const OpenRun &open = *bench.engine->run(RunId(1));
    QCOMPARE(open.run.state, RunState::Running);
    QCOMPARE(bench.engine->unreachableSince(open), std::optional(clockAt("10:00:05")));
    bench.connect(u"x"_s, 4, {bench.reportOf(RunId(1), AttemptPhase::Running)});
    QCOMPARE(bench.engine->unreachableSince(open), std::optional<Instant>());
}

void TestAgents::aRestartForgetsNoLiveAttempt()
{
    Ready bench;
    bench.started(RunId(1));
    bench.restart(10s);
    const OpenRun &open = *bench.engine->run(RunId(1));
    QCOMPARE(bench.engine->unreachableSince(open), std::optional(clockAt("10:00:10")));
    QCOMPARE(bench.engine->counts().live, 1);
    QCOMPARE(bench.engine->agents().at(u"x"_s).agent.used, 1);
    QVERIFY(bench.connect(u"x"_s, 4, {bench.reportOf(RunId(1), AttemptPhase::Running)})
                .contains(u"> 2 welcome epoch=2 1.1:known:0"_s));
    bench.ended(RunId(1), 0);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Succeeded);
}

void TestAgents::drainsAndResumes()
{
    Ready bench;
    QCOMPARE(bench.lines(drain(u"x"_s)),
        (QStringList{u"agent x draining instance=i-x boot=b1 slots=4 used=1 seen=10:00:00 drained"_s, u"= 3 done"_s}));
    QCOMPARE(bench.lines(drain(u"x"_s)), QStringList{u"= 3 done"_s});
    bench.ended(RunId(1), 0);
    bench.trigger(u"a"_s);
    QCOMPARE(bench.runRow(RunId(2)).state, RunState::Queued);
    bench.restart();
    bench.connect(u"x"_s);
    QCOMPARE(bench.runRow(RunId(2)).state, RunState::Queued);
    bench.apply(drain(u"x"_s, false));
    QCOMPARE(bench.runRow(RunId(2)).state, RunState::Assigned);
    QCOMPARE(bench.lines(drain(u"nobody"_s)), QStringList{u"= 3 not_found: there is no agent 'nobody'"_s});
}

void TestAgents::drainsByItself()
{
    Ready bench;
    bench.ended(RunId(1), 0);
    bench.apply(AgentReportedDraining{bench.sessions.at(u"x"_s), u"stopping"_s});
    QCOMPARE(bench.engine->agents().at(u"x"_s).agent.state, AgentState::Draining);
    bench.trigger(u"a"_s);
    QCOMPARE(bench.runRow(RunId(2)).state, RunState::Queued);
    bench.connect(u"x"_s);
    QCOMPARE(bench.runRow(RunId(2)).state, RunState::Assigned);
}

void TestAgents::forgets()
{
    Ready bench;
    const auto forget = [&](const QString &name) { return bench.lines(ForgetAgent{.token = 4, .name = name}); };
    QCOMPARE(forget(u"x"_s),
        QStringList{u"= 4 conflict: agent x is connected and would come back at once; stop it first"_s});
    bench.disconnect(u"x"_s);
    QCOMPARE(forget(u"x"_s),
        QStringList{u"= 4 conflict: run 1 may still live on agent x; an agent can be forgotten when it holds none"_s});
    bench.connect(u"x"_s);
    bench.ended(RunId(1), 0);
    bench.disconnect(u"x"_s);
    QCOMPARE(forget(u"x"_s), (QStringList{u"no agent x"_s, u"= 4 done"_s}));
    QCOMPARE(forget(u"x"_s), QStringList{u"= 4 not_found: there is no agent 'x'"_s});
}

void TestAgents::forgetsEphemeralOnes()
{
    for (const bool restart : {false, true}) {
        Bench bench;
        wire::AgentHello hello = helloOf(u"e"_s);
        hello.ephemeral = true;
        bench.connect(hello);
        bench.disconnect(u"e"_s);
        if (restart)
            bench.restart();
        QCOMPARE(bench.run(10min - 1ms), QStringList());
        QCOMPARE(bench.run(1ms), QStringList{u"no agent e"_s});
        QVERIFY(bench.engine->agents().empty());
    }
}

void TestAgents::keepsEphemeralOnesWithALiveAttempt()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s)});
    wire::AgentHello hello = helloOf(u"e"_s);
    hello.ephemeral = true;
    bench.connect(hello);
    bench.trigger(u"a"_s);
    bench.disconnect(u"e"_s);
    bench.run(24h);
    QCOMPARE(bench.engine->agents().count(u"e"_s), 1u);
}

void TestAgents::placesByLabels()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    job.agent = u"linux && !gpu && os == debian"_s;
    JobDefinition named = jobNamed(u"b"_s);
    named.agent = u"name == y"_s;
    bench.applyJobs({job, named});
    bench.trigger(u"a"_s);
    bench.trigger(u"b"_s);
    wire::AgentHello hello = helloOf(u"x"_s);
    hello.labels = {{u"linux"_s, QString()}, {u"gpu"_s, QString()}, {u"os"_s, u"debian"_s}, {u"name"_s, u"y"_s}};
    bench.connect(hello);
    QCOMPARE(bench.engine->counts().live, 0);
    hello.labels.erase(u"gpu"_s);
    bench.connect(hello);
    QCOMPARE(bench.runRow(RunId(1)).agent, u"x"_s);
    bench.connect(u"y"_s);
    QCOMPARE(bench.runRow(RunId(2)).agent, u"y"_s);
}

void TestAgents::placesTheLeastLoaded()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    job.overlap = OverlapPolicy::Allow;
    job.maxRunning = 100;
    bench.applyJobs({job});
    bench.connect(u"big"_s, 4);
    bench.connect(u"small"_s, 2);
    QString order;
    for (int i = 1; i <= 7; ++i)
        order += bench.runRow(bench.trigger(u"a"_s)).agent.left(1) + u' ';
    QCOMPARE(order, u"b s b b s b  "_s);
}

void TestAgents::aSlotThatIsFreedIsUsedAtOnce()
{
    Bench bench;
    bench.applyJobs({jobNamed(u"a"_s), jobNamed(u"b"_s)});
    bench.connect(u"x"_s, 1);
    bench.trigger(u"a"_s);
    bench.trigger(u"b"_s);
    QCOMPARE(bench.ended(RunId(1), 0),
        (QStringList{
            u"run 1 p/a v1 succeeded manual to=10:00:00 queued=10:00:00 started=10:00:00 ended=10:00:00 attempts=1 agent=x exit=0 by=ann"_s,
            u"run 2 p/b v1 assigned manual to=10:00:00 queued=10:00:00 attempts=1 agent=x by=ann"_s,
            u"attempt 1.1 succeeded on x boot=b1 epoch=1 assigned=10:00:00 started=10:00:00 ended=10:00:00 exit=0"_s,
            u"attempt 2.1 assigned on x boot=b1 epoch=1 assigned=10:00:00"_s, u"> 1 committed 1.1"_s,
            u"> 1 start 2.1 p/b boot=b1 epoch=1 true"_s}));
}

void TestAgents::rerunsOnAnotherAgentIfAsked()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    job.retries = {.max = 2, .delay = 0s, .otherAgent = true};
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    bench.connect(u"y"_s);
    bench.trigger(u"a"_s);
    QCOMPARE(bench.runRow(RunId(1)).agent, u"x"_s);
    bench.ended(RunId(1), 1);
    QCOMPARE(bench.runRow(RunId(1)).agent, u"y"_s);
    bench.disconnect(u"x"_s);
    bench.ended(RunId(1), 1);
    QCOMPARE(bench.runRow(RunId(1)).agent, u"y"_s);
}

QTEST_APPLESS_MAIN(TestAgents)
#include "tst_agents.moc"
