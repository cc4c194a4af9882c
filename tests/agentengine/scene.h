// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/engine/engine.h"

// An agent's engine on a stage: events are written in one line each, effects are compared as text.
namespace belfry::agentengine {

// One line an effect, complete.
QStringList textOf(const Effects &effects);

constexpr qint64 anEpoch = 4;

class Scene
{
public:
    Scene();

    Effects tell(EventBody body);
    Effects hear(wire::BackendToAgent message) { return tell(Received{std::move(message)}); }
    void pass(Duration time)
    {
        now = now + time;
        monotonic += time;
        bootTime += time;
    }
    // Scanned, connected and welcomed with nothing in the spool.
    void welcome(std::vector<wire::AttemptReport> spool = {}, std::vector<wire::AttemptStanding> standings = {});

    static Identity identity();
    wire::AgentHello hello(std::vector<wire::AttemptReport> attempts = {}) const;
    wire::AttemptResult nothingRan() const;

    Instant now{1'700'000'000'000};
    Duration monotonic{50'000};
    Duration bootTime{900'000};
    Engine engine{identity()};
};

AttemptKey key(qint64 run, int attempt = 1);
wire::StartAttempt order(qint64 run, int attempt = 1);
wire::CancelAttempt cancelOf(qint64 run, Duration grace = 10s);
wire::AttemptResult exited(int code, qint64 logWritten = 0);
wire::AttemptReport ordered(qint64 run);
wire::AttemptReport running(qint64 run, qint64 logSize = 0);
wire::AttemptReport ended(qint64 run, const wire::AttemptResult &result);
wire::AttemptStanding standing(qint64 run, qint64 logDurable = 0, bool committed = false);
wire::AttemptStanding unknown(qint64 run);
wire::StartAttempt leased(qint64 run, Duration until);
wire::LeasesRenewed leases(qint64 run, Duration until);
wire::AttemptEnded endOf(qint64 run, const wire::AttemptResult &result);
Notice said(const QString &text);
Notice warned(const QString &text);

} // namespace belfry::agentengine

// Both lists whole: an effect more or less fails too.
#define COMPARE_EFFECTS(actual, ...)                                                                                   \
    QCOMPARE(::belfry::agentengine::textOf(actual),                                                                    \
        ::belfry::agentengine::textOf(::belfry::agentengine::Effects{__VA_ARGS__}))
