// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/sim/simulation.h"

#include "backend/engine/agenda.h"
#include "backend/engine/outcome.h"
#include "tests/engine/bench.h"

#include <algorithm>

namespace belfry::sim {

using namespace Qt::StringLiterals;
using namespace belfry::engine;

Simulation::Simulation(Settings settings)
    : m_settings(settings)
    , m_loop(settings.seed)
    , m_backend(m_loop)
    , m_network(m_loop, m_backend)
{
    m_backend.setNetwork(m_network);
    m_network.repeats = 0.1;
    m_backend.countedLost = [this](const Attempt &attempt) {
        ++m_counts[u"counted lost"_s];
        if (m_alive.count(attempt.key()) != 0)
            complain(
                u"run %1 attempt %2 was counted as lost while it lived"_s.arg(attempt.run.value).arg(attempt.attempt));
    };
    if (settings.trace)
        m_backend.trace = [this](const QStringList &lines) {
            const QString at = clockText(m_backend.wall()) + u' ';
            for (const QString &line : lines)
                trace.push_back(at + line);
        };
    for (const auto &[name, slots, labels] :
        {std::tuple(u"x"_s, 2, u"linux"_s), std::tuple(u"y"_s, 3, u"linux"_s), std::tuple(u"z"_s, 2, u"bsd"_s)}) {
        agentengine::Identity identity;
        identity.name = name;
        identity.instance = u"i-"_s + name;
        identity.version = u"1"_s;
        identity.slots = slots;
        identity.labels = {{labels, QString()}};
        m_hosts.push_back(std::make_unique<SimHost>(m_loop, m_network, *this, identity));
        m_hosts.back()->stepClock(m_loop.between(-1h, 1h));
    }
}

QStringList Simulation::run()
{
    m_backend.start();
    for (const auto &host : m_hosts)
        host->startAgent();
    apply();
    schedule(4min, &Simulation::askForRun);
    schedule(15min, &Simulation::askToCancel);
    schedule(40min, &Simulation::askToDrain);
    schedule(30min, &Simulation::changeJobs);
    schedule(45min, &Simulation::crashBackend);
    schedule(90min, &Simulation::stopBackend);
    schedule(60min, &Simulation::failCommit);
    schedule(30min, &Simulation::crashAgent);
    schedule(60min, &Simulation::rebootHost);
    schedule(45min, &Simulation::killSupervisor);
    schedule(10min, &Simulation::cutConnection);
    schedule(60min, &Simulation::isolateHost);
    if (m_settings.clockSteps)
        schedule(90min, &Simulation::stepClock);
    advance(m_settings.length);
    heal();
    checkEnd();
    return m_complaints;
}

void Simulation::advance(Duration by)
{
    const Duration end = m_loop.now() + by;
    while (m_complaints.empty() && m_loop.step(end)) {
        for (const QString &text : std::exchange(m_backend.complaints, {}))
            complain(text);
        for (const QString &text : m_backend.store.complaints())
            complain(u"store: "_s + text);
        for (const auto &host : m_hosts) {
            for (const QString &text : std::exchange(host->complaints, {}))
                complain(host->name() + u": "_s + text);
        }
    }
}

void Simulation::schedule(Duration mean, void (Simulation::*what)())
{
    m_loop.after(m_loop.between(1s, 2 * mean), [this, mean, what] {
        if (m_healed)
            return;
        (this->*what)();
        schedule(mean, what);
    });
}

void Simulation::complain(const QString &text)
{
    m_complaints.push_back(u"seed %1, %2: %3"_s.arg(m_settings.seed).arg(toRfc3339(m_backend.wall()), text));
}

// ---- what processes do

Plan Simulation::planOf(const wire::StartAttempt &order)
{
    SeededRandom dice(m_settings.seed ^ quint64(order.run.value * 1'000 + order.attempt));
    Plan plan;
    plan.length = Duration(qint64(dice.below(dice.below(4) == 0 ? 40 * 60'000 : 4 * 60'000)));
    plan.exitCode = dice.below(4) == 0 ? int(dice.below(5)) : 0;
    plan.output = qint64(dice.below(200'000));
    plan.startFails = dice.below(50) == 0;
    return plan;
}

void Simulation::started(AttemptKey key, const wire::StartAttempt &order)
{
    ++m_counts[u"started"_s];
    if (!m_everStarted.insert(key).second)
        complain(u"run %1 attempt %2 was started twice"_s.arg(key.run.value).arg(key.attempt));
    const Run &run = m_backend.store.runs.at(order.run);
    const OverlapPolicy overlap = m_backend.store.definitions.at({run.job, run.version}).overlap;
    const bool alone = overlap != OverlapPolicy::Allow;
    for (const auto &[other, alive] : m_alive) {
        if (other.run == key.run || (alone && alive.alone && alive.job == run.job))
            complain(u"run %1 attempt %2 was started beside run %3 attempt %4"_s.arg(key.run.value)
                         .arg(key.attempt)
                         .arg(other.run.value)
                         .arg(other.attempt));
    }
    m_alive[key] = {run.job, alone};
}

void Simulation::ended(AttemptKey key)
{
    m_alive.erase(key);
}

// ---- what people do

std::vector<JobDefinition> Simulation::jobs()
{
    JobDefinition queue = jobEvery(u"queue"_s, 15min);
    JobDefinition retry = jobEvery(u"retry"_s, 5min);
    retry.retries = {.max = 2, .delay = 20s, .backoff = 3, .on = {u"failed"_s, u"not_started"_s, u"lost"_s}};
    retry.timeout = 3min;
    retry.title = u"edition %1"_s.arg(m_edition / 2);
    JobDefinition two = jobNamed(u"two"_s);
    two.params = {{.name = u"mode"_s, .defaultValue = u"delta"_s}};
    two.schedule = {cronRule(u"delta"_s, u"*/20 * * * *"_s), cronRule(u"full"_s, u"*/20 * * * *"_s)};
    two.schedule[1].params = {{u"mode"_s, u"full"_s}};
    JobDefinition after = jobNamed(u"after"_s);
    after.schedule.resize(1);
    after.schedule[0].rule.name = u"after"_s;
    after.schedule[0].rule.after = 10min;
    JobDefinition allow = jobEvery(u"allow"_s, 7min);
    allow.overlap = OverlapPolicy::Allow;
    allow.maxRunning = 3;
    allow.agent = u"linux && name != z"_s;
    allow.schedule[0].rule.jitter = 2min;
    JobDefinition urgent = jobEvery(u"urgent"_s, 10min);
    urgent.startBy = 3min;
    urgent.priority = 80;
    JobDefinition skip = jobEvery(u"skip"_s, 9min);
    skip.overlap = OverlapPolicy::Skip;
    JobDefinition replace = jobEvery(u"replace"_s, 11min);
    replace.overlap = OverlapPolicy::Replace;
    JobDefinition all = jobEvery(u"all"_s, 13min);
    all.catchUp = {.policy = CatchUpPolicy::All, .window = 3h, .max = 3};
    JobDefinition lostFails = jobEvery(u"lost-fails"_s, 8min);
    lostFails.onLost = OnLost::Fail;
    lostFails.lostAfter = 2min;
    JobDefinition lostReruns = jobEvery(u"lost-reruns"_s, 10min);
    lostReruns.onLost = OnLost::Rerun;
    lostReruns.lostAfter = 40s;
    lostReruns.retries.delay = 0s;
    JobDefinition extra = jobEvery(u"extra"_s, m_edition % 3 == 0 ? 6min : 8min);
    std::vector<JobDefinition> all9{
        queue, retry, two, after, allow, urgent, skip, replace, all, lostFails, lostReruns, jobNamed(u"manual"_s)};
    if (m_hasExtra)
        all9.push_back(extra);
    for (JobDefinition &job : all9) {
        if (m_healed)
            job.enabled = false;
    }
    return all9;
}

void Simulation::apply()
{
    ApplyProject request;
    request.project = u"p"_s;
    request.jobs = jobs();
    request.by = u"sim"_s;
    const bool healed = m_healed;
    m_backend.ask(std::move(request), [this, healed](const Result<AnswerBody> &answer) {
        if (!answer && answer.error().kind != ErrorKind::Unavailable)
            complain(u"apply: "_s + answer.error().message);
        if (!answer && healed == m_healed)
            m_loop.after(3s, [this] { apply(); });
    });
}

void Simulation::changeJobs()
{
    ++m_edition;
    m_hasExtra = m_loop.chance(0.7);
    apply();
}

void Simulation::askForRun()
{
    static const QStringList names{u"manual"_s, u"queue"_s, u"p/retry"_s, u"allow"_s, u"skip"_s};
    m_requests.push_back(
        {names[qsizetype(m_loop.random.below(quint64(names.size())))], u"key %1"_s.arg(m_requests.size()), {}});
    trigger(m_requests.size() - 1);
    if (m_loop.chance(0.2))
        trigger(m_requests.size() - 1);
}

void Simulation::trigger(std::size_t index)
{
    TriggerJob wish;
    wish.job = m_requests[index].job;
    wish.key = m_requests[index].key;
    m_backend.ask(wish, [this, index](const Result<AnswerBody> &answer) {
        Request &request = m_requests[index];
        if (!answer) {
            if (answer.error().kind == ErrorKind::Unavailable)
                m_loop.after(m_loop.between(1s, 5s), [this, index] { trigger(index); });
            else if (request.run)
                complain(u"%1 was answered with run %2, and then refused: %3"_s.arg(request.key)
                             .arg(request.run->value)
                             .arg(answer.error().message));
            return;
        }
        const RunId run = std::get<wire::TriggerReply>(*answer).run;
        if (request.run && *request.run != run)
            complain(u"%1 made run %2 and run %3"_s.arg(request.key).arg(request.run->value).arg(run.value));
        request.run = run;
        ++m_counts[u"answered"_s];
    });
}

void Simulation::askToCancel()
{
    if (!m_backend.isUp() || m_backend.engine()->openRuns().empty())
        return;
    const auto &open = m_backend.engine()->openRuns();
    const RunId run = std::next(open.begin(), qint64(m_loop.random.below(open.size())))->first;
    m_backend.ask(CancelRun{.run = run, .by = u"sim"_s}, [this, run](const Result<AnswerBody> &answer) {
        if (!answer)
            return;
        ++m_counts[u"cancelled"_s];
        const Run &row = m_backend.store.runs.at(run);
        if (!row.cancelRequested)
            complain(u"the cancel of run %1 was answered and is not there"_s.arg(run.value));
    });
}

void Simulation::askToDrain()
{
    const QString name = anyHost().name();
    m_backend.ask(DrainAgent{.name = name}, [](const Result<AnswerBody> &) {});
    m_loop.after(m_loop.between(1min, 10min),
        [this, name] { m_backend.ask(DrainAgent{.name = name, .drained = false}, [](const Result<AnswerBody> &) {}); });
}

// ---- what goes wrong

void Simulation::crashBackend()
{
    if (!m_backend.isUp())
        return;
    ++m_counts[u"backend crashes"_s];
    m_backend.crash();
    m_loop.after(
        m_loop.chance(0.2) ? m_loop.between(5min, 60min) : m_loop.between(1s, 20s), [this] { m_backend.start(); });
}

void Simulation::stopBackend()
{
    if (!m_backend.isUp())
        return;
    m_backend.stop();
    m_loop.after(m_loop.between(6s, 2min), [this] {
        if (!m_backend.isUp())
            m_backend.start();
    });
}

void Simulation::failCommit()
{
    m_backend.failNextCommit();
}

void Simulation::crashAgent()
{
    SimHost &host = anyHost();
    if (!host.isAgentUp())
        return;
    ++m_counts[u"agent crashes"_s];
    if (m_loop.chance(0.5))
        host.crashAgent();
    else
        host.stopAgent();
    m_loop.after(m_loop.chance(0.2) ? m_loop.between(1min, 20min) : m_loop.between(6s, 20s), [&host] {
        if (!host.isAgentUp())
            host.startAgent();
    });
}

void Simulation::rebootHost()
{
    SimHost &host = anyHost();
    ++m_counts[u"reboots"_s];
    host.reboot();
    m_loop.after(m_loop.between(10s, 3min), [&host] {
        if (!host.isAgentUp())
            host.startAgent();
    });
}

void Simulation::killSupervisor()
{
    anyHost().killSupervisor();
}

void Simulation::cutConnection()
{
    m_network.cutAll(anyHost(), m_loop.chance(0.3));
}

void Simulation::isolateHost()
{
    SimHost &host = anyHost();
    m_network.setReachable(host, false);
    m_loop.after(m_loop.between(10s, 30min), [this, &host] { m_network.setReachable(host, true); });
}

void Simulation::stepClock()
{
    ++m_counts[u"clock steps"_s];
    const Duration most = m_loop.chance(0.3) ? Duration(3h) : Duration(40min);
    m_backend.stepClock(m_loop.chance(0.5) ? m_loop.between(3s, most) : -m_loop.between(3s, most));
    // Wrong clocks are put right, by and by.
    m_loop.after(m_loop.between(1s, 30min), [this] { m_backend.stepClock(-m_backend.clockOffset()); });
}

// ---- the end

void Simulation::heal()
{
    m_healed = true;
    advance(90min); // restarts and repairs that are under way
    m_backend.stepClock(-m_backend.clockOffset());
    if (!m_backend.isUp())
        m_backend.start();
    for (const auto &host : m_hosts) {
        m_network.setReachable(*host, true);
        if (!host->isAgentUp())
            host->startAgent();
        m_backend.ask(DrainAgent{.name = host->name(), .drained = false}, [](const Result<AnswerBody> &) {});
    }
    advance(5s);
    apply(); // without occasions
    advance(10min);
    for (int i = 0; i < 72 && !isQuiet(); ++i)
        advance(20min);
}

bool Simulation::isQuiet() const
{
    const bool spooled
        = std::any_of(m_hosts.begin(), m_hosts.end(), [](const auto &host) { return host->spooled() != 0; });
    return m_backend.engine()->openRuns().empty() && !spooled;
}

// Silence ends nobody who did not ask for it, and what is lost was really not seen to end.
void Simulation::checkLosses()
{
    for (const auto &[key, attempt] : m_backend.store.attempts) {
        if (attempt.state != RunState::Lost)
            continue;
        const Run &run = m_backend.store.runs.at(key.run);
        const JobDefinition &definition = m_backend.store.definitions.at({run.job, run.version});
        const bool bySilence = attempt.reason == reasonLostAfter || attempt.reason == reasonLeaseExpired;
        ++m_counts[u"lost by "_s + attempt.reason];
        if (bySilence && definition.onLost == OnLost::Wait)
            complain(u"run %1 attempt %2 is %3 although its job waits"_s.arg(key.run.value)
                         .arg(key.attempt)
                         .arg(attempt.reason));
        if (!bySilence && attempt.reason != reasonExitUnseen && attempt.reason != reasonHostRebooted)
            complain(u"run %1 attempt %2 is lost for no reason: %3"_s.arg(key.run.value)
                         .arg(key.attempt)
                         .arg(attempt.reason));
        if (definition.onLost == OnLost::Rerun && bySilence && run.attempts > key.attempt)
            ++m_counts[u"run again"_s];
        if (definition.onLost == OnLost::Rerun && run.attempts > 2)
            complain(u"run %1 was tried %2 times"_s.arg(key.run.value).arg(run.attempts));
    }
}

int Simulation::count(const QString &what) const
{
    const auto found = m_counts.find(what);
    return found == m_counts.end() ? 0 : found->second;
}

void Simulation::checkEnd()
{
    if (!m_complaints.empty())
        return;
    checkLosses();
    const ModelStore &store = m_backend.store;
    for (const auto &[id, run] : store.runs) {
        ++m_counts[nameOf(run.state)];
        if (!isFinal(run.state))
            complain(u"run %1 of %2 is still %3: %4"_s.arg(id.value).arg(run.jobName, nameOf(run.state), run.reason));
    }
    for (const auto &[key, attempt] : store.attempts) {
        const auto log = store.logs.find(key);
        const qint64 held = log == store.logs.end() ? 0 : log->second;
        // What a boot has swept away, and what was counted as lost, has nobody's word on how much it wrote.
        const bool isTold = attempt.reason != reasonHostRebooted && attempt.reason != reasonLostAfter;
        if (attempt.logWritten != held && isTold)
            complain(u"of the log of run %1 attempt %2, %3 of %4 bytes are here"_s.arg(key.run.value)
                         .arg(key.attempt)
                         .arg(held)
                         .arg(attempt.logWritten));
    }
    for (const auto &host : m_hosts) {
        if (host->spooled() != 0)
            complain(u"the spool of %1 still holds %2 attempts"_s.arg(host->name()).arg(host->spooled()));
    }
    if (!m_alive.empty())
        complain(u"%1 processes live on"_s.arg(m_alive.size()));
    for (const Request &request : m_requests) {
        if (request.run && store.runs.count(*request.run) == 0)
            complain(u"%1 was answered with run %2, which is not there"_s.arg(request.key).arg(request.run->value));
    }
    checkLedger();
}

void Simulation::checkLedger()
{
    for (const auto &[key, occasion] : m_backend.store.occasions) {
        if (occasion.fate == Fate::Pending)
            complain(u"occasion %1 of %2 is still pending"_s.arg(toRfc3339(occasion.at), occasion.jobName));
        if (occasion.fate == Fate::Ran && (!occasion.run || m_backend.store.runs.at(*occasion.run).attempts == 0))
            complain(u"occasion %1 of %2 ran without an attempt"_s.arg(toRfc3339(occasion.at), occasion.jobName));
        m_counts[nameOf(occasion.fate)] += occasion.count;
    }
    for (const auto &[key, mark] : m_backend.store.marks) {
        // A rule that was changed while the clock was ahead begins where the old one had got to.
        if (m_settings.clockSteps && m_backend.store.jobs.at(mark.job).definition.name == u"extra"_s)
            continue;
        checkLedger(mark);
    }
}

// Every occasion of the time that the mark answers for has exactly one row, and no row is without an occasion.
void Simulation::checkLedger(const RuleMark &mark)
{
    const auto &rows = m_backend.store.occasions;
    const auto first = rows.lower_bound({mark.job, mark.rule, mark.since});
    if (first == rows.end() || first->second.job != mark.job || first->second.rule != mark.rule)
        return; // the rule may have been dropped as soon as it had come
    const JobDefinition &definition = m_backend.store.definitions.at({mark.job, first->second.version});
    const auto rules = rulesOf(definition, m_backend.store.jobs.at(mark.job).uid).value();
    const auto rule
        = std::find_if(rules.begin(), rules.end(), [&](const DueRule &each) { return each.key == mark.rule; });
    if (rule == rules.end() || !rule->rule.hasInstants())
        return;
    const Instant until = std::min(mark.reopened ? *mark.leapFrom : mark.accountedUntil, m_backend.wall());
    std::set<Instant> instants;
    for (const Occurrence &entry : rule->rule.list(mark.since, until, 1'000'000))
        instants.insert(entry.at);
    qint64 accounted = 0;
    for (auto row = first; row != rows.end(); ++row) {
        const Occasion &occasion = row->second;
        if (occasion.job != mark.job || occasion.rule != mark.rule || occasion.at >= until)
            break;
        accounted += occasion.count;
        if (instants.count(occasion.at) == 0 || instants.count(occasion.until.value_or(occasion.at)) == 0)
            complain(u"%1 has a row at %2, where it has no occasion"_s.arg(occasion.jobName, toRfc3339(occasion.at)));
    }
    m_counts[u"accounted"_s] += int(accounted);
    if (accounted != qint64(instants.size()))
        complain(u"%1 %2 had %3 occasions from %4 to %5, and rows for %6"_s.arg(definition.fullName(), mark.rule)
                     .arg(instants.size())
                     .arg(toRfc3339(mark.since), toRfc3339(until))
                     .arg(accounted));
}

QString Simulation::summary() const
{
    QStringList parts{
        u"%1 events"_s.arg(m_backend.events), u"fingerprint %1"_s.arg(m_backend.fingerprint, 16, 16, QChar(u'0'))};
    for (const auto &[what, count] : m_counts)
        parts.push_back(u"%1 %2"_s.arg(count).arg(what));
    return parts.join(u", "_s);
}

} // namespace belfry::sim
