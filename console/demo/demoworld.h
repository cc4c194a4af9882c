// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/time/rule.h"
#include "shared/wire/api.h"

#include <random>

namespace belfry {

// Made-up projects whose jobs run, wait and fail as a seed says: the same seed and the same times give the same world.
// It has no clock of its own and talks to nobody.
class DemoWorld
{
public:
    // With a history of `past` before `now`.
    DemoWorld(quint64 seed, Instant now, Duration past);

    struct Changes {
        std::set<RunId> runs;
        std::set<QString> jobs;
        std::set<QString> agents;
    };
    // Lets time pass; what has changed since the last call, by requests too.
    Changes advance(Instant now);

    Instant now() const { return m_now; }
    const std::map<RunId, wire::RunRow> &runs() const { return m_runs; }
    const wire::RunRow *run(RunId id) const;
    wire::RunDetail detail(RunId id) const;
    const std::map<QString, Job> &jobs() const { return m_jobs; }
    wire::JobRow jobRow(const QString &name) const;
    const std::map<QString, Agent> &agents() const { return m_agents; }
    std::vector<wire::NextEntry> next(const QStringList &jobs, int n, Instant from, std::optional<Instant> until) const;
    // What the run has printed by now.
    QByteArray log(const wire::RunRow &run) const;
    wire::Explanation explainRun(const wire::RunRow &run) const;
    wire::Explanation explainJob(const QString &name) const;

    Result<RunId> trigger(const QString &job, const Params &given, const QString &reason);
    Result<RunId> rerun(RunId run, const QString &reason);
    Status cancel(RunId run);
    Status pause(const QString &job, const std::optional<Instant> &until, PauseThen then);
    Status resume(const QString &job);
    Status drain(const QString &agent, bool drained);

private:
    struct Plan { // of a live run
        Instant ends;
        RunState end = RunState::Succeeded;
        int exitCode = 0;
    };

    void step(Instant now);
    RunId add(const Job &job, Cause cause, const std::optional<Instant> &occasion, const Params &params);
    void start(wire::RunRow &run, const QString &agent);
    void finish(wire::RunRow &run, RunState state, int exitCode);
    QString freeAgent() const;
    // Why the run cannot start: a live run of its job, or the limit; nullptr: nothing but an agent.
    const wire::RunRow *holder(const wire::RunRow &run) const;
    double chance() { return std::uniform_real_distribution<double>(0, 1)(m_random); }
    Result<const Job *> jobNamed(const QString &name) const;

    std::mt19937_64 m_random;
    Instant m_now;
    qint64 m_lastRun = 0;
    std::map<QString, Job> m_jobs;
    std::map<QString, std::vector<Rule>> m_rules;
    std::map<QString, std::optional<Instant>> m_due;
    std::map<QString, Agent> m_agents;
    std::map<RunId, wire::RunRow> m_runs;
    std::map<RunId, Plan> m_plans;
    std::set<RunId> m_open; // not over
    std::map<QString, RunId> m_lastOfJob;
    Changes m_changes;
};

} // namespace belfry
