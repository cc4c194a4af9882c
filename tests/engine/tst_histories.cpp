// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/bench.h"

#include <QTest>

#include <rapidcheck.h>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;
using wire::AttemptPhase;

namespace {

const QString pool = u"pool"_s;
const QString rate = u"rate"_s;
constexpr Duration rateSpan = 60s;

// What holds after each event of any history, asked of the store, which believes what it is told.
class History
{
public:
    History()
    {
        bench.limits = {{pool, {3, 0, 0s}}, {rate, {0, 4, rateSpan}}};
        applyJobs();
        for (int i = 0; i < 3; ++i)
            bench.connect(agent(i), 2);
        look();
    }

    // A step is a number, so that a history that breaks a law can be made smaller.
    void play(int step)
    {
        const int which = step / 10;
        switch (step % 10) {
        case 0:
        case 1:
        case 2:
            if (mayTrigger(job(which)))
                bench.trigger(job(which));
            break;
        case 3:
            connectOrLeave(agent(which), 1 + which % 3);
            break;
        case 4: // units go up and down without a restart
            bench.limits[pool].units = 1 + which % 5;
            bench.limits[rate].rate = 2 + which % 4;
            applyJobs();
            break;
        case 5:
            bench.restart(Duration(1000 * (which % 40)));
            break;
        case 6:
            cancelSome(which);
            break;
        case 7:
        case 8:
            endSome(which);
            break;
        default:
            bench.run(Duration(1000 * (1 + which % 90)));
            break;
        }
        look();
    }

    QStringList broken;
    int starts = 0;
    int shortages = 0;

private:
    static QString agent(int which) { return u"a%1"_s.arg(which % 3); }
    static QString job(int which) { return u"j%1"_s.arg(which % 6); }

    void applyJobs()
    {
        std::vector<JobDefinition> jobs;
        const std::vector<std::map<QString, int>> needs{
            {}, {{pool, 1}}, {{pool, 1}, {rate, 1}}, {{rate, 2}}, {{pool, 1}}, {{pool, 1}, {rate, 1}}};
        for (std::size_t i = 0; i < needs.size(); ++i) {
            JobDefinition job = jobNamed(u"j%1"_s.arg(i));
            job.limits = needs[i];
            job.overlap = OverlapPolicy::Allow;
            job.maxRunning = 3;
            job.priority = int(40 + 10 * (i % 3));
            job.retries = {.max = 1, .delay = 10s};
            job.onLost = i % 3 == 0 ? OnLost::Wait : i % 3 == 1 ? OnLost::Fail : OnLost::Rerun;
            job.lostAfter = 1min;
            jobs.push_back(job);
        }
        bench.applyJobs(jobs);
    }

    bool mayTrigger(const QString &name) const
    {
        int open = 0;
        for (const auto &[id, run] : bench.engine->openRuns())
            open += run.run.jobName.endsWith(name) ? 1 : 0;
        return open < 8;
    }

    // What an agent of that name would say: its attempts live on while it is away, unless their leases run out.
    void connectOrLeave(const QString &name, int slots)
    {
        if (bench.sessions.count(name) != 0) {
            bench.disconnect(name);
            bench.sessions.erase(name);
            return;
        }
        std::vector<wire::AttemptReport> reports;
        for (const auto &[id, open] : bench.engine->openRuns()) {
            if (open.attempt && open.attempt->agent == name)
                reports.push_back(bench.reportOf(id, AttemptPhase::Running));
        }
        bench.connect(name, slots, reports);
    }

    std::vector<RunId> live(bool reachable) const
    {
        std::vector<RunId> runs;
        for (const auto &[id, open] : bench.engine->openRuns()) {
            if (open.attempt && (!reachable || bench.sessions.count(open.attempt->agent) != 0))
                runs.push_back(id);
        }
        return runs;
    }

    void endSome(int which)
    {
        const std::vector<RunId> runs = live(true);
        if (!runs.empty())
            bench.ended(runs[std::size_t(which) % runs.size()], which % 2);
    }

    void cancelSome(int which)
    {
        const std::vector<RunId> runs = live(false);
        if (!runs.empty())
            bench.apply(CancelRun{.token = 9, .run = runs[std::size_t(which) % runs.size()], .by = u"ann"_s});
    }

    void look()
    {
        lookAtOccupancy();
        lookAtPool();
        lookAtRate();
        broken += bench.store.complaints();
    }

    // Slots in use are the live attempts, in the store as in the engine, and nothing else.
    void lookAtOccupancy()
    {
        std::map<QString, std::set<AttemptKey>> stored, believed;
        for (const auto &[key, attempt] : bench.store.attempts) {
            if (!isFinal(attempt.state))
                stored[attempt.agent].insert(key);
        }
        for (const auto &[name, known] : bench.engine->agents()) {
            if (!known.live.empty())
                believed[name] = known.live;
            if (known.agent.used != int(known.live.size()))
                broken += u"agent %1 shows %2 of %3 attempts"_s.arg(name).arg(known.agent.used).arg(known.live.size());
            lookAtSlots(known);
        }
        if (stored != believed)
            broken += u"the engine's live attempts are not the store's"_s;
        std::size_t count = 0;
        for (const auto &[name, keys] : stored)
            count += keys.size();
        if (count != std::size_t(bench.engine->counts().live) || count != live(false).size())
            broken += u"%1 attempts live, and the engine counts %2"_s.arg(count).arg(bench.engine->counts().live);
    }

    // More than its slots only while it came back with fewer.
    void lookAtSlots(const KnownAgent &known)
    {
        std::set<AttemptKey> &before = m_before[known.agent.name];
        const bool isNew
            = std::any_of(known.live.begin(), known.live.end(), [&](AttemptKey key) { return before.count(key) == 0; });
        if (isNew && int(known.live.size()) > known.agent.slots)
            broken += u"agent %1 got more than its %2 slots"_s.arg(known.agent.name).arg(known.agent.slots);
        starts += isNew ? 1 : 0;
        before = known.live;
    }

    // Never more than there are, but for what was taken when there were more.
    void lookAtPool()
    {
        int used = 0;
        for (const RunId id : live(false)) {
            const auto &needs = bench.engine->run(id)->definition->limits;
            const auto need = needs.find(pool);
            used += need == needs.end() ? 0 : need->second;
        }
        const int most = bench.limits.at(pool).units;
        if (used > most && used > m_used)
            broken += u"%1 units of %2 are taken"_s.arg(used).arg(most);
        if (used == most)
            ++shortages;
        m_used = used;
    }

    // Within any span the rate counts only as much as was allowed at the last of these starts.
    void lookAtRate()
    {
        int inSpan = 0;
        bool isNew = false;
        for (const auto &[key, attempt] : bench.store.attempts) {
            const Run &run = bench.store.runs.at(key.run);
            const auto &needs = bench.store.definitions.at({run.job, run.version}).limits;
            const auto need = needs.find(rate);
            if (need == needs.end() || bench.now - attempt.assignedAt >= rateSpan)
                continue;
            inSpan += need->second;
            isNew |= m_seen.insert(key).second;
        }
        if (isNew && inSpan > bench.limits.at(rate).rate)
            broken += u"%1 of %2 within a minute"_s.arg(inSpan).arg(bench.limits.at(rate).rate);
    }

    Bench bench;
    std::map<QString, std::set<AttemptKey>> m_before;
    std::set<AttemptKey> m_seen;
    int m_used = 0;
};

} // namespace

// Random histories of triggers, ends, cancels, agents that leave and return, losses, restarts and changed limits.
class TestHistories : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void limitsHoldAndOccupancyIsTheLiveAttempts()
    {
        int starts = 0;
        int shortages = 0;
        QVERIFY(rc::check([&](const std::vector<unsigned char> &bytes) {
            History history;
            for (const unsigned char byte : bytes) {
                history.play(byte);
                if (!history.broken.isEmpty())
                    RC_FAIL(history.broken.join(u"; "_s).toStdString());
            }
            starts += history.starts;
            shortages += history.shortages;
        }));
        QVERIFY2(starts > 300 && shortages > 100, qPrintable(u"%1 starts, %2 shortages"_s.arg(starts).arg(shortages)));
    }
};

QTEST_APPLESS_MAIN(TestHistories)
#include "tst_histories.moc"
