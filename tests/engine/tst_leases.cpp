// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/explainrun.h"
#include "tests/engine/bench.h"

#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;
using wire::AttemptPhase;

namespace {

// Its lease lasts 40 s of the minute.
JobDefinition leased(OnLost policy)
{
    JobDefinition job = jobNamed(u"a"_s);
    job.onLost = policy;
    job.lostAfter = 1min;
    job.retries.delay = 0s;
    return job;
}

// Run 1 of job `a` runs on agent `x` since 10:00; the boot clock of every host says 1h16m40s then.
struct Ready : Bench {
    explicit Ready(const JobDefinition &job)
    {
        applyJobs({job});
        connect(u"x"_s);
        trigger(u"a"_s);
        started(RunId(1));
    }
    explicit Ready(OnLost policy)
        : Ready(leased(policy))
    { }

    RunState state() const { return runRow(RunId(1)).state; }
    QString reason() const { return runRow(RunId(1)).reason; }
    int attempts() const { return runRow(RunId(1)).attempts; }
    QString why() const
    {
        const OpenRun *open = engine->run(RunId(1));
        RunFacts facts{.run = runRow(RunId(1)), .definition = std::make_shared<JobDefinition>(definition())};
        if (open) {
            facts.attempts = {*open->attempt};
            facts.unreachableSince = engine->unreachableSince(*open);
            facts.lease = engine->leaseTimes(*open);
        }
        return runSentence(facts, Words(u"UTC", now));
    }
    const JobDefinition &definition() const { return engine->job(runRow(RunId(1)).job)->definition; }
};

wire::AttemptReport endedReport(const Bench &bench, wire::AttemptResult result)
{
    wire::AttemptReport report = bench.reportOf(RunId(1), AttemptPhase::Ended);
    result.startedAt = report.startedAt.value();
    result.endedAt = bench.now;
    report.result = result;
    return report;
}

wire::AttemptResult expired()
{
    return {.signal = 15, .leaseExpired = true};
}

} // namespace

// `on_lost: fail` and `rerun`: leases go out, and whom nobody hears of for lost_after is lost.
class TestLeases : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theOrderCarriesALease();
    void pingsRenew();
    void theWelcomeRenews();
    void anOrderThatIsSentAgainCarriesANewLease();
    void silenceFails();
    void silenceRunsAgain();
    void silenceRunsAgainAsOftenAsRetriesSay();
    void silenceIsCountedFromTheLastRenewalThatWasSent();
    void aSilentAgentIsHungUpOn();
    void underWaitNobodyCounts();
    void aLeaseThatRanOutIsACertainLoss();
    void aCertainLossIsLostAtOnce_data();
    void aCertainLossIsLostAtOnce();
    void whatIsDeclaredLostRunsAgain();
    void whatIsSaidAfterwardsChangesNothing();
    void aCancelledAttemptIsNotRunAgain();
    void aStartOfTheBackendCountsAnew();
    void theBackendsOwnSleepIsNobodysSilence();
    void theEngineAsksForTimeWhenALeaseEnds();
    void aPinnedDefinitionKeepsItsPolicy();
    void readingsThatGoBackShortenNothing();
    void aHelloWithoutBootTimeIsRefused();
    void saysWhatWillBecomeOfIt();
    void saysWhatBecameOfIt();
};

void TestLeases::theOrderCarriesALease()
{
    Bench bench;
    bench.applyJobs({leased(OnLost::Fail), jobNamed(u"b"_s)});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.wait(3s);
    // Counted from the newest reading, which is that of the hello.
    TriggerJob again;
    again.job = u"a"_s;
    QVERIFY(bench.lines(again).filter(u"> 1 start"_s).isEmpty()); // it waits for run 1
    QCOMPARE(bench.ended(RunId(1), 0).filter(u"> 1 start"_s),
        QStringList{u"> 1 start 2.1 p/a boot=b1 epoch=1 lease=1h17m20s true"_s});
    again.job = u"b"_s;
    QCOMPARE(bench.lines(again).filter(u"> 1 start"_s), QStringList{u"> 1 start 3.1 p/b boot=b1 epoch=1 true"_s});
}

void TestLeases::pingsRenew()
{
    Ready bench(OnLost::Fail);
    bench.wait(5s);
    QCOMPARE(bench.ping(u"x"_s), QStringList{u"> 1 leases 1.1=1h17m25s"_s});
    bench.wait(5s);
    QCOMPARE(bench.ping(u"x"_s), QStringList{u"> 1 leases 1.1=1h17m30s"_s});
    bench.ended(RunId(1), 0);
    QCOMPARE(bench.ping(u"x"_s), QStringList());
    Ready waits(OnLost::Wait);
    QCOMPARE(waits.ping(u"x"_s), QStringList());
}

void TestLeases::theWelcomeRenews()
{
    Ready bench(OnLost::Rerun);
    bench.disconnect(u"x"_s);
    bench.wait(20s);
    QCOMPARE(bench.connect(u"x"_s, 4, {bench.reportOf(RunId(1), AttemptPhase::Running)}).mid(1),
        (QStringList{u"> 2 welcome epoch=1 1.1:known:0"_s, u"> 2 leases 1.1=1h17m40s"_s}));
}

void TestLeases::anOrderThatIsSentAgainCarriesANewLease()
{
    Bench bench;
    bench.applyJobs({leased(OnLost::Fail)});
    bench.connect(u"x"_s);
    bench.trigger(u"a"_s);
    bench.disconnect(u"x"_s);
    bench.wait(20s);
    QCOMPARE(bench.connect(u"x"_s).mid(1),
        (QStringList{u"> 2 welcome epoch=1"_s, u"> 2 start 1.1 p/a boot=b1 epoch=1 lease=1h17m40s true"_s,
            u"> 2 leases 1.1=1h17m40s"_s}));
}

void TestLeases::silenceFails()
{
    Ready bench(OnLost::Fail);
    bench.disconnect(u"x"_s);
    QCOMPARE(bench.run(1min - 1ms), QStringList());
    QCOMPARE(bench.state(), RunState::Running);
    bench.wait(1ms);
    QCOMPARE(bench.lines(TimePassed{}),
        (QStringList{
            u"run 1 p/a v1 lost manual to=10:00:00 queued=10:00:00 started=10:00:00 ended=10:01:00 attempts=1 agent=x reason='lost_after' by=ann"_s,
            u"attempt 1.1 lost on x boot=b1 epoch=1 assigned=10:00:00 started=10:00:00 ended=10:01:00 pid=100 reason='lost_after'"_s,
            u"! run 1 attempt 1 is lost: agent x has not been heard of for 1m"_s}));
    QCOMPARE(bench.run(1h), QStringList());
    QVERIFY(bench.engine->agents().at(u"x"_s).live.empty());
}

void TestLeases::silenceRunsAgain()
{
    Ready bench(OnLost::Rerun);
    bench.disconnect(u"x"_s);
    bench.connect(u"y"_s);
    bench.run(1min);
    QCOMPARE(bench.attempts(), 2);
    QCOMPARE(bench.state(), RunState::Assigned);
    QCOMPARE(bench.runRow(RunId(1)).agent, u"y"_s);
    QCOMPARE(bench.store.attempts.at({RunId(1), 1}).state, RunState::Lost);
    QCOMPARE(bench.store.attempts.at({RunId(1), 2}).assignedAt, clockAt("10:01"));
    // Once, for retries.max is 0.
    bench.started(RunId(1));
    bench.disconnect(u"y"_s);
    bench.run(1min);
    QCOMPARE(bench.state(), RunState::Lost);
    QCOMPARE(bench.attempts(), 2);
    QCOMPARE(bench.reason(), u"lost_after"_s);
}

void TestLeases::silenceRunsAgainAsOftenAsRetriesSay()
{
    JobDefinition job = leased(OnLost::Rerun);
    job.retries.max = 3;
    Ready bench(job);
    for (int attempt = 1; attempt <= 4; ++attempt) {
        QCOMPARE(bench.attempts(), attempt);
        bench.disconnect(u"x"_s);
        bench.run(1min);
        bench.connect(u"x"_s);
    }
    QCOMPARE(bench.state(), RunState::Lost);
    QCOMPARE(bench.attempts(), 4);
}

void TestLeases::silenceIsCountedFromTheLastRenewalThatWasSent()
{
    Ready bench(OnLost::Fail);
    bench.run(30s);
    bench.ping(u"x"_s);
    bench.run(10s);
    bench.disconnect(u"x"_s);
    bench.run(50s - 1ms);
    QCOMPARE(bench.state(), RunState::Running);
    bench.run(1ms);
    QCOMPARE(bench.state(), RunState::Lost);
}

// Stopped, or cut off without a word: its connection looks open, and still the new attempt must not go there.
void TestLeases::aSilentAgentIsHungUpOn()
{
    Ready bench(OnLost::Rerun);
    const QStringList lines = bench.run(1min);
    QVERIFY2(lines.contains(u"x 1 4410"_s), qPrintable(lines.join(u'\n')));
    QCOMPARE(bench.engine->agents().at(u"x"_s).agent.state, AgentState::Unreachable);
    QCOMPARE(bench.state(), RunState::Retrying);
    QCOMPARE(bench.disconnect(u"x"_s), QStringList());
    bench.connect(u"y"_s);
    QCOMPARE(bench.runRow(RunId(1)).agent, u"y"_s);
}

void TestLeases::underWaitNobodyCounts()
{
    Ready bench(OnLost::Wait);
    bench.disconnect(u"x"_s);
    QCOMPARE(bench.run(24h), QStringList());
    QCOMPARE(bench.state(), RunState::Running);
    QVERIFY(!bench.engine->leaseTimes(*bench.engine->run(RunId(1))));
    bench.connect(u"x"_s, 4, {endedReport(bench, exited(0))});
    QCOMPARE(bench.state(), RunState::Succeeded);
    QCOMPARE(bench.attempts(), 1);
}

void TestLeases::aLeaseThatRanOutIsACertainLoss()
{
    Ready fails(OnLost::Fail);
    fails.disconnect(u"x"_s);
    fails.run(50s);
    fails.connect(u"x"_s, 4, {endedReport(fails, expired())});
    QCOMPARE(fails.state(), RunState::Lost);
    QCOMPARE(fails.reason(), u"lease_expired"_s);

    Ready again(OnLost::Rerun);
    again.disconnect(u"x"_s);
    again.run(50s);
    const QStringList lines = again.connect(u"x"_s, 4, {endedReport(again, expired())});
    QCOMPARE(again.attempts(), 2);
    QCOMPARE(lines.filter(u"start"_s).last(), u"> 2 start 1.2 p/a boot=b1 epoch=1 lease=1h18m10s true"_s);
}

void TestLeases::aCertainLossIsLostAtOnce_data()
{
    QTest::addColumn<int>("policy");
    QTest::addColumn<bool>("reboots");
    for (const OnLost policy : {OnLost::Wait, OnLost::Fail, OnLost::Rerun}) {
        QTest::addRow("exit unseen, %s", qPrintable(nameOf(policy))) << int(policy) << false;
        QTest::addRow("rebooted, %s", qPrintable(nameOf(policy))) << int(policy) << true;
    }
}

void TestLeases::aCertainLossIsLostAtOnce()
{
    QFETCH(int, policy);
    QFETCH(bool, reboots);
    Ready bench{OnLost(policy)};
    bench.disconnect(u"x"_s);
    bench.wait(1s);
    wire::AgentHello hello = helloOf(u"x"_s);
    if (reboots)
        hello.bootId = u"b2"_s;
    bench.connect(hello);
    QCOMPARE(bench.store.attempts.at({RunId(1), 1}).state, RunState::Lost);
    QCOMPARE(bench.store.attempts.at({RunId(1), 1}).reason, reboots ? u"host_rebooted"_s : u"exit_unseen"_s);
    const bool again = OnLost(policy) == OnLost::Rerun;
    QCOMPARE(bench.state(), again ? RunState::Assigned : RunState::Lost);
    QCOMPARE(bench.attempts(), again ? 2 : 1);
}

void TestLeases::whatIsDeclaredLostRunsAgain()
{
    Ready bench(OnLost::Rerun);
    bench.disconnect(u"x"_s);
    bench.connect(u"y"_s);
    bench.apply(DeclareLost{.token = 5, .run = RunId(1), .by = u"bob"_s, .reason = u"the host burnt down"_s});
    QCOMPARE(bench.attempts(), 2);
    QCOMPARE(bench.runRow(RunId(1)).agent, u"y"_s);
}

void TestLeases::whatIsSaidAfterwardsChangesNothing()
{
    Ready bench(OnLost::Fail);
    const wire::AttemptReport report = endedReport(bench, exited(0));
    bench.disconnect(u"x"_s);
    bench.run(1min);
    const Run lost = bench.runRow(RunId(1));
    QCOMPARE(bench.connect(u"x"_s, 4, {report}).mid(1), QStringList{u"> 2 welcome epoch=1 1.1:committed:0"_s});
    QCOMPARE(bench.lines(AgentReportedEnd{bench.sessions.at(u"x"_s), {RunId(1), 1, 1, *report.result}}),
        QStringList{u"> 2 committed 1.1"_s});
    QCOMPARE(
        bench.lines(AgentReportedStart{bench.sessions.at(u"x"_s), {RunId(1), 1, 1, 100, bench.now}}), QStringList());
    QVERIFY(bench.runRow(RunId(1)) == lost);
}

void TestLeases::aCancelledAttemptIsNotRunAgain()
{
    Ready bench(OnLost::Rerun);
    bench.disconnect(u"x"_s);
    bench.apply(CancelRun{.token = 5, .run = RunId(1), .by = u"bob"_s});
    bench.run(1min);
    QCOMPARE(bench.state(), RunState::Lost);
    QCOMPARE(bench.attempts(), 1);
}

void TestLeases::aStartOfTheBackendCountsAnew()
{
    Ready bench(OnLost::Fail);
    bench.disconnect(u"x"_s);
    bench.run(50s);
    bench.restart(20s);
    bench.run(1min - 1ms);
    QCOMPARE(bench.state(), RunState::Running);
    bench.run(1ms);
    QCOMPARE(bench.state(), RunState::Lost);
}

void TestLeases::theBackendsOwnSleepIsNobodysSilence()
{
    Ready bench(OnLost::Fail);
    bench.run(10s);
    bench.wait(10min);
    const Effects effects = bench.engine->apply({bench.now, bench.monotonic, 1, TimePassed{}, 10min});
    bench.store.commit(effects.writes);
    QCOMPARE(bench.state(), RunState::Running);
    // What the agent had said meanwhile is heard now.
    QCOMPARE(bench.ended(RunId(1), 0).isEmpty(), false);
    QCOMPARE(bench.state(), RunState::Succeeded);

    Ready silent(OnLost::Fail);
    silent.run(10s);
    silent.wait(10min);
    silent.engine->apply({silent.now, silent.monotonic, 1, TimePassed{}, 10min});
    silent.run(50s - 1ms);
    QCOMPARE(silent.state(), RunState::Running);
    silent.run(1ms);
    QCOMPARE(silent.state(), RunState::Lost);
}

void TestLeases::theEngineAsksForTimeWhenALeaseEnds()
{
    Ready bench(OnLost::Fail);
    QCOMPARE(bench.engine->nextDue(), clockAt("10:01"));
    bench.run(30s);
    bench.ping(u"x"_s);
    QCOMPARE(bench.engine->nextDue(), clockAt("10:01:30"));
    // Leases know nothing of the wall clock.
    bench.now = bench.now + 5min;
    bench.apply(TimePassed{});
    QCOMPARE(bench.state(), RunState::Running);
    QCOMPARE(bench.engine->nextDue(), clockAt("10:06:30"));
    bench.ended(RunId(1), 0);
    QCOMPARE(bench.engine->nextDue(), std::nullopt);
}

void TestLeases::aPinnedDefinitionKeepsItsPolicy()
{
    Ready bench(OnLost::Fail);
    bench.applyJobs({leased(OnLost::Wait)});
    bench.disconnect(u"x"_s);
    bench.run(1min);
    QCOMPARE(bench.state(), RunState::Lost);
}

void TestLeases::readingsThatGoBackShortenNothing()
{
    Ready bench(OnLost::Fail);
    bench.wait(5s);
    QCOMPARE(
        bench.lines(AgentHeard{bench.sessions.at(u"x"_s), bench.now, 1s}), QStringList{u"> 1 leases 1.1=1h17m20s"_s});
}

void TestLeases::aHelloWithoutBootTimeIsRefused()
{
    Bench bench;
    wire::AgentHello hello = helloOf(u"x"_s);
    hello.bootTime = 0ms;
    const Effects effects = bench.apply(AgentConnected{SessionId(1), hello, {}});
    QVERIFY(effects.writes.empty());
    QVERIFY(std::get<wire::AgentRefused>(effects.messages.at(0).message).reason.contains(u"boot time"_s));
}

void TestLeases::saysWhatWillBecomeOfIt()
{
    const QString start
        = u"Run 1 of p/a, triggered by ann at 10:00:00Z, is running on agent x since 10:00:00Z (20s ago). "
          u"Agent x is unreachable since 10:00:10Z (10s ago): "_s;
    const auto whyOf = [](const JobDefinition &job) {
        Ready bench(job);
        bench.run(10s);
        bench.disconnect(u"x"_s);
        bench.run(10s);
        return bench.why();
    };
    QCOMPARE(whyOf(leased(OnLost::Wait)),
        start
            + u"its result counts when the agent returns, and nothing else is done unless somebody says `belfry lost 1`."_s);
    QCOMPARE(whyOf(leased(OnLost::Fail)),
        start
            + u"unless the agent returns before, its processes are ended at 10:00:40Z at the latest, when their lease "
              u"runs "
              u"out, and at 10:01:00Z the run is lost (on_lost: fail)."_s);
    QCOMPARE(whyOf(leased(OnLost::Rerun)),
        start
            + u"unless the agent returns before, its processes are ended at 10:00:40Z at the latest, when their lease "
              u"runs "
              u"out, and at 10:01:00Z the attempt counts as lost and a new one is made (on_lost: rerun)."_s);
}

void TestLeases::saysWhatBecameOfIt()
{
    Ready silent(OnLost::Fail);
    silent.disconnect(u"x"_s);
    silent.run(1min);
    QCOMPARE(silent.why(),
        u"Run 1 of p/a, triggered by ann at 10:00:00Z, is lost at 10:01:00Z, after 1m on agent x: agent x was not "
        u"heard of "
        u"for its lost_after of 1m (on_lost: fail), and the lease of its processes had run out at 10:00:40Z."_s);
    Ready ended(OnLost::Fail);
    ended.disconnect(u"x"_s);
    ended.run(50s);
    ended.connect(u"x"_s, 4, {endedReport(ended, expired())});
    QVERIFY2(
        ended.why().endsWith(u": its lease ran out before the backend could be reached again, and its processes were "
                             u"ended (lease_expired)."_s),
        qPrintable(ended.why()));
}

QTEST_GUILESS_MAIN(TestLeases)
#include "tst_leases.moc"
