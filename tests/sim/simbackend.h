// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/engine.h"
#include "tests/engine/modelstore.h"
#include "tests/sim/simnetwork.h"

namespace belfry::sim {

// The backend's process: the real engine, a shell that commits before it sends, and a store that outlives it.
class SimBackend final : public BackendSide
{
public:
    using Answered = std::function<void(const Result<engine::AnswerBody> &)>;

    explicit SimBackend(SimLoop &loop)
        : m_loop(loop)
    { }
    void setNetwork(SimNetwork &network) { m_network = &network; }

    void start();
    void crash();
    void stop(); // SIGTERM: nothing is started any more, and it ends soon
    bool isUp() const { return m_engine != nullptr; }
    // The next commit fails; the engine is built anew from the store.
    void failNextCommit() { m_failNext = true; }
    void stepClock(Duration by) { m_offset += by; }
    Duration clockOffset() const { return m_offset; }
    Instant wall() const { return Instant(1'767'607'200'000) + m_loop.now() + m_offset; } // from 2026-01-05T10:00Z on

    // A client's request, once: without an answer it is not known what became of it. `body` gets its token here.
    template <class Request> void ask(Request request, Answered answered)
    {
        if (!m_engine)
            return answered(fail(ErrorKind::Unavailable, QStringLiteral("down")));
        request.token = ++m_lastToken;
        m_open[request.token] = std::move(answered);
        post(std::move(request));
    }

    bool accept(int connection) override;
    void receive(int connection, const ToBackend &message) override;
    void closed(int connection) override;

    ModelStore store;
    const engine::Engine *engine() const { return m_engine.get(); }
    QStringList complaints; // of what left before it was durable, or before its time
    quint64 fingerprint = 1; // of all that was asked for
    std::function<void(const QStringList &)> trace; // sees the effects of each event
    qint64 events = 0;
    std::function<void(const Attempt &)> countedLost; // hears of each attempt that nobody could be asked about

private:
    struct Session {
        int connection = 0;
        bool greeted = false;
        std::optional<wire::AgentHello> hello; // waits for the store's answer
        Duration heard{0};
        std::set<AttemptKey> mayLog;
    };

    void post(engine::EventBody body);
    void beginCommit();
    void endCommit();
    void send(const engine::Effects &effects);
    void check(const engine::ToAgent &message);
    void check(const engine::Answer &answer);
    void failCommit();
    void discard();
    void build();
    void askStore();
    void take(const engine::SessionId &id, const wire::AgentToBackend &message);
    void take(Session &session, const LogBytes &bytes);
    void wake();
    void tick(qint64 life);
    void complain(const QString &text) { complaints.push_back(text); }

    SimLoop &m_loop;
    SimNetwork *m_network = nullptr;
    std::unique_ptr<engine::Engine> m_engine;
    qint64 m_life = 0; // of this process
    qint64 m_build = 0; // of this engine
    Duration m_offset{0};
    bool m_failNext = false;
    bool m_committing = false;
    std::vector<engine::Effects> m_gathered;
    std::vector<engine::Effects> m_inFlight;
    std::map<engine::SessionId, Session> m_sessions;
    std::map<int, engine::SessionId> m_byConnection;
    engine::SessionId m_lastSession;
    engine::Token m_lastToken = 0;
    std::map<engine::Token, Answered> m_open;
    std::optional<Duration> m_wake;
};

} // namespace belfry::sim
