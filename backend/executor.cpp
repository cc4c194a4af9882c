// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/executor.h"

#include "shared/base/faultpoint.h"

#include <QLoggingCategory>

namespace belfry {

using namespace Qt::StringLiterals;

Q_LOGGING_CATEGORY(logCore, "belfry.core")

namespace {

constexpr Duration probePause = 2s;
// The check once a second comes at least so often while this process runs at all.
constexpr Duration longestPause = 5s;

template <class T> void moveAppend(std::vector<T> &to, std::vector<T> &&from)
{
    to.insert(to.end(), std::make_move_iterator(from.begin()), std::make_move_iterator(from.end()));
}

void gather(engine::Effects &to, engine::Effects &&from)
{
    moveAppend(to.writes, std::move(from.writes));
    moveAppend(to.messages, std::move(from.messages));
    moveAppend(to.closes, std::move(from.closes));
    moveAppend(to.answers, std::move(from.answers));
    moveAppend(to.notices, std::move(from.notices));
}

bool isEmpty(const engine::Effects &effects)
{
    return effects.writes.empty() && effects.messages.empty() && effects.closes.empty() && effects.answers.empty()
        && effects.notices.empty();
}

} // namespace

Executor::Executor(Store &store, const Clock &clock, Random &random, QObject *parent)
    : Core(parent)
    , m_store(store)
    , m_clock(clock)
    , m_random(random)
    , m_startedAt(clock.now())
{
    m_due.setSingleShot(true);
    m_due.setTimerType(Qt::PreciseTimer);
    connect(&m_due, &QTimer::timeout, this, &Executor::tick);
    connect(&m_second, &QTimer::timeout, this, &Executor::tick);
    m_probe.setSingleShot(true);
    connect(&m_probe, &QTimer::timeout, this, &Executor::probeStore);
    setHealth(u"store"_s, {});
    connect(&m_store, &Store::healthChanged, this, &Executor::setHealth);
}

Executor::~Executor() = default;

void Executor::start(const Snapshot &snapshot)
{
    build(snapshot);
    m_second.start(1s);
}

void Executor::stop()
{
    m_stopping = true;
    apply(engine::StartsStopped{});
    if (!m_committing && isEmpty(m_gathered))
        Q_EMIT drained();
}

Status Executor::rebuild()
{
    const Result<Snapshot> snapshot = m_store.snapshot();
    if (!snapshot)
        return fail(snapshot.error());
    build(*snapshot);
    return {};
}

void Executor::build(const Snapshot &snapshot)
{
    m_lastApplied = m_clock.monotonic();
    m_engine = std::make_unique<engine::Engine>(snapshot, m_clock.now(), m_lastApplied);
    const engine::Counts counts = m_engine->counts();
    qCInfo(logCore, "epoch %lld: %d jobs, %d runs waiting, %d live", static_cast<long long>(m_engine->epoch()),
        counts.jobs, counts.waiting, counts.live);
    tick();
}

void Executor::submit(Request request, QObject *context, Reply reply)
{
    const engine::Token token = ++m_lastToken;
    m_pending.emplace(token, Pending{context, std::move(reply)});
    if (!m_engine) {
        QTimer::singleShot(0, this, [this, token] {
            answer(token,
                fail(ErrorKind::Unavailable, u"the store has failed: nothing is accepted until it works again"_s));
        });
        return;
    }
    std::visit(
        [&](auto &each) {
            each.token = token;
            apply(std::move(each));
        },
        request);
}

void Executor::post(AgentNews news)
{
    std::visit([this](auto &each) { apply(std::move(each)); }, news);
}

std::vector<wire::HealthCheck> Executor::health() const
{
    std::vector<wire::HealthCheck> checks;
    for (const auto &[name, check] : m_health)
        checks.push_back(check);
    return checks;
}

void Executor::setHealth(const QString &check, const QString &reason)
{
    wire::HealthCheck &entry = m_health[check];
    if (entry.name == check && entry.reason == reason)
        return;
    const bool ok = reason.isEmpty();
    const std::optional<Instant> since = ok ? std::nullopt : entry.ok ? std::optional(m_clock.now()) : entry.since;
    entry = {check, ok, reason, since};
    Q_EMIT healthChanged();
}

void Executor::tick()
{
    apply(engine::TimePassed{});
}

void Executor::apply(engine::EventBody body)
{
    if (!m_engine)
        return; // agents say everything again in their next hello
    const Duration monotonic = m_clock.monotonic();
    const Duration pause = monotonic - std::exchange(m_lastApplied, monotonic);
    const Duration slept = pause > longestPause ? pause : Duration(0);
    gather(m_gathered, m_engine->apply({m_clock.now(), monotonic, m_random.next(), std::move(body), slept}));
    armTimer();
    commitGathered();
}

void Executor::armTimer()
{
    const std::optional<Instant> due = m_engine->nextDue();
    if (!due) {
        m_due.stop();
        return;
    }
    // A day at most: what lies further is seen by the check once a second. One millisecond at least: a timer that fires
    // early must not spin.
    const Duration wait = std::clamp<Duration>(*due - m_clock.now(), 1ms, 24h);
    m_due.start(wait);
}

void Executor::commitGathered()
{
    if (m_committing || isEmpty(m_gathered))
        return;
    m_inFlight = std::exchange(m_gathered, {});
    m_committing = true;
    if (m_inFlight.writes.empty()) { // later all the same: nobody is called back from inside his own call
        QTimer::singleShot(0, this, [this] { onCommitted({}); });
        return;
    }
    FAULT_POINT("backend-before-commit");
    m_store.commit(m_inFlight.writes, this, [this](const Status &status) { onCommitted(status); });
}

void Executor::onCommitted(const Status &status)
{
    m_committing = false;
    const engine::Effects effects = std::exchange(m_inFlight, {});
    if (!status) {
        failStore(status.error());
        return;
    }
    FAULT_POINT("backend-after-commit");
    release(effects);
    commitGathered();
    if (m_stopping && !m_committing && isEmpty(m_gathered))
        Q_EMIT drained();
}

void Executor::release(const engine::Effects &effects)
{
    for (const engine::Notice &notice : effects.notices) {
        if (notice.level == engine::Notice::Level::Warning)
            qCWarning(logCore).noquote() << notice.text;
        else
            qCInfo(logCore).noquote() << notice.text;
    }
    if (!effects.writes.empty())
        Q_EMIT committed(effects.writes);
    for (const engine::ToAgent &each : effects.messages)
        Q_EMIT agentMessage(each);
    for (const engine::CloseAgent &each : effects.closes)
        Q_EMIT agentClose(each);
    FAULT_POINT("backend-before-answer");
    for (const engine::Answer &each : effects.answers)
        answer(each.token, each.body);
}

void Executor::answer(engine::Token token, const Result<engine::AnswerBody> &body)
{
    const auto found = m_pending.find(token);
    if (found == m_pending.end())
        return;
    const Pending pending = std::move(found->second);
    m_pending.erase(found);
    if (pending.context)
        pending.reply(body);
}

void Executor::failStore(const Error &error)
{
    qCCritical(logCore).noquote() << "the store has failed, nothing is started or accepted:" << error.message;
    m_engine.reset();
    m_due.stop();
    m_gathered = {};
    for (const auto &[token, pending] : std::exchange(m_pending, {}))
        if (pending.context)
            pending.reply(fail(ErrorKind::Unavailable, error.message));
    setHealth(u"store"_s, error.message);
    Q_EMIT engineLost();
    if (m_stopping)
        Q_EMIT drained();
    else
        m_probe.start(probePause);
}

void Executor::probeStore()
{
    m_store.probe(this, [this](const Status &status) {
        const Status built = status ? rebuild() : status;
        if (built) {
            qCInfo(logCore, "the store works again");
            setHealth(u"store"_s, {});
        } else {
            m_probe.start(probePause);
        }
    });
}

} // namespace belfry
