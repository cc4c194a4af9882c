// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/limits.h"

#include "tests/engine/bench.h"

#include <rapidcheck.h>

#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;

namespace {

constexpr Instant start{1'000'000'000};

QueueKey keyOf(qint64 run)
{
    return {run, RunId(run)};
}

Demand demandFor(const std::map<QString, int> &units)
{
    return {0, u"p"_s, units};
}

LimitKey key(const QString &name)
{
    return {u"p"_s, name};
}

JobDefinition limited(const QString &name, const std::map<QString, int> &units)
{
    JobDefinition job = jobNamed(name);
    job.limits = units;
    job.overlap = OverlapPolicy::Allow;
    job.maxRunning = 1000;
    return job;
}

QList<qint64> liveRuns(const Bench &bench)
{
    QList<qint64> live;
    for (const auto &[id, open] : bench.engine->openRuns()) {
        if (open.attempt)
            live += id.value;
    }
    return live;
}

using Numbers = QList<qint64>;

} // namespace

class TestLimits : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void unitsAreTakenTogetherOrNotAtAll();
    void whoClaimsIsNotPassedTwice();
    void aClaimHoldsUpOnlyWhatComesLater();
    void whatIsAskedBeyondTheLimitTakesTheWhole();
    void aRateCountsTheLastSpan();
    void usesOfTheFutureCountFromNow();
    void aLockIsHeldByOne();
    void limitsBelongToTheirProject();
    void whoWaitsForALimitDoesNotHoldUpOthers();
    void aLargeRequestIsNotStarvedBySmallOnes();
    void aRunWithoutAnAgentClaimsNothing();
    void unitsChangeByApply();
    void applyRefusesWhatCannotBeHeld();
    void aRetryHoldsNothing();
    void anUnreachableAttemptHoldsItsLimits();
    void aRestartRemembersUsesOfRates();
    void aStepOfTheClockKeepsTheSpan();
    void higherPriorityGoesFirst();
    void neverExceedsAndNeverStarves();
};

void TestLimits::unitsAreTakenTogetherOrNotAtAll()
{
    Limits limits({{u"p"_s, u"x"_s, {2, 0, 0s}}, {u"p"_s, u"y"_s, {1, 0, 0s}}}, {}, start);
    const Demand both = demandFor({{u"x"_s, 2}, {u"y"_s, 1}});
    QVERIFY(limits.lacking(both, keyOf(1), start).empty());
    limits.hold(demandFor({{u"x"_s, 1}}), RunId(9), start);
    const auto lacking = limits.lacking(both, keyOf(1), start);
    QCOMPARE(lacking.size(), 1u);
    QCOMPARE(lacking[0].limit, key(u"x"_s));
    QCOMPARE(lacking[0].need, 2);
    QCOMPARE(lacking[0].used, 1);
    QCOMPARE(limits.holders(key(u"x"_s)).at(RunId(9)).units, 1);
    limits.takeEased();
    limits.release(demandFor({{u"x"_s, 1}}), RunId(9));
    QCOMPARE(limits.takeEased(), std::set<LimitKey>{key(u"x"_s)});
    QVERIFY(limits.lacking(both, keyOf(1), start).empty());
    QVERIFY(limits.lacking(demandFor({{u"gone"_s, 5}}), keyOf(1), start).empty());
}

void TestLimits::whoClaimsIsNotPassedTwice()
{
    Limits limits({{u"p"_s, u"x"_s, {1, 0, 0s}}, {u"p"_s, u"y"_s, {1, 0, 0s}}}, {}, start);
    const Demand onlyX = demandFor({{u"x"_s, 1}});
    const Demand onlyY = demandFor({{u"y"_s, 1}});
    const Demand both = demandFor({{u"x"_s, 1}, {u"y"_s, 1}});
    limits.hold(onlyY, RunId(1), start);
    limits.claim(both, keyOf(2), limits.lacking(both, keyOf(2), start));
    QVERIFY(limits.lacking(onlyX, keyOf(3), start).empty()); // 2 does not wait for x
    limits.hold(onlyX, RunId(3), start);
    limits.claim(both, keyOf(2), limits.lacking(both, keyOf(2), start));
    limits.release(onlyY, RunId(1));
    QCOMPARE(limits.lacking(onlyY, keyOf(4), start).size(), 1u); // y waits for 2
    QCOMPARE(limits.lacking(onlyY, keyOf(4), start)[0].claimed, 1);
    limits.release(onlyX, RunId(3));
    QCOMPARE(limits.lacking(onlyX, keyOf(5), start).size(), 1u);
    QVERIFY(limits.lacking(both, keyOf(2), start).empty());
    limits.dropClaim(keyOf(2));
    QCOMPARE(limits.takeEased(), (std::set<LimitKey>{key(u"x"_s), key(u"y"_s)}));
    QVERIFY(limits.claims().empty());
}

void TestLimits::aClaimHoldsUpOnlyWhatComesLater()
{
    Limits limits({{u"p"_s, u"x"_s, {3, 0, 0s}}}, {}, start);
    const Demand one = demandFor({{u"x"_s, 1}});
    const Demand three = demandFor({{u"x"_s, 3}});
    limits.hold(one, RunId(1), start);
    limits.claim(three, keyOf(5), limits.lacking(three, keyOf(5), start));
    QVERIFY(limits.lacking(one, keyOf(4), start).empty());
    QVERIFY(!limits.lacking(one, keyOf(6), start).empty());
}

void TestLimits::whatIsAskedBeyondTheLimitTakesTheWhole()
{
    Limits limits({{u"p"_s, u"x"_s, {4, 0, 0s}}}, {}, start);
    const Demand four = demandFor({{u"x"_s, 4}});
    limits.set(key(u"x"_s), {2, 0, 0s});
    QVERIFY(limits.lacking(four, keyOf(1), start).empty());
    limits.hold(four, RunId(1), start);
    QCOMPARE(limits.used(key(u"x"_s), start), 2);
    limits.set(key(u"x"_s), {5, 0, 0s});
    QCOMPARE(limits.used(key(u"x"_s), start), 4);
    limits.remove(key(u"x"_s));
    QVERIFY(limits.lacking(four, keyOf(2), start).empty());
}

void TestLimits::aRateCountsTheLastSpan()
{
    Limits limits({{u"p"_s, u"r"_s, {0, 3, 60s}}}, {}, start);
    const Demand two = demandFor({{u"r"_s, 2}});
    QCOMPARE(
        limits.spend(two, {RunId(1), 1}, start), (std::vector<RateUse>{{u"p"_s, u"r"_s, {RunId(1), 1}, 2, start}}));
    QVERIFY(limits.lacking(demandFor({{u"r"_s, 1}}), keyOf(2), start + 1s).empty());
    const auto lacking = limits.lacking(two, keyOf(2), start + 59s);
    QCOMPARE(lacking.size(), 1u);
    QCOMPARE(lacking[0].freeAt, start + 60s);
    QVERIFY(!limits.expire(key(u"r"_s), start + 59s));
    QVERIFY(limits.lacking(two, keyOf(2), start + 60s).empty());
    QCOMPARE(limits.expire(key(u"r"_s), start + 60s), start);
    QVERIFY(limits.spend(demandFor({{u"other"_s, 1}}), {RunId(3), 1}, start).empty());
}

void TestLimits::usesOfTheFutureCountFromNow()
{
    Limits limits({{u"p"_s, u"r"_s, {0, 1, 60s}}}, {{u"p"_s, u"r"_s, {RunId(1), 1}, 1, start + 24h}}, start);
    QCOMPARE(limits.lacking(demandFor({{u"r"_s, 1}}), keyOf(2), start)[0].freeAt, start + 60s);
}

void TestLimits::aLockIsHeldByOne()
{
    Bench bench;
    bench.limits = {{u"x"_s, {1, 0, 0s}}};
    bench.applyJobs({limited(u"a"_s, {{u"x"_s, 1}}), limited(u"b"_s, {{u"x"_s, 1}})});
    bench.connect(u"one"_s);
    bench.connect(u"two"_s);
    bench.trigger(u"a"_s);
    bench.trigger(u"b"_s);
    bench.trigger(u"a"_s);
    QCOMPARE(liveRuns(bench), Numbers{1});
    bench.started(RunId(1));
    bench.ended(RunId(1), 0);
    QCOMPARE(liveRuns(bench), Numbers{2});
    bench.ended(RunId(2), 1);
    QCOMPARE(liveRuns(bench), Numbers{3});
}

void TestLimits::limitsBelongToTheirProject()
{
    Bench bench;
    bench.limits = {{u"x"_s, {1, 0, 0s}}};
    bench.applyJobs({limited(u"a"_s, {{u"x"_s, 1}})});
    JobDefinition other = limited(u"b"_s, {{u"x"_s, 1}});
    other.project = u"q"_s;
    bench.applyJobs({other});
    bench.connect(u"one"_s);
    bench.trigger(u"p/a"_s);
    bench.trigger(u"q/b"_s);
    bench.trigger(u"p/a"_s);
    QCOMPARE(liveRuns(bench), (Numbers{1, 2}));
}

void TestLimits::whoWaitsForALimitDoesNotHoldUpOthers()
{
    Bench bench;
    bench.limits = {{u"x"_s, {1, 0, 0s}}};
    bench.applyJobs({limited(u"a"_s, {{u"x"_s, 1}}), limited(u"b"_s, {})});
    bench.connect(u"one"_s, 3);
    bench.trigger(u"a"_s);
    bench.trigger(u"a"_s);
    bench.trigger(u"b"_s);
    QCOMPARE(liveRuns(bench), (Numbers{1, 3}));
}

void TestLimits::aLargeRequestIsNotStarvedBySmallOnes()
{
    Bench bench;
    bench.limits = {{u"x"_s, {2, 0, 0s}}};
    bench.applyJobs({limited(u"small"_s, {{u"x"_s, 1}}), limited(u"large"_s, {{u"x"_s, 2}})});
    bench.connect(u"one"_s, 9);
    bench.trigger(u"small"_s);
    bench.trigger(u"small"_s);
    bench.trigger(u"large"_s);
    bench.trigger(u"small"_s);
    QCOMPARE(liveRuns(bench), (Numbers{1, 2}));
    bench.ended(RunId(1), 0);
    QCOMPARE(liveRuns(bench), Numbers{2}); // what is free waits for run 3
    bench.ended(RunId(2), 0);
    QCOMPARE(liveRuns(bench), Numbers{3});
    bench.ended(RunId(3), 0);
    QCOMPARE(liveRuns(bench), Numbers{4});

    // A claim ends with the run that has it.
    bench.trigger(u"large"_s);
    bench.trigger(u"small"_s);
    QCOMPARE(liveRuns(bench), Numbers{4});
    bench.apply(CancelRun{1, RunId(5), u"ann"_s, {}});
    QCOMPARE(liveRuns(bench), (Numbers{4, 6}));
}

void TestLimits::aRunWithoutAnAgentClaimsNothing()
{
    Bench bench;
    bench.limits = {{u"x"_s, {2, 0, 0s}}};
    JobDefinition large = limited(u"large"_s, {{u"x"_s, 2}});
    large.agent = u"name == two"_s;
    bench.applyJobs({limited(u"small"_s, {{u"x"_s, 1}}), large});
    bench.connect(u"one"_s, 9);
    bench.connect(u"two"_s, 9);
    bench.trigger(u"small"_s);
    bench.trigger(u"large"_s);
    bench.trigger(u"small"_s);
    QCOMPARE(bench.engine->openRuns().at(RunId(3)).attempt.has_value(), false);
    bench.disconnect(u"two"_s);
    // Run 1 may be on either agent; run 3 starts once nobody could take run 2.
    QVERIFY(bench.engine->openRuns().at(RunId(3)).attempt);
}

void TestLimits::unitsChangeByApply()
{
    Bench bench;
    const std::vector<JobDefinition> jobs{limited(u"a"_s, {{u"x"_s, 1}})};
    bench.limits = {{u"x"_s, {1, 0, 0s}}};
    bench.applyJobs(jobs);
    bench.connect(u"one"_s, 9);
    for (int i = 0; i < 4; ++i)
        bench.trigger(u"a"_s);
    QCOMPARE(liveRuns(bench), Numbers{1});
    bench.limits = {{u"x"_s, {3, 0, 0s}}};
    bench.applyJobs(jobs);
    QCOMPARE(liveRuns(bench), (Numbers{1, 2, 3}));
    bench.limits = {{u"x"_s, {2, 0, 0s}}};
    QCOMPARE(linesOf(bench.applyJobs(jobs)).filter(u"limit"_s).join(u'|'),
        u"limit p/x units=2|= 1 apply p release=3 unchanged=1 limits=x"_s);
    QCOMPARE(bench.engine->job(JobId(1))->version, 1);
    bench.ended(RunId(1), 0);
    QCOMPARE(liveRuns(bench), (Numbers{2, 3}));
    bench.restart();
    bench.connect(u"one"_s, 9,
        {bench.reportOf(RunId(2), wire::AttemptPhase::Running), bench.reportOf(RunId(3), wire::AttemptPhase::Running)});
    QCOMPARE(liveRuns(bench), (Numbers{2, 3}));
    bench.ended(RunId(2), 0);
    QCOMPARE(liveRuns(bench), (Numbers{3, 4}));
}

void TestLimits::applyRefusesWhatCannotBeHeld()
{
    Bench bench;
    const auto answerOf = [&] { return linesOf(bench.applyJobs({limited(u"a"_s, {{u"x"_s, 2}})})).last(); };
    QVERIFY(answerOf().contains(u"limits: there is no limit 'x'"_s));
    bench.limits = {{u"x"_s, {1, 0, 0s}}};
    QVERIFY(answerOf().contains(u"2 units of 'x' are asked for, there are 1"_s));
    bench.limits = {{u"x"_s, {}}};
    QVERIFY(answerOf().contains(u"limit x: it needs either units or a rate"_s));
    bench.limits = {{u"x"_s, {2, 0, 0s}}};
    QVERIFY(answerOf().contains(u"added=p/a limits=x"_s));
    // A job that stays keeps its limits.
    ApplyProject part{.token = 1, .project = u"p"_s, .jobs = {jobNamed(u"b"_s)}, .prune = false};
    QVERIFY(bench.lines(part).last().contains(u"added=p/b"_s));
    part.limits = {{u"x"_s, {1, 0, 0s}}};
    QVERIFY(bench.lines(part).last().contains(u"2 units of 'x' are asked for, there are 1"_s));
}

void TestLimits::aRetryHoldsNothing()
{
    Bench bench;
    bench.limits = {{u"x"_s, {1, 0, 0s}}};
    JobDefinition again = limited(u"a"_s, {{u"x"_s, 1}});
    again.retries.max = 1;
    bench.applyJobs({again, limited(u"b"_s, {{u"x"_s, 1}})});
    bench.connect(u"one"_s);
    bench.trigger(u"a"_s);
    bench.trigger(u"b"_s);
    bench.ended(RunId(1), 1);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Retrying);
    QCOMPARE(liveRuns(bench), Numbers{2});
    bench.run(60s);
    QCOMPARE(liveRuns(bench), Numbers{2});
    bench.ended(RunId(2), 0);
    QCOMPARE(liveRuns(bench), Numbers{1});
}

void TestLimits::anUnreachableAttemptHoldsItsLimits()
{
    Bench bench;
    bench.limits = {{u"x"_s, {1, 0, 0s}}};
    bench.applyJobs({limited(u"a"_s, {{u"x"_s, 1}})});
    bench.connect(u"one"_s);
    bench.trigger(u"a"_s);
    bench.started(RunId(1));
    bench.disconnect(u"one"_s);
    bench.connect(u"two"_s);
    bench.trigger(u"a"_s);
    bench.run(24h);
    QCOMPARE(liveRuns(bench), Numbers{1});
    bench.restart();
    bench.connect(u"two"_s);
    QCOMPARE(liveRuns(bench), Numbers{1});
}

void TestLimits::aRestartRemembersUsesOfRates()
{
    Bench bench;
    bench.limits = {{u"r"_s, {0, 2, 60s}}};
    bench.applyJobs({limited(u"a"_s, {{u"r"_s, 1}})});
    bench.connect(u"one"_s, 99);
    for (int i = 0; i < 6; ++i)
        bench.trigger(u"a"_s);
    QCOMPARE(liveRuns(bench), (Numbers{1, 2}));
    bench.ended(RunId(1), 0); // gives nothing back
    QCOMPARE(liveRuns(bench), Numbers{2});
    bench.restart(30s);
    bench.connect(u"one"_s, 99, {bench.reportOf(RunId(2), wire::AttemptPhase::Running)});
    QCOMPARE(liveRuns(bench), Numbers{2});
    bench.run(29s);
    QCOMPARE(liveRuns(bench), Numbers{2});
    bench.run(1s);
    QCOMPARE(liveRuns(bench), (Numbers{2, 3, 4}));
    QCOMPARE(bench.store.rateUses.size(), 2u);
    bench.run(60s);
    QCOMPARE(liveRuns(bench), (Numbers{2, 3, 4, 5, 6}));
}

void TestLimits::aStepOfTheClockKeepsTheSpan()
{
    Bench bench;
    bench.limits = {{u"r"_s, {0, 1, 60s}}};
    bench.applyJobs({limited(u"a"_s, {{u"r"_s, 1}})});
    bench.connect(u"one"_s, 99);
    bench.trigger(u"a"_s);
    bench.trigger(u"a"_s);
    bench.now = bench.now - 30min; // the clock is set back
    bench.apply(TimePassed{});
    bench.run(59s);
    QCOMPARE(liveRuns(bench), Numbers{1});
    bench.run(1s);
    QCOMPARE(liveRuns(bench), (Numbers{1, 2}));
    bench.trigger(u"a"_s);
    bench.now = bench.now + 30min; // and forward again
    bench.apply(TimePassed{});
    QCOMPARE(liveRuns(bench), (Numbers{1, 2}));
    bench.run(60s);
    QCOMPARE(liveRuns(bench), (Numbers{1, 2, 3}));
}

void TestLimits::higherPriorityGoesFirst()
{
    Bench bench;
    bench.limits = {{u"x"_s, {1, 0, 0s}}};
    JobDefinition urgent = limited(u"urgent"_s, {{u"x"_s, 1}});
    urgent.priority = 60;
    bench.applyJobs({limited(u"a"_s, {{u"x"_s, 1}}), urgent});
    bench.connect(u"one"_s);
    bench.trigger(u"a"_s);
    bench.trigger(u"a"_s);
    bench.trigger(u"urgent"_s);
    bench.ended(RunId(1), 0);
    QCOMPARE(liveRuns(bench), Numbers{3});
    bench.run(11min); // ten points of priority are ten minutes
    bench.trigger(u"urgent"_s);
    bench.ended(RunId(3), 0);
    QCOMPARE(liveRuns(bench), Numbers{2});
}

namespace {

// A random history of one project with a pool, a lock and a rate; after each step the laws must hold.
class History
{
public:
    History()
    {
        m_bench.limits = {{u"pool"_s, {3, 0, 0s}}, {u"lock"_s, {1, 0, 0s}}, {u"rate"_s, {0, 3, 60s}}};
        m_jobs = {limited(u"small"_s, {{u"pool"_s, 1}}), limited(u"large"_s, {{u"pool"_s, 3}, {u"lock"_s, 1}}),
            limited(u"locked"_s, {{u"lock"_s, 1}}), limited(u"rated"_s, {{u"rate"_s, 1}, {u"pool"_s, 1}}),
            limited(u"free"_s, {})};
        m_jobs[1].agent = u"!b"_s;
        m_bench.applyJobs(m_jobs);
        m_bench.connect(u"a"_s, 3);
        m_bench.connect(u"b"_s, 2);
    }

    void step(quint64 what, quint64 detail)
    {
        const auto live = liveRuns(m_bench);
        switch (what % 8) {
        case 0:
        case 1:
        case 2:
            m_bench.trigger(m_jobs[detail % m_jobs.size()].name);
            break;
        case 3:
        case 4:
            if (!live.isEmpty())
                end(RunId(live[qsizetype(detail % quint64(live.size()))]), int(detail % 2));
            break;
        case 5:
            m_bench.run(Duration(qint64(detail % 40'000)));
            break;
        case 6:
            m_bench.limits[u"pool"_s].units = 3 + int(detail % 3);
            m_bench.applyJobs(m_jobs);
            break;
        case 7:
            toggle(detail % 2 == 0 ? u"a"_s : u"b"_s);
            break;
        }
        check();
    }

    // Everything that waits gets its turn when agents are there and what lives ends, whatever else arrives.
    void finish()
    {
        for (const QString &name : {u"a"_s, u"b"_s})
            if (!isOnline(name))
                toggle(name);
        std::set<RunId> waiting;
        for (const auto &[id, open] : m_bench.engine->openRuns())
            waiting.insert(id);
        for (int round = 0; round < 400 && !waiting.empty(); ++round) {
            m_bench.trigger(u"small"_s);
            m_bench.trigger(u"locked"_s);
            m_bench.run(21s);
            const auto live = liveRuns(m_bench);
            if (!live.isEmpty())
                end(RunId(live[round % live.size()]), 0);
            check();
            std::erase_if(waiting, [&](RunId id) { return m_bench.engine->run(id) == nullptr; });
        }
        RC_ASSERT(waiting.empty());
    }

private:
    bool isOnline(const QString &name) { return m_bench.engine->agents().at(name).session.has_value(); }

    void toggle(const QString &name)
    {
        if (isOnline(name)) {
            m_bench.disconnect(name);
            return;
        }
        std::vector<wire::AttemptReport> reports;
        for (const AttemptKey attempt : m_bench.engine->agents().at(name).live)
            reports.push_back(m_bench.reportOf(attempt.run, wire::AttemptPhase::Running));
        m_bench.connect(name, name == u"a"_s ? 3 : 2, reports);
    }

    void end(RunId run, int code)
    {
        const QString agent = m_bench.engine->run(run)->attempt->agent;
        if (isOnline(agent))
            m_bench.ended(run, code);
    }

    void check()
    {
        std::map<QString, int> held;
        std::map<QString, int> used;
        for (const auto &[key, attempt] : m_bench.store.attempts) {
            if (isFinal(attempt.state))
                continue;
            ++used[attempt.agent];
            for (const auto &[name, units] : m_bench.engine->run(key.run)->definition->limits)
                held[name] += units;
        }
        for (const auto &[name, known] : m_bench.engine->agents()) {
            RC_ASSERT(known.agent.used == used[name]);
            RC_ASSERT(used[name] <= known.agent.slots);
        }
        // Below what is held nothing new starts.
        const int pool = m_bench.limits[u"pool"_s].units;
        RC_ASSERT(held[u"pool"_s] <= std::max(pool, m_poolHeld));
        m_poolHeld = held[u"pool"_s];
        RC_ASSERT(held[u"lock"_s] <= 1);
        std::vector<Instant> starts;
        for (const auto &[key, attempt] : m_bench.store.attempts) {
            if (m_bench.store.runs.at(key.run).jobName == u"p/rated"_s)
                starts.push_back(attempt.assignedAt);
        }
        std::sort(starts.begin(), starts.end());
        for (std::size_t i = 3; i < starts.size(); ++i)
            RC_ASSERT(starts[i] - starts[i - 3] >= Duration(60s));
        RC_ASSERT(m_bench.store.complaints().isEmpty());
    }

    Bench m_bench;
    std::vector<JobDefinition> m_jobs;
    int m_poolHeld = 0;
};

} // namespace

void TestLimits::neverExceedsAndNeverStarves()
{
    const bool holds = rc::check("limits", [] {
        const auto steps = *rc::gen::container<std::vector<std::pair<quint64, quint64>>>(
            rc::gen::pair(rc::gen::inRange<quint64>(0, 8), rc::gen::inRange<quint64>(0, 1'000'000)));
        History history;
        for (const auto &[what, detail] : steps)
            history.step(what, detail);
        history.finish();
    });
    QVERIFY(holds);
}

QTEST_APPLESS_MAIN(TestLimits)
#include "tst_limits.moc"
