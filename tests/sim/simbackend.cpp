// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/sim/simbackend.h"

#include "backend/engine/outcome.h"
#include "shared/wire/limits.h"
#include "tests/engine/effecttext.h"

namespace belfry::sim {

using namespace Qt::StringLiterals;
using namespace belfry::engine;

namespace {

constexpr Duration tickLength = 10s; // each second in earnest; what is due has its own wake-up

} // namespace

void SimBackend::start()
{
    store.nextEpoch();
    ++m_life;
    build();
    tick(m_life);
}

void SimBackend::build()
{
    ++m_build;
    m_engine = std::make_unique<Engine>(store.snapshot(), wall(), m_loop.now());
    m_wake.reset();
    wake();
}

void SimBackend::crash()
{
    ++m_life;
    // Whether the last commit reached the disk is a matter of luck; that it was told to nobody is certain.
    if (m_committing && m_loop.chance(0.5)) {
        for (const Effects &effects : m_inFlight)
            store.commit(effects.writes);
    }
    discard();
    m_network->cutBackend();
}

void SimBackend::stop()
{
    post(StartsStopped{});
    m_loop.after(m_loop.between(100ms, 5s), [this, life = m_life] {
        if (life == m_life)
            crash();
    });
}

void SimBackend::discard()
{
    ++m_build;
    m_engine.reset();
    m_committing = false;
    m_gathered.clear();
    m_inFlight.clear();
    m_sessions.clear();
    m_byConnection.clear();
    for (auto &[token, answered] : std::exchange(m_open, {}))
        answered(fail(ErrorKind::Unavailable, u"down"_s));
}

void SimBackend::failCommit()
{
    const auto sessions = m_sessions;
    discard();
    for (const auto &[id, session] : sessions)
        m_network->closeByBackend(session.connection, 1012);
    store.nextEpoch();
    build();
}

void SimBackend::post(EventBody body)
{
    ++events;
    Effects effects = m_engine->apply({wall(), m_loop.now(), m_loop.random.next(), std::move(body)});
    for (const ToAgent &message : effects.messages) {
        if (const auto *order = std::get_if<wire::StartAttempt>(&message.message)) {
            const OpenRun *open = m_engine->run(order->run);
            if (order->attempt == 1 && open->run.occasion && *open->run.occasion > wall()
                && open->attempt->assignedAt == wall())
                complain(u"run %1 starts before its time"_s.arg(order->run.value));
        }
    }
    for (const Write &write : effects.writes) {
        const auto *save = std::get_if<SaveAttempt>(&write);
        if (save && save->attempt.reason == reasonLostAfter)
            countedLost(save->attempt);
    }
    fingerprint = fingerprint * 1'099'511'628'211u + effects.writes.size() * 31 + effects.messages.size() * 7
        + quint64(wall().ms);
    if (trace)
        trace(linesOf(effects));
    m_gathered.push_back(std::move(effects));
    wake();
    if (!m_committing)
        beginCommit();
}

void SimBackend::beginCommit()
{
    m_committing = true;
    m_inFlight = std::exchange(m_gathered, {});
    const Duration delay = m_loop.chance(0.01) ? m_loop.between(100ms, 5s) : m_loop.between(0ms, 5ms);
    m_loop.after(delay, [this, build = m_build] {
        if (build == m_build)
            endCommit();
    });
}

void SimBackend::endCommit()
{
    if (std::exchange(m_failNext, false))
        return failCommit();
    const std::vector<Effects> done = std::exchange(m_inFlight, {});
    for (const Effects &effects : done)
        store.commit(effects.writes);
    m_committing = false;
    if (!m_gathered.empty())
        beginCommit();
    for (const Effects &effects : done)
        send(effects);
    askStore();
}

void SimBackend::send(const Effects &effects)
{
    for (const ToAgent &message : effects.messages) {
        check(message);
        const auto session = m_sessions.find(message.session);
        if (session == m_sessions.end())
            continue;
        if (const auto *order = std::get_if<wire::StartAttempt>(&message.message))
            session->second.mayLog.insert({order->run, order->attempt});
        m_network->send(session->second.connection, message.message);
    }
    for (const CloseAgent &close : effects.closes) {
        const auto session = m_sessions.find(close.session);
        if (session != m_sessions.end()) {
            const int connection = session->second.connection;
            m_network->closeByBackend(connection, close.code);
            closed(connection);
        }
    }
    for (const Answer &answer : effects.answers) {
        check(answer);
        if (const auto open = m_open.extract(answer.token))
            open.mapped()(answer.body);
    }
}

// Nothing may leave that a crash could still undo.
void SimBackend::check(const ToAgent &message)
{
    if (const auto *order = std::get_if<wire::StartAttempt>(&message.message)) {
        const auto attempt = store.attempts.find({order->run, order->attempt});
        if (attempt == store.attempts.end() || attempt->second.epoch != order->epoch)
            complain(u"run %1 was sent before its assignment was durable"_s.arg(order->run.value));
    } else if (const auto *committed = std::get_if<wire::ResultCommitted>(&message.message)) {
        const auto attempt = store.attempts.find({committed->run, committed->attempt});
        if (attempt == store.attempts.end() || !isFinal(attempt->second.state))
            complain(u"the result of run %1 was acknowledged before it was durable"_s.arg(committed->run.value));
    } else if (const auto *welcome = std::get_if<wire::AgentWelcome>(&message.message)) {
        for (const wire::AttemptStanding &standing : welcome->attempts) {
            const auto attempt = store.attempts.find({standing.run, standing.attempt});
            if (standing.resultCommitted && (attempt == store.attempts.end() || !isFinal(attempt->second.state)))
                complain(u"a welcome acknowledged run %1 before it was durable"_s.arg(standing.run.value));
        }
    }
}

void SimBackend::check(const Answer &answer)
{
    if (!answer.body)
        return;
    const auto *reply = std::get_if<wire::TriggerReply>(&*answer.body);
    if (reply && store.runs.count(reply->run) == 0)
        complain(u"run %1 was answered before it was durable"_s.arg(reply->run.value));
}

bool SimBackend::accept(int connection)
{
    if (!m_engine)
        return false;
    m_lastSession = SessionId(m_lastSession.value + 1);
    m_sessions[m_lastSession] = Session{.connection = connection, .heard = m_loop.now()};
    m_byConnection[connection] = m_lastSession;
    return true;
}

void SimBackend::receive(int connection, const ToBackend &message)
{
    const auto id = m_byConnection.find(connection);
    if (id == m_byConnection.end())
        return;
    Session &session = m_sessions.at(id->second);
    session.heard = m_loop.now();
    if (const auto *bytes = std::get_if<LogBytes>(&message))
        return take(session, *bytes);
    const auto &news = std::get<wire::AgentToBackend>(message);
    if (const auto *hello = std::get_if<wire::AgentHello>(&news)) {
        session.hello = *hello;
        if (!m_committing)
            askStore();
    } else if (session.greeted) {
        take(id->second, news);
    }
}

// The store answers after every commit that was under way, and the answer takes its time too.
void SimBackend::askStore()
{
    for (auto &[id, session] : m_sessions) {
        if (!session.hello)
            continue;
        AgentConnected event{.session = id, .hello = *std::exchange(session.hello, std::nullopt)};
        for (const wire::AttemptReport &report : event.hello.attempts)
            event.stored.push_back(store.stored(event.hello.name, {report.run, report.attempt}, report.epoch));
        m_loop.after(m_loop.between(0ms, 20ms), [this, build = m_build, event = std::move(event)]() mutable {
            const auto found = m_sessions.find(event.session);
            if (build != m_build || found == m_sessions.end())
                return;
            found->second.greeted = true;
            for (const StoredAttempt &stored : event.stored) {
                if (stored.known)
                    found->second.mayLog.insert(stored.key);
            }
            post(std::move(event));
        });
    }
}

void SimBackend::take(const SessionId &id, const wire::AgentToBackend &message)
{
    if (const auto *started = std::get_if<wire::AttemptStarted>(&message))
        post(AgentReportedStart{id, *started});
    else if (const auto *ended = std::get_if<wire::AttemptEnded>(&message))
        post(AgentReportedEnd{id, *ended});
    else if (const auto *draining = std::get_if<wire::AgentDraining>(&message))
        post(AgentReportedDraining{id, draining->reason});
    else if (const auto *ping = std::get_if<wire::AgentPing>(&message))
        post(AgentHeard{id, ping->now, ping->bootTime});
}

void SimBackend::take(Session &session, const LogBytes &bytes)
{
    if (session.mayLog.count(bytes.key) == 0)
        return;
    qint64 &held = store.logs[bytes.key];
    if (bytes.offset <= held)
        held = std::max(held, bytes.offset + bytes.size);
    m_network->send(
        session.connection, wire::BackendToAgent(wire::LogAck{bytes.key.run, bytes.key.attempt, held, held}));
}

void SimBackend::closed(int connection)
{
    const auto id = m_byConnection.extract(connection);
    if (!id)
        return;
    const bool greeted = m_sessions.at(id.mapped()).greeted;
    m_sessions.erase(id.mapped());
    if (greeted)
        post(AgentDisconnected{id.mapped()});
}

void SimBackend::wake()
{
    const auto due = m_engine->nextDue();
    if (!due)
        return;
    const Duration at = m_loop.now() + std::max(Duration(0), *due - wall());
    if (m_wake && *m_wake <= at && *m_wake > m_loop.now())
        return;
    m_wake = at;
    m_loop.after(at - m_loop.now(), [this, build = m_build, at] {
        if (build == m_build && m_wake == at) {
            m_wake.reset();
            post(TimePassed{});
        }
    });
}

void SimBackend::tick(qint64 life)
{
    if (life != m_life || !m_engine)
        return;
    post(TimePassed{});
    std::vector<int> silent;
    for (const auto &[id, session] : m_sessions) {
        if (m_loop.now() - session.heard > wire::agentSilence)
            silent.push_back(session.connection);
        else if (session.greeted)
            m_network->send(session.connection, wire::BackendToAgent(wire::BackendPing{wall()}));
    }
    for (const int connection : silent) {
        m_network->closeByBackend(connection, 1001);
        closed(connection);
    }
    m_loop.after(tickLength, [this, life] { tick(life); });
}

} // namespace belfry::sim
