// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/engine.h"
#include "tests/engine/effecttext.h"
#include "tests/engine/modelstore.h"

namespace belfry {

// 10:00 of 2026-01-05, a Monday: where tests begin.
Instant clockAt(const char *text); // "12:04", "12:04:30", or RFC 3339

JobDefinition jobNamed(const QString &name); // of project `p`, command `true`
JobDefinition jobEvery(const QString &name, Duration period); // its rule is named `r`
ScheduleRule everyRule(const QString &name, Duration period);
ScheduleRule cronRule(const QString &name, const QString &cron);

wire::AgentHello helloOf(const QString &name, int slots = 4);
wire::AttemptResult exited(int code);

// An engine with a store that commits at once, and hands on the clock.
class Bench
{
public:
    Bench();

    // Applies the event at the bench's time and commits what it asks for.
    engine::Effects apply(engine::EventBody body);
    QStringList lines(engine::EventBody body) { return linesOf(apply(std::move(body))); }
    // Moves both clocks on without an event.
    void wait(Duration by);
    void waitUntil(const char *text) { wait(clockAt(text) - now); }
    // Moves on through every due time; all lines in the order they came.
    QStringList run(Duration by);
    QStringList runUntil(const char *text) { return run(clockAt(text) - now); }
    // A new engine on what was committed; agents must say hello again.
    void restart(Duration away = Duration(0));

    engine::Effects applyJobs(const std::vector<JobDefinition> &jobs);
    RunId trigger(const QString &job, const Params &params = {});
    // The agent connects (again): named attempts come with what the store knows of them.
    QStringList connect(const QString &name, int slots = 4, const std::vector<wire::AttemptReport> &attempts = {});
    QStringList connect(wire::AgentHello hello);
    QStringList disconnect(const QString &name);
    QStringList ping(const QString &name);
    // CLOCK_BOOTTIME of every host.
    Duration bootTime() const { return monotonic + 1h; }
    QStringList started(RunId run, qint64 pid = 100);
    QStringList ended(RunId run, const wire::AttemptResult &result);
    QStringList ended(RunId run, int code) { return ended(run, exited(code)); }
    wire::AttemptReport reportOf(RunId run, wire::AttemptPhase phase) const;

    const Run &runRow(RunId run) const { return store.runs.at(run); }
    // `12:00 ran 3` for each occasion of the ledger, by time, job, rule.
    QStringList ledger() const;

    Instant now;
    Duration monotonic{1'000'000};
    quint64 dice = 7;
    ModelStore store;
    std::map<QString, LimitSpec> limits; // of the project, for applyJobs()
    std::unique_ptr<engine::Engine> engine;
    std::map<QString, engine::SessionId> sessions;
    engine::SessionId lastSession;
};

} // namespace belfry
