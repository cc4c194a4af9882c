// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/engine.h"
#include "backend/server/core.h"
#include "backend/store/store.h"
#include "shared/base/clock.h"
#include "shared/base/random.h"

#include <QPointer>
#include <QTimer>

namespace belfry {

// Carries out what the engine decides. Each event is applied at once; its effects wait until they are durable. While a
// commit is in flight, the effects of further events gather into the next one (natural group commit, no fixed delay).
// Nothing leaves before its commit. A commit that fails throws the engine away: open requests are answered unavailable,
// agents are disconnected, and when a probe write succeeds the engine is made anew from the store.
class Executor final : public Core
{
    Q_OBJECT

public:
    Executor(Store &store, const Clock &clock, Random &random, QObject *parent = nullptr);
    ~Executor() override;

    // Takes up work where this snapshot of the store stands.
    void start(const Snapshot &snapshot);
    // Assigns nothing any more; emits drained() when everything decided so far is durable and told.
    void stop();

    void submit(Request request, QObject *context, Reply reply) override;
    void post(AgentNews news) override;
    const engine::Engine *engine() const override { return m_engine.get(); }
    Store &store() override { return m_store; }
    const Clock &clock() const override { return m_clock; }
    qint64 epoch() const override { return m_store.epoch(); }
    Instant startedAt() const override { return m_startedAt; }
    std::vector<wire::HealthCheck> health() const override;

Q_SIGNALS:
    void drained();

private:
    struct Pending {
        QPointer<QObject> context;
        Reply reply;
    };

    void apply(engine::EventBody body);
    void tick();
    void armTimer();
    void commitGathered();
    void onCommitted(const Status &status);
    void release(const engine::Effects &effects);
    void answer(engine::Token token, const Result<engine::AnswerBody> &body);
    void failStore(const Error &error);
    void probeStore();
    void build(const Snapshot &snapshot);
    Status rebuild();
    void setHealth(const QString &check, const QString &reason);

    Store &m_store;
    const Clock &m_clock;
    Random &m_random;
    Instant m_startedAt;
    std::unique_ptr<engine::Engine> m_engine;
    engine::Effects m_gathered;
    engine::Effects m_inFlight;
    bool m_committing = false;
    bool m_stopping = false;
    engine::Token m_lastToken = 0;
    Duration m_lastApplied{0}; // monotonic
    std::map<engine::Token, Pending> m_pending;
    std::map<QString, wire::HealthCheck> m_health;
    QTimer m_due; // at the engine's next instant
    QTimer m_second; // notices steps of the clock
    QTimer m_probe; // while the store has failed
};

} // namespace belfry
