// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/store/storefixture.h"

#include <QSqlDatabase>
#include <QSqlQuery>

using namespace belfry;
using namespace belfry::store;
using namespace Qt::StringLiterals;

namespace {

Run ended(int id, RunState state, qint64 at, int ofJob = 1)
{
    Run made = run(id, ofJob, state);
    made.endedAt = Instant(at);
    return made;
}

Occasion occasion(qint64 at, Fate fate, const QString &reason, int ofJob = 1)
{
    return {.job = JobId(ofJob),
        .jobName = u"p/job"_s,
        .rule = u"r"_s,
        .at = Instant(at),
        .fate = fate,
        .reason = reason,
        .version = 1};
}

// `r3`, `o200`: in the order of the answer.
QStringList names(const AttentionPage &page)
{
    QStringList all;
    for (const AttentionItem &item : page.items)
        all += item.run ? u"r%1"_s.arg(item.run->id.value) : u"o%1"_s.arg(item.occasion->at.ms);
    return all;
}

QStringList allPages(StoreFixture &store, ListAttention query)
{
    QStringList all;
    for (int pages = 0; pages < 100; ++pages) {
        const auto page = store.ask(query);
        all += names(*page);
        if (!page->next)
            return all;
        query.after = page->next;
    }
    return {u"endless"_s};
}

void fillStore(StoreFixture &store)
{
    QVERIFY(store.commit({SaveJob{job(1)}, SaveJob{job(2, u"two"_s)}, SaveRun{ended(1, RunState::Failed, 100)},
        SaveRun{ended(2, RunState::Succeeded, 200)}, SaveRun{ended(3, RunState::TimedOut, 300)},
        SaveRun{ended(4, RunState::Lost, 300, 2)}, SaveRun{ended(5, RunState::NotStarted, 150)},
        SaveRun{ended(6, RunState::Cancelled, 160)}, SaveRun{run(7)},
        SaveOccasion{occasion(300, Fate::Missed, u"downtime"_s)},
        SaveOccasion{occasion(200, Fate::Missed, u"superseded"_s)},
        SaveOccasion{occasion(120, Fate::Expired, u"start_by"_s)},
        SaveOccasion{occasion(110, Fate::Skipped, u"overlap"_s)},
        SaveOccasion{occasion(100, Fate::Missed, u"over_max"_s, 2)}}));
}

const QStringList everything{u"r4"_s, u"r3"_s, u"o300"_s, u"r5"_s, u"o120"_s, u"r1"_s, u"o100"_s};

} // namespace

class TestStoreAttention : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void listsFailuresInPages()
    {
        StoreFixture store;
        fillStore(store);
        QCOMPARE(*store.ask(CountAttention{}), 7);
        for (int limit = 1; limit <= 8; ++limit)
            QCOMPARE(allPages(store, {.limit = limit}), everything);
        QCOMPARE(allPages(store, {.job = JobId(2), .limit = 1}), QStringList({u"r4"_s, u"o100"_s}));
        QCOMPARE(allPages(store, {.occasions = false, .limit = 3}), QStringList({u"r4"_s, u"r3"_s, u"r5"_s, u"r1"_s}));
        QCOMPARE(allPages(store, {.runs = false, .fates = {Fate::Expired}}), QStringList{u"o120"_s});
        QCOMPARE(allPages(store, {.states = {RunState::TimedOut, RunState::Lost}, .occasions = false}),
            QStringList({u"r4"_s, u"r3"_s}));
        QCOMPARE(allPages(store, {.since = Instant(150)}), QStringList({u"r4"_s, u"r3"_s, u"o300"_s, u"r5"_s}));
        QCOMPARE(allPages(store, {.project = u"nothing"_s}), QStringList());
    }

    void acknowledgedOnesAreGoneAndComeBack()
    {
        StoreFixture store;
        fillStore(store);
        Run seen = store.ask(FindRun{RunId(3)})->run;
        seen.acknowledgedAt = Instant(400);
        seen.acknowledgedBy = u"ann"_s;
        seen.acknowledgeNote = u"disk"_s;
        Occasion missed = store.ask(FindOccasions{JobId(1), Instant(300)})->front();
        missed.acknowledgedAt = Instant(401);
        missed.acknowledgedBy = u"ann"_s;
        QVERIFY(store.commit({AcknowledgeRun{seen}, AcknowledgeOccasion{missed}}));
        QCOMPARE(*store.ask(CountAttention{}), 5);
        QCOMPARE(store.ask(FindRun{RunId(3)})->run, seen);
        QCOMPARE(store.ask(FindOccasions{JobId(1), Instant(300)})->front(), missed);
        store.reopen();
        QCOMPARE(allPages(store, {}), QStringList({u"r4"_s, u"r5"_s, u"o120"_s, u"r1"_s, u"o100"_s}));
        seen.acknowledgedAt.reset();
        QVERIFY(store.commit({AcknowledgeRun{seen}}));
        QVERIFY(allPages(store, {}).contains(u"r3"_s));
        // What is gone does not come back by being acknowledged.
        Run gone = seen;
        gone.id = RunId(99);
        QVERIFY(store.commit({AcknowledgeRun{gone}}));
        QVERIFY(!store.ask(FindRun{RunId(99)}));
    }

    void walksAlongItsIndexes()
    {
        StoreFixture store;
        fillStore(store);
        const QString file = store.path(u"belfry.db"_s);
        store.close();
        {
            QSqlDatabase database = QSqlDatabase::addDatabase(u"QSQLITE"_s, u"plan"_s);
            database.setDatabaseName(file);
            QVERIFY(database.open());
            const auto plan = [&](const QString &sql) {
                QSqlQuery query(database);
                QString text;
                if (query.exec(u"EXPLAIN QUERY PLAN "_s + sql))
                    while (query.next())
                        text += query.value(3).toString() + u'\n';
                return text;
            };
            const QString runs = plan(
                u"SELECT id FROM runs INDEXED BY runs_attention WHERE state IN ('failed', 'timed_out', 'not_started', "
                u"'lost') AND acknowledged_at IS NULL "
                "AND (ended_at, id) < (300, 4) ORDER BY ended_at DESC, id DESC LIMIT 5"_s);
            QVERIFY2(runs.contains(u"runs_attention"_s) && !runs.contains(u"B-TREE"_s), qPrintable(runs));
            const QString occasions
                = plan(u"SELECT at FROM occasions INDEXED BY occasions_attention WHERE fate IN ('missed', 'expired') "
                       u"AND reason <> 'superseded' AND "
                       u"acknowledged_at IS NULL "
                       "AND (at, job, rule) < (300, 1, 'r') ORDER BY at DESC, job DESC, rule DESC LIMIT 5"_s);
            QVERIFY2(occasions.contains(u"occasions_attention"_s) && !occasions.contains(u"B-TREE"_s),
                qPrintable(occasions));
        }
        QSqlDatabase::removeDatabase(u"plan"_s);
    }

    void plannedSkipsAreKept()
    {
        StoreFixture store;
        const PlannedSkip first{JobId(1), Instant(10), u"ann"_s, u"why"_s, Instant(5)};
        const PlannedSkip second{JobId(1), Instant(20), u"bob"_s, {}, Instant(6)};
        QVERIFY(store.commit({SaveJob{job(1)}, SavePlannedSkip{first}, SavePlannedSkip{second}}));
        store.reopen();
        QCOMPARE(store->snapshot()->plannedSkips, std::vector({first, second}));
        QVERIFY(store.commit({RemovePlannedSkip{JobId(1), Instant(10)}}));
        QCOMPARE(store->snapshot()->plannedSkips, std::vector({second}));
    }
};

QTEST_GUILESS_MAIN(TestStoreAttention)
#include "tst_storeattention.moc"
