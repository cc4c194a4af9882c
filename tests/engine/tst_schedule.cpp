// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/bench.h"

#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;

namespace {

// What an operator would note: `12:04:00 run 4 starts`, for each start in the lines of an event.
QStringList startsIn(const QStringList &lines, Instant now)
{
    QStringList starts;
    for (const QString &line : lines) {
        if (line.contains(u"> "_s) && line.contains(u" start "_s))
            starts.push_back(clockText(now) + u" run "_s + line.section(u' ', 3, 3).section(u'.', 0, 0));
    }
    return starts;
}

// Runs the bench's engine with an agent that ends each run after its time; the last one repeats.
class Shift
{
public:
    Shift(Bench &bench, std::vector<Duration> durations)
        : m_bench(bench)
        , m_durations(std::move(durations))
    { }

    QStringList runUntil(const char *text)
    {
        const Instant end = clockAt(text);
        QStringList starts;
        while (true) {
            auto due = m_bench.engine->nextDue();
            const bool ends = !m_ends.empty() && (!due || m_ends.begin()->first <= *due);
            if (ends)
                due = m_ends.begin()->first;
            if (!due || *due > end)
                break;
            m_bench.wait(std::max(*due, m_bench.now) - m_bench.now);
            QStringList lines;
            if (ends) {
                const RunId run = m_ends.begin()->second;
                m_ends.erase(m_ends.begin());
                lines = m_bench.ended(run, 0);
            } else {
                lines = m_bench.lines(TimePassed{});
            }
            take(lines, starts);
        }
        m_bench.wait(end - m_bench.now);
        return starts;
    }
    void take(const QStringList &lines, QStringList &starts)
    {
        for (const QString &start : startsIn(lines, m_bench.now)) {
            starts.push_back(start);
            const RunId run(start.section(u' ', 2).toLongLong());
            const std::size_t index = std::min(m_taken++, m_durations.size() - 1);
            m_ends.insert({m_bench.now + m_durations[index], run});
        }
    }

private:
    Bench &m_bench;
    std::vector<Duration> m_durations;
    std::size_t m_taken = 0;
    std::set<std::pair<Instant, RunId>> m_ends;
};

} // namespace

class TestSchedule : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void theFourthStartsFourMinutesLate();
    void givesAnOccasionItsRowAndItsRun();
    void mergesIntoTheLastWaitingRun();
    void keepsWaitingOccasionsOfOtherParametersApart();
    void aManualRunIsNeverMergedInto();
    void catchesUpWithTheLatestOnly();
    void aRegularOccasionSupersedesTheBacklog();
    void whatIsOlderThanTheWindowIsMissed();
    void manyMissedBecomeOneRange();
    void aLittleLateIsOnTime();
    void catchUpIsPerParameters();
    void catchUpNoneMissesAll();
    void catchUpAllRunsOneAfterTheOther();
    void expiresWhatDidNotStartInTime();
    void aForwardStepIsDowntime();
    void aLargeForwardStepHoldsStarts();
    void aHeldStepThatIsUndoneLeavesNoTrace();
    void aStepBackRunsNothingTwice();
    void aStepBackReopensWhatWasOnlyWrittenOff();
    void aStepBackKeepsWaitingRunsForTheirTime();
    void overlapSkip();
    void overlapAllow();
    void overlapReplaceWaitsForTheEnd();
    void runsAfterTheLastEnd();
    void runsOnceAt();
    void jitterDelaysTheStartOnly();
    void cronInAZone();
    void recordsWhatACalendarSkips();
    void evaluatesParametersOfTheOccasion();
    void skipsAnOccasionWithBadParameters();
    void cancellingAWaitingRunCancelsItsOccasion();
    void removesNothingFromTheLedgerOfARemovedJob();
};

void TestSchedule::theFourthStartsFourMinutesLate()
{
    Bench bench;
    bench.waitUntil("10:20");
    bench.applyJobs({jobEvery(u"etl"_s, 30min)});
    bench.connect(u"x"_s);
    Shift shift(bench, {20min, 27min, 34min, 10min});
    QCOMPARE(shift.runUntil("12:35"),
        (QStringList{
            u"10:30:00 run 1"_s, u"11:00:00 run 2"_s, u"11:30:00 run 3"_s, u"12:04:00 run 4"_s, u"12:30:00 run 5"_s}));
    QCOMPARE(bench.ledger(),
        (QStringList{u"10:30:00 ran run 1"_s, u"11:00:00 ran run 2"_s, u"11:30:00 ran run 3"_s, u"12:00:00 ran run 4"_s,
            u"12:30:00 ran run 5"_s}));
    QCOMPARE(bench.store.complaints(), QStringList());
}

void TestSchedule::givesAnOccasionItsRowAndItsRun()
{
    Bench bench;
    bench.waitUntil("10:20");
    QCOMPARE(linesOf(bench.applyJobs({jobEvery(u"a"_s, 15min)})),
        (QStringList{u"release p 1 by=ann"_s, u"job 1 p/a v1 release=1 since=10:20:00"_s,
            u"mark 1 r since=10:20:00 until=10:20:00"_s, u"= 1 apply p release=1 added=p/a"_s}));
    QCOMPARE(bench.engine->nextOccasion(JobId(1)), std::optional(clockAt("10:30")));
    QCOMPARE(bench.engine->nextDue(), std::optional(clockAt("10:30")));
    QCOMPARE(bench.lines(TimePassed{}), QStringList());
    QCOMPARE(bench.runUntil("10:30"),
        (QStringList{u"mark 1 r since=10:20:00 until=10:30:00.001"_s,
            u"run 1 p/a v1 queued schedule rule=r occasion=10:30:00 from=10:15:00 queued=10:30:00"_s,
            u"occasion p/a r 10:30:00 pending run=1 v1"_s}));
    QCOMPARE(bench.connect(u"x"_s),
        (QStringList{u"agent x online instance=i-x boot=b1 slots=4 seen=10:30:00"_s,
            u"run 1 p/a v1 assigned schedule rule=r occasion=10:30:00 from=10:15:00 queued=10:30:00 attempts=1 agent=x"_s,
            u"attempt 1.1 assigned on x boot=b1 epoch=1 assigned=10:30:00"_s, u"occasion p/a r 10:30:00 ran run=1 v1"_s,
            u"> 1 welcome epoch=1"_s, u"> 1 start 1.1 p/a boot=b1 epoch=1 true"_s}));
    // Not due yet: nothing. Due a millisecond late: the next one, at once.
    bench.wait(15min);
    QCOMPARE(bench.lines(TimePassed{}).size(), 3);
}

void TestSchedule::mergesIntoTheLastWaitingRun()
{
    Bench bench;
    bench.applyJobs({jobEvery(u"a"_s, 10min)});
    QCOMPARE(bench.ledger(), QStringList());
    bench.run(0s); // 10:00 itself is owed
    QCOMPARE(bench.runUntil("10:10"),
        (QStringList{u"mark 1 r since=10:00:00 until=10:10:00.001"_s,
            u"run 1 p/a v1 queued schedule rule=r occasion=10:10:00 first=10:00:00 from=09:50:00 queued=10:00:00"_s,
            u"occasion p/a r 10:10:00 merged reason=overlap run=1 v1"_s}));
    bench.runUntil("10:25");
    bench.connect(u"x"_s);
    QCOMPARE(bench.ledger(),
        (QStringList{u"10:00:00 ran run 1"_s, u"10:10:00 merged overlap run 1"_s, u"10:20:00 merged overlap run 1"_s}));
    QCOMPARE(bench.runRow(RunId(1)).occasion, std::optional(clockAt("10:20")));
    QCOMPARE(bench.runRow(RunId(1)).windowStart, std::optional(clockAt("09:50")));
    QCOMPARE(bench.runRow(RunId(1)).windowEnd, std::optional(clockAt("10:20")));
    bench.runUntil("10:35"); // the live run is not touched any more
    QCOMPARE(bench.runRow(RunId(1)).occasion, std::optional(clockAt("10:20")));
    QCOMPARE(bench.ledger().last(), u"10:30:00 pending run 2"_s);
}

void TestSchedule::keepsWaitingOccasionsOfOtherParametersApart()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    job.params = {{.name = u"mode"_s, .defaultValue = u"delta"_s}};
    ScheduleRule full = everyRule(u"full"_s, 10min);
    full.params = {{u"mode"_s, u"full"_s}};
    job.schedule = {everyRule(u"delta"_s, 10min), full};
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    bench.run(10min);
    QCOMPARE(bench.ledger(),
        (QStringList{u"10:00:00 ran run 1"_s, u"10:00:00 pending run 2"_s, u"10:10:00 pending run 3"_s,
            u"10:10:00 merged overlap run 2"_s}));
    bench.ended(RunId(1), 0);
    QCOMPARE(bench.runRow(RunId(2)).state, RunState::Assigned);
    QCOMPARE(bench.runRow(RunId(2)).params, (Params{{u"mode"_s, u"full"_s}}));
}

void TestSchedule::aManualRunIsNeverMergedInto()
{
    Bench bench;
    bench.waitUntil("10:01");
    bench.applyJobs({jobEvery(u"a"_s, 10min)});
    bench.trigger(u"a"_s);
    bench.runUntil("10:20");
    QCOMPARE(bench.ledger(), (QStringList{u"10:10:00 pending run 2"_s, u"10:20:00 merged overlap run 2"_s}));
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Queued);
}

void TestSchedule::catchesUpWithTheLatestOnly()
{
    Bench bench;
    bench.applyJobs({jobEvery(u"a"_s, 30min)});
    bench.connect(u"x"_s);
    bench.run(0s);
    bench.ended(RunId(1), 0);
    bench.restart(1h + 50min);
    QCOMPARE(bench.lines(TimePassed{}),
        (QStringList{u"mark 1 r since=10:00:00 until=11:30:00.001 leap=10:00:00.001 to=11:30:00.001 but=11:30:00"_s,
            u"run 2 p/a v1 queued catch_up rule=r occasion=11:30:00 from=11:00:00 queued=11:50:00"_s,
            u"occasion p/a r 10:30:00 missed reason=superseded run=2 v1"_s,
            u"occasion p/a r 11:00:00 missed reason=superseded run=2 v1"_s,
            u"occasion p/a r 11:30:00 pending run=2 v1"_s}));
    QCOMPARE(bench.lines(TimePassed{}), QStringList());
}

void TestSchedule::aRegularOccasionSupersedesTheBacklog()
{
    Bench bench;
    bench.applyJobs({jobEvery(u"a"_s, 30min)});
    bench.connect(u"x"_s);
    bench.run(0s);
    bench.ended(RunId(1), 0);
    bench.restart(1h + 30min + 59s);
    bench.apply(TimePassed{});
    QCOMPARE(bench.ledger(),
        (QStringList{u"10:00:00 ran run 1"_s, u"10:30:00 missed superseded run 2"_s,
            u"11:00:00 missed superseded run 2"_s, u"11:30:00 pending run 2"_s}));
    QCOMPARE(bench.runRow(RunId(2)).cause, Cause::Schedule);
}

void TestSchedule::whatIsOlderThanTheWindowIsMissed()
{
    Bench bench;
    bench.applyJobs({jobEvery(u"a"_s, 12h)});
    bench.wait(25h);
    bench.apply(TimePassed{});
    QCOMPARE(
        bench.ledger(), (QStringList{u"12:00:00 missed superseded run 1"_s, u"2026-01-06T00:00:00 pending run 1"_s}));
    bench.wait(50h);
    bench.apply(TimePassed{});
    QCOMPARE(bench.ledger().mid(2),
        (QStringList{u"2026-01-06T12:00:00 missed outside_window"_s, u"2026-01-07T00:00:00 missed outside_window"_s,
            u"2026-01-07T12:00:00 missed outside_window"_s, u"2026-01-08T00:00:00 missed superseded run 1"_s,
            u"2026-01-08T12:00:00 merged overlap run 1"_s}));
}

void TestSchedule::manyMissedBecomeOneRange()
{
    Bench bench;
    bench.waitUntil("10:00:30");
    bench.applyJobs({jobEvery(u"a"_s, 1min)});
    bench.waitUntil("2026-01-08T10:00:00");
    bench.apply(TimePassed{});
    const QStringList ledger = bench.ledger();
    QCOMPARE(ledger,
        (QStringList{u"10:01:00 missed outside_window count 2879 until 2026-01-07T09:59:00"_s,
            u"2026-01-07T10:00:00 missed superseded run 1 count 1440 until 2026-01-08T09:59:00"_s,
            u"2026-01-08T10:00:00 pending run 1"_s}));
}

void TestSchedule::aLittleLateIsOnTime()
{
    Bench bench;
    bench.waitUntil("10:01");
    bench.applyJobs({jobEvery(u"a"_s, 10min)});
    bench.restart(9min + 59s);
    bench.apply(TimePassed{});
    QCOMPARE(bench.runRow(RunId(1)).cause, Cause::Schedule);
    bench.apply(CancelRun{.run = RunId(1)});
    bench.restart(10min + 1s);
    bench.apply(TimePassed{});
    QCOMPARE(bench.runRow(RunId(2)).cause, Cause::CatchUp);
}

void TestSchedule::catchUpIsPerParameters()
{
    Bench bench;
    JobDefinition job = jobEvery(u"a"_s, 8h);
    job.params = {{.name = u"date"_s, .type = ParamType::Date, .defaultValue = u"${{ occasion.date }}"_s}};
    bench.applyJobs({job});
    bench.wait(23h);
    bench.apply(TimePassed{});
    QCOMPARE(bench.ledger(),
        (QStringList{u"16:00:00 pending run 1"_s, u"2026-01-06T00:00:00 missed superseded run 2"_s,
            u"2026-01-06T08:00:00 pending run 2"_s}));
    QCOMPARE(bench.runRow(RunId(1)).params, (Params{{u"date"_s, u"2026-01-05"_s}}));
}

void TestSchedule::catchUpNoneMissesAll()
{
    Bench bench;
    bench.waitUntil("10:01");
    JobDefinition job = jobEvery(u"a"_s, 10min);
    job.catchUp.policy = CatchUpPolicy::None;
    bench.applyJobs({job});
    bench.wait(20min);
    bench.apply(TimePassed{});
    QCOMPARE(bench.ledger(), (QStringList{u"10:10:00 missed downtime"_s, u"10:20:00 missed downtime"_s}));
}

void TestSchedule::catchUpAllRunsOneAfterTheOther()
{
    Bench bench;
    bench.waitUntil("10:01");
    JobDefinition job = jobEvery(u"a"_s, 10min);
    job.catchUp.policy = CatchUpPolicy::All;
    job.catchUp.max = 2;
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    bench.wait(35min);
    bench.apply(TimePassed{});
    QCOMPARE(bench.ledger(),
        (QStringList{u"10:10:00 missed over_max"_s, u"10:20:00 ran run 1"_s, u"10:30:00 pending run 2"_s}));
    bench.runUntil("10:40");
    QCOMPARE(bench.ledger().last(), u"10:40:00 pending run 3"_s);
    bench.ended(RunId(1), 0);
    QCOMPARE(bench.runRow(RunId(2)).state, RunState::Assigned);
    QCOMPARE(bench.runRow(RunId(3)).state, RunState::Queued);
}

void TestSchedule::expiresWhatDidNotStartInTime()
{
    Bench bench;
    bench.waitUntil("10:01");
    JobDefinition job = jobEvery(u"a"_s, 10min);
    job.startBy = 5min;
    bench.applyJobs({job});
    bench.runUntil("10:15");
    QCOMPARE(bench.ledger(), QStringList{u"10:10:00 pending run 1"_s});
    bench.run(1ms);
    QCOMPARE(bench.ledger(), QStringList{u"10:10:00 expired start_by run 1"_s});
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Cancelled);
    bench.restart(1h - 1ms);
    bench.apply(TimePassed{});
    QCOMPARE(bench.ledger().mid(1, 2), (QStringList{u"10:20:00 expired start_by"_s, u"10:30:00 expired start_by"_s}));
    QCOMPARE(bench.ledger().last(), u"11:10:00 pending run 2"_s);
    bench.restart(0s);
    bench.run(1s);
    QCOMPARE(bench.ledger().last(), u"11:10:00 expired start_by run 2"_s);
}

void TestSchedule::aForwardStepIsDowntime()
{
    Bench bench;
    bench.waitUntil("10:01");
    bench.applyJobs({jobEvery(u"a"_s, 10min)});
    bench.now = bench.now + 40min;
    QCOMPARE(bench.lines(TimePassed{}).last(), u"! the clock was stepped forward by 40m"_s);
    QCOMPARE(bench.ledger(),
        (QStringList{u"10:10:00 missed superseded run 1"_s, u"10:20:00 missed superseded run 1"_s,
            u"10:30:00 missed superseded run 1"_s, u"10:40:00 pending run 1"_s}));
    QCOMPARE(bench.runRow(RunId(1)).cause, Cause::CatchUp);
}

void TestSchedule::aLargeForwardStepHoldsStarts()
{
    Bench bench;
    bench.waitUntil("10:01");
    bench.applyJobs({jobEvery(u"a"_s, 1h)});
    bench.connect(u"x"_s);
    bench.now = bench.now + 2h;
    QCOMPARE(bench.lines(TimePassed{}), QStringList{u"! the clock was stepped forward by 2h"_s});
    bench.trigger(u"a"_s);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Queued);
    QCOMPARE(bench.engine->nextDue(), std::optional(bench.now + 60s));
    bench.run(59s);
    QCOMPARE(bench.ledger(), QStringList());
    bench.run(1s);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Assigned);
    QCOMPARE(bench.ledger(), (QStringList{u"11:00:00 missed superseded run 2"_s, u"12:00:00 pending run 2"_s}));
}

void TestSchedule::aHeldStepThatIsUndoneLeavesNoTrace()
{
    Bench bench;
    bench.waitUntil("10:01");
    bench.applyJobs({jobEvery(u"a"_s, 1h)});
    bench.connect(u"x"_s);
    bench.now = bench.now + 25h;
    bench.apply(TimePassed{});
    bench.run(30s);
    bench.now = bench.now - 25h;
    bench.apply(TimePassed{});
    QCOMPARE(bench.ledger(), QStringList());
    bench.runUntil("11:00");
    QCOMPARE(bench.ledger(), QStringList{u"11:00:00 ran run 1"_s});
    QCOMPARE(bench.runRow(RunId(1)).cause, Cause::Schedule);
}

void TestSchedule::aStepBackRunsNothingTwice()
{
    Bench bench;
    bench.applyJobs({jobEvery(u"a"_s, 10min)});
    bench.connect(u"x"_s);
    bench.run(0s);
    bench.ended(RunId(1), 0);
    bench.wait(1s);
    bench.now = bench.now - 3s;
    QCOMPARE(bench.lines(TimePassed{}), QStringList{u"! the clock was stepped back by 3s"_s});
    bench.runUntil("10:09:59");
    QCOMPARE(bench.ledger(), QStringList{u"10:00:00 ran run 1"_s});
    bench.restart();
    bench.runUntil("10:10");
    QCOMPARE(bench.ledger(), (QStringList{u"10:00:00 ran run 1"_s, u"10:10:00 pending run 2"_s}));
}

void TestSchedule::aStepBackReopensWhatWasOnlyWrittenOff()
{
    for (const bool restart : {false, true}) {
        Bench bench;
        bench.waitUntil("10:05");
        bench.applyJobs({jobEvery(u"a"_s, 10min)});
        bench.connect(u"x"_s);
        bench.now = bench.now + 40min; // wrong: 10:45
        bench.apply(TimePassed{});
        bench.ended(RunId(1), 0);
        QCOMPARE(bench.ledger().last(), u"10:40:00 ran run 1"_s);
        bench.now = bench.now - 40min; // right: 10:05
        bench.apply(TimePassed{});
        QCOMPARE(bench.ledger(), QStringList{u"10:40:00 ran run 1"_s});
        if (restart) {
            bench.restart();
            bench.connect(u"x"_s);
        }
        for (int i = 2; i <= 5; ++i) {
            bench.run(10min);
            if (i < 5)
                bench.ended(RunId(i), 0);
            if (restart) {
                bench.restart();
                bench.connect(u"x"_s);
            }
        }
        QCOMPARE(bench.ledger(),
            (QStringList{
                u"10:10:00 ran run 2"_s, u"10:20:00 ran run 3"_s, u"10:30:00 ran run 4"_s, u"10:40:00 ran run 1"_s}));
        bench.runUntil("10:50");
        QCOMPARE(bench.ledger().last(), u"10:50:00 ran run 5"_s);
        QCOMPARE(bench.store.complaints(), QStringList());
    }
}

void TestSchedule::aStepBackKeepsWaitingRunsForTheirTime()
{
    Bench bench;
    bench.waitUntil("10:05");
    bench.applyJobs({jobEvery(u"a"_s, 10min)});
    bench.now = bench.now + 40min;
    bench.apply(TimePassed{}); // run 1 for 10:40 waits: there is no agent
    bench.now = bench.now - 40min;
    bench.apply(TimePassed{});
    bench.connect(u"x"_s);
    QCOMPARE(bench.runRow(RunId(1)).state, RunState::Queued);
    bench.runUntil("10:10");
    QCOMPARE(bench.ledger(), (QStringList{u"10:10:00 ran run 2"_s, u"10:40:00 pending run 1"_s}));
    bench.ended(RunId(2), 0);
    bench.runUntil("10:20");
    bench.ended(RunId(3), 0);
    bench.runUntil("10:30");
    bench.ended(RunId(4), 0);
    bench.runUntil("10:40");
    QCOMPARE(bench.ledger(),
        (QStringList{
            u"10:10:00 ran run 2"_s, u"10:20:00 ran run 3"_s, u"10:30:00 ran run 4"_s, u"10:40:00 ran run 1"_s}));
}

void TestSchedule::overlapSkip()
{
    Bench bench;
    JobDefinition job = jobEvery(u"a"_s, 10min);
    job.overlap = OverlapPolicy::Skip;
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    bench.run(10min);
    QCOMPARE(bench.ledger(), (QStringList{u"10:00:00 ran run 1"_s, u"10:10:00 skipped overlap"_s}));
    TriggerJob manual;
    manual.job = u"a"_s;
    QCOMPARE(bench.lines(manual),
        QStringList{u"= 0 conflict: run 1 of job p/a is not over, and its overlap is `skip`; try again later"_s});
    bench.ended(RunId(1), 0);
    bench.run(10min);
    QCOMPARE(bench.ledger().last(), u"10:20:00 ran run 2"_s);
}

void TestSchedule::overlapAllow()
{
    Bench bench;
    JobDefinition job = jobEvery(u"a"_s, 10min);
    job.overlap = OverlapPolicy::Allow;
    job.maxRunning = 2;
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    bench.run(30min);
    QCOMPARE(bench.ledger(),
        (QStringList{u"10:00:00 ran run 1"_s, u"10:10:00 ran run 2"_s, u"10:20:00 pending run 3"_s,
            u"10:30:00 merged overlap run 3"_s}));
    bench.ended(RunId(2), 0);
    QCOMPARE(bench.runRow(RunId(3)).state, RunState::Assigned);
}

void TestSchedule::overlapReplaceWaitsForTheEnd()
{
    Bench bench;
    JobDefinition job = jobEvery(u"a"_s, 10min);
    job.overlap = OverlapPolicy::Replace;
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    bench.run(0s);
    QVERIFY(bench.runUntil("10:10").contains(u"> 1 cancel 1.1 epoch=1 grace=10s reason='replaced'"_s));
    QCOMPARE(bench.runRow(RunId(2)).state, RunState::Queued);
    wire::AttemptResult result;
    result.signal = 15;
    result.cancelled = true;
    bench.ended(RunId(1), result);
    QCOMPARE(bench.runRow(RunId(1)).reason, u"cancelled: replaced"_s);
    QCOMPARE(bench.ledger(), (QStringList{u"10:00:00 ran run 1"_s, u"10:10:00 ran run 2"_s}));
}

void TestSchedule::runsAfterTheLastEnd()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    ScheduleRule rule;
    rule.rule.name = u"r"_s;
    rule.rule.after = 10min;
    job.schedule = {rule};
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    Shift shift(bench, {3min, 25min, 1min});
    QCOMPARE(shift.runUntil("11:00"), (QStringList{u"10:10:00 run 1"_s, u"10:23:00 run 2"_s, u"10:58:00 run 3"_s}));
    QCOMPARE(bench.engine->nextOccasion(JobId(1)), std::optional(clockAt("11:09")));
    bench.restart(3h);
    bench.apply(TimePassed{});
    QCOMPARE(bench.ledger().last(), u"11:09:00 pending run 4"_s);
    bench.apply(CancelRun{.run = RunId(4)});
    QCOMPARE(bench.engine->nextOccasion(JobId(1)), std::optional(clockAt("14:10")));
    bench.restart(50h);
    bench.apply(TimePassed{});
    QCOMPARE(bench.ledger().last(), u"14:10:00 missed outside_window"_s);
    QCOMPARE(bench.engine->nextOccasion(JobId(1)), std::optional(bench.now + 10min));
    QCOMPARE(bench.store.complaints(), QStringList());
}

void TestSchedule::runsOnceAt()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    ScheduleRule rule;
    rule.rule.name = u"once"_s;
    rule.rule.at = clockAt("10:30");
    job.schedule = {rule};
    bench.applyJobs({job});
    bench.run(2h);
    QCOMPARE(bench.ledger(), QStringList{u"10:30:00 pending run 1"_s});
    QCOMPARE(bench.engine->nextDue(), std::optional<Instant>());
}

void TestSchedule::jitterDelaysTheStartOnly()
{
    Bench bench;
    JobDefinition job = jobEvery(u"a"_s, 10min);
    job.schedule.at(0).rule.jitter = 5min;
    bench.applyJobs({job});
    bench.connect(u"x"_s);
    bench.run(0s);
    std::set<qint64> delays;
    for (int i = 1; i <= 6; ++i) {
        const Instant due = *bench.engine->nextDue();
        bench.run(due - bench.now);
        const Run &run = bench.store.runs.rbegin()->second;
        const Duration delay = run.queuedAt - *run.occasion;
        QVERIFY(delay >= 0s && delay < 5min);
        QCOMPARE(run.occasion->ms % 600'000, 0);
        delays.insert(delay.count());
        bench.ended(run.id, 0);
        bench.restart();
        bench.connect(u"x"_s);
    }
    QVERIFY(delays.size() > 3);
}

void TestSchedule::cronInAZone()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    job.zone = u"Europe/Berlin"_s;
    job.schedule = {cronRule(u"c"_s, u"30 12 * * *"_s)};
    bench.applyJobs({job});
    bench.run(24h);
    QCOMPARE(bench.ledger(), QStringList{u"11:30:00 pending run 1"_s});
    QCOMPARE(bench.runRow(RunId(1)).windowStart, std::optional(clockAt("2026-01-04T11:30:00")));
}

void TestSchedule::recordsWhatACalendarSkips()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    CalendarSpec workdays;
    workdays.weekdays = {u"mon"_s, u"wed"_s};
    job.calendars = {{u"w"_s, workdays}};
    ScheduleRule rule = cronRule(u"c"_s, u"0 12 * * *"_s);
    rule.rule.calendar = u"w"_s;
    job.schedule = {rule};
    bench.applyJobs({job});
    bench.run(52h);
    QCOMPARE(bench.ledger(),
        (QStringList{u"12:00:00 pending run 1"_s, u"2026-01-06T12:00:00 skipped calendar"_s,
            u"2026-01-07T12:00:00 merged overlap run 1"_s}));
}

void TestSchedule::evaluatesParametersOfTheOccasion()
{
    Bench bench;
    JobDefinition job = jobNamed(u"a"_s);
    job.zone = u"Europe/Berlin"_s;
    job.params = {{.name = u"day"_s, .defaultValue = u"${{ occasion.date }}"_s}, {.name = u"half"_s}};
    job.command = {u"load"_s, u"--day=${{ params.day }}"_s, u"${{ occasion }}"_s};
    job.env = {{u"HALF"_s, u"${{ params.half }}"_s}, {u"BELFRY_JOB"_s, u"forged"_s}};
    ScheduleRule rule = cronRule(u"c"_s, u"30 0 * * *"_s);
    rule.params = {{u"half"_s, u"${{ occasion.hour }}-h"_s}};
    job.schedule = {rule};
    bench.applyJobs({job});
    bench.run(24h);
    bench.connect(u"x"_s);
    QCOMPARE(bench.runRow(RunId(1)).params, (Params{{u"day"_s, u"2026-01-06"_s}, {u"half"_s, u"00-h"_s}}));
    bench.disconnect(u"x"_s);
    wire::AgentHello hello = helloOf(u"x"_s);
    hello.now = bench.now;
    const Effects effects
        = bench.apply(AgentConnected{SessionId(9), hello, {}}); // the order comes again, and says the same
    const auto order = std::get<wire::StartAttempt>(effects.messages.at(1).message);
    QCOMPARE(order.command, (QStringList{u"load"_s, u"--day=2026-01-06"_s, u"2026-01-06T00:30:00+01:00"_s}));
    const std::map<QString, QString> env{{u"HALF"_s, u"00-h"_s}, {u"BELFRY_PROJECT"_s, u"p"_s},
        {u"BELFRY_JOB"_s, u"a"_s}, {u"BELFRY_RUN"_s, u"1"_s}, {u"BELFRY_ATTEMPT"_s, u"1"_s},
        {u"BELFRY_CAUSE"_s, u"schedule"_s}, {u"BELFRY_OCCASION"_s, u"2026-01-05T23:30:00.000Z"_s},
        {u"BELFRY_WINDOW_START"_s, u"2026-01-04T23:30:00.000Z"_s},
        {u"BELFRY_WINDOW_END"_s, u"2026-01-05T23:30:00.000Z"_s}, {u"BELFRY_LAST_SUCCESS"_s, QString()},
        {u"BELFRY_PARAM_DAY"_s, u"2026-01-06"_s}, {u"BELFRY_PARAM_HALF"_s, u"00-h"_s}};
    QCOMPARE(order.env, env);
}

void TestSchedule::skipsAnOccasionWithBadParameters()
{
    Bench bench;
    JobDefinition job = jobEvery(u"a"_s, 10min);
    job.params
        = {{.name = u"hour"_s, .type = ParamType::Int, .defaultValue = u"${{ occasion.hour }}"_s, .max = u"10"_s}};
    bench.waitUntil("10:45");
    bench.applyJobs({job});
    bench.run(20min);
    QCOMPARE(bench.ledger(), (QStringList{u"10:50:00 pending run 1"_s, u"11:00:00 skipped parameters"_s}));
}

void TestSchedule::cancellingAWaitingRunCancelsItsOccasion()
{
    Bench bench;
    bench.applyJobs({jobEvery(u"a"_s, 10min)});
    bench.run(0s);
    bench.apply(CancelRun{.run = RunId(1)});
    QCOMPARE(bench.ledger(), QStringList{u"10:00:00 cancelled cancelled run 1"_s});
    bench.run(10min);
    QCOMPARE(bench.ledger().last(), u"10:10:00 pending run 2"_s);
}

void TestSchedule::removesNothingFromTheLedgerOfARemovedJob()
{
    Bench bench;
    bench.applyJobs({jobEvery(u"a"_s, 10min), jobNamed(u"b"_s)});
    bench.run(10min);
    bench.applyJobs({jobNamed(u"b"_s)});
    QCOMPARE(
        bench.ledger(), (QStringList{u"10:00:00 cancelled job_removed run 1"_s, u"10:10:00 merged overlap run 1"_s}));
    bench.run(1h);
    QCOMPARE(bench.ledger().size(), 2);
}

QTEST_APPLESS_MAIN(TestSchedule)
#include "tst_schedule.moc"
