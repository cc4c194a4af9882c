// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/blockers.h"

#include "backend/engine/explainrun.h"
#include "tests/engine/bench.h"

#include <rapidcheck.h>

#include <QElapsedTimer>
#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;
using wire::AgentRefusal;
using wire::Blocker;
using wire::BlockerKind;

namespace {

std::vector<Blocker> blockers(const Bench &bench, RunId run)
{
    return bench.engine->blockers(*bench.engine->run(run), bench.now);
}

QStringList kinds(const std::vector<Blocker> &blockers)
{
    QStringList names;
    for (const Blocker &each : blockers)
        names += nameOf(each.kind);
    return names;
}

QList<qint64> runsOf(const Blocker &blocker)
{
    QList<qint64> runs;
    for (const wire::BlockingRun &each : blocker.runs)
        runs += each.run.value;
    return runs;
}

QString sentence(const Bench &bench, RunId run)
{
    const OpenRun &open = *bench.engine->run(run);
    return runSentence({.run = open.run, .blockers = blockers(bench, run)}, Words(open.definition->zone, bench.now));
}

// The run is over, or will never be.
void end(Bench &bench, RunId run)
{
    const OpenRun *open = bench.engine->run(run);
    if (open && open->attempt)
        bench.ended(run, 0);
    else if (open)
        bench.apply(CancelRun{3, run, u"ann"_s, {}});
}

JobDefinition jobWith(const QString &name, const std::map<QString, int> &units, const QString &agent = {})
{
    JobDefinition job = jobNamed(name);
    job.limits = units;
    job.agent = agent;
    return job;
}

using Numbers = QList<qint64>;

} // namespace

class TestBlockers : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theLiveRunOfTheJob();
    void thoseAheadInTheJobsRoom();
    void aLockNamesItsHolder();
    void aPoolNamesHowManyMustEnd();
    void aRateSaysWhenThereIsMore();
    void labelsThatNobodyHas();
    void eachAgentSaysWhyNot();
    void thoseAheadInTheQueue();
    void aRetryWaitsForItsDelay();
    void startsAreHeldAfterAStep();
    void allConditionsAtOnce();
    void nothingForOneThatLives();
    void amongThousandsThatWait();
    void removingExactlyTheseStartsIt();
};

void TestBlockers::theLiveRunOfTheJob()
{
    Bench bench;
    bench.connect(u"a1"_s);
    bench.applyJobs({jobNamed(u"x"_s)});
    const RunId first = bench.trigger(u"x"_s);
    bench.started(first);
    bench.wait(90s);
    const RunId second = bench.trigger(u"x"_s);
    const auto found = blockers(bench, second);
    QCOMPARE(kinds(found), QStringList{u"overlap"_s});
    QCOMPARE(runsOf(found[0]), Numbers{first.value});
    QCOMPARE(found[0].ends, 1);
    QCOMPARE(found[0].runs[0].agent, u"a1"_s);
    QCOMPARE(found[0].runs[0].since, clockAt("10:00"));
    QCOMPARE(sentence(bench, second),
        u"Run 2 of p/x, triggered by ann at 10:01:30Z, waits since 10:01:30Z (0s ago): only one run of the job may "
        u"live "
        "at a time and run 1 (on agent a1 since 10:00:00Z) has not ended."_s);
    end(bench, first);
    QVERIFY(bench.engine->run(second)->attempt);
}

void TestBlockers::thoseAheadInTheJobsRoom()
{
    Bench bench;
    bench.connect(u"a1"_s);
    JobDefinition job = jobNamed(u"x"_s);
    job.overlap = OverlapPolicy::Allow;
    job.maxRunning = 2;
    bench.applyJobs({job});
    for (int i = 0; i < 4; ++i)
        bench.trigger(u"x"_s);
    const auto found = blockers(bench, RunId(4));
    QCOMPARE(kinds(found), QStringList{u"overlap"_s});
    QCOMPARE(runsOf(found[0]), (Numbers{1, 2, 3}));
    QCOMPARE(found[0].ends, 2);
    QCOMPARE(found[0].text,
        u"only 2 runs of the job may live at a time, runs 1 and 2 (run 1 on agent a1 since 10:00:00Z) have not ended "
        u"and "
        "run 3 (waiting since 10:00:00Z) is ahead of it"_s);
}

void TestBlockers::aLockNamesItsHolder()
{
    Bench bench;
    bench.limits = {{u"dwh"_s, {1, 0, 0s}}};
    bench.connect(u"a1"_s);
    bench.applyJobs({jobWith(u"x"_s, {{u"dwh"_s, 1}}), jobWith(u"y"_s, {{u"dwh"_s, 1}})});
    bench.trigger(u"x"_s);
    bench.wait(1s);
    const RunId waiting = bench.trigger(u"y"_s);
    const auto found = blockers(bench, waiting);
    QCOMPARE(kinds(found), QStringList{u"limit"_s});
    QCOMPARE(found[0].limit, u"dwh"_s);
    QCOMPARE(runsOf(found[0]), Numbers{1});
    QCOMPARE(found[0].text,
        u"it needs 1 of the 1 unit of limit dwh, and run 1 of p/x (on agent a1 since 10:00:00Z) holds 1"_s);
}

void TestBlockers::aPoolNamesHowManyMustEnd()
{
    Bench bench;
    bench.limits = {{u"pool"_s, {4, 0, 0s}}};
    bench.connect(u"a1"_s);
    bench.applyJobs({jobWith(u"one"_s, {{u"pool"_s, 1}}), jobWith(u"two"_s, {{u"pool"_s, 1}}),
        jobWith(u"all"_s, {{u"pool"_s, 4}})});
    bench.trigger(u"one"_s);
    bench.wait(1s);
    bench.trigger(u"two"_s);
    const RunId waiting = bench.trigger(u"all"_s);
    const auto found = blockers(bench, waiting);
    QCOMPARE(kinds(found), QStringList{u"limit"_s});
    QCOMPARE(found[0].ends, 2);
    QCOMPARE(std::tuple(found[0].need, found[0].used, found[0].claimed, found[0].most), std::tuple(4, 2, 0, 4));
    bench.trigger(u"one"_s); // waits for its own job, and would wait for the claim of the large one
    bench.trigger(u"two"_s);
    end(bench, RunId(1));
    const auto claimed = blockers(bench, RunId(4));
    QCOMPARE(kinds(claimed), QStringList{u"limit"_s});
    QCOMPARE(runsOf(claimed[0]), (Numbers{2, 3}));
    QCOMPARE(claimed[0].claimed, 4);
}

void TestBlockers::aRateSaysWhenThereIsMore()
{
    Bench bench;
    bench.limits = {{u"api"_s, {0, 1, 60s}}};
    bench.connect(u"a1"_s);
    bench.applyJobs({jobWith(u"x"_s, {{u"api"_s, 1}}), jobWith(u"y"_s, {{u"api"_s, 1}})});
    bench.trigger(u"x"_s);
    bench.wait(10s);
    const RunId waiting = bench.trigger(u"y"_s);
    const auto found = blockers(bench, waiting);
    QCOMPARE(kinds(found), QStringList{u"rate"_s});
    QCOMPARE(found[0].until, clockAt("10:01"));
    QCOMPARE(found[0].text,
        u"it needs 1 of limit api, which gives 1 unit in 1m, and 1 of them is taken; it is looked at again at 10:01:00Z"_s);
    bench.run(50s);
    QVERIFY(bench.engine->run(waiting)->attempt);
}

void TestBlockers::labelsThatNobodyHas()
{
    Bench bench;
    bench.applyJobs({jobWith(u"x"_s, {}, u"gpu && os == linux"_s)});
    const RunId waiting = bench.trigger(u"x"_s);
    QCOMPARE(blockers(bench, waiting)[0].text,
        u"no agent that matches `gpu && os == linux` is known; one takes work as soon as it connects"_s);
    bench.connect(u"a1"_s);
    wire::AgentHello hello = helloOf(u"a2"_s);
    hello.labels = {{u"gpu"_s, {}}, {u"os"_s, u"plan9"_s}};
    bench.connect(hello);
    const auto found = blockers(bench, waiting);
    QCOMPARE(kinds(found), QStringList{u"agents"_s});
    QCOMPARE(found[0].text,
        u"there is no agent that matches `gpu && os == linux` (a1: no label gpu, no label os; a2: os is plan9, not "
        "linux)"_s);
    QCOMPARE(found[0].agents.size(), 2u);
    QCOMPARE(found[0].agents[0].refusal, AgentRefusal::Labels);
}

void TestBlockers::eachAgentSaysWhyNot()
{
    Bench bench;
    for (const QString &name : {u"away"_s, u"busy"_s, u"drained"_s, u"other"_s}) {
        wire::AgentHello hello = helloOf(name, 1);
        if (name != u"other"_s)
            hello.labels = {{u"db"_s, {}}};
        bench.connect(hello);
    }
    bench.disconnect(u"away"_s);
    bench.apply(DrainAgent{4, u"drained"_s, true});
    bench.applyJobs({jobWith(u"x"_s, {}, u"db"_s), jobWith(u"y"_s, {}, u"db"_s)});
    bench.trigger(u"x"_s);
    const RunId waiting = bench.trigger(u"y"_s);
    const auto found = blockers(bench, waiting);
    QCOMPARE(kinds(found), QStringList{u"agents"_s});
    QStringList texts;
    for (const wire::RefusingAgent &each : found[0].agents)
        texts += each.agent + u": "_s + each.text;
    QCOMPARE(texts,
        (QStringList{u"busy: 1 of its 1 slot in use by run 1"_s,
            u"drained: drained until `belfry agent resume drained`"_s, u"away: unreachable since 10:00:00Z (0s ago)"_s,
            u"other: no label db"_s}));
    end(bench, RunId(1));
    QVERIFY(bench.engine->run(waiting)->attempt);
}

void TestBlockers::thoseAheadInTheQueue()
{
    Bench bench;
    bench.connect(u"a1"_s, 1);
    JobDefinition urgent = jobNamed(u"urgent"_s);
    urgent.priority = 90;
    bench.applyJobs({jobNamed(u"x"_s), jobNamed(u"y"_s), urgent, jobWith(u"elsewhere"_s, {}, u"gpu"_s)});
    bench.trigger(u"x"_s);
    bench.trigger(u"elsewhere"_s); // ahead, but it wants another agent
    const RunId waiting = bench.trigger(u"y"_s);
    QCOMPARE(kinds(blockers(bench, waiting)), QStringList{u"agents"_s});
    bench.trigger(u"urgent"_s);
    const auto found = blockers(bench, waiting);
    QCOMPARE(kinds(found), (QStringList{u"agents"_s, u"queue"_s}));
    QCOMPARE(runsOf(found[1]), Numbers{4});
    QCOMPARE(found[1].text, u"run 4 comes before it in the queue and can use the same agents"_s);
    end(bench, RunId(1));
    QVERIFY(!bench.engine->run(waiting)->attempt);
    QCOMPARE(kinds(blockers(bench, waiting)), QStringList{u"agents"_s});
    end(bench, RunId(4));
    QVERIFY(bench.engine->run(waiting)->attempt);
}

void TestBlockers::aRetryWaitsForItsDelay()
{
    Bench bench;
    bench.connect(u"a1"_s);
    JobDefinition job = jobNamed(u"x"_s);
    job.retries.max = 1;
    job.retries.delay = 60s;
    job.retries.jitter = 0;
    bench.applyJobs({job});
    const RunId run = bench.trigger(u"x"_s);
    bench.ended(run, 3);
    const auto found = blockers(bench, run);
    QCOMPARE(kinds(found), QStringList{u"delay"_s});
    QCOMPARE(found[0].until, clockAt("10:01"));
    QCOMPARE(
        found[0].text, u"attempt 2 is made at 10:01:00Z, after the delay of its retries (attempt 1: exit code 3)"_s);
}

void TestBlockers::startsAreHeldAfterAStep()
{
    Bench bench;
    bench.connect(u"a1"_s);
    bench.applyJobs({jobNamed(u"x"_s)});
    bench.now = bench.now + 2h; // the wall clock alone
    const RunId run = bench.trigger(u"x"_s);
    const auto found = blockers(bench, run);
    QCOMPARE(kinds(found), QStringList{u"hold"_s});
    QCOMPARE(found[0].until, clockAt("12:01"));
    bench.run(60s);
    bench.apply(TimePassed{});
    QVERIFY(bench.engine->run(run)->attempt);
}

void TestBlockers::allConditionsAtOnce()
{
    Bench bench;
    bench.limits = {{u"lock"_s, {1, 0, 0s}}};
    bench.connect(u"a1"_s, 2);
    bench.applyJobs({jobWith(u"x"_s, {}), jobWith(u"y"_s, {{u"lock"_s, 1}}), jobWith(u"z"_s, {{u"lock"_s, 1}})});
    bench.trigger(u"y"_s);
    bench.trigger(u"x"_s);
    bench.trigger(u"y"_s);
    const RunId last = bench.trigger(u"y"_s);
    const auto found = blockers(bench, last);
    QCOMPARE(kinds(found), (QStringList{u"overlap"_s, u"limit"_s, u"agents"_s}));
    QCOMPARE(runsOf(found[0]), (Numbers{1, 3}));
    QCOMPARE(found[2].agents[0].runs, (std::vector<RunId>{RunId(1), RunId(2)}));
}

void TestBlockers::nothingForOneThatLives()
{
    Bench bench;
    bench.connect(u"a1"_s);
    bench.applyJobs({jobNamed(u"x"_s)});
    const RunId run = bench.trigger(u"x"_s);
    QVERIFY(blockers(bench, run).empty());
}

void TestBlockers::amongThousandsThatWait()
{
    Bench bench;
    bench.connect(u"a1"_s, 1);
    bench.limits = {{u"lock"_s, {1, 0, 0s}}};
    std::vector<JobDefinition> jobs;
    for (int i = 0; i < 3001; ++i)
        jobs.push_back(
            jobWith(u"j%1"_s.arg(i), i % 3 == 0 ? std::map<QString, int>{{u"lock"_s, 1}} : std::map<QString, int>()));
    bench.applyJobs(jobs);
    for (const JobDefinition &job : jobs)
        bench.trigger(job.name);
    QElapsedTimer timer;
    timer.start();
    const auto found = blockers(bench, RunId(3001));
    QVERIFY2(timer.elapsed() < 10'000, qPrintable(u"%1 ms"_s.arg(timer.elapsed())));
    QCOMPARE(kinds(found), (QStringList{u"limit"_s, u"agents"_s, u"queue"_s}));
    QCOMPARE(found.back().runs.size(), 1000u);
    QVERIFY(found.back().text.startsWith(u"at least runs "_s));
}

namespace {

// A scene made of small numbers, so that it can be made again.
struct Scene {
    std::vector<int> steps;

    void play(Bench &bench) const
    {
        bench.limits = {{u"lock"_s, {1, 0, 0s}}, {u"pool"_s, {3, 0, 0s}}, {u"rate"_s, {0, 2, 600s}}};
        std::vector<JobDefinition> jobs;
        const std::vector<std::map<QString, int>> needs{{}, {{u"lock"_s, 1}}, {{u"pool"_s, 2}},
            {{u"pool"_s, 1}, {u"lock"_s, 1}}, {{u"rate"_s, 1}}, {{u"pool"_s, 3}}};
        const QStringList agents{{}, u"db"_s, u"!db"_s};
        for (std::size_t i = 0; i < 9; ++i) {
            JobDefinition job = jobWith(u"j%1"_s.arg(i), needs[i % needs.size()], agents[qsizetype(i % 3)]);
            job.priority = int(40 + 10 * (i % 2));
            if (i % 4 == 3) {
                job.overlap = OverlapPolicy::Allow;
                job.maxRunning = 2;
            }
            job.retries.max = 5;
            job.retries.delay = 1h;
            jobs.push_back(job);
        }
        bench.applyJobs(jobs);
        for (const int step : steps)
            play(bench, step);
    }

    // Holds or releases a run that waits, or changes its priority.
    static void changeWaiting(Bench &bench, bool hold, int which)
    {
        std::vector<RunId> waiting;
        for (const auto &[id, open] : bench.engine->openRuns()) {
            if (isWaiting(open.run.state))
                waiting.push_back(id);
        }
        if (waiting.empty())
            return;
        const RunId run = waiting[std::size_t(which) % waiting.size()];
        if (hold)
            bench.apply(HoldRun{5, run, !bench.engine->run(run)->run.heldSince, u"ann"_s, {}});
        else
            bench.apply(PrioritizeRun{5, run, which * 7 % 101, u"ann"_s});
    }

    static void play(Bench &bench, int step)
    {
        const int what = step % 10;
        const int which = step / 10;
        if (what < 5) {
            bench.trigger(u"j%1"_s.arg(which % 9));
        } else if (what == 5) {
            wire::AgentHello hello = helloOf(u"a%1"_s.arg(which % 3), 1 + which % 2);
            if (which % 3 != 0)
                hello.labels = {{u"db"_s, {}}};
            if (bench.sessions.count(hello.name) == 0)
                bench.connect(hello);
        } else if (what >= 8) {
            changeWaiting(bench, what == 8, which);
        } else if (what == 6) {
            const QString name = u"a%1"_s.arg(which % 3);
            if (bench.engine->agents().count(name) != 0)
                bench.apply(DrainAgent{4, name, which % 2 == 0});
        } else {
            std::vector<RunId> live;
            for (const auto &[id, open] : bench.engine->openRuns()) {
                if (open.attempt)
                    live.push_back(id);
            }
            if (!live.empty())
                bench.ended(live[std::size_t(which) % live.size()], which % 2);
        }
        bench.wait(1s);
        bench.apply(TimePassed{});
    }
};

// What must go so that the conditions are gone.
struct Removal {
    std::set<RunId> runs;
    QStringList agents;
    Duration time{0};
    bool release = false; // the run itself
    bool possible = true;

    void add(const Blocker &blocker, const Bench &bench)
    {
        for (int i = 0; i < blocker.ends; ++i)
            runs.insert(blocker.runs[std::size_t(i)].run);
        if (blocker.kind == BlockerKind::Delay || blocker.kind == BlockerKind::Rate)
            time = std::max(time, blocker.until ? *blocker.until - bench.now : Duration(600s));
        release = release || blocker.kind == BlockerKind::Held;
        if (blocker.kind != BlockerKind::Agents)
            return;
        if (blocker.agents.empty() || blocker.agents[0].refusal == AgentRefusal::Labels)
            possible = false;
        else
            agents += blocker.agents[0].agent;
        for (int i = 0; possible && i < blocker.agents[0].ends; ++i)
            runs.insert(blocker.agents[0].runs.at(std::size_t(i)));
    }
};

// All at once: while starts are held, nobody slips in between.
bool startsWithout(Bench &bench, RunId run, const Removal &removal)
{
    for (const RunId id : removal.runs)
        end(bench, id);
    for (const QString &name : removal.agents)
        bench.apply(DrainAgent{4, name, false});
    if (removal.release)
        bench.apply(HoldRun{5, run, false, u"ann"_s, {}});
    bench.wait(std::max(Duration(60s), removal.time));
    bench.apply(TimePassed{});
    const OpenRun *open = bench.engine->run(run);
    return open && open->attempt;
}

bool isDelayed(const OpenRun &open, Instant now)
{
    return open.run.notBefore && *open.run.notBefore > now;
}

int delayed(const Bench &bench)
{
    int count = 0;
    for (const auto &[id, open] : bench.engine->openRuns())
        count += isDelayed(open, bench.now) ? 1 : 0;
    return count;
}

void hold(Bench &bench)
{
    bench.now = bench.now + 2h;
    bench.apply(TimePassed{});
}

} // namespace

void TestBlockers::removingExactlyTheseStartsIt()
{
    int tried = 0;
    int several = 0;
    const bool holds = rc::check([&](const std::vector<unsigned char> &bytes) {
        Scene scene;
        for (const unsigned char byte : bytes)
            scene.steps.push_back(byte);
        Bench first;
        scene.play(first);
        hold(first);
        for (const auto &[id, open] : first.engine->openRuns()) {
            if (!isWaiting(open.run.state))
                continue;
            std::vector<Blocker> found = blockers(first, id);
            std::erase_if(found, [](const Blocker &each) { return each.kind == BlockerKind::Hold; });
            Removal all;
            for (const Blocker &each : found)
                all.add(each, first);
            if (!all.possible || (isDelayed(open, first.now) && delayed(first) > 1))
                continue; // another one may come first when its own delay is over
            ++tried;
            Bench bench;
            scene.play(bench);
            hold(bench);
            if (!startsWithout(bench, id, all))
                RC_FAIL(QStringLiteral("run %1 does not start without %2 Then: %3")
                            .arg(id.value)
                            .arg(sentence(first, id), sentence(bench, id))
                            .toStdString());
            if (found.size() < 2)
                continue;
            ++several;
            for (std::size_t kept = 0; kept < found.size(); ++kept) {
                if (found[kept].kind == BlockerKind::Delay || found[kept].kind == BlockerKind::Rate)
                    continue; // time passes
                Removal most;
                Removal rest;
                for (std::size_t i = 0; i < found.size(); ++i)
                    (i == kept ? rest : most).add(found[i], first);
                for (const wire::BlockingRun &each : found[kept].runs)
                    most.runs.erase(each.run);
                for (const wire::RefusingAgent &each : found[kept].agents) {
                    for (const RunId run : each.runs)
                        most.runs.erase(run);
                }
                Bench other;
                scene.play(other);
                hold(other);
                if (startsWithout(other, id, most))
                    RC_FAIL(QStringLiteral("run %1 starts although %2 is left: %3")
                                .arg(id.value)
                                .arg(nameOf(found[kept].kind), sentence(first, id))
                                .toStdString());
            }
        }
    });
    QVERIFY(holds);
    QVERIFY2(tried > 200 && several > 50, qPrintable(u"%1 runs, %2 with several"_s.arg(tried).arg(several)));
}

QTEST_APPLESS_MAIN(TestBlockers)
#include "tst_blockers.moc"
