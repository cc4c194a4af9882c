// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/sql.h"
#include "tests/store/storefixture.h"

#include <QElapsedTimer>

using namespace belfry;
using namespace belfry::store;
using namespace Qt::StringLiterals;

namespace {

Occasion rowAt(qint64 ms, int job = 1, const QString &rule = u"r"_s)
{
    return {.job = JobId(job),
        .jobName = u"p/job"_s,
        .rule = rule,
        .at = Instant(ms),
        .fate = Fate::Missed,
        .reason = u"downtime"_s,
        .version = 1};
}

Job versioned(int version, qint64 since)
{
    Job made = job(1);
    made.version = version;
    made.since = Instant(since);
    made.definition.title = u"version %1"_s.arg(version);
    return made;
}

} // namespace

class TestStoreOccasions : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsTheRowsOfAnInstantAndTheirNeighbours()
    {
        StoreFixture store;
        Occasion range = rowAt(100);
        range.until = Instant(250);
        range.count = 1500;
        Occasion ofAnother = range;
        ofAnother.job = JobId(2);
        QVERIFY(store.commit({SaveJob{versioned(1, 50)}, SaveJob{job(2, u"two"_s)}, SaveOccasion{range},
            SaveOccasion{ofAnother}, SaveOccasion{rowAt(200, 1, u"s"_s)}, SaveOccasion{rowAt(300)},
            SaveOccasion{rowAt(300, 1, u"a"_s)}, SaveOccasion{rowAt(400)}, SaveOccasion{rowAt(300, 2)}}));
        const auto both = store.ask(FindOccasionsAround{JobId(1), Instant(200)});
        QCOMPARE(both->rows.size(), 2u);
        QCOMPARE(both->rows[0].row, rowAt(200, 1, u"s"_s));
        QCOMPARE(both->rows[1].row, range);
        QCOMPARE(both->before->at, Instant(100));
        QCOMPARE(both->after->at, Instant(300));
        const auto byRule = store.ask(FindOccasionsAround{JobId(1), Instant(300)});
        QCOMPARE(byRule->rows.size(), 2u);
        QCOMPARE(byRule->rows[0].row.rule, u"a"_s);
        const auto none = store.ask(FindOccasionsAround{JobId(1), Instant(350)});
        QVERIFY(none->rows.empty());
        QCOMPARE(none->before->at, Instant(300));
        QCOMPARE(none->after->at, Instant(400));
        const auto last = store.ask(FindOccasionsAround{JobId(1), Instant(500)});
        QVERIFY(!last->after);
    }

    void knowsTheDefinitionThenInForce()
    {
        StoreFixture store;
        QVERIFY(store.commit({SaveJob{versioned(1, 100)}}));
        QVERIFY(store.commit({SaveJob{versioned(2, 200)}, SaveOccasion{rowAt(250)}}));
        QVERIFY(store.commit({SaveJob{versioned(3, 300)}}));
        const auto early = store.ask(FindOccasionsAround{JobId(1), Instant(99)});
        QCOMPARE(early->version, 0);
        QVERIFY(!early->definition);
        QCOMPARE(early->exists, Instant(100));
        for (const auto &[at, version] : {std::pair(100, 1), std::pair(199, 1), std::pair(200, 2), std::pair(900, 3)}) {
            const auto found = store.ask(FindOccasionsAround{JobId(1), Instant(at)});
            QCOMPARE(found->version, version);
            QCOMPARE(found->definition->title, u"version %1"_s.arg(version));
        }
        const auto row = store.ask(FindOccasionsAround{JobId(1), Instant(250)});
        QCOMPARE(row->rows[0].definition->title, u"version 1"_s); // that owed it, whatever was in force since
        QVERIFY(!store.ask(FindOccasionsAround{JobId(7), Instant(1)})->exists);
    }

    void knowsTheRunAndThoseBefore()
    {
        StoreFixture store;
        WriteBatch batch{SaveJob{job(1)}, SaveJob{job(2, u"two"_s)}};
        for (int id = 1; id <= 120; ++id)
            batch.push_back(SaveRun{run(id, 1 + id % 2, RunState::Succeeded)});
        Occasion row = rowAt(500);
        row.fate = Fate::Ran;
        row.run = RunId(118);
        Occasion ofDeletedRun = rowAt(600);
        ofDeletedRun.run = RunId(5000);
        batch.push_back(SaveOccasion{row});
        batch.push_back(SaveOccasion{ofDeletedRun});
        QVERIFY(store.commit(batch));
        const auto found = store.ask(FindOccasionsAround{JobId(1), Instant(500)});
        QCOMPARE(found->rows[0].run->id, RunId(118));
        QCOMPARE(found->rows[0].earlier.size(), 50u);
        QCOMPARE(found->rows[0].earlier[0].id, RunId(116));
        QVERIFY(!store.ask(FindOccasionsAround{JobId(1), Instant(600)})->rows[0].run);
    }

    void isQuickAmongAMillionRows()
    {
        StoreFixture store;
        QVERIFY(store.commit({SaveJob{versioned(1, 0)}, SaveJob{job(2, u"two"_s)}}));
        const QString file = databaseOf(store);
        store.close();
        {
            Database database(file, Database::Access::ReadWrite);
            const auto fill = [&](const QString &job, int count, const QString &until) {
                database.run(uR"(
                    WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %1)
                    INSERT INTO occasions (job, at, rule, job_name, fate, reason, run, version, count, until)
                    SELECT %2, i * 60000, 'r', 'p/job', 'missed', 'downtime', NULL, 1, 1, %3 FROM n)"_s.arg(count)
                                 .arg(job, until));
            };
            fill(u"1"_s, 1'000'000, u"NULL"_s);
            fill(u"2"_s, 1000, u"i * 60000 + 59000"_s);
        }
        store.reopen();
        for (const qint64 minute : {1, 500'000, 1'000'000}) {
            for (const qint64 beside : {0, 1}) {
                QElapsedTimer timer;
                timer.start();
                const auto found = store.ask(FindOccasionsAround{JobId(1), Instant(minute * 60'000 + beside)});
                const qint64 took = timer.elapsed();
                QVERIFY(found);
                QCOMPARE(found->rows.empty(), beside == 1);
                QVERIFY2(took < 200, qPrintable(u"%1 ms"_s.arg(took)));
            }
        }
    }

private:
    static QString databaseOf(const StoreFixture &store)
    {
        const QStringList files = QDir(store.path()).entryList({u"*.db"_s, u"*.sqlite"_s}, QDir::Files);
        return files.isEmpty() ? QString() : store.path(files.front());
    }
};

QTEST_GUILESS_MAIN(TestStoreOccasions)
#include "tst_storeoccasions.moc"
