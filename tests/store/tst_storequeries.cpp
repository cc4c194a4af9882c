// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/filter/runfilter.h"
#include "tests/store/storefixture.h"

#include <rapidcheck.h>

using namespace belfry;
using namespace belfry::store;
using namespace Qt::StringLiterals;

namespace {

const std::vector<RunState> states
    = {RunState::Queued, RunState::Running, RunState::Retrying, RunState::Succeeded, RunState::Failed, RunState::Lost};

// What ListRuns says, by looking at every run.
std::vector<RunId> expected(const std::vector<Run> &runs, const ListRuns &query)
{
    std::vector<RunId> ids;
    for (const Run &run : runs) {
        const bool ofJob = !query.job || run.job == *query.job;
        const bool ofState = query.states.empty() || std::ranges::count(query.states, run.state) > 0;
        const bool live = !query.live || !isFinal(run.state);
        const bool since = !query.since || run.queuedAt >= *query.since;
        const bool beyond = !query.after || (query.live ? run.id > *query.after : run.id < *query.after);
        if (ofJob && ofState && live && since && beyond)
            ids.push_back(run.id);
    }
    if (!query.live)
        std::ranges::reverse(ids);
    return ids;
}

std::vector<RunId> idsOf(const std::vector<Run> &runs)
{
    std::vector<RunId> ids;
    for (const Run &run : runs)
        ids.push_back(run.id);
    return ids;
}

// Something of every column that a filter knows, and its absence.
void adorn(Run &run, int id)
{
    const auto each = [id](int n, auto... values) { return std::array{values...}[std::size_t(id / n) % sizeof...(values)]; };
    run.jobName = each(1, u"p/job"_s, u"p/two"_s, u"q/job"_s);
    run.cause = each(2, Cause::Schedule, Cause::Manual, Cause::CatchUp);
    run.agent = each(3, u""_s, u"db1"_s, u"db2"_s, u"100%_[x]"_s);
    run.by = each(5, u""_s, u"anna"_s);
    run.reason = each(7, u""_s, u"Exit code 75"_s, u"100%"_s);
    run.triggerReason = each(11, u""_s, u"wrong exit"_s);
    run.attempts = id % 4;
    run.priority = id % 101;
    if (run.attempts > 0)
        run.startedAt = run.queuedAt + 5s;
    if (run.startedAt && isFinal(run.state))
        run.endedAt = *run.startedAt + std::chrono::minutes(id % 30);
    if (run.endedAt && id % 5 > 0)
        run.exitCode = id % 80;
    else if (run.endedAt)
        run.signal = 9;
}

} // namespace

class TestStoreQueries : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void initTestCase()
    {
        WriteBatch batch{SaveJob{job(1)}, SaveJob{job(2, u"two"_s)}, SaveJob{job(3, u"three"_s)}};
        for (int id = 1; id <= 400; ++id) {
            // Job 3 has few runs and no failure; numbers repeat in no short pattern.
            Run made
                = run(id * 3, id % 50 == 0 ? 3 : 1 + id % 2, states[std::size_t(id * 7 + id / 13) % states.size()]);
            if (made.job == JobId(3) && made.state == RunState::Failed)
                made.state = RunState::Succeeded;
            adorn(made, id);
            m_runs.push_back(made);
            batch.push_back(SaveRun{made});
        }
        QVERIFY(m_store.commit(batch));
    }

    void listsRunsAsALookAtEachWould()
    {
        const bool held = rc::check("any filter, page by page", [this] {
            ListRuns query{.live = *rc::gen::element(true, false), .limit = *rc::gen::element(1, 7, 50, 1000)};
            if (*rc::gen::element(true, false))
                query.job = JobId(*rc::gen::inRange(1, 5));
            query.states
                = *rc::gen::container<std::vector<RunState>>(*rc::gen::inRange(0, 4), rc::gen::elementOf(states));
            if (*rc::gen::element(true, false))
                query.since = Instant(*rc::gen::inRange(0, 1'300'000));
            if (*rc::gen::element(true, false))
                query.after = RunId(*rc::gen::inRange(0, 1300));
            const std::vector<RunId> all = expected(m_runs, query);
            std::vector<RunId> found;
            for (int pages = 0;; ++pages) {
                RC_ASSERT(pages < 1300);
                const auto page = m_store.ask(query);
                RC_ASSERT(bool(page));
                RC_ASSERT(page->runs.size() <= std::size_t(query.limit));
                const std::vector<RunId> ids = idsOf(page->runs);
                found.insert(found.end(), ids.begin(), ids.end());
                if (!page->next)
                    break;
                query.after = page->next;
            }
            RC_ASSERT(found == all);
        });
        QVERIFY(held);
    }

    void filtersRunsAsALookAtEachWould()
    {
        const Instant now(2'000'000);
        const QStringList terms{u"state:failed"_s, u"-state:failed,lost"_s, u"state:queued,running,failed"_s, u"job:job"_s,
            u"job:q/*"_s, u"-job:t?o"_s, u"project:p"_s, u"agent:db*"_s, u"agent:\"100%_[x]\""_s, u"-agent:db1"_s,
            u"cause:manual"_s, u"by:a*"_s, u"reason:EXIT"_s, u"reason:%"_s, u"-reason:_"_s, u"since:20m"_s, u"until:15m"_s,
            u"queued:>@1000"_s, u"started:<25m"_s, u"ended:>=10m"_s, u"duration:>10m"_s, u"-duration:<5m"_s, u"exit:75"_s,
            u"exit:>0,0"_s, u"-exit:>40"_s, u"signal:9"_s, u"run:>=600"_s, u"attempts:2,3"_s, u"priority:<50"_s, u"anna"_s,
            u"-\"exit code\""_s};
        const bool held = rc::check("terms of any kind", [&] {
            QStringList chosen;
            for (int i = *rc::gen::inRange(1, 4); i > 0; --i)
                chosen += terms[*rc::gen::inRange(0, int(terms.size()))];
            const auto filter = filter::parseRunFilter(chosen.join(u' '), now);
            RC_ASSERT(bool(filter));
            const ListRuns query{.live = *rc::gen::element(true, false), .filter = *filter, .limit = 1000};
            std::vector<RunId> all = expected(m_runs, query);
            std::erase_if(all, [&](RunId id) { return !filter::matches(*filter, m_runs[std::size_t(id.value / 3 - 1)]); });
            const auto page = m_store.ask(query);
            RC_ASSERT(bool(page));
            RC_ASSERT(idsOf(page->runs) == all);
        });
        QVERIFY(held);
    }

    void refusesConditionsThatItDoesNotKnow()
    {
        const ListRuns query{.filter = {.now = {}, .conditions = {{RunField::Tag, false, {{Relation::Equal, u"a"_s, 0}}}}}};
        QVERIFY(!m_store.ask(query));
    }

    void givesWholeRunsInItsPages()
    {
        const auto page = m_store.ask(ListRuns{.limit = 3});
        QCOMPARE(page->runs, (std::vector{m_runs[399], m_runs[398], m_runs[397]}));
        QCOMPARE(page->next, std::optional(m_runs[397].id));
    }

    void clampsItsLimits()
    {
        QCOMPARE(m_store.ask(ListRuns{.limit = -5})->runs.size(), 1u);
        QCOMPARE(m_store.ask(ListRuns{.limit = 100'000})->runs.size(), 400u);
        QCOMPARE(m_store.ask(ListOccasions{.limit = 0})->size(), 0u);
    }

    void findsTheFirstRunSinceThoughTheClockWasSetBack()
    {
        StoreFixture store;
        Run early = run(1), late = run(2), repeated = run(3);
        early.queuedAt = Instant(100);
        late.queuedAt = Instant(900);
        repeated.queuedAt = Instant(500); // the clock stood at 900 before
        QVERIFY(store.commit({SaveJob{job(1)}, SaveRun{early}, SaveRun{late}, SaveRun{repeated}}));
        QCOMPARE(idsOf(store.ask(ListRuns{.since = Instant(600)})->runs), std::vector{RunId(2)});
        QCOMPARE(idsOf(store.ask(ListRuns{.since = Instant(500)})->runs), (std::vector{RunId(3), RunId(2)}));
        QVERIFY(store.ask(ListRuns{.since = Instant(901)})->runs.empty());
    }

    void givesTheLastRunOfEachJob()
    {
        std::map<JobId, LastRun> last;
        for (const Run &each : m_runs)
            last[each.job] = {each.id, each.state, each.endedAt};
        QCOMPARE(*m_store.ask(ListLastRuns{{JobId(3), JobId(1), JobId(2), JobId(9)}}), last);
    }

    void listsTheNewestOccasionsByTime()
    {
        StoreFixture store;
        std::vector<Occasion> all;
        WriteBatch batch{SaveJob{job(1)}, SaveJob{job(2, u"two"_s)}};
        for (int at = 0; at < 50; ++at)
            for (const int of : {1, 2}) {
                all.push_back(
                    {.job = JobId(of), .jobName = u"p/job"_s, .rule = u"r"_s, .at = Instant(at * 10), .version = 1});
                batch.push_back(SaveOccasion{all.back()});
            }
        QVERIFY(store.commit(batch));
        QCOMPARE(*store.ask(ListOccasions{}), all);
        QCOMPARE(*store.ask(ListOccasions{.limit = 3}), std::vector(all.end() - 3, all.end()));
        QCOMPARE(*store.ask(ListOccasions{.from = Instant(100), .until = Instant(110)}),
            std::vector(all.begin() + 20, all.begin() + 22));
        const auto ofTwo = store.ask(ListOccasions{.job = JobId(2), .from = Instant(480)});
        QCOMPARE(*ofTwo, (std::vector{all[97], all[99]}));
        QCOMPARE(store.ask(ListOccasions{.job = JobId(2), .limit = 4})->front(), all[93]);
    }

    void listsARangeWhereAnyOfItsInstantsBelongs()
    {
        StoreFixture store;
        const Occasion range{.job = JobId(1),
            .jobName = u"p/job"_s,
            .rule = u"r"_s,
            .at = Instant(100),
            .fate = Fate::Missed,
            .reason = u"downtime"_s,
            .version = 1,
            .count = 11,
            .until = Instant(200)};
        Occasion later = range;
        later.at = Instant(300);
        later.until.reset();
        QVERIFY(store.commit({SaveJob{job(1)}, SaveJob{job(2, u"two"_s)}, SaveOccasion{range}, SaveOccasion{later}}));
        QCOMPARE(*store.ask(ListOccasions{.from = Instant(150)}), (std::vector{range, later}));
        QCOMPARE(*store.ask(ListOccasions{.from = Instant(200), .until = Instant(300)}), std::vector{range});
        QCOMPARE(*store.ask(ListOccasions{.from = Instant(201)}), std::vector{later});
        QCOMPARE(*store.ask(ListOccasions{.until = Instant(100)}), std::vector<Occasion>());
        QCOMPARE(*store.ask(ListOccasions{.job = JobId(2), .from = Instant(150)}), std::vector<Occasion>());
        QCOMPARE(*store.ask(ListOccasions{.from = Instant(150), .limit = 1}), std::vector{later});
    }

private:
    StoreFixture m_store;
    std::vector<Run> m_runs;
};

QTEST_GUILESS_MAIN(TestStoreQueries)
#include "tst_storequeries.moc"
