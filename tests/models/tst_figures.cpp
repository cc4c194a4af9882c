// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/daytally.h"
#include "console/models/jobfigures.h"
#include "console/models/recentload.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

// Figures for charts.
class TestFigures : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void loadIsCountedByMinute()
    {
        const Instant now(std::chrono::hours(1) / 1ms);
        const std::vector<RunTimes> runs{{now - 150s, now - 70s, std::nullopt}, {now - 30s, std::nullopt, std::nullopt},
            {now - 90s, std::nullopt, now - 30s}, {now - 59s, now - 1s, now}};
        const std::vector<LoadMinute> load = loadOf(runs, now, 3);
        QCOMPARE(load.size(), std::size_t(3));
        QCOMPARE(load[0], (LoadMinute{now - 120s, 0, 1}));
        QCOMPARE(load[1], (LoadMinute{now - 60s, 1, 1})); // the third waits
        QCOMPARE(load[2], (LoadMinute{now, 1, 1})); // the second does
    }

    void figuresLeaveOutWhatCouldNotSucceed()
    {
        std::vector<wire::RunRow> runs;
        const auto add = [&](RunState state, Duration took) {
            wire::RunRow run;
            run.state = state;
            run.startedAt = Instant(0);
            run.endedAt = Instant(0) + took;
            runs.push_back(run);
        };
        QCOMPARE(figuresOf(runs).rate(), 0.0);
        for (int i = 1; i <= 9; ++i)
            add(RunState::Succeeded, i * 1s);
        add(RunState::Failed, 100s);
        add(RunState::Cancelled, 100s);
        add(RunState::Running, 100s);
        const JobFigures figures = figuresOf(runs);
        QCOMPARE(figures.runs, 11);
        QCOMPARE(figures.judged, 10);
        QCOMPARE(figures.rate(), 0.9);
        QCOMPARE(figures.median, Duration(5s));
        QCOMPARE(figures.p90, Duration(8s));
        QCOMPARE(unitFor(90s).sign, u"s"_s);
        QCOMPARE(unitFor(1s).sign, u"ms"_s);
        QCOMPARE(unitFor(std::chrono::hours(5)).sign, u"h"_s);
    }

    void daysAreThoseOfTheZone()
    {
        std::vector<wire::RunRow> runs(3);
        // 23:30 UTC on 17 November 2026, and half an hour before and after.
        const Instant late(1'794'958'200'000);
        runs[0].queuedAt = late - 30min;
        runs[1].queuedAt = late;
        runs[2].queuedAt = late + 30min;
        runs[1].state = RunState::Failed;
        const auto utc = tallyByDay(runs, Zone::utc());
        QCOMPARE(utc.size(), std::size_t(2));
        QCOMPARE(utc.at(QDate(2026, 11, 17)).runs(), 2);
        QCOMPARE(utc.at(QDate(2026, 11, 17)).of({RunState::Failed, RunState::Lost}), 1);
        const auto berlin = tallyByDay(runs, *Zone::make(u"Europe/Berlin"));
        QCOMPARE(berlin.size(), std::size_t(1));
        QCOMPARE(berlin.at(QDate(2026, 11, 18)).runs(), 3);
    }
};

QTEST_GUILESS_MAIN(TestFigures)
#include "tst_figures.moc"
