// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/engine/engine.h"

#include "agent/engine/wording.h"
#include "shared/wire/limits.h"

#include <algorithm>

// The connection: hello, welcome, refusal, silence, and what time brings. Attempts are in engineattempts.cpp.
namespace belfry::agentengine {

using namespace Qt::StringLiterals;

namespace {

// A token that is not accepted: below the five failures a minute after which a backend delays a source.
constexpr Duration authRetry = 15s;
// Refused without a term, or replaced by another agent with the same identity: somebody must act, or two agents would
// throw each other out without end.
constexpr Duration refusedRetry = 1min;
constexpr Duration longestRetry = 1h;
constexpr Duration retryLog = 1min;
constexpr Duration retryCancel = 5s;
// Characters of outputs in one hello: it has to stay below wire::maxMessage. An attempt whose result does not fit is
// called running, as if its end had come a moment later, and AttemptEnded follows the welcome.
constexpr qsizetype helloOutputs = 1 << 20;

qsizetype outputSize(const wire::AttemptReport &report)
{
    qsizetype size = 0;
    if (report.result)
        for (const auto &[key, value] : report.result->outputs)
            size += key.size() + value.size();
    return size;
}

} // namespace

Engine::Engine(Identity identity)
    : m_identity(std::move(identity))
{ }

Effects Engine::apply(const Event &event)
{
    m_now = event.now;
    m_monotonic = event.monotonic;
    m_bootTime = event.bootTime;
    m_effects.clear();
    std::visit([this](const auto &body) { on(body); }, event.body);
    if (m_link == Link::Welcomed)
        for (SendLog &block : m_logs.next())
            m_effects.emplace_back(std::move(block));
    return std::move(m_effects);
}

std::optional<Duration> Engine::nextDue() const
{
    std::optional<Duration> due;
    const auto sooner = [&due](Duration at) { due = due ? std::min(*due, at) : at; };
    if (m_link != Link::Away)
        sooner(m_heard + wire::agentSilence);
    if (m_link == Link::Welcomed)
        sooner(m_pinged + pingPeriod());
    for (const auto &[key, at] : m_retryCancel)
        sooner(at);
    for (const auto &[key, at] : m_retryLog)
        sooner(at);
    return due;
}

// A lease lives on the answers to pings.
Duration Engine::pingPeriod() const
{
    const bool leased = std::any_of(m_entries.begin(), m_entries.end(), [](const auto &each) {
        return each.second.leaseUntil > 0ms && each.second.report.phase != wire::AttemptPhase::Ended;
    });
    return leased ? leasePing : wire::agentPing;
}

std::vector<wire::AttemptReport> Engine::attempts() const
{
    std::vector<wire::AttemptReport> reports;
    for (const auto &[key, entry] : m_entries)
        reports.push_back(entry.report);
    return reports;
}

void Engine::on(const Connected &)
{
    lose();
    m_link = Link::Open;
    m_heard = m_monotonic;
    if (m_scanned)
        greet();
}

void Engine::on(const Disconnected &event)
{
    lose();
    if (event.code == wire::closeAuth) {
        warn(u"the backend does not accept this agent's token (%1): give the agent a valid one"_s.arg(event.reason));
        m_effects.emplace_back(Reconnect{authRetry});
    } else if (event.code == wire::closeReplaced) {
        warn(u"the backend has a newer connection of this agent's identity (instance %1): two agents must not share "
             u"one data folder or a copy of it"_s.arg(m_identity.instance));
        m_effects.emplace_back(Reconnect{refusedRetry});
    }
}

void Engine::on(const Received &event)
{
    m_heard = m_monotonic;
    const bool first = std::holds_alternative<wire::AgentWelcome>(event.message)
        || std::holds_alternative<wire::AgentRefused>(event.message);
    if (m_link == (first ? Link::Greeted : Link::Welcomed))
        std::visit([this](const auto &message) { take(message); }, event.message);
    else if (m_link != Link::Away)
        warn(u"a message of the backend came out of turn and is ignored (number %1)"_s.arg(event.message.index()));
}

void Engine::on(const SpoolChecked &event)
{
    if (event.trouble == m_spoolTrouble)
        return;
    const bool was = !m_spoolTrouble.isEmpty();
    m_spoolTrouble = event.trouble;
    if (!was) {
        warn(u"no new attempt is started: "_s + m_spoolTrouble);
        if (m_link == Link::Welcomed && !m_stopping)
            send(wire::AgentDraining{drainReason()});
    } else if (m_spoolTrouble.isEmpty()) {
        say(u"new attempts are started again"_s);
        // Only a new hello ends the draining.
        if (m_link != Link::Away && !m_stopping)
            leave(0ms);
    }
}

void Engine::on(const IdentityChanged &event)
{
    if (event.identity == m_identity)
        return;
    m_identity = event.identity;
    if (m_link != Link::Away)
        leave(0ms);
}

void Engine::on(const TimePassed &)
{
    if (m_link != Link::Away && m_monotonic - m_heard >= wire::agentSilence) {
        warn(u"the backend has been silent for %1: connecting anew"_s.arg(formatDuration(wire::agentSilence)));
        leave(0ms);
    } else if (m_link == Link::Welcomed && m_monotonic - m_pinged >= pingPeriod()) {
        m_pinged = m_monotonic;
        send(wire::AgentPing{m_now, m_bootTime});
    }
    std::erase_if(m_retryCancel, [this](const auto &retry) {
        const bool due = retry.second <= m_monotonic;
        if (const auto found = m_entries.find(retry.first); due && found != m_entries.end())
            cancel(found->second);
        return due;
    });
    std::erase_if(m_retryLog, [this](const auto &retry) {
        const bool due = retry.second <= m_monotonic;
        if (due)
            m_logs.hold(retry.first, false);
        return due;
    });
}

void Engine::on(const StopRequested &)
{
    if (std::exchange(m_stopping, true))
        return;
    if (m_link == Link::Welcomed)
        send(wire::AgentDraining{drainReason()});
}

void Engine::on(const CancelFailed &event)
{
    const auto found = m_entries.find(event.key);
    if (found == m_entries.end() || !found->second.cancelling)
        return;
    warn(u"%1 cannot be cancelled yet: %2"_s.arg(nameOf(event.key), event.why));
    m_retryCancel[event.key] = m_monotonic + retryCancel;
}

void Engine::on(const LogSkipped &event)
{
    m_logs.acknowledge(event.key, event.until);
}

void Engine::on(const LogUnreadable &event)
{
    if (!m_entries.contains(event.key))
        return;
    if (m_retryLog.insert_or_assign(event.key, m_monotonic + retryLog).second)
        warn(u"the log of %1 cannot be read: %2. It is tried again each minute"_s.arg(nameOf(event.key), event.why));
    m_logs.hold(event.key, true);
}

void Engine::take(const wire::AgentWelcome &message)
{
    if (message.protocol != wire::agentProtocol) {
        warn(u"the backend (version %1) speaks protocol %2, this agent %3: update the older one"_s.arg(message.version)
                 .arg(message.protocol)
                 .arg(wire::agentProtocol));
        leave(refusedRetry);
        return;
    }
    m_link = Link::Welcomed;
    m_pinged = m_monotonic;
    std::map<AttemptKey, wire::AttemptStanding> standings;
    for (const wire::AttemptStanding &standing : message.attempts)
        standings[{standing.run, standing.attempt}] = standing;
    std::vector<AttemptKey> keys, unknown;
    for (const auto &[key, entry] : m_entries)
        keys.push_back(key);
    for (const AttemptKey key : keys) {
        const auto standing = standings.find(key);
        if (standing != standings.end() && standing->second.known)
            welcomeEntry(m_entries.at(key), standing->second);
        else
            unknown.push_back(key);
        if (standing != standings.end())
            m_entries.at(key).disowned = !standing->second.known;
        forgetIfDone(key);
    }
    if (!unknown.empty())
        warn(u"the backend does not know %1 of this agent's spool; kept as they are: %2"_s.arg(
            count(unknown.size()), listOf(unknown)));
    if (!drainReason().isEmpty())
        send(wire::AgentDraining{drainReason()});
}

void Engine::take(const wire::AgentRefused &message)
{
    const Duration after = std::clamp(message.retryAfter.value_or(refusedRetry), Duration(0), longestRetry);
    warn(u"the backend refuses this agent: %1. Next try in %2"_s.arg(message.reason, formatDuration(after)));
    leave(after);
}

void Engine::take(const wire::BackendPing &) { }

void Engine::greet()
{
    wire::AgentHello hello{.protocol = wire::agentProtocol,
        .version = m_identity.version,
        .name = m_identity.name,
        .instance = m_identity.instance,
        .bootId = m_identity.bootId,
        .now = m_now,
        .labels = m_identity.labels,
        .slots = m_identity.slots,
        .ephemeral = m_identity.ephemeral,
        .killSet = m_identity.killSet,
        .bootTime = m_bootTime};
    qsizetype outputs = 0;
    for (auto &[key, entry] : m_entries) {
        entry.known = entry.disowned = false;
        entry.startTold = entry.report.phase != wire::AttemptPhase::Ordered;
        hello.attempts.push_back(entry.report);
        const qsizetype size = outputSize(entry.report);
        outputs += size;
        if (outputs > helloOutputs && size > 0) {
            outputs -= size;
            hello.attempts.back().phase = wire::AttemptPhase::Running;
            hello.attempts.back().result.reset();
        }
    }
    m_link = Link::Greeted;
    send(std::move(hello));
}

void Engine::leave(Duration after)
{
    lose();
    m_effects.emplace_back(Reconnect{after});
}

void Engine::lose()
{
    m_link = Link::Away;
    m_logs.clear();
    m_early.clear();
    m_retryLog.clear();
}

void Engine::send(wire::AgentToBackend message)
{
    m_effects.emplace_back(SendMessage{std::move(message)});
}

void Engine::say(QString text)
{
    m_effects.emplace_back(Notice{Notice::Level::Info, std::move(text)});
}

void Engine::warn(QString text)
{
    m_effects.emplace_back(Notice{Notice::Level::Warning, std::move(text)});
}

QString Engine::drainReason() const
{
    return m_stopping ? u"the agent is stopping"_s : m_spoolTrouble;
}

} // namespace belfry::agentengine
