// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/agenda.h"
#include "backend/engine/changes.h"
#include "backend/engine/effects.h"
#include "backend/engine/engine.h"
#include "backend/engine/jobtable.h"
#include "backend/engine/leasetable.h"
#include "backend/engine/limits.h"
#include "backend/engine/timers.h"
#include "backend/engine/triggerkeys.h"
#include "backend/engine/wallclock.h"
#include "shared/base/random.h"

namespace belfry::engine {

// An occasion that a pause holds: its row is pending, and it has no run.
struct Held {
    Occasion row;
    DefinitionPtr definition; // that owed it
};

// Everything that the engine knows between two events.
struct Engine::State {
    State(const Snapshot &snapshot, Instant now, Duration monotonic);

    qint64 epoch = 0;
    RunId lastRun;
    bool started = false; // the first event has come
    bool stopped = false; // nothing is assigned any more
    WallClock clock;
    JobTable jobs;
    RunTable runs;
    AgentTable agents;
    Agenda agenda;
    std::map<std::pair<JobId, QString>, RuleMark> retired; // marks of rules that are not in force any more
    std::map<JobId, std::vector<Held>> held; // by time
    std::map<JobId, std::map<Instant, PlannedSkip>> skips; // also of instants that passed, for a while
    std::set<std::pair<Instant, JobId>> pauseEnds; // of jobs whose pause ends by itself
    RunQueue queue;
    Lines lines;
    Limits limits;
    LeaseTable leases;
    Placement placement;
    TriggerKeys keys;
    Timers timers;
    Duration agentsAwaited{0}; // monotonic; until then agents may come back that the last start of the backend had
    std::vector<Notice> startNotices; // what did not survive the restart; told by the first event
};

// One event on its way through: when it is, and what it has asked for so far.
struct Step {
    Engine::State &state;
    Instant now;
    SeededRandom dice;
    Changes changes;
    Effects effects;

    void say(QString text) { effects.notices.push_back({Notice::Level::Info, std::move(text)}); }
    void warn(QString text) { effects.notices.push_back({Notice::Level::Warning, std::move(text)}); }
    void send(SessionId session, wire::BackendToAgent message)
    {
        effects.messages.push_back({session, std::move(message)});
    }
    void answer(Token token, Result<AnswerBody> body) { effects.answers.push_back({token, std::move(body)}); }
};

} // namespace belfry::engine
