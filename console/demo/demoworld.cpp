// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/demo/demoworld.h"

#include "shared/expr/paramvalues.h"
#include "shared/jobs/jobfile.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration historyStep = 10s;

const char *const files[] = {R"(
project: sales
zone: Europe/Berlin
limits: {dwh: {units: 1}}
defaults: {timeout: 1h}
jobs:
  etl-load:
    title: Load sales into the warehouse
    owner: team-fin
    tags: {team: fin}
    schedule: [{every: 15m}]
    limits: {dwh: 1}
    params:
      mode: {type: string, choices: [full, delta], default: delta, help: what is loaded}
      rows: {type: int, min: 1, max: 1000000, default: 25000}
    command: [./load.sh]
  report: {title: Revenue report, schedule: "5 * * * *", limits: {dwh: 1}, tags: {team: fin}, command: [./report.sh]}
  sync-crm: {title: Push customers to the CRM, schedule: [{every: 10m}], retries: {max: 1}, command: [./sync-crm]}
  month-end: {title: Close the month, schedule: "0 6 1 * *", priority: 80, command: [./close-month]}
)",
    R"(
project: infra
jobs:
  backup-db: {title: Back up the databases, schedule: "30 * * * *", tags: {tier: gold}, command: [./backup.sh, db]}
  backup-fs: {title: Back up the file servers, schedule: "20 */4 * * *", tags: {tier: gold}, command: [./backup.sh, fs]}
  cleanup: {title: Remove old files, schedule: [{every: 30m}], command: [./cleanup.sh]}
  rotate-keys: {title: Rotate keys, schedule: "0 3 * * 0", command: [./rotate]}
  health: {title: Look at the health of all hosts, schedule: [{every: 2m}], command: [./health]}
)",
    R"(
project: web
zone: America/New_York
jobs:
  crunch-logs: {title: Crunch access logs, schedule: [{every: 5m}], command: [./crunch]}
  sitemap: {title: Build the site map, schedule: "40 * * * *", command: [./sitemap]}
  warm-cache:
    title: Warm the cache
    params: {site: {type: string, choices: [shop, blog, docs], default: shop}, date: {type: date, required: false}}
    command: [./warm-cache]
)"};

// Seconds that a job takes, and how often it fails.
struct Temper {
    double seconds;
    double fails;
};
Temper temperOf(const QString &job)
{
    static const std::map<QString, Temper> all{{u"sales/etl-load"_s, {420, 0.04}}, {u"sales/report"_s, {300, 0.02}},
        {u"sales/sync-crm"_s, {35, 0.25}}, {u"infra/backup-db"_s, {900, 0.01}}, {u"infra/backup-fs"_s, {3000, 0.05}},
        {u"infra/cleanup"_s, {50, 0}}, {u"infra/health"_s, {12, 0.01}}, {u"web/crunch-logs"_s, {130, 0.02}},
        {u"web/sitemap"_s, {80, 0.1}}};
    const auto found = all.find(job);
    return found == all.end() ? Temper{60, 0.05} : found->second;
}

} // namespace

DemoWorld::DemoWorld(quint64 seed, Instant now, Duration past)
    : m_random(seed)
    , m_now(now - past)
{
    for (const char *text : files) {
        const auto project = parseJobFiles({{u"demo.yaml"_s, QString::fromUtf8(text)}});
        if (!project)
            qFatal("demo: %s", qPrintable(project.error().front().message));
        for (const JobDefinition &definition : project->jobs) {
            Job job{.id = JobId(qint64(m_jobs.size()) + 1),
                .uid = definition.fullName(),
                .version = 1,
                .release = 1,
                .since = m_now,
                .definition = definition};
            const auto calendars = Calendar::makeAll(definition.calendars);
            const auto zone = Zone::make(definition.zone);
            for (const ScheduleRule &each : definition.schedule)
                if (auto rule = Rule::make(each.rule, *zone, *calendars, job.uid))
                    m_rules[job.uid].push_back(std::move(*rule));
            m_sources.emplace(job.uid, excerptAt(QString::fromUtf8(text), project->places.at(definition.name).name));
            m_jobs.emplace(job.uid, job);
        }
    }
    const auto agent = [&](const QString &name, int slotCount, std::map<QString, QString> labels) {
        labels[u"os"_s] = u"linux"_s;
        m_agents.emplace(name,
            Agent{.name = name,
                .instance = name,
                .state = AgentState::Online,
                .labels = labels,
                .slots = slotCount,
                .skewMs = qint64(m_random() % 40) - 20,
                .lastSeen = now,
                .version = u"0.1.0"_s,
                .killSet = u"cgroup"_s});
    };
    agent(u"db1"_s, 4, {{u"site"_s, u"fra"_s}, {u"ssd"_s, {}}});
    agent(u"fs2"_s, 2, {{u"site"_s, u"fra"_s}});
    agent(u"web3"_s, 3, {{u"site"_s, u"nyc"_s}});
    agent(u"old9"_s, 2, {{u"site"_s, u"nyc"_s}});
    m_agents[u"old9"_s].state = AgentState::Unreachable;
    m_agents[u"old9"_s].lastSeen = now - 41min;
    for (Instant each = m_now; each < now; each = each + historyStep)
        step(each);
    step(now);
    (void)pause(u"infra/cleanup"_s, std::nullopt, PauseThen::Skip);
    m_changes = {};
}

DemoWorld::Changes DemoWorld::advance(Instant now)
{
    step(now);
    for (auto &[name, agent] : m_agents)
        if (agent.state != AgentState::Unreachable)
            agent.lastSeen = now;
    return std::exchange(m_changes, {});
}

void DemoWorld::step(Instant now)
{
    m_now = now;
    for (const RunId id : std::set<RunId>(m_open))
        if (const auto plan = m_plans.find(id); plan != m_plans.end() && plan->second.ends <= now)
            finish(m_runs[id], plan->second.end, plan->second.exitCode);
    for (auto &[name, job] : m_jobs) {
        std::optional<Instant> &due = m_due[name];
        if (!due || *due <= now) {
            const bool skipped = due && m_skips[name].contains(*due);
            if (due && !skipped && !job.pausedSince && std::none_of(m_open.begin(), m_open.end(), [&](RunId id) {
                    return m_runs[id].jobName == name && isWaiting(m_runs[id].state);
                }))
                add(job, Cause::Schedule, due, {});
            due.reset();
            for (const Rule &rule : m_rules[name])
                if (const auto next = rule.next(now + 1ms); next && (!due || next->at < *due))
                    due = next->at;
            m_changes.jobs.insert(name);
        }
        if (job.pausedUntil && *job.pausedUntil <= now)
            (void)resume(name);
    }
    for (const RunId id : std::set<RunId>(m_open)) {
        wire::RunRow &run = m_runs[id];
        if (isWaiting(run.state) && !run.heldSince && !holder(run))
            if (const QString agent = freeAgent(); !agent.isEmpty())
                start(run, agent);
    }
}

RunId DemoWorld::add(const Job &job, Cause cause, const std::optional<Instant> &occasion, const Params &params)
{
    wire::RunRow run;
    run.id = RunId(++m_lastRun);
    run.job = job.id;
    run.jobName = job.definition.fullName();
    run.version = job.version;
    run.cause = cause;
    run.occasion = run.firstOccasion = occasion;
    run.queuedAt = m_now;
    run.priority = job.definition.priority;
    run.params = params;
    if (const auto whole = paramsOfRun(job.definition.params, params, {}))
        run.params = *whole;
    m_runs[run.id] = run;
    m_open.insert(run.id);
    m_lastOfJob[run.jobName] = run.id;
    m_changes.runs.insert(run.id);
    m_changes.jobs.insert(run.jobName);
    return run.id;
}

void DemoWorld::start(wire::RunRow &run, const QString &agent)
{
    const Temper temper = temperOf(run.jobName);
    const double factor = 0.75 + 0.5 * chance() + (chance() < 0.05 ? 1.5 : 0);
    const bool fails = chance() < temper.fails;
    run.state = RunState::Running;
    run.startedAt = m_now;
    run.agent = agent;
    run.attempts = 1;
    m_plans[run.id] = {m_now + Duration(qint64(temper.seconds * factor * 1000 * (fails ? 0.6 : 1))),
        fails ? RunState::Failed : RunState::Succeeded, fails ? 2 : 0};
    ++m_agents[agent].used;
    m_changes.runs.insert(run.id);
    m_changes.jobs.insert(run.jobName);
    m_changes.agents.insert(agent);
}

void DemoWorld::finish(wire::RunRow &run, RunState state, int exitCode)
{
    if (isLive(run.state)) {
        --m_agents[run.agent].used;
        m_changes.agents.insert(run.agent);
        if (state == RunState::Cancelled)
            run.signal = 15;
        else
            run.exitCode = exitCode;
    }
    run.state = state;
    run.endedAt = m_now;
    if (state == RunState::Cancelled)
        run.reason = u"cancelled"_s;
    m_open.erase(run.id);
    m_plans.erase(run.id);
    m_changes.runs.insert(run.id);
    m_changes.jobs.insert(run.jobName);
}

QString DemoWorld::freeAgent() const
{
    const Agent *best = nullptr;
    for (const auto &[name, agent] : m_agents)
        if (agent.state == AgentState::Online && agent.used < agent.slots
            && (!best || agent.used * best->slots < best->used * agent.slots))
            best = &agent;
    return best ? best->name : QString();
}

const wire::RunRow *DemoWorld::holder(const wire::RunRow &run) const
{
    const bool limited = !m_jobs.at(run.jobName).definition.limits.empty();
    for (const RunId id : m_open) {
        const wire::RunRow &other = m_runs.at(id);
        if (isLive(other.state)
            && (other.jobName == run.jobName || (limited && !m_jobs.at(other.jobName).definition.limits.empty())))
            return &other;
    }
    return nullptr;
}

const wire::RunRow *DemoWorld::run(RunId id) const
{
    const auto found = m_runs.find(id);
    return found == m_runs.end() ? nullptr : &found->second;
}

wire::RunDetail DemoWorld::detail(RunId id) const
{
    const wire::RunRow &row = m_runs.at(id);
    wire::RunDetail detail{row, {}};
    if (row.startedAt)
        detail.attemptRows.push_back({Attempt{.run = row.id,
            .attempt = 1,
            .agent = row.agent,
            .state = row.state,
            .assignedAt = *row.startedAt,
            .startedAt = row.startedAt,
            .endedAt = row.endedAt,
            .exitCode = row.exitCode,
            .signal = row.signal,
            .reason = row.reason,
            .pid = 1000 + row.id.value % 30'000,
            .cpu = std::chrono::milliseconds(row.endedAt ? (*row.endedAt - *row.startedAt).count() / 3 : 0),
            .peakMemory = 48 << 20,
            .logWritten = log(row).size(),
            .logStored = log(row).size()}});
    return detail;
}

wire::JobSourceReply DemoWorld::source(const QString &name) const
{
    const Job &job = m_jobs.at(name);
    const Excerpt &excerpt = m_sources.at(name);
    return {.job = name,
        .version = job.version,
        .release = job.release,
        .file = u"demo.yaml"_s,
        .line = excerpt.first,
        .text = excerpt.text,
        .definition = job.definition};
}

wire::JobRow DemoWorld::jobRow(const QString &name) const
{
    const Job &job = m_jobs.at(name);
    wire::JobRow row{.id = job.id,
        .job = name,
        .title = job.definition.title,
        .version = job.version,
        .pausedSince = job.pausedSince,
        .pausedUntil = job.pausedUntil,
        .zone = job.definition.zone};
    QStringList words;
    if (const auto rules = m_rules.find(name); rules != m_rules.end())
        for (const Rule &rule : rules->second)
            words += rule.describe();
    row.schedule = words.join(u"; "_s);
    if (const auto due = m_due.find(name); due != m_due.end())
        row.next = due->second;
    if (const auto skips = m_skips.find(name); skips != m_skips.end())
        row.nextSkipped = row.next && skips->second.contains(*row.next);
    if (const auto last = m_lastOfJob.find(name); last != m_lastOfJob.end()) {
        const wire::RunRow &run = m_runs.at(last->second);
        row.lastRun = run.id;
        row.lastState = run.state;
        row.lastEnded = run.endedAt;
    }
    return row;
}

wire::DaysReply DemoWorld::days(const wire::RunDays &question) const
{
    const auto named = Zone::make(question.zone);
    const Zone zone = named ? *named : Zone::utc();
    std::map<DayNumber, wire::DayRow> days;
    for (const auto &[id, run] : m_runs) {
        if ((!question.jobs.isEmpty() && !question.jobs.contains(run.jobName))
            || (question.since && run.queuedAt < *question.since))
            continue;
        const DayNumber day = zone.toLocal(run.queuedAt).day();
        wire::DayRow &row = days[day];
        row.date = dateOf(day).toString(Qt::ISODate);
        row.from = startOfDay(zone, day);
        row.until = startOfDay(zone, day + 1);
        ++row.runs[nameOf(run.state)];
    }
    wire::DaysReply reply{.zone = zone.name(), .days = {}};
    for (const auto &[day, row] : days)
        reply.days.push_back(row);
    return reply;
}

std::vector<wire::NextEntry> DemoWorld::next(
    const QStringList &jobs, int n, Instant from, std::optional<Instant> until) const
{
    std::vector<wire::NextEntry> entries;
    for (const auto &[name, rules] : m_rules)
        if (jobs.isEmpty() || jobs.contains(name))
            for (const Rule &rule : rules)
                for (const Occurrence &each : rule.list(from, until, n))
                    entries.push_back({.job = name,
                        .rule = rule.key(),
                        .at = each.at,
                        .local = toRfc3339(each.at, rule.zone()),
                        .note = {},
                        .reason = each.reason});
    for (wire::NextEntry &each : entries)
        if (const auto skips = m_skips.find(each.job); skips != m_skips.end() && skips->second.contains(each.at)) {
            each.note = u"skipped"_s;
            each.reason = u"you want it to be skipped"_s;
            each.by = u"you"_s;
        }
    std::sort(entries.begin(), entries.end(),
        [](const auto &a, const auto &b) { return std::tie(a.at, a.job) < std::tie(b.at, b.job); });
    if (int(entries.size()) > n)
        entries.resize(std::size_t(n));
    return entries;
}

QByteArray DemoWorld::log(const wire::RunRow &run) const
{
    constexpr int mostLines = 2000;
    if (!run.startedAt)
        return {};
    QByteArray text = "demo: " + run.jobName.toUtf8() + " begins on " + run.agent.toUtf8() + '\n';
    const int lines = int(std::min<qint64>(mostLines, (run.endedAt.value_or(m_now) - *run.startedAt).count() / 1000));
    for (int i = 1; i <= lines; ++i)
        text += "part " + QByteArray::number(i) + ": "
            + QByteArray::number(1000 + (run.id.value * 7919 + i * 31) % 24'000) + " rows\n";
    if (run.state == RunState::Failed)
        text += "error: the remote end answered 503\n";
    else if (run.state == RunState::Succeeded)
        text += "done\n";
    return text;
}

wire::Explanation DemoWorld::explainRun(const wire::RunRow &run) const
{
    wire::Explanation why{.job = run.jobName, .run = run.id, .state = run.state};
    const QString name = u"Run %1 of %2"_s.arg(run.id.value).arg(run.jobName);
    if (!isWaiting(run.state)) {
        why.sentence = u"%1 is %2: it was due, an agent with a free slot was there, and nothing held it."_s.arg(
            name, nameOf(run.state));
        return why;
    }
    if (run.heldSince) {
        wire::Blocker blocker{.kind = wire::BlockerKind::Held, .text = u"it is held by you"_s};
        why.sentence = u"%1 waits: %2."_s.arg(name, blocker.text);
        why.blockers.push_back(std::move(blocker));
        return why;
    }
    if (const wire::RunRow *other = holder(run)) {
        const bool same = other->jobName == run.jobName;
        wire::Blocker blocker{.kind = same ? wire::BlockerKind::Overlap : wire::BlockerKind::Limit,
            .text = same ? u"run %1 of the same job still runs"_s.arg(other->id.value) : u"limit dwh: 1 of 1 is used"_s,
            .ends = 1};
        blocker.runs.push_back({.run = other->id,
            .job = other->jobName,
            .state = other->state,
            .agent = other->agent,
            .since = other->startedAt,
            .units = 1});
        why.sentence = u"%1 waits because %2."_s.arg(name, blocker.text);
        why.blockers.push_back(std::move(blocker));
        return why;
    }
    why.sentence = u"%1 waits for an agent with a free slot."_s.arg(name);
    why.blockers.push_back({.kind = wire::BlockerKind::Agents, .text = u"no agent has a free slot"_s});
    return why;
}

wire::Explanation DemoWorld::explainJob(const QString &name) const
{
    const wire::JobRow row = jobRow(name);
    wire::Explanation why{.job = name, .version = row.version};
    if (row.pausedSince)
        why.sentence = u"%1 does not run because somebody paused it in this demonstration."_s.arg(name);
    else if (row.next)
        why.sentence = u"%1 is due next at %2."_s.arg(name, toRfc3339(*row.next));
    else
        why.sentence = u"%1 has no schedule: it runs when somebody asks for it."_s.arg(name);
    return why;
}

Result<const Job *> DemoWorld::jobNamed(const QString &name) const
{
    const auto job = m_jobs.find(name);
    if (job == m_jobs.end())
        return fail(ErrorKind::NotFound, u"there is no job '%1'"_s.arg(name));
    return &job->second;
}

Result<RunId> DemoWorld::trigger(const QString &name, const Params &given, const QString &reason)
{
    const auto job = jobNamed(name);
    if (!job)
        return fail(job.error());
    const auto params = paramsOfRun((*job)->definition.params, given, {});
    if (!params)
        return fail(params.error());
    const RunId id = add(**job, Cause::Manual, std::nullopt, given);
    m_runs[id].by = u"you"_s;
    m_runs[id].triggerReason = reason;
    return id;
}

Result<RunId> DemoWorld::rerun(RunId id, const QString &reason)
{
    const wire::RunRow *old = run(id);
    if (!old || !isFinal(old->state))
        return fail(ErrorKind::Conflict, u"run %1 is not over"_s.arg(id.value));
    const auto made = trigger(old->jobName, old->params, reason);
    if (made)
        m_runs[*made].rerunOf = id;
    return made;
}

Status DemoWorld::cancel(RunId id)
{
    if (!m_open.contains(id))
        return fail(ErrorKind::Conflict, u"run %1 is over"_s.arg(id.value));
    m_runs[id].cancelledBy = u"you"_s;
    finish(m_runs[id], RunState::Cancelled, 0);
    return {};
}

Status DemoWorld::acknowledge(RunId id, const QString &note, bool undo)
{
    const auto found = m_runs.find(id);
    if (found == m_runs.end() || !isFailure(found->second.state))
        return fail(ErrorKind::Conflict, u"run %1 has not failed"_s.arg(id.value));
    wire::RunRow &run = found->second;
    if (run.acknowledgedAt.has_value() != undo)
        return fail(ErrorKind::Conflict,
            undo ? u"run %1 is not acknowledged"_s.arg(id.value) : u"run %1 was acknowledged already"_s.arg(id.value));
    run.acknowledgedAt = undo ? std::nullopt : std::optional(m_now);
    run.acknowledgedBy = undo ? QString() : u"you"_s;
    run.acknowledgeNote = undo ? QString() : note;
    m_changes.runs.insert(id);
    return {};
}

std::vector<wire::AttentionRow> DemoWorld::attention() const
{
    std::vector<wire::AttentionRow> rows;
    for (auto each = m_runs.rbegin(); each != m_runs.rend(); ++each) {
        const wire::RunRow &run = each->second;
        if (isFailure(run.state) && !run.acknowledgedAt)
            rows.push_back({.concern = wire::Concern::Failed,
                .job = run.jobName,
                .at = run.endedAt.value_or(run.queuedAt),
                .run = run.id,
                .rule = run.rule,
                .occasion = run.occasion,
                .until = {},
                .reason = run.reason,
                .agent = run.agent,
                .exitCode = run.exitCode,
                .signal = run.signal});
    }
    std::stable_sort(rows.begin(), rows.end(), [](const auto &a, const auto &b) { return a.at > b.at; });
    return rows;
}

Status DemoWorld::hold(RunId id, bool held, const QString &reason)
{
    const auto found = m_runs.find(id);
    if (found == m_runs.end() || !isWaiting(found->second.state))
        return fail(ErrorKind::Conflict, u"run %1 does not wait"_s.arg(id.value));
    wire::RunRow &run = found->second;
    if (run.heldSince.has_value() == held)
        return fail(ErrorKind::Conflict,
            held ? u"run %1 is held already"_s.arg(id.value) : u"run %1 is not held"_s.arg(id.value));
    run.heldSince = held ? std::optional(m_now) : std::nullopt;
    run.heldBy = held ? u"you"_s : QString();
    run.holdReason = held ? reason : QString();
    m_changes.runs.insert(id);
    return {};
}

Status DemoWorld::prioritize(RunId id, int priority)
{
    const auto found = m_runs.find(id);
    if (found == m_runs.end() || !isWaiting(found->second.state))
        return fail(ErrorKind::Conflict, u"run %1 does not wait"_s.arg(id.value));
    found->second.priority = priority;
    found->second.priorityBy = u"you"_s;
    m_changes.runs.insert(id);
    return {};
}

Result<wire::SkipReply> DemoWorld::skip(const QString &name, const std::optional<Instant> &at, bool undo)
{
    if (const auto job = jobNamed(name); !job)
        return fail(job.error());
    std::set<Instant> &skips = m_skips[name];
    if (undo) {
        const auto found = at ? skips.find(*at) : skips.upper_bound(m_now);
        if (found == skips.end())
            return fail(ErrorKind::Conflict, u"no occasion of %1 is to be skipped"_s.arg(name));
        const Instant which = *found;
        skips.erase(found);
        m_changes.jobs.insert(name);
        return wire::SkipReply{name, which};
    }
    for (const wire::NextEntry &each : next({name}, 100, m_now + 1ms, std::nullopt)) {
        if (skips.contains(each.at) || (at && each.at != *at))
            continue;
        skips.insert(each.at);
        m_changes.jobs.insert(name);
        return wire::SkipReply{name, each.at};
    }
    return fail(ErrorKind::Conflict, u"%1 has no such occasion to come"_s.arg(name));
}

Result<wire::PreviewReply> DemoWorld::preview(const QString &name, const Params &given) const
{
    const auto job = jobNamed(name);
    if (!job)
        return fail(job.error());
    const auto params = paramsOfRun((*job)->definition.params, given, {});
    if (!params)
        return fail(params.error());
    wire::RunRow asked;
    asked.jobName = name;
    const wire::RunRow *other = holder(asked);
    const QString agent = freeAgent();
    wire::PreviewReply reply{.job = name, .version = (*job)->version, .params = *params};
    reply.script = (*job)->definition.script;
    reply.command = (*job)->definition.command;
    for (const auto &[agentName, each] : m_agents) {
        const bool takes = each.state == AgentState::Online && each.used < each.slots;
        reply.agents.push_back(
            {agentName, takes, takes ? QString() : u"%1 of %2 slots in use"_s.arg(each.used).arg(each.slots)});
    }
    reply.starts = !other && !agent.isEmpty();
    reply.sentence = reply.starts ? u"It would start at once, on agent %1."_s.arg(agent)
        : other ? u"It would wait: run %1 of %2 is not over."_s.arg(other->id.value).arg(other->jobName)
                : u"It would wait: no agent has a free slot."_s;
    return reply;
}

Status DemoWorld::pause(const QString &name, const std::optional<Instant> &until, PauseThen then)
{
    if (const auto job = jobNamed(name); !job)
        return fail(job.error());
    Job &job = m_jobs[name];
    job.pausedSince = m_now;
    job.pausedUntil = until;
    job.pauseThen = then;
    job.pausedBy = u"you"_s;
    m_changes.jobs.insert(name);
    return {};
}

Status DemoWorld::resume(const QString &name)
{
    if (const auto job = jobNamed(name); !job)
        return fail(job.error());
    m_jobs[name].pausedSince.reset();
    m_jobs[name].pausedUntil.reset();
    m_changes.jobs.insert(name);
    return {};
}

Status DemoWorld::drain(const QString &name, bool drained)
{
    const auto agent = m_agents.find(name);
    if (agent == m_agents.end())
        return fail(ErrorKind::NotFound, u"there is no agent '%1'"_s.arg(name));
    agent->second.drained = drained;
    if (agent->second.state != AgentState::Unreachable)
        agent->second.state = drained ? AgentState::Draining : AgentState::Online;
    m_changes.agents.insert(name);
    return {};
}

} // namespace belfry
