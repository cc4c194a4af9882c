// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/bench/fill.h"

#include "backend/store/store.h"
#include "shared/base/clock.h"
#include "tests/bench/report.h"

#include <QCoreApplication>

namespace belfry::bench {

using namespace Qt::StringLiterals;

namespace {

constexpr int runsInBatch = 5000;
constexpr int batchesUnderWay = 2; // one is written while the next one is made
constexpr Duration step = 1min;
constexpr Duration took = 30s;

class Filling : public QObject
{
public:
    Filling(Store &store, const Snapshot &snapshot, int runs, int detail)
        : m_store(store)
        , m_snapshot(snapshot)
        , m_runs(runs)
        , m_detail(std::max(1, detail))
        , m_first(SystemClock().now() - 1h - step * runs)
    { }

    void go()
    {
        while (m_underWay < batchesUnderWay && m_made < m_runs) {
            ++m_underWay;
            m_store.commit(batch(), this, [this](const Status &done) {
                if (!done)
                    fail(done.error().message);
                --m_underWay;
                go();
            });
        }
        if (m_underWay == 0)
            QCoreApplication::quit();
    }

private:
    WriteBatch batch()
    {
        WriteBatch batch;
        const int until = std::min(m_runs, m_made + runsInBatch);
        batch.reserve(std::size_t(until - m_made) * 3);
        for (; m_made < until; ++m_made)
            add(batch);
        return batch;
    }

    void add(WriteBatch &batch)
    {
        const std::size_t number = std::size_t(m_made);
        const Job &job = m_snapshot.jobs[number % m_snapshot.jobs.size()];
        const Instant at = m_first + step * m_made;
        const bool failed = number % 10 == 3;

        Run run;
        run.id = RunId(m_snapshot.lastRun.value + m_made + 1);
        run.job = job.id;
        run.jobName = job.definition.fullName();
        run.version = job.version;
        run.state = failed ? RunState::Failed : RunState::Succeeded;
        run.cause = Cause::Schedule;
        run.rule = u"bench"_s;
        run.occasion = run.firstOccasion = run.windowEnd = run.queuedAt = at;
        run.windowStart = at - step;
        run.startedAt = at + 5ms;
        run.endedAt = at + took + Duration(number % 1000);
        run.attempts = 1;
        run.exitCode = failed ? 1 : 0;
        run.agent = u"bench"_s;

        batch.push_back(SaveRun{run});
        if (m_made % m_detail == 0)
            addDetail(batch, run);
    }

    void addDetail(WriteBatch &batch, const Run &run) const
    {
        Attempt attempt;
        attempt.run = run.id;
        attempt.attempt = 1;
        attempt.agent = run.agent;
        attempt.bootId = u"bench"_s;
        attempt.epoch = m_snapshot.epoch;
        attempt.state = run.state;
        attempt.assignedAt = run.queuedAt + 1ms;
        attempt.startedAt = run.startedAt;
        attempt.endedAt = run.endedAt;
        attempt.exitCode = run.exitCode;
        attempt.pid = 1000 + run.id.value % 30'000;
        attempt.cpu = 20ms;

        Occasion occasion;
        occasion.job = run.job;
        occasion.jobName = run.jobName;
        occasion.rule = run.rule;
        occasion.at = run.queuedAt;
        occasion.fate = Fate::Ran;
        occasion.run = run.id;
        occasion.version = run.version;

        batch.push_back(SaveAttempt{std::move(attempt)});
        batch.push_back(SaveOccasion{std::move(occasion)});
    }

    Store &m_store;
    const Snapshot &m_snapshot;
    int m_runs = 0;
    int m_detail = 1;
    Instant m_first;
    int m_made = 0;
    int m_underWay = 0;
};

} // namespace

void fillHistory(const QString &folder, int runs, int detail)
{
    auto opened = Store::open(folder);
    if (!opened)
        fail(opened.error().message);
    const Result<Snapshot> snapshot = (*opened)->snapshot();
    if (!snapshot)
        fail(snapshot.error().message);
    if (snapshot->jobs.empty())
        fail(u"%1 has no jobs; apply some before"_s.arg(folder));
    Filling filling(**opened, *snapshot, runs, detail);
    const qint64 from = monotonicUs();
    QMetaObject::invokeMethod(
        &filling, [&filling] { filling.go(); }, Qt::QueuedConnection);
    QCoreApplication::exec();
    print({{u"runs"_s, runs}, {u"us"_s, monotonicUs() - from}});
}

} // namespace belfry::bench
