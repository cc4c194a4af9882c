// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/effects.h"
#include "shared/base/clock.h"

#include <QObject>

#include <functional>

namespace belfry {

class Store;

namespace engine {
class Engine;
}

// What the server needs of the backend behind it: the executor, which alone may change anything. All calls and signals
// are on the main thread.
class Core : public QObject
{
    Q_OBJECT

public:
    using QObject::QObject;

    // What clients ask for. `token` is filled by the core.
    using Request = std::variant<engine::ApplyProject, engine::TriggerJob, engine::CancelRun, engine::DrainAgent,
        engine::ForgetAgent, engine::PauseJobs, engine::ResumeJobs, engine::RerunRun, engine::DeclareLost,
        engine::Acknowledge, engine::SkipOccasion, engine::HoldRun, engine::PrioritizeRun>;
    using Reply = std::function<void(Result<engine::AnswerBody>)>;
    // `reply` is called once, later and never from inside this call: after what it says is durable, or with Unavailable
    // when the store failed. Not called when `context` is gone by then.
    virtual void submit(Request request, QObject *context, Reply reply) = 0;

    // What agents tell. Dropped while there is no engine: the agents are disconnected then, and say it again.
    using AgentNews = std::variant<engine::AgentConnected, engine::AgentDisconnected, engine::AgentReportedStart,
        engine::AgentReportedEnd, engine::AgentReportedDraining, engine::AgentHeard>;
    virtual void post(AgentNews news) = 0;

    // For cheap looks; it may be ahead of what is durable. Null while the store has failed.
    virtual const engine::Engine *engine() const = 0;
    // For queries and logs.
    virtual Store &store() = 0;

    virtual const Clock &clock() const = 0;
    virtual qint64 epoch() const = 0; // of this start of the backend
    virtual Instant startedAt() const = 0;
    // Named checks of the backend itself (store, clock, ...), by name; `since` is set where ok is false.
    virtual std::vector<wire::HealthCheck> health() const = 0;

Q_SIGNALS:
    // For the session of an agent; what it says is durable. The order of these two is kept.
    void agentMessage(const belfry::engine::ToAgent &message);
    void agentClose(const belfry::engine::CloseAgent &close);
    // A batch became durable, in order and complete: what watches are fed from. Comes before the answers of the batch.
    void committed(const belfry::WriteBatch &writes);
    // The engine was thrown away: every agent's connection is to be closed, so that they say hello again.
    void engineLost();
    void healthChanged();
};

} // namespace belfry
