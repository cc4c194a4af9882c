// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/store/storefixture.h"

using namespace belfry;
using namespace belfry::store;
using namespace Qt::StringLiterals;

namespace {

Run queued(int id, qint64 at, RunState state, int ofJob = 1)
{
    Run made = run(id, ofJob, state);
    made.queuedAt = Instant(at);
    return made;
}

Occasion missed(qint64 at, int ofJob = 1, Fate fate = Fate::Missed, const QString &reason = u"downtime"_s)
{
    return {.job = JobId(ofJob),
        .jobName = u"p/job"_s,
        .rule = u"r"_s,
        .at = Instant(at),
        .fate = fate,
        .reason = reason,
        .version = 1};
}

const std::vector<Instant> bounds{Instant(100), Instant(200), Instant(300)};

} // namespace

class TestDayCounts : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void countsRunsByTheTimeTheyWereQueued()
    {
        StoreFixture store;
        QVERIFY(store.commit({SaveJob{job(1)}, SaveJob{job(2, u"two"_s)}, SaveRun{queued(1, 99, RunState::Failed)},
            SaveRun{queued(2, 100, RunState::Failed)}, SaveRun{queued(3, 199, RunState::Succeeded)},
            SaveRun{queued(4, 150, RunState::Succeeded, 2)}, SaveRun{queued(5, 200, RunState::Running)},
            SaveRun{queued(6, 300, RunState::Failed)}}));
        using States = std::map<RunState, qint64>;
        const auto all = store.ask(CountRunsOfDays{bounds, {}, {}});
        QVERIFY(!all->next);
        QVERIFY(all->counts
            == (std::vector<States>{
                {{RunState::Failed, 1}, {RunState::Succeeded, 2}}, States{{RunState::Running, 1}}}));
        const auto one = store.ask(CountRunsOfDays{bounds, std::set{JobId(2)}, {}});
        QVERIFY(one->counts == (std::vector<States>{{{RunState::Succeeded, 1}}, {}}));
        const auto both = store.ask(CountRunsOfDays{bounds, std::set{JobId(1), JobId(2)}, {}});
        QVERIFY(both->counts == all->counts);
        const auto none = store.ask(CountRunsOfDays{bounds, std::set{JobId(3)}, {}});
        QVERIFY(none->counts == std::vector<States>(2));
    }

    void answersInSlices()
    {
        StoreFixture store;
        WriteBatch batch{SaveJob{job(1)}};
        for (int id = 1; id <= 50'001; ++id)
            batch.push_back(SaveRun{queued(id, 150, RunState::Succeeded)});
        QVERIFY(store.commit(std::move(batch)));
        for (const auto &jobs : {std::optional<std::set<JobId>>(), std::optional(std::set{JobId(1)})}) {
            CountRunsOfDays question{bounds, jobs, {}};
            qint64 sum = 0;
            int slices = 0;
            for (bool more = true; more; ++slices) {
                const auto found = store.ask(question);
                QVERIFY(found);
                for (const auto &[state, count] : found->counts[0])
                    sum += count;
                question.after = found->next;
                more = found->next.has_value();
            }
            QCOMPARE(sum, 50'001);
            QCOMPARE(slices, 2);
        }
    }

    void countsWhatWasMissed()
    {
        StoreFixture store;
        Occasion acknowledged = missed(120);
        acknowledged.acknowledgedAt = Instant(500);
        QVERIFY(store.commit({SaveJob{job(1)}, SaveJob{job(2, u"two"_s)}, SaveOccasion{missed(99)},
            SaveOccasion{missed(100)}, SaveOccasion{acknowledged}, SaveOccasion{missed(130, 1, Fate::Expired)},
            SaveOccasion{missed(140, 1, Fate::Missed, u"superseded"_s)},
            SaveOccasion{missed(150, 1, Fate::Skipped)}, SaveOccasion{missed(200, 2)}, SaveOccasion{missed(300, 2)}}));
        QVERIFY(*store.ask(CountMissedOfDays{bounds, {}}) == (std::vector<qint64>{3, 1}));
        QVERIFY(*store.ask(CountMissedOfDays{bounds, std::set{JobId(2)}}) == (std::vector<qint64>{0, 1}));
    }

    void spreadsARangeOverItsDays()
    {
        StoreFixture store;
        Occasion range = missed(60); // 60, 100, ... 260
        range.count = 6;
        range.until = Instant(260);
        Occasion within = missed(210, 2);
        within.count = 4;
        within.until = Instant(240);
        QVERIFY(store.commit(
            {SaveJob{job(1)}, SaveJob{job(2, u"two"_s)}, SaveOccasion{range}, SaveOccasion{within}}));
        QVERIFY(*store.ask(CountMissedOfDays{bounds, std::set{JobId(1)}}) == (std::vector<qint64>{3, 2}));
        QVERIFY(*store.ask(CountMissedOfDays{bounds, {}}) == (std::vector<qint64>{3, 6}));
    }
};

QTEST_GUILESS_MAIN(TestDayCounts)
#include "tst_daycounts.moc"
