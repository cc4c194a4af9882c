// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/columnfit.h"
#include "console/models/lanes.h"

#include <QTest>

#include <numeric>

using namespace belfry;
using namespace Qt::StringLiterals;
using std::chrono::hours;

namespace {

TimelineBar bar(const QString &job, const QString &agent, Duration from, Duration until, Look look = Look::Success)
{
    return {.run = RunId(1),
        .job = job,
        .agent = agent,
        .look = {look, {}, {}, {}},
        .queued = Instant(0) + from,
        .started = Instant(0) + from,
        .ended = Instant(0) + until};
}

} // namespace

// The arithmetic of what is drawn, without anything drawn.
class TestLayouts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void columnsFill()
    {
        const std::vector<ColumnWish> wishes{{100, 50, 0}, {200, 60, 2}, {100, 100, 1}};
        QCOMPARE(fitColumns(wishes, 400), (std::vector<int>{100, 200, 100}));
        QCOMPARE(fitColumns(wishes, 700), (std::vector<int>{100, 400, 200}));
        QCOMPARE(fitColumns({{100, 50, 0}, {100, 50, 0}}, 300), (std::vector<int>{100, 200}));
        QCOMPARE(fitColumns({}, 300), std::vector<int>());
    }
    void columnsGiveWhatTheyCanSpare()
    {
        const std::vector<ColumnWish> wishes{{100, 50, 0}, {200, 60, 2}, {100, 100, 1}};
        QCOMPARE(fitColumns(wishes, 210), (std::vector<int>{50, 60, 100}));
        QCOMPARE(fitColumns(wishes, 10), (std::vector<int>{50, 60, 100})); // it scrolls
        QCOMPARE(fitColumns({{100, 100, 0}}, 10), std::vector<int>{100});
        for (int width = 210; width < 900; ++width) {
            const std::vector<int> widths = fitColumns(wishes, width);
            QCOMPARE(std::accumulate(widths.begin(), widths.end(), 0), width);
            for (std::size_t i = 0; i < widths.size(); ++i)
                QVERIFY2(widths[i] >= wishes[i].least, qPrintable(QString::number(width)));
        }
    }

    void axisKeepsWhatIsUnderThePointer()
    {
        const TimeAxis axis{Instant(1'000'000), hours(1), 600};
        for (const double factor : {1.3, 0.5, 10.0}) {
            const TimeAxis zoomed = axis.zoomed(factor, 150);
            QVERIFY(std::abs((zoomed.at(150) - axis.at(150)).count()) < 1000);
            QVERIFY(std::abs(zoomed.span.count() - double(axis.span.count()) / factor) < 2);
        }
        QCOMPARE(axis.zoomed(1e9, 10).span, Duration(1000)); // 1 s
        QCOMPARE(axis.zoomed(1e-9, 10).span, Duration(hours(24 * 30))); // 30 d
        QCOMPARE(axis.x(axis.from), 0.0);
        QCOMPARE(axis.x(axis.until()), 600.0);
        QCOMPARE(axis.moved(hours(2)).from, axis.from + hours(2));
        QCOMPARE(axis.showing(axis.from), axis);
        QCOMPARE(axis.showing(axis.until()).from, axis.until() - 30min);
    }
    void ticksAreRoundOnTheWall()
    {
        const TimeAxis axis{Instant(0), hours(6), 600};
        QCOMPARE(tickStep(axis, 90), Duration(hours(1)));
        QCOMPARE(tickStep(axis, 5), Duration(5min));
        QCOMPARE(tickStep({Instant(0), 1s, 1000}, 90), Duration(100));
        const auto ticks = ticksOf(axis, hours(1), Zone::utc());
        QCOMPARE(ticks.size(), std::size_t(6));
        QCOMPARE(ticks[1], Instant(0) + hours(1));
        // Half an hour off UTC: full hours of the wall clock.
        const auto kolkata = ticksOf(axis, hours(1), *Zone::make(u"Asia/Kolkata"));
        QCOMPARE(kolkata.front(), Instant(0) + 30min);
    }
    void ticksFollowClockChanges()
    {
        const Zone berlin = *Zone::make(u"Europe/Berlin");
        // 29 March 2026: 02:00 to 03:00 is left out. 00:00 there is 23:00 UTC of the day before.
        const Instant spring = berlin.resolve(LocalTime::at(QDate(2026, 3, 29), 0)).first;
        const auto days = ticksOf({spring - hours(1), hours(48), 600}, hours(24), berlin);
        QCOMPARE(days.size(), std::size_t(2));
        QCOMPARE(days[1] - days[0], Duration(hours(23)));
        QCOMPARE(ticksOf({spring, hours(6), 600}, hours(1), berlin).size(), std::size_t(6));
        const Instant autumn = berlin.resolve(LocalTime::at(QDate(2026, 10, 25), 0)).first;
        const auto repeated = ticksOf({autumn, hours(6), 600}, hours(1), berlin);
        QCOMPARE(repeated.size(), std::size_t(6)); // 00 01 02 02 03 04
        QVERIFY(std::is_sorted(repeated.begin(), repeated.end()));
    }
    void overlappingBarsGetRows()
    {
        const std::vector<TimelineBar> bars{bar(u"b"_s, u"x"_s, 0s, 10s), bar(u"b"_s, u"x"_s, 5s, 20s),
            bar(u"b"_s, {}, 12s, 15s), bar(u"a"_s, u"y"_s, 0s, 1s)};
        const LanePlan byJob = planLanes(bars, LaneBy::Job, Instant(0), 4);
        QCOMPARE(byJob.lanes.size(), std::size_t(2));
        QCOMPARE(byJob.lanes[0].name, u"a"_s);
        QCOMPARE(byJob.lanes[1].rows, 2);
        QCOMPARE(byJob.rowOf, (std::vector<int>{1, 2, 1, 0}));
        QCOMPARE(byJob.rows, 3);
        const LanePlan byAgent = planLanes(bars, LaneBy::Agent, Instant(0), 4);
        QCOMPARE(byAgent.lanes.size(), std::size_t(3));
        QVERIFY(byAgent.lanes.back().name.isEmpty());
        QCOMPARE(planLanes(bars, LaneBy::Job, Instant(0), 1).rows, 2); // no more rows than allowed
        QCOMPARE(planLanes({}, LaneBy::Job, Instant(0), 1).rows, 0);
    }
    void keysLeadThroughLanes()
    {
        const std::vector<TimelineBar> bars{
            bar(u"a"_s, {}, 0s, 1s), bar(u"a"_s, {}, 10s, 11s), bar(u"b"_s, {}, 9s, 10s), bar(u"b"_s, {}, 90s, 91s)};
        const LanePlan plan = planLanes(bars, LaneBy::Job, Instant(0), 4);
        QCOMPARE(barAt(plan, bars, -1, Step::Next), 0);
        QCOMPARE(barAt(plan, bars, 0, Step::Previous), 0);
        QCOMPARE(barAt(plan, bars, 0, Step::Next), 1);
        QCOMPARE(barAt(plan, bars, 1, Step::Next), 1);
        QCOMPARE(barAt(plan, bars, 1, Step::LaneAfter), 2);
        QCOMPARE(barAt(plan, bars, 2, Step::LaneAfter), 2);
        QCOMPARE(barAt(plan, bars, 3, Step::LaneBefore), 1);
        QCOMPARE(barAt(LanePlan(), {}, -1, Step::Next), -1);
    }
    void densityCountsAndShowsTheWorst()
    {
        const TimeAxis axis{Instant(0), 100s, 100};
        const std::vector<TimelineBar> bars{bar(u"a"_s, {}, 0s, 5s), bar(u"a"_s, {}, 2s, 25s, Look::Failed),
            bar(u"a"_s, {}, 3s, 3s, Look::Warning), bar(u"a"_s, {}, 500s, 501s), bar(u"a"_s, {}, -50s, -10s)};
        const auto bins = densityOf(bars, {0, 1, 2, 3, 4}, axis, 10, Instant(0));
        QCOMPARE(bins.size(), std::size_t(10));
        QCOMPARE(bins[0].count, 3);
        QCOMPARE(bins[0].worst, Look::Failed);
        QCOMPARE(bins[2].count, 1);
        QCOMPARE(bins[3].count, 0);
        QCOMPARE(bins[9].count, 0);
    }
};

QTEST_GUILESS_MAIN(TestLayouts)
#include "tst_layouts.moc"
