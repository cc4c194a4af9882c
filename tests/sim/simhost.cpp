// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/sim/simhost.h"

namespace belfry::sim {

using namespace Qt::StringLiterals;
using namespace belfry::agentengine;
using wire::AttemptPhase;

namespace {

template <class... F> struct Overloaded : F... {
    using F::operator()...;
};

} // namespace

SimHost::SimHost(SimLoop &loop, SimNetwork &network, Witness &witness, Identity identity)
    : m_loop(loop)
    , m_network(network)
    , m_witness(witness)
    , m_identity(std::move(identity))
{ }

void SimHost::startAgent()
{
    ++m_life;
    Identity identity = m_identity;
    identity.bootId = u"%1-b%2"_s.arg(m_identity.name).arg(m_boots);
    m_engine = std::make_unique<agentengine::Engine>(std::move(identity));
    m_wake.reset();
    m_dialling = false;
    apply(SpoolScanned{scan()});
    dial(m_loop.between(0ms, 500ms));
}

void SimHost::crashAgent()
{
    ++m_life;
    m_engine.reset();
    if (m_connection)
        m_network.cut(*std::exchange(m_connection, std::nullopt), false);
}

void SimHost::stopAgent()
{
    apply(StopRequested{});
    m_loop.after(m_loop.between(100ms, 5s), [this, life = m_life] {
        if (life == m_life)
            crashAgent();
    });
}

void SimHost::reboot()
{
    crashAgent();
    ++m_boots;
    m_bootedAt = m_loop.now();
    for (auto at = m_spool.begin(); at != m_spool.end();) {
        Entry &entry = at->second;
        if (std::exchange(entry.alive, false))
            m_witness.ended(at->first);
        entry.process = 0;
        const bool isGone = m_loop.now() - entry.written < 5s && m_loop.chance(0.5);
        at = isGone ? m_spool.erase(at) : std::next(at);
    }
}

void SimHost::killSupervisor()
{
    std::vector<AttemptKey> alive;
    for (const auto &[key, entry] : m_spool) {
        if (entry.alive)
            alive.push_back(key);
    }
    if (alive.empty())
        return;
    const AttemptKey key = alive[m_loop.random.below(alive.size())];
    Entry &entry = m_spool.at(key);
    entry.unseen = true;
    // The job may die with it. Without an agent there is no successor that would watch a lease.
    if (m_loop.chance(0.5) || (entry.leaseUntil > 0ms && !m_engine))
        exit(key, entry.process, {});
}

// What the agent's shell makes of the spool at its start: what was not handed to a supervisor is, and what lives no
// more without a result was not seen to end.
std::vector<wire::AttemptReport> SimHost::scan()
{
    std::vector<wire::AttemptReport> reports;
    const QString boot = m_engine->identity().bootId;
    for (auto &[key, entry] : m_spool) {
        const bool isOld = entry.order.bootId != boot;
        if (entry.report.phase == AttemptPhase::Ordered && !isOld && entry.process == 0)
            run(key);
        else if (entry.report.phase != AttemptPhase::Ended && !entry.alive
            && (isOld || entry.report.phase == AttemptPhase::Running))
            finish(entry, {.exitUnseen = true});
        reports.push_back(entry.report);
    }
    return reports;
}

void SimHost::apply(EventBody body)
{
    if (!m_engine)
        return;
    const Effects effects = m_engine->apply({clock(), m_loop.now(), bootTime(), std::move(body)});
    for (const Effect &effect : effects) {
        if (m_engine)
            carryOut(effect);
    }
    if (m_engine)
        wake();
}

void SimHost::carryOut(const Effect &effect)
{
    std::visit(Overloaded{
                   [this](const StartOrder &start) { order(start.order); },
                   [this](const CancelOrder &start) { cancel(start); },
                   [this](const RenewLease &lease) { renew(lease); },
                   [this](const SendMessage &send) {
                       if (m_connection)
                           m_network.send(*m_connection, ToBackend(send.message));
                   },
                   [this](const SendLog &send) { sendLog(send); },
                   [this](const DeleteEntry &entry) { m_spool.erase(entry.key); },
                   [this](const Reconnect &again) {
                       if (m_connection)
                           m_network.closeByAgent(*std::exchange(m_connection, std::nullopt));
                       dial(again.after);
                   },
                   [](const Notice &) {},
               },
        effect);
}

void SimHost::dial(Duration after)
{
    if (std::exchange(m_dialling, true))
        return;
    m_loop.after(after + m_loop.between(1ms, 3s), [this, life = m_life] {
        if (life == m_life && std::exchange(m_dialling, false) && !m_connection)
            m_network.connect(*this);
    });
}

void SimHost::connected(int connection)
{
    if (!m_engine || m_connection)
        return m_network.closeByAgent(connection);
    m_connection = connection;
    apply(Connected{});
}

void SimHost::receive(int connection, const wire::BackendToAgent &message)
{
    if (m_connection == connection)
        apply(Received{message});
}

void SimHost::closed(int connection, int code)
{
    if (!m_engine || (m_connection && m_connection != connection))
        return;
    if (m_connection) {
        m_connection.reset();
        apply(Disconnected{code, {}});
    }
    dial(0ms);
}

void SimHost::wake()
{
    const auto due = m_engine->nextDue();
    if (!due || (m_wake && *m_wake <= *due && *m_wake > m_loop.now()))
        return;
    m_wake = std::max(*due, m_loop.now());
    m_loop.after(*m_wake - m_loop.now(), [this, life = m_life, at = *m_wake] {
        if (life == m_life && m_wake == at) {
            m_wake.reset();
            apply(TimePassed{});
        }
    });
}

void SimHost::order(const wire::StartAttempt &order)
{
    const AttemptKey key{order.run, order.attempt};
    if (m_spool.count(key) != 0)
        complaints.push_back(u"run %1 was ordered twice of one spool"_s.arg(order.run.value));
    if (m_witness.planOf(order).startFails) {
        m_loop.after(1ms, [this, key] { apply(StartFailed{key, u"ENOSPC: no space left on device"_s}); });
        return;
    }
    Entry &entry = m_spool[key];
    entry.order = order;
    entry.report = {.run = order.run, .attempt = order.attempt, .epoch = order.epoch};
    entry.written = m_loop.now();
    entry.leaseUntil = order.leaseUntil.value_or(0ms);
    // The agent may die before a supervisor has the order: its next start hands it over.
    m_loop.after(m_loop.between(0ms, 5ms), [this, key, life = m_life] {
        if (life == m_life && m_spool.count(key) != 0 && m_spool.at(key).process == 0)
            run(key);
    });
}

void SimHost::run(AttemptKey key)
{
    const qint64 process = ++m_lastProcess;
    m_spool.at(key).process = process;
    m_loop.after(m_loop.between(1ms, 20ms), [this, key, process] {
        const auto found = m_spool.find(key);
        if (found == m_spool.end() || found->second.process != process
            || found->second.report.phase != AttemptPhase::Ordered)
            return;
        Entry &entry = found->second;
        if (entry.leaseUntil > 0ms && entry.leaseUntil <= bootTime())
            return finish(entry, {.notStarted = u"its lease was over"_s, .leaseExpired = true});
        const Plan plan = m_witness.planOf(entry.order);
        entry.alive = true;
        entry.output = plan.output;
        entry.report.phase = AttemptPhase::Running;
        entry.report.pid = 1000 + process;
        entry.report.startedAt = clock();
        m_witness.started(key, entry.order);
        apply(AttemptStarted{key, entry.report.pid, clock()});
        const auto timeout = entry.order.timeout;
        const bool late = timeout && *timeout < plan.length;
        wire::AttemptResult result{.timedOut = late};
        if (late)
            result.signal = 15;
        else
            result.exitCode = plan.exitCode;
        m_loop.after(late ? *timeout : plan.length, [this, key, process, result] { exit(key, process, result); });
        if (entry.leaseUntil > 0ms)
            watchLease(key, process);
    });
}

void SimHost::exit(AttemptKey key, qint64 process, wire::AttemptResult result)
{
    const auto found = m_spool.find(key);
    if (found == m_spool.end() || found->second.process != process || !found->second.alive)
        return;
    Entry &entry = found->second;
    entry.alive = false;
    m_witness.ended(key);
    if (entry.unseen) {
        result.exitCode.reset();
        result.signal.reset();
        result.exitUnseen = true;
    }
    finish(entry, std::move(result));
}

void SimHost::finish(Entry &entry, wire::AttemptResult result)
{
    entry.report.phase = AttemptPhase::Ended;
    result.startedAt = entry.report.startedAt.value_or(clock());
    result.endedAt = clock();
    result.logWritten = result.notStarted.isEmpty() ? entry.output : 0;
    entry.report.logSize = result.logWritten;
    entry.report.result = std::move(result);
    apply(AttemptEnded{{entry.report.run, entry.report.attempt}, *entry.report.result});
}

void SimHost::cancel(const CancelOrder &order)
{
    const auto found = m_spool.find(order.key);
    if (found == m_spool.end() || std::exchange(found->second.cancelling, true))
        return;
    Entry &entry = found->second;
    if (entry.alive) {
        wire::AttemptResult result{.signal = 15, .cancelled = true};
        m_loop.after(m_loop.between(0ms, order.grace),
            [this, key = order.key, process = entry.process, result] { exit(key, process, result); });
    } else if (entry.report.phase == AttemptPhase::Ordered) {
        entry.process = ++m_lastProcess; // what was about to start does not
        finish(entry, {.notStarted = u"ECANCELED: cancelled before it was started"_s, .cancelled = true});
    }
}

void SimHost::renew(const RenewLease &lease)
{
    const auto found = m_spool.find(lease.key);
    if (found != m_spool.end())
        found->second.leaseUntil = std::max(found->second.leaseUntil, lease.until);
}

// TERM at the end of the lease, KILL after the grace: in between it ends.
void SimHost::watchLease(AttemptKey key, qint64 process)
{
    const Duration left = m_spool.at(key).leaseUntil - bootTime();
    m_loop.after(left, [this, key, process] {
        const auto found = m_spool.find(key);
        if (found == m_spool.end() || found->second.process != process || !found->second.alive)
            return;
        if (found->second.leaseUntil > bootTime())
            return watchLease(key, process);
        m_loop.after(m_loop.between(0ms, found->second.order.grace),
            [this, key, process] { exit(key, process, {.signal = 15, .leaseExpired = true}); });
    });
}

void SimHost::sendLog(const SendLog &block)
{
    if (m_connection)
        m_network.send(*m_connection, ToBackend(LogBytes{block.key, block.epoch, block.offset, block.size}));
}

} // namespace belfry::sim
