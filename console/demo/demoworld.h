// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/jobs/excerpt.h"
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
    wire::JobSourceReply source(const QString &name) const;
    const std::map<QString, Agent> &agents() const { return m_agents; }
    std::vector<wire::NextEntry> next(const QStringList &jobs, int n, Instant from, std::optional<Instant> until) const;
    wire::DaysReply days(const wire::RunDays &question) const;
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
    // A failure was seen; or, with `undo`, not.
    Status acknowledge(RunId run, const QString &note, bool undo);
    std::vector<wire::AttentionRow> attention() const; // newest first
    Status hold(RunId run, bool held, const QString &reason);
    Status prioritize(RunId run, int priority);
    // The occasion of the job at that time, or the next, is to be skipped; or, with `undo`, not.
    Result<wire::SkipReply> skip(const QString &job, const std::optional<Instant> &at, bool undo);
    Result<wire::PreviewReply> preview(const QString &job, const Params &given) const;

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
    std::map<QString, Excerpt> m_sources; // by job
    std::map<QString, std::vector<Rule>> m_rules;
    std::map<QString, std::optional<Instant>> m_due;
    std::map<QString, std::set<Instant>> m_skips;
    std::map<QString, Agent> m_agents;
    std::map<RunId, wire::RunRow> m_runs;
    std::map<RunId, Plan> m_plans;
    std::set<RunId> m_open; // not over
    std::map<QString, RunId> m_lastOfJob;
    Changes m_changes;
};

} // namespace belfry
