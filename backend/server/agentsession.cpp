// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/agentsession.h"

#include "backend/server/hellocheck.h"
#include "shared/wire/frame.h"

#include <QLoggingCategory>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(logAgents, "belfry.agents")

constexpr int protocolError = 1002;
constexpr int wrongData = 1003;
constexpr int policyViolation = 1008;
constexpr int maxDropped = 100; // then the peer is no agent of ours
constexpr qsizetype maxReason = 1024;

} // namespace

AgentSession::AgentSession(
    engine::SessionId id, Link *link, QString token, Core &core, AgentHub &hub, const AgentSettings &settings)
    : QObject(&hub)
    , m_id(id)
    , m_link(link)
    , m_token(std::move(token))
    , m_core(core)
    , m_hub(hub)
    , m_logs(core)
{
    m_link->setParent(this);
    connect(m_link, &Link::binaryReceived, this, &AgentSession::onBinary);
    connect(m_link, &Link::textReceived, this, [this] { close(wrongData, u"agents speak binary frames"_s); });
    connect(m_link, &Link::closed, this, &AgentSession::onClosed);
    connect(&m_logs, &LogIntake::acknowledged, this, [this](const wire::LogAck &ack) { queue(ack); });
    connect(&m_logs, &LogIntake::outOfStep, this, [this](AttemptKey key) {
        close(wire::closeResync,
            u"the log of run %1 has a hole; send it again from what is durable"_s.arg(key.run.value));
    });
    m_helloDeadline.setSingleShot(true);
    connect(&m_helloDeadline, &QTimer::timeout, this, [this] { m_link->abort(policyViolation, u"no hello came"_s); });
    m_helloDeadline.start(settings.helloTimeout);
    m_ping.setInterval(settings.ping);
    connect(&m_ping, &QTimer::timeout, this, [this] { queue(wire::BackendPing{m_core.clock().now()}); });
}

AgentSession::~AgentSession()
{
    m_hub.forget(this);
}

QString AgentSession::who() const
{
    return m_hello.name.isEmpty() ? m_link->peer() : u"%1 (%2)"_s.arg(m_hello.name, m_link->peer());
}

void AgentSession::onClosed(int code, const QString &reason)
{
    qCInfo(logAgents, "agent %s left: %d %s", qUtf8Printable(who()), code, qUtf8Printable(reason));
    m_hub.forget(this);
    m_ping.stop();
    m_helloDeadline.stop();
    if (m_state == State::Announced)
        m_core.post(engine::AgentDisconnected{m_id});
    deleteLater();
}

void AgentSession::onBinary(const QByteArray &bytes)
{
    const auto frame = wire::decodeAgentFrame(bytes);
    if (!frame) {
        qCWarning(logAgents, "agent %s: %s", qUtf8Printable(who()), qUtf8Printable(frame.error().message));
        close(protocolError, frame.error().message);
        return;
    }
    for (const int tag : frame->unknownTags)
        drop(u"a message of the unknown kind %1"_s.arg(tag));
    if (m_state == State::AsksStore) {
        m_earlyBytes += bytes.size();
        if (m_earlyBytes > wire::maxMessage) {
            close(wire::closeOverload, u"too much was sent before the welcome"_s);
            return;
        }
    }
    for (const wire::AgentToBackend &message : frame->messages) {
        if (!m_link->isOpen())
            return;
        take(message);
    }
}

void AgentSession::take(const wire::AgentToBackend &message)
{
    const bool hello = std::holds_alternative<wire::AgentHello>(message);
    if (hello == (m_state != State::AwaitsHello)) {
        close(protocolError, hello ? u"a second hello"_s : u"the first message must be a hello"_s);
        return;
    }
    if (m_state == State::AsksStore)
        m_early.push_back(message);
    else
        std::visit([this](const auto &each) { on(each); }, message);
}

void AgentSession::on(const wire::AgentHello &message)
{
    m_helloDeadline.stop();
    if (const Status good = checkHello(message); !good) {
        refuse(good.error().message);
        return;
    }
    m_hello = message;
    m_state = State::AsksStore;
    m_ping.start();
    askStore();
}

void AgentSession::askStore()
{
    store::FindStoredAttempts question{.agent = m_hello.name, .attempts = {}};
    for (const wire::AttemptReport &report : m_hello.attempts)
        question.attempts.push_back({{report.run, report.attempt}, report.epoch});
    m_core.store().ask(std::move(question), this, [this](Result<std::vector<store::StoredAttempt>> found) {
        if (!m_link->isOpen())
            return;
        if (!found) {
            close(wire::closeOverload, u"the store cannot answer now: "_s + found.error().message);
            return;
        }
        std::vector<engine::StoredAttempt> stored;
        for (const store::StoredAttempt &each : *found)
            stored.push_back({each.key, each.known, each.ended, each.logDurable});
        announce(stored);
    });
}

void AgentSession::announce(const std::vector<engine::StoredAttempt> &stored)
{
    m_state = State::Announced;
    m_core.post(engine::AgentConnected{m_id, m_hello, stored});
    for (const wire::AgentToBackend &message : std::exchange(m_early, {}))
        if (m_link->isOpen())
            std::visit([this](const auto &each) { on(each); }, message);
}

void AgentSession::on(const wire::AttemptStarted &message)
{
    if (!isPlausible(message.run, message.attempt, message.epoch) || message.pid < 0 || !isPlausible(message.at))
        drop(u"a start with numbers that cannot be"_s);
    else
        m_core.post(engine::AgentReportedStart{m_id, message});
}

void AgentSession::on(const wire::AttemptEnded &message)
{
    if (!isPlausible(message.run, message.attempt, message.epoch) || !isPlausible(message.result))
        drop(u"a result with numbers that cannot be"_s);
    else
        m_core.post(engine::AgentReportedEnd{m_id, message});
}

void AgentSession::on(const wire::LogChunk &message)
{
    judge(m_logs.take(message), u"log of run %1, attempt %2"_s.arg(message.run.value).arg(message.attempt));
}

void AgentSession::on(const wire::LogMissing &message)
{
    judge(
        m_logs.take(message), u"words on the log of run %1, attempt %2"_s.arg(message.run.value).arg(message.attempt));
}

void AgentSession::judge(LogIntake::Verdict verdict, const QString &run)
{
    switch (verdict) {
    case LogIntake::Verdict::Taken:
        break;
    case LogIntake::Verdict::NotAllowed:
        drop(run + u", which is not this agent's"_s);
        break;
    case LogIntake::Verdict::Malformed:
        drop(run + u" with offsets that cannot be"_s);
        break;
    case LogIntake::Verdict::Flood:
        close(wire::closeOverload, u"more log was sent than there was credit for"_s);
        break;
    }
}

void AgentSession::on(const wire::AgentPing &message)
{
    if (isPlausible(message.now) && isPlausible(message.bootTime))
        m_core.post(engine::AgentHeard{m_id, message.now, message.bootTime});
    else
        drop(u"a ping with clocks that cannot be"_s);
}

void AgentSession::on(const wire::AgentDraining &message)
{
    m_core.post(engine::AgentReportedDraining{m_id, message.reason.left(maxReason)});
}

void AgentSession::drop(const QString &what)
{
    // The first ones one by one, then no more than the count: a log must not be floodable.
    if (++m_dropped <= 5)
        qCWarning(logAgents, "agent %s: dropped %s", qUtf8Printable(who()), qUtf8Printable(what));
    if (m_dropped == maxDropped)
        close(policyViolation, u"%1 messages had to be dropped"_s.arg(m_dropped));
}

void AgentSession::refuse(const QString &sentence)
{
    qCWarning(logAgents, "agent %s is refused: %s", qUtf8Printable(m_link->peer()), qUtf8Printable(sentence));
    sendFrames({wire::AgentRefused{sentence, {}}});
    m_link->close(policyViolation, sentence);
}

void AgentSession::send(const wire::BackendToAgent &message)
{
    if (const auto *welcome = std::get_if<wire::AgentWelcome>(&message)) {
        std::map<AttemptKey, qint64> epochs;
        for (const wire::AttemptReport &report : m_hello.attempts)
            epochs.emplace(AttemptKey{report.run, report.attempt}, report.epoch);
        for (const wire::AttemptStanding &standing : welcome->attempts) {
            const AttemptKey key{standing.run, standing.attempt};
            if (!standing.known || !epochs.contains(key))
                continue;
            m_logs.allow(key, epochs.at(key));
            m_hub.listen(key, this);
        }
    } else if (const auto *start = std::get_if<wire::StartAttempt>(&message)) {
        m_logs.allow({start->run, start->attempt}, start->epoch);
        m_hub.listen({start->run, start->attempt}, this);
    }
    queue(message);
}

void AgentSession::logDurable(AttemptKey key, qint64 size)
{
    m_logs.durable(key, size);
}

void AgentSession::queue(const wire::BackendToAgent &message)
{
    if (!m_link->isOpen())
        return;
    const bool opens = std::holds_alternative<wire::AgentWelcome>(message);
    if (const auto *ack = std::get_if<wire::LogAck>(&message); ack && !m_outgoing.empty()) {
        // Only the newest acknowledgement of a log says anything.
        auto *last = std::get_if<wire::LogAck>(&m_outgoing.back());
        if (last && last->run == ack->run && last->attempt == ack->attempt) {
            *last = *ack;
            return;
        }
    }
    if (opens && !m_welcomed) {
        m_welcomed = true;
        m_outgoing.insert(m_outgoing.begin(), message);
    } else {
        m_outgoing.push_back(message);
    }
    scheduleFlush();
}

void AgentSession::scheduleFlush()
{
    if (m_flushing)
        return;
    m_flushing = true;
    QMetaObject::invokeMethod(this, &AgentSession::flush, Qt::QueuedConnection);
}

void AgentSession::flush()
{
    m_flushing = false;
    if (m_outgoing.empty() || !m_link->isOpen())
        return;
    if (m_welcomed) {
        sendFrames(std::exchange(m_outgoing, {}));
        return;
    }
    // Before the welcome only a refusal may leave; the rest waits for it.
    std::vector<wire::BackendToAgent> now;
    std::erase_if(m_outgoing, [&](const wire::BackendToAgent &each) {
        const bool free
            = std::holds_alternative<wire::AgentRefused>(each) || std::holds_alternative<wire::BackendPing>(each);
        if (free)
            now.push_back(each);
        return free;
    });
    if (!now.empty())
        sendFrames(now);
}

void AgentSession::sendFrames(const std::vector<wire::BackendToAgent> &messages)
{
    const QByteArray bytes = wire::encodeFrame(messages);
    if (bytes.size() <= wire::maxFrame || messages.size() == 1) {
        m_link->sendBinary(bytes);
        return;
    }
    const auto middle = messages.begin() + std::ptrdiff_t(messages.size() / 2);
    sendFrames({messages.begin(), middle});
    sendFrames({middle, messages.end()});
}

void AgentSession::close(int code, const QString &reason)
{
    flush();
    m_link->close(code, reason);
}

} // namespace belfry
