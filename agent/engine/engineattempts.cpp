// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/engine/engine.h"
#include "agent/engine/wording.h"

#include <algorithm>

// The attempts: orders, cancels, the supervisors' news, and when an entry of the spool may go.
namespace belfry::agentengine {

using namespace Qt::StringLiterals;
using wire::AttemptPhase;

namespace {

// How many attempts that are done with are remembered, so that a repeated order of one is seen for what it is.
constexpr std::size_t mostGraves = 65'536;
constexpr std::size_t mostEarlyCancels = 1'024;

AttemptKey keyOf(const wire::AttemptReport &report)
{
    return {report.run, report.attempt};
}

template <class Message> AttemptKey keyOf(const Message &message)
{
    return {message.run, message.attempt};
}

} // namespace

void Engine::on(const SpoolScanned &event)
{
    for (const wire::AttemptReport &report : event.attempts)
        merge(report);
    m_scanned = true;
    if (m_link == Link::Open)
        greet();
}

// The first scan fills the spool's picture; a later one only adds to what is known.
void Engine::merge(const wire::AttemptReport &report)
{
    const AttemptKey key = keyOf(report);
    const auto [entry, isNew] = m_entries.try_emplace(key, Entry{.report = report});
    if (isNew) {
        if (m_link > Link::Open)
            leave(0ms); // the hello was not complete
        return;
    }
    if (report.phase == AttemptPhase::Running)
        on(AttemptStarted{key, report.pid, report.startedAt.value_or(m_now)});
    on(OutputGrew{key, report.logSize});
    if (report.phase == AttemptPhase::Ended && report.result)
        on(AttemptEnded{key, *report.result});
}

void Engine::on(const EntryQuarantined &event)
{
    warn(u"%1 cannot be read and was put aside: %2"_s.arg(event.path, event.why));
    if (event.key && !m_entries.contains(*event.key))
        bury(*event.key, Grave::Quarantined);
}

void Engine::on(const AttemptStarted &event)
{
    const auto found = m_entries.find(event.key);
    if (found == m_entries.end() || found->second.report.phase != AttemptPhase::Ordered)
        return;
    Entry &entry = found->second;
    entry.report.phase = AttemptPhase::Running;
    entry.report.pid = event.pid;
    entry.report.startedAt = event.at;
    if (m_link == Link::Welcomed && entry.known)
        tellStart(entry);
}

void Engine::on(const OutputGrew &event)
{
    const auto found = m_entries.find(event.key);
    if (found == m_entries.end() || found->second.report.phase == AttemptPhase::Ended)
        return;
    wire::AttemptReport &report = found->second.report;
    if (event.size <= report.logSize)
        return;
    report.logSize = event.size;
    m_logs.resize(event.key, event.size);
}

void Engine::on(const AttemptEnded &event)
{
    const auto found = m_entries.find(event.key);
    if (found == m_entries.end() || found->second.report.phase == AttemptPhase::Ended)
        return;
    Entry &entry = found->second;
    entry.report.phase = AttemptPhase::Ended;
    entry.report.result = event.result;
    entry.report.logSize = event.result.logWritten;
    entry.cancelling = false;
    m_retryCancel.erase(event.key);
    m_logs.resize(event.key, entry.report.logSize);
    if (m_link == Link::Welcomed && entry.known)
        tellEnd(entry);
}

void Engine::on(const StartFailed &event)
{
    const auto found = m_entries.find(event.key);
    if (found == m_entries.end() || found->second.report.phase != AttemptPhase::Ordered)
        return;
    warn(u"%1 was not started: %2"_s.arg(nameOf(event.key), event.why));
    found->second.spooled = false;
    wire::AttemptResult result = nothingRan();
    result.notStarted = event.why;
    on(AttemptEnded{event.key, result});
}

void Engine::on(const LogShort &event)
{
    const auto found = m_entries.find(event.key);
    if (found == m_entries.end() || event.size >= found->second.report.logSize)
        return;
    wire::AttemptReport &report = found->second.report;
    if (report.phase == AttemptPhase::Ended)
        warn(u"only %1 of %2 bytes of the log of %3 are in the spool: the rest is lost"_s.arg(event.size)
                 .arg(report.logSize)
                 .arg(nameOf(event.key)));
    report.logSize = event.size;
    m_logs.resize(event.key, event.size);
    forgetIfDone(event.key);
}

void Engine::take(const wire::StartAttempt &order)
{
    const AttemptKey key = keyOf(order);
    if (key.run.value <= 0 || key.attempt <= 0) {
        warn(u"an order without a run or attempt number is ignored"_s);
        return;
    }
    if (const auto found = m_entries.find(key); found != m_entries.end()) {
        answerAgain(order, found->second);
        return;
    }
    if (const auto grave = m_graves.find(key); grave != m_graves.end() && grave->second == Grave::Finished) {
        say(u"%1 was ordered again; its result was acknowledged long ago"_s.arg(nameOf(key)));
        return;
    }
    if (m_stopping) {
        // Not refused: the backend sends it again to the agent that starts next on this spool.
        say(u"%1 is not started: the agent is stopping"_s.arg(nameOf(key)));
        return;
    }
    Entry entry{
        .report = {order.run, order.attempt, order.epoch}, .known = true, .leaseUntil = order.leaseUntil.value_or(0ms)};
    if (const auto result = hindrance(order)) {
        entry.spooled = false;
        entry.report.phase = AttemptPhase::Ended;
        entry.report.result = result;
        tellEnd(m_entries.emplace(key, std::move(entry)).first->second);
        return;
    }
    m_entries.emplace(key, std::move(entry));
    m_logs.open(key, order.epoch, 0, 0);
    m_effects.emplace_back(StartOrder{order});
}

// What speaks against starting, as the result that is reported instead. An attempt of an earlier boot, or one whose
// entry was damaged, may have run: it is called lost (exit unseen), never "not started", so that nobody repeats what
// was perhaps done. All else is certain not to have run.
std::optional<wire::AttemptResult> Engine::hindrance(const wire::StartAttempt &order) const
{
    wire::AttemptResult result = nothingRan();
    const auto early = m_early.find(keyOf(order));
    if (m_graves.contains(keyOf(order)) || order.bootId != m_identity.bootId) {
        result.exitUnseen = true;
    } else if (early != m_early.end() && early->second.epoch == order.epoch) {
        result.cancelled = true;
        result.notStarted = u"ECANCELED: cancelled before it was started"_s;
    } else if (!m_spoolTrouble.isEmpty()) {
        result.notStarted = m_spoolTrouble;
    } else {
        return std::nullopt;
    }
    return result;
}

// A replay is answered from the spool, whatever it asks.
void Engine::answerAgain(const wire::StartAttempt &order, Entry &entry)
{
    const AttemptKey key = keyOf(order);
    if (entry.report.epoch != order.epoch) {
        warn(u"%1 was ordered in epoch %2, but the spool holds it from epoch %3: nothing is started"_s.arg(nameOf(key))
                 .arg(order.epoch)
                 .arg(entry.report.epoch));
        // Another assignment under the same number (a backend restored from an old backup). If the backend has said
        // that the spool's one is not its own, the answer cannot be mistaken for that one's.
        if (entry.disowned) {
            wire::AttemptResult result = nothingRan();
            result.notStarted
                = u"EEXIST: the agent's spool holds this attempt's number from epoch %1"_s.arg(entry.report.epoch);
            send(wire::AttemptEnded{order.run, order.attempt, order.epoch, std::move(result)});
        }
        return;
    }
    if (!entry.known) {
        entry.known = true;
        entry.disowned = false;
        m_logs.open(key, order.epoch, entry.durable, entry.report.logSize);
    }
    if (order.leaseUntil)
        renew(entry, *order.leaseUntil);
    if (entry.report.phase == AttemptPhase::Running)
        tellStart(entry);
    else if (entry.report.phase == AttemptPhase::Ended && !entry.committed)
        tellEnd(entry);
}

void Engine::take(const wire::CancelAttempt &message)
{
    const AttemptKey key = keyOf(message);
    const auto found = m_entries.find(key);
    if (found == m_entries.end()) {
        if (m_graves.contains(key))
            return;
        say(u"%1 is to be cancelled, but it is not in the spool"_s.arg(nameOf(key)));
        if (m_early.size() < mostEarlyCancels)
            m_early[key] = message;
        return;
    }
    Entry &entry = found->second;
    if (entry.report.epoch != message.epoch) {
        warn(u"a cancel of %1 is of epoch %2, the spool's attempt of epoch %3: ignored"_s.arg(nameOf(key))
                 .arg(message.epoch)
                 .arg(entry.report.epoch));
        return;
    }
    if (entry.report.phase == AttemptPhase::Ended || (entry.cancelling && entry.grace <= message.grace))
        return;
    entry.cancelling = true;
    entry.grace = message.grace;
    entry.cancelReason = message.reason;
    cancel(entry);
}

void Engine::take(const wire::ResultCommitted &message)
{
    const AttemptKey key = keyOf(message);
    const auto found = m_entries.find(key);
    if (found == m_entries.end())
        return;
    if (found->second.report.phase != AttemptPhase::Ended || !found->second.known) {
        warn(u"the backend acknowledges a result of %1 that it was not sent: ignored"_s.arg(nameOf(key)));
        return;
    }
    found->second.committed = true;
    forgetIfDone(key);
}

void Engine::take(const wire::LogAck &message)
{
    const AttemptKey key = keyOf(message);
    const auto found = m_entries.find(key);
    if (found == m_entries.end() || !found->second.known)
        return;
    m_logs.acknowledge(key, message.received);
    Entry &entry = found->second;
    entry.durable = std::max(entry.durable, std::min(message.durable, entry.report.logSize));
    forgetIfDone(key);
}

void Engine::take(const wire::LeasesRenewed &message)
{
    for (const wire::Lease &lease : message.leases) {
        const auto found = m_entries.find(keyOf(lease));
        if (found != m_entries.end() && found->second.report.epoch == lease.epoch)
            renew(found->second, lease.until);
    }
}

// Messages may come late and in any order; a lease only ever grows.
void Engine::renew(Entry &entry, Duration until)
{
    if (entry.report.phase == AttemptPhase::Ended || until <= entry.leaseUntil)
        return;
    entry.leaseUntil = until;
    m_effects.emplace_back(RenewLease{keyOf(entry.report), until});
}

void Engine::welcomeEntry(Entry &entry, const wire::AttemptStanding &standing)
{
    const AttemptKey key = keyOf(entry.report);
    entry.known = true;
    // Not the larger of old and new: a backend restored from a backup holds less than it once did.
    entry.durable = std::max(standing.logDurable, qint64(0));
    if (entry.spooled)
        m_logs.open(key, entry.report.epoch, entry.durable, entry.report.logSize);
    if (entry.report.phase == AttemptPhase::Ended) {
        entry.committed = standing.resultCommitted;
        if (!entry.committed)
            tellEnd(entry);
        return;
    }
    if (standing.resultCommitted)
        warn(u"the backend has given up %1, which is still alive here: it goes on until it ends or is cancelled"_s.arg(
            nameOf(key)));
    if (entry.report.phase == AttemptPhase::Running && !entry.startTold)
        tellStart(entry);
}

void Engine::tellStart(Entry &entry)
{
    entry.startTold = true;
    const wire::AttemptReport &report = entry.report;
    send(wire::AttemptStarted{report.run, report.attempt, report.epoch, report.pid, report.startedAt.value_or(m_now)});
}

void Engine::tellEnd(const Entry &entry)
{
    const wire::AttemptReport &report = entry.report;
    send(wire::AttemptEnded{report.run, report.attempt, report.epoch, report.result.value()});
}

void Engine::cancel(Entry &entry)
{
    if (entry.cancelling)
        m_effects.emplace_back(CancelOrder{keyOf(entry.report), entry.grace, entry.cancelReason});
}

void Engine::forgetIfDone(AttemptKey key)
{
    const auto found = m_entries.find(key);
    if (found == m_entries.end())
        return;
    const Entry &entry = found->second;
    if (!entry.committed || (entry.spooled && entry.durable < entry.report.logSize))
        return;
    if (entry.spooled)
        m_effects.emplace_back(DeleteEntry{key});
    m_logs.close(key);
    m_retryLog.erase(key);
    m_entries.erase(found);
    bury(key, Grave::Finished);
}

void Engine::bury(AttemptKey key, Grave grave)
{
    if (m_graves.insert_or_assign(key, grave).second)
        m_graveOrder.push_back(key);
    if (m_graveOrder.size() > mostGraves) {
        m_graves.erase(m_graveOrder.front());
        m_graveOrder.pop_front();
    }
}

wire::AttemptResult Engine::nothingRan() const
{
    wire::AttemptResult result;
    result.startedAt = result.endedAt = m_now;
    return result;
}

} // namespace belfry::agentengine
