// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/runqueue.h"

#include "shared/base/random.h"

#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;

namespace {

QueueKey keyOf(qint64 run, qint64 minute = 0, int priority = 50)
{
    Run row;
    row.id = RunId(run);
    row.queuedAt = Instant(minute * 60'000);
    row.priority = priority;
    return QueueKey::of(row);
}

constexpr JobId a{1};
constexpr JobId b{2};

// Takes the first in line until there is none, each occupying room of its job.
std::vector<qint64> takeAll(RunQueue &queue, const std::map<qint64, JobId> &jobs)
{
    std::vector<qint64> order;
    while (const auto head = queue.first()) {
        order.push_back(head->key.run.value);
        queue.occupy(jobs.at(order.back()), head->key.run);
    }
    return order;
}

} // namespace

class TestRunQueue : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void ordersByPriorityAndMinutesWaited();
    void aJobsRunsTakeTurns();
    void aBetterOneTakesTheSeat();
    void roomCanBeLarger();
    void aRetryKeepsItsRoom();
    void blockedClassesArePassedOver();
    void whatLeavesIsGone();
    void agreesWithASimpleModel();
};

void TestRunQueue::ordersByPriorityAndMinutesWaited()
{
    RunQueue queue;
    std::map<qint64, JobId> jobs;
    const std::tuple<qint64, qint64, int> runs[]
        = {{1, 0, 10}, {2, 0, 50}, {3, 41, 50}, {4, 40, 50}, {5, 0, 50}, {6, 0, 51}};
    for (const auto &[run, minute, priority] : runs) {
        jobs[run] = JobId(run);
        queue.wait(JobId(run), keyOf(run, minute, priority), 0);
    }
    // 1 has waited 40 minutes longer than 4, which its lower priority makes up for; the number decides.
    QCOMPARE(takeAll(queue, jobs), (std::vector<qint64>{6, 2, 5, 1, 4, 3}));
}

void TestRunQueue::aJobsRunsTakeTurns()
{
    RunQueue queue;
    for (const qint64 run : {1, 2, 3})
        queue.wait(a, keyOf(run), 0);
    queue.wait(b, keyOf(4), 0);
    QCOMPARE(takeAll(queue, {{1, a}, {2, a}, {3, a}, {4, b}}), (std::vector<qint64>{1, 4}));
    QCOMPARE(queue.occupants(a), std::vector<RunId>{RunId(1)});
    QCOMPARE(queue.waiting(a), (std::vector<RunId>{RunId(2), RunId(3)}));
    queue.leave(a, RunId(1));
    QCOMPARE(queue.first()->key.run, RunId(2));
}

void TestRunQueue::aBetterOneTakesTheSeat()
{
    RunQueue queue;
    queue.wait(a, keyOf(1, 0, 10), 0);
    QCOMPARE(queue.first()->key.run, RunId(1));
    queue.wait(a, keyOf(2, 0, 20), 0);
    QCOMPARE(takeAll(queue, {{1, a}, {2, a}}), std::vector<qint64>{2});
}

void TestRunQueue::roomCanBeLarger()
{
    RunQueue queue;
    queue.setRoom(a, 2);
    for (const qint64 run : {1, 2, 3, 4})
        queue.wait(a, keyOf(run), 0);
    const std::map<qint64, JobId> jobs{{1, a}, {2, a}, {3, a}, {4, a}};
    QCOMPARE(takeAll(queue, jobs), (std::vector<qint64>{1, 2}));
    queue.setRoom(a, 3);
    QCOMPARE(takeAll(queue, jobs), std::vector<qint64>{3});
    queue.setRoom(a, 1);
    queue.leave(a, RunId(1));
    QVERIFY(!queue.first());
    queue.leave(a, RunId(2));
    queue.leave(a, RunId(3));
    QCOMPARE(queue.first()->key.run, RunId(4));
}

void TestRunQueue::aRetryKeepsItsRoom()
{
    RunQueue queue;
    queue.wait(a, keyOf(1), 0);
    queue.wait(a, keyOf(2), 0);
    queue.occupy(a, RunId(1));
    QVERIFY(!queue.first()); // between its attempts
    queue.retry(keyOf(1), 0);
    QCOMPARE(queue.first()->key.run, RunId(1));
    queue.occupy(a, RunId(1));
    QVERIFY(!queue.first());
    queue.leave(a, RunId(1));
    QCOMPARE(queue.first()->key.run, RunId(2));
}

void TestRunQueue::blockedClassesArePassedOver()
{
    RunQueue queue;
    queue.wait(a, keyOf(1), 0);
    queue.wait(b, keyOf(2), 1);
    queue.block(0);
    QCOMPARE(queue.first()->key.run, RunId(2));
    queue.wait(JobId(3), keyOf(3), 0);
    QCOMPARE(queue.first()->key.run, RunId(2));
    queue.wait(JobId(4), keyOf(4, 0, 99), 0); // before the one that was looked at
    QCOMPARE(queue.first()->key.run, RunId(4));
    queue.block(0);
    queue.unblock(0);
    QCOMPARE(queue.first()->key.run, RunId(4));
    QVERIFY(queue.inLine(keyOf(1)));
    QVERIFY(!queue.inLine(keyOf(5)));
    queue.unblock(42);
}

void TestRunQueue::whatLeavesIsGone()
{
    RunQueue queue;
    queue.wait(a, keyOf(1), 0);
    queue.wait(a, keyOf(1), 0);
    QCOMPARE(queue.waitingCount(a), 1u);
    queue.leave(a, RunId(1));
    queue.leave(a, RunId(1));
    QVERIFY(!queue.first());
    QCOMPARE(queue.waitingCount(a), 0u);
}

void TestRunQueue::agreesWithASimpleModel()
{
    struct Waiting {
        JobId job;
        QueueKey key;
        int line = 0;
        bool alone = false;
    };
    for (quint64 seed = 1; seed <= 300; ++seed) {
        SeededRandom dice(seed);
        RunQueue queue;
        std::map<RunId, Waiting> waiting;
        std::map<RunId, JobId> holding;
        std::map<JobId, int> room{{JobId(1), 1}, {JobId(2), 2}, {JobId(3), 1}};
        std::set<int> blocked;
        std::map<int, std::set<QueueKey>> lines;
        queue.setRoom(JobId(2), 2);
        qint64 last = 0;
        for (int step = 0; step < 200; ++step) {
            const JobId job(1 + qint64(dice.below(3)));
            switch (dice.below(7)) {
            case 0:
            case 1: {
                const QueueKey key = keyOf(++last, qint64(dice.below(10)), int(dice.below(10)));
                const int line = int(dice.below(2));
                const bool alone = dice.below(6) == 0;
                queue.wait(job, key, line, alone);
                waiting[key.run] = {job, key, line, alone};
                break;
            }
            case 2: {
                const int line = int(dice.below(2));
                if (dice.below(2) == 0) {
                    queue.block(line);
                    blocked.insert(line);
                } else {
                    queue.unblock(line);
                    blocked.erase(line);
                }
                break;
            }
            case 3:
                if (!holding.empty()) {
                    const auto gone = std::next(holding.begin(), qint64(dice.below(holding.size())));
                    queue.leave(gone->second, gone->first);
                    holding.erase(gone);
                }
                break;
            case 4:
                if (!waiting.empty()) {
                    const auto gone = std::next(waiting.begin(), qint64(dice.below(waiting.size())));
                    queue.leave(gone->second.job, gone->first);
                    waiting.erase(gone);
                }
                break;
            case 5:
                if (const auto head = queue.first()) {
                    const JobId taken = waiting.at(head->key.run).job;
                    queue.occupy(taken, head->key.run);
                    holding[head->key.run] = taken;
                    waiting.erase(head->key.run);
                }
                break;
            case 6:
                if (dice.below(4) == 0) {
                    room[job] = 1 + int(dice.below(5));
                    queue.setRoom(job, room[job]);
                }
                break;
            }
            std::map<int, std::set<QueueKey>> nowIn;
            for (const auto &[id, seats] : room) {
                std::map<QueueKey, const Waiting *> mine;
                for (const auto &[run, waiter] : waiting) {
                    if (waiter.job == id)
                        mine[waiter.key] = &waiter;
                }
                const auto held = std::count_if(
                    holding.begin(), holding.end(), [&](const auto &each) { return each.second == id; });
                qint64 admitted = 0;
                for (const auto &[key, waiter] : mine) {
                    const bool refused = waiter->alone && held + admitted > 0;
                    if (held + admitted >= seats || refused)
                        break;
                    nowIn[waiter->line].insert(key);
                    ++admitted;
                    if (waiter->alone)
                        break;
                }
            }
            std::optional<QueueKey> expected;
            for (const auto &[line, keys] : nowIn) {
                if (keys.empty())
                    continue;
                if (lines[line].count(*keys.begin()) == 0) // a new first one is looked at
                    blocked.erase(line);
                if (blocked.count(line) == 0 && (!expected || *keys.begin() < *expected))
                    expected = *keys.begin();
            }
            lines = nowIn;
            const auto head = queue.first();
            QVERIFY2(head.has_value() == expected.has_value(), qPrintable(u"seed %1, step %2"_s.arg(seed).arg(step)));
            if (head)
                QVERIFY2(head->key.run == expected->run, qPrintable(u"seed %1, step %2"_s.arg(seed).arg(step)));
        }
    }
}

QTEST_APPLESS_MAIN(TestRunQueue)
#include "tst_runqueue.moc"
