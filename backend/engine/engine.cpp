// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/engine.h"

#include "backend/engine/accounting.h"
#include "backend/engine/applyplan.h"
#include "backend/engine/blockers.h"
#include "backend/engine/dispatch.h"
#include "backend/engine/leases.h"
#include "backend/engine/ledger.h"
#include "backend/engine/preview.h"
#include "backend/engine/reactions.h"
#include "backend/engine/skips.h"
#include "backend/engine/state.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

// How long after its start the backend waits for agents that held a live run, before it takes what was last known of it
// for granted. Agents try again every 5 s at least.
constexpr Duration agentsReturn = 10s;

// What happened in the world, and a pause, comes before what becomes due at the same instant.
bool comesFirst(const EventBody &body)
{
    return std::holds_alternative<AgentReportedEnd>(body) || std::holds_alternative<AgentConnected>(body)
        || std::holds_alternative<PauseJobs>(body) || std::holds_alternative<ResumeJobs>(body);
}

void react(Step &step, const EventBody &body)
{
    std::visit([&step](const auto &each) { on(step, each); }, body);
}

// A rule whose mark is missing owes nothing from before this start.
void loadRules(Engine::State &state, const Job &job, Instant now)
{
    state.queue.setRoom(job.id, roomOf(job.definition));
    if (job.removed || !job.definition.enabled)
        return;
    auto rules = rulesOf(job.definition, job.uid);
    if (!rules) {
        state.startNotices.push_back({Notice::Level::Warning,
            u"no occasions for %1: %2"_s.arg(job.definition.fullName(), rules.error().message)});
        return;
    }
    for (DueRule &rule : *rules) {
        const auto mark = state.retired.extract({job.id, rule.key});
        rule.mark
            = mark ? mark.mapped() : RuleMark{.job = job.id, .rule = rule.key, .since = now, .accountedUntil = now};
    }
    state.agenda.set(job.id, std::move(*rules), std::nullopt);
}

void loadRuns(Engine::State &state, const Snapshot &snapshot, Instant now)
{
    std::map<RunId, std::vector<Occasion>> pending;
    for (const Occasion &occasion : snapshot.pending) {
        if (occasion.run)
            pending[*occasion.run].push_back(occasion);
    }
    for (const Occasion &occasion : snapshot.pending) {
        DefinitionPtr definition = state.jobs.definition(occasion.job, occasion.version);
        if (!occasion.run && definition)
            state.held[occasion.job].push_back({occasion, std::move(definition)});
    }
    for (const Run &run : snapshot.openRuns) {
        DefinitionPtr definition = state.jobs.definition(run.job, run.version);
        if (!definition) {
            state.startNotices.push_back({Notice::Level::Warning,
                u"run %1 is left out: version %2 of its job is not in the store"_s.arg(run.id.value).arg(run.version)});
            continue;
        }
        state.runs.add({run, std::move(definition), {}, std::move(pending[run.id])});
    }
    for (const Attempt &attempt : snapshot.openAttempts) {
        OpenRun *open = state.runs.find(attempt.run);
        KnownAgent *known = state.agents.find(attempt.agent);
        if (!open)
            continue;
        state.runs.setAttempt(*open, attempt);
        state.agents.attach(known ? *known : state.agents.add(attempt.agent), attempt.key());
        holdLimits(state, *open);
        if (isLeased(*open->definition))
            state.leases.renew(attempt.key(), open->definition->lostAfter, state.clock.monotonic());
    }
    for (const auto &[id, open] : state.runs.open()) {
        if (const auto status = enqueue(state, open, now); !status)
            state.startNotices.push_back({Notice::Level::Warning, status.error().message});
        watchDeadline(state, open);
    }
}

} // namespace

Engine::State::State(const Snapshot &snapshot, Instant now, Duration monotonic)
    : epoch(snapshot.epoch)
    , lastRun(snapshot.lastRun)
    , clock(now, monotonic)
    , jobs(snapshot)
    , agents(snapshot.agents, now)
    , limits(snapshot.limits, snapshot.rateUses, now)
    , keys(snapshot.keys)
{
    for (const RuleMark &mark : snapshot.marks)
        retired[{mark.job, mark.rule}] = mark; // those of rules in force are taken out below
    for (const auto &[id, job] : jobs.all()) {
        loadRules(*this, job, now);
        if (!job.removed && job.pausedSince && job.pausedUntil)
            pauseEnds.insert({*job.pausedUntil, id});
    }
    for (const PlannedSkip &skip : snapshot.plannedSkips)
        skips[skip.job][skip.at] = skip;
    if (!snapshot.openAttempts.empty())
        agentsAwaited = monotonic + agentsReturn;
    loadRuns(*this, snapshot, now);
    for (const auto &[id, job] : jobs.all())
        noteIdle(*this, id);
    for (const auto &[name, known] : agents.all()) {
        placement.update(known);
        watchEphemeral(*this, known);
    }
}

Engine::Engine(const Snapshot &snapshot, Instant now, Duration monotonic)
    : m_state(std::make_unique<State>(snapshot, now, monotonic))
{ }

Engine::~Engine() = default;

Effects Engine::apply(const Event &event)
{
    Step step{*m_state, event.now, SeededRandom(event.dice), {}, {}};
    step.effects.notices = std::move(m_state->startNotices);
    m_state->startNotices.clear();
    if (!std::exchange(m_state->started, true))
        reopenLeaps(step);
    if (const auto by = m_state->clock.observe(event.now, event.monotonic))
        noteClockStep(step, *by);
    if (event.slept > 0s)
        m_state->leases.sleep(event.slept);
    const bool isFirst = comesFirst(event.body);
    if (isFirst)
        react(step, event.body);
    countLost(step);
    if (std::holds_alternative<AgentReportedEnd>(event.body))
        dispatch(step);
    account(step);
    ring(step);
    if (!isFirst)
        react(step, event.body);
    dispatch(step);
    step.effects.writes = step.changes.take();
    return std::move(step.effects);
}

std::optional<Instant> Engine::nextDue() const
{
    std::optional<Instant> due = m_state->timers.first();
    const auto sooner = [&due](std::optional<Instant> at) {
        if (at && (!due || *at < *due))
            due = at;
    };
    const WallClock &clock = m_state->clock;
    if (const auto lost = m_state->leases.first())
        sooner(clock.now() + (*lost - clock.monotonic()));
    if (clock.isHeld()) {
        sooner(clock.heldUntil());
        return due;
    }
    sooner(m_state->agenda.first());
    if (!m_state->pauseEnds.empty())
        sooner(m_state->pauseEnds.begin()->first);
    return due;
}

qint64 Engine::epoch() const
{
    return m_state->epoch;
}

const std::map<JobId, Job> &Engine::jobs() const
{
    return m_state->jobs.all();
}

const std::map<QString, JobId> &Engine::jobNames() const
{
    return m_state->jobs.names();
}

const Job *Engine::job(JobId id) const
{
    return m_state->jobs.find(id);
}

Result<JobId> Engine::jobNamed(const QString &name) const
{
    return m_state->jobs.named(name);
}

std::optional<JobId> Engine::removedJobNamed(const QString &name) const
{
    return m_state->jobs.removedNamed(name);
}

qint64 Engine::newestRelease(const QString &project) const
{
    return m_state->jobs.newestRelease(project);
}

Result<ApplyPlan> Engine::preview(const ApplyProject &apply) const
{
    return planApply(apply, m_state->jobs, m_state->limits.of(apply.project));
}

Result<JobId> Engine::jobEverNamed(const QString &name) const
{
    return m_state->jobs.everNamed(name);
}

DefinitionPtr Engine::definition(JobId id, int version) const
{
    return m_state->jobs.definition(id, version);
}

std::optional<Instant> Engine::nextOccasion(JobId id) const
{
    return m_state->agenda.nextOccasion(id);
}

const std::vector<DueRule> &Engine::rules(JobId id) const
{
    return m_state->agenda.rules(id);
}

const PlannedSkip *Engine::plannedSkip(JobId id, Instant at) const
{
    return engine::plannedSkip(*m_state, id, at);
}

const std::map<RunId, OpenRun> &Engine::openRuns() const
{
    return m_state->runs.open();
}

const OpenRun *Engine::run(RunId id) const
{
    return std::as_const(m_state->runs).find(id);
}

std::optional<Instant> Engine::unreachableSince(const OpenRun &run) const
{
    if (!run.attempt)
        return std::nullopt;
    const auto known = m_state->agents.all().find(run.attempt->agent);
    if (known == m_state->agents.all().end() || known->second.session)
        return std::nullopt;
    return known->second.agent.lastSeen;
}

std::optional<LeaseTimes> Engine::leaseTimes(const OpenRun &run) const
{
    const auto lost = run.attempt ? m_state->leases.lostAt(run.attempt->key()) : std::nullopt;
    if (!lost)
        return std::nullopt;
    const Instant at = m_state->clock.now() + (*lost - m_state->clock.monotonic());
    return LeaseTimes{at - run.definition->lostAfter + leaseLength(*run.definition), at};
}

std::vector<wire::Blocker> Engine::blockers(const OpenRun &run, Instant now) const
{
    return blockersOf(*m_state, run, Words(run.definition->zone, now));
}

Result<wire::PreviewReply> Engine::preview(const TriggerJob &trigger, Instant now) const
{
    return previewOf(*m_state, trigger, now);
}

const std::map<QString, KnownAgent> &Engine::agents() const
{
    return m_state->agents.all();
}

Counts Engine::counts() const
{
    const int live = m_state->runs.live();
    return {.jobs = int(m_state->jobs.names().size()),
        .waiting = int(m_state->runs.open().size()) - live,
        .live = live,
        .agents = int(m_state->agents.all().size()),
        .agentsOnline = m_state->agents.online()};
}

} // namespace belfry::engine
