// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/agentengine/world.h"

namespace belfry::agentengine {

using namespace Qt::StringLiterals;
using wire::AttemptPhase;

namespace {

char letter(AttemptKey key, qint64 offset)
{
    return char('a' + (key.run.value * 7 + offset) % 26);
}

} // namespace

World::World()
    : m_engine(std::make_unique<Engine>(Scene::identity()))
{
    tell(SpoolScanned{});
}

void World::step(int what, quint64 dice)
{
    switch (what % 16) {
    case 0:
        return assign();
    case 1:
        return cancelSome(dice);
    case 2:
    case 3:
        return deliverUp();
    case 4:
    case 5:
        return deliverDown(dice);
    case 6:
        return repeatDown(dice);
    case 7:
        return dice % 4 == 0 ? disconnect() : connect();
    case 8:
        return connect();
    case 9:
        return dice % 4 == 0 ? restartAgent() : sync();
    case 10:
        return dice % 4 == 0 ? restartBackend() : sync();
    case 11:
        return begin(dice);
    case 12:
        return print(dice);
    case 13:
        return finish(dice);
    case 14:
        m_full = dice % 8 == 0;
        return tell(SpoolChecked{dice % 16 == 0 ? u"ENOSPC: full"_s : u""_s});
    default:
        m_monotonic += Duration(dice % 12'000);
        return tell(TimePassed{});
    }
}

void World::heal()
{
    m_full = false;
    tell(SpoolChecked{});
    for (int round = 0; round < 10'000; ++round) {
        connect();
        sync();
        while (!m_up.empty())
            deliverUp();
        while (!m_down.empty())
            deliverDown(0);
        begin(quint64(round));
        finish(quint64(round));
        if (unfinished().isEmpty())
            return;
    }
}

QStringList World::unfinished() const
{
    QStringList rest;
    for (const auto &[key, held] : m_held)
        if (!held.result)
            rest += u"%1: the backend knows no end"_s.arg(key.run.value);
        else if (held.durable < held.result->logWritten)
            rest += u"%1: %2 of %3 log bytes"_s.arg(key.run.value).arg(held.durable).arg(held.result->logWritten);
    if (!m_spool.empty())
        rest += u"%1 entries in the spool"_s.arg(m_spool.size());
    if (!m_engine->attempts().empty())
        rest += u"%1 attempts in the engine"_s.arg(m_engine->attempts().size());
    return rest;
}

void World::tell(EventBody body)
{
    const Effects effects = m_engine->apply({m_now, m_monotonic, bootTime(), std::move(body)});
    for (const Effect &effect : effects)
        std::visit([this](const auto &each) { carryOut(each); }, effect);
}

void World::carryOut(const StartOrder &effect)
{
    const AttemptKey key{effect.order.run, effect.order.attempt};
    if (m_spool.contains(key) || m_processes[key] > 0)
        blame(key, u"ordered twice"_s);
    if (const auto held = m_held.find(key); held == m_held.end() || held->second.result)
        blame(key, u"started after its end was committed"_s);
    if (m_full)
        return tell(StartFailed{key, u"ENOSPC: full"_s});
    m_spool[key].epoch = effect.order.epoch;
    m_spool[key].leaseUntil = effect.order.leaseUntil.value_or(0ms);
}

void World::carryOut(const RenewLease &effect)
{
    const auto job = m_spool.find(effect.key);
    const auto held = m_held.find(effect.key);
    if (job == m_spool.end() || job->second.phase == AttemptPhase::Ended)
        return blame(effect.key, u"the lease of what does not live is renewed"_s);
    // After a restart of the agent the first renewal may be older than what the supervisor knows.
    job->second.leaseUntil = std::max(job->second.leaseUntil, effect.until);
    if (held == m_held.end() || effect.until > held->second.leaseUntil)
        blame(effect.key, u"a lease that nobody gave"_s);
}

void World::carryOut(const CancelOrder &effect)
{
    const auto found = m_spool.find(effect.key);
    if (found == m_spool.end() || found->second.phase == AttemptPhase::Ended)
        return;
    wire::AttemptResult result;
    result.cancelled = true;
    if (found->second.phase == AttemptPhase::Ordered)
        result.notStarted = u"ECANCELED: cancelled"_s;
    else
        result.signal = 15;
    end(effect.key, result);
}

void World::carryOut(const SendMessage &effect)
{
    if (!m_open)
        return;
    if (const auto *hello = std::get_if<wire::AgentHello>(&effect.message)) {
        std::set<AttemptKey> listed;
        for (const wire::AttemptReport &report : hello->attempts)
            listed.insert({report.run, report.attempt});
        for (const auto &[key, job] : m_spool)
            if (!listed.contains(key))
                blame(key, u"missing in the hello"_s);
    }
    m_up.push_back(effect.message);
}

void World::carryOut(const SendLog &effect)
{
    const auto found = m_spool.find(effect.key);
    if (found == m_spool.end() || effect.offset + effect.size > found->second.log.size() || effect.size <= 0)
        return blame(effect.key, u"a log is to be sent that is not there"_s);
    if (m_open)
        m_up.push_back(wire::LogChunk{effect.key.run, effect.key.attempt, effect.epoch, effect.offset,
            found->second.log.mid(effect.offset, effect.size), {}});
}

void World::carryOut(const DeleteEntry &effect)
{
    const auto held = m_held.find(effect.key);
    const auto job = m_spool.find(effect.key);
    if (held == m_held.end() || job == m_spool.end())
        return blame(effect.key, u"deleted without an entry"_s);
    if (!held->second.result || held->second.durable < job->second.log.size())
        blame(effect.key, u"deleted before it was durable"_s);
    m_spool.erase(job);
}

void World::carryOut(const Reconnect &)
{
    m_open = false;
    m_up.clear();
    m_down.clear();
}

void World::backendHears(const wire::AgentHello &message)
{
    m_greeted = true;
    wire::AgentWelcome welcome{.epoch = m_epoch};
    std::set<AttemptKey> listed;
    for (const wire::AttemptReport &report : message.attempts) {
        listed.insert({report.run, report.attempt});
        Held *held = heldOf(report.run, report.attempt, report.epoch);
        if (!held) {
            blame({report.run, report.attempt}, u"unknown to the backend"_s);
            continue;
        }
        held->begun = held->begun || report.phase == AttemptPhase::Running;
        if (report.result && !held->result)
            held->result = report.result;
        welcome.attempts.push_back({report.run, report.attempt, true, held->result.has_value(), held->durable});
    }
    down(welcome);
    giveLeases(message.bootTime);
    for (const auto &[key, held] : m_held) {
        if (held.result)
            continue;
        if (!listed.contains(key)) {
            if (held.begun)
                blame(key, u"started, and absent from the hello"_s);
            wire::StartAttempt start = order(key.run.value, key.attempt);
            start.epoch = held.epoch;
            if (held.leaseUntil > 0ms)
                start.leaseUntil = held.leaseUntil;
            down(start);
        }
        if (held.cancelWanted)
            down(wire::CancelAttempt{key.run, key.attempt, held.epoch, 10s, u"wanted"_s});
    }
}

void World::backendHears(const wire::AttemptStarted &message)
{
    if (Held *held = heldOf(message.run, message.attempt, message.epoch))
        held->begun = true;
}

void World::backendHears(const wire::AttemptEnded &message)
{
    Held *held = heldOf(message.run, message.attempt, message.epoch);
    if (!held)
        return;
    if (!held->result)
        held->result = message.result;
    else if (held->result != message.result)
        blame({message.run, message.attempt}, u"two different ends"_s);
    down(wire::ResultCommitted{message.run, message.attempt});
}

void World::backendHears(const wire::LogChunk &message)
{
    Held *held = heldOf(message.run, message.attempt, message.epoch);
    if (!held || message.offset > held->log.size())
        return blame({message.run, message.attempt}, u"a hole in the log"_s);
    held->log.truncate(message.offset);
    held->log += message.bytes;
    for (qint64 i = 0; i < message.bytes.size(); ++i)
        if (message.bytes[i] != letter({message.run, message.attempt}, message.offset + i))
            return blame({message.run, message.attempt}, u"wrong bytes"_s);
    held->durable = std::min<qint64>(held->durable, held->log.size());
    down(wire::LogAck{message.run, message.attempt, held->log.size(), held->durable});
}

void World::backendHears(const wire::AgentPing &message)
{
    giveLeases(message.bootTime);
}

// Every second attempt holds a lease.
void World::giveLeases(Duration reading)
{
    wire::LeasesRenewed message;
    for (auto &[key, held] : m_held) {
        if (held.result || key.run.value % 2 == 0)
            continue;
        held.leaseUntil = std::max(held.leaseUntil, reading + 20s);
        message.leases.push_back({key.run, key.attempt, held.epoch, reading + 20s});
    }
    if (!message.leases.empty())
        down(std::move(message));
}

void World::connect()
{
    if (m_open)
        return;
    m_open = true;
    m_greeted = false;
    m_up.clear();
    m_down.clear();
    m_delivered.clear();
    tell(Connected{});
}

void World::disconnect()
{
    if (!m_open)
        return;
    m_open = false;
    m_up.clear();
    m_down.clear();
    tell(Disconnected{1006, u"cut"_s});
}

void World::restartAgent()
{
    m_open = false;
    m_up.clear();
    m_down.clear();
    m_engine = std::make_unique<Engine>(Scene::identity());
    tell(SpoolScanned{scan()});
}

// It forgets what it had not synced.
void World::restartBackend()
{
    ++m_epoch;
    for (auto &[key, held] : m_held)
        held.log.truncate(held.durable);
    disconnect();
}

void World::assign()
{
    const auto isOpen = [](const auto &each) { return !each.second.result; };
    if (!m_open || !m_greeted || std::count_if(m_held.begin(), m_held.end(), isOpen) > 12)
        return;
    const AttemptKey key{RunId(++m_lastRun), 1};
    m_held[key].epoch = m_epoch;
    wire::StartAttempt start = order(key.run.value);
    start.epoch = m_epoch;
    if (key.run.value % 2 == 1)
        start.leaseUntil = m_held[key].leaseUntil = bootTime() + 20s;
    down(start);
}

void World::cancelSome(quint64 dice)
{
    const auto some = pick(m_held, dice);
    if (some == m_held.end() || some->second.result)
        return;
    some->second.cancelWanted = true;
    if (m_open && m_greeted)
        down(wire::CancelAttempt{some->first.run, some->first.attempt, some->second.epoch, 10s, u"wanted"_s});
}

void World::sync()
{
    for (auto &[key, held] : m_held) {
        if (held.durable == held.log.size())
            continue;
        held.durable = held.log.size();
        if (m_open && m_greeted)
            down(wire::LogAck{key.run, key.attempt, held.durable, held.durable});
    }
}

void World::deliverUp()
{
    if (m_up.empty())
        return;
    const wire::AgentToBackend message = std::move(m_up.front());
    m_up.pop_front();
    std::visit([this](const auto &each) { backendHears(each); }, message);
}

// Any of the waiting ones, but the welcome first: a session's first message is what makes it one.
void World::deliverDown(quint64 dice)
{
    if (m_down.empty())
        return;
    const auto which = m_down.begin()
        + (std::holds_alternative<wire::AgentWelcome>(m_down.front()) ? 0 : qint64(dice % m_down.size()));
    const wire::BackendToAgent message = *which;
    m_down.erase(which);
    m_delivered.push_back(message);
    tell(Received{message});
}

void World::repeatDown(quint64 dice)
{
    if (m_open && !m_delivered.empty())
        tell(Received{m_delivered[dice % m_delivered.size()]});
}

void World::begin(quint64 dice)
{
    const auto some = pick(m_spool, dice);
    if (some == m_spool.end() || some->second.phase != AttemptPhase::Ordered)
        return;
    const AttemptKey key = some->first;
    some->second.phase = AttemptPhase::Running;
    ++started;
    if (++m_processes[key] > 1)
        blame(key, u"a second process"_s);
    tell(AttemptStarted{key, 70 + key.run.value, m_now});
}

void World::print(quint64 dice)
{
    const auto some = pick(m_spool, dice);
    if (some == m_spool.end() || some->second.phase != AttemptPhase::Running)
        return;
    const AttemptKey key = some->first;
    for (quint64 i = 0; i < dice % 40; ++i)
        some->second.log += letter(key, some->second.log.size());
    tell(OutputGrew{key, some->second.log.size()});
}

void World::finish(quint64 dice)
{
    const auto some = pick(m_spool, dice);
    if (some == m_spool.end() || some->second.phase != AttemptPhase::Running)
        return;
    wire::AttemptResult result;
    result.exitCode = int(dice % 3);
    end(some->first, result);
}

void World::down(wire::BackendToAgent message)
{
    m_down.push_back(std::move(message));
}

std::vector<wire::AttemptReport> World::scan() const
{
    std::vector<wire::AttemptReport> reports;
    for (const auto &[key, job] : m_spool)
        reports.push_back(
            {key.run, key.attempt, job.epoch, job.phase, 70 + key.run.value, m_now, job.log.size(), job.result});
    return reports;
}

void World::end(AttemptKey key, wire::AttemptResult result)
{
    Job &job = m_spool.at(key);
    result.startedAt = result.endedAt = m_now;
    result.logWritten = job.log.size();
    job.phase = AttemptPhase::Ended;
    job.result = result;
    tell(AttemptEnded{key, result});
}

void World::blame(AttemptKey key, const QString &what)
{
    broken += u"run %1, attempt %2: %3"_s.arg(key.run.value).arg(key.attempt).arg(what);
}

World::Held *World::heldOf(RunId run, int attempt, qint64 epoch)
{
    const auto found = m_held.find({run, attempt});
    return found != m_held.end() && found->second.epoch == epoch ? &found->second : nullptr;
}

template <class Map> typename Map::iterator World::pick(Map &map, quint64 dice)
{
    return map.empty() ? map.end() : std::next(map.begin(), qint64(dice % map.size()));
}

} // namespace belfry::agentengine
