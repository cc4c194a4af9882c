// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/bench.h"

namespace belfry {

using namespace Qt::StringLiterals;
using namespace engine;

Instant clockAt(const char *text)
{
    QString full = QString::fromLatin1(text);
    if (!full.contains(u'T'))
        full = u"2026-01-05T"_s + full;
    if (full.count(u':') == 1)
        full += u":00"_s;
    if (!full.endsWith(u'Z'))
        full += u'Z';
    return parseRfc3339(full).value();
}

JobDefinition jobNamed(const QString &name)
{
    JobDefinition job;
    job.project = u"p"_s;
    job.name = name;
    job.command = {u"true"_s};
    return job;
}

ScheduleRule everyRule(const QString &name, Duration period)
{
    ScheduleRule rule;
    rule.rule.name = name;
    rule.rule.every = period;
    return rule;
}

ScheduleRule cronRule(const QString &name, const QString &cron)
{
    ScheduleRule rule;
    rule.rule.name = name;
    rule.rule.cron = cron;
    return rule;
}

JobDefinition jobEvery(const QString &name, Duration period)
{
    JobDefinition job = jobNamed(name);
    job.schedule = {everyRule(u"r"_s, period)};
    return job;
}

wire::AgentHello helloOf(const QString &name, int slots)
{
    wire::AgentHello hello;
    hello.name = name;
    hello.instance = u"i-"_s + name;
    hello.bootId = u"b1"_s;
    hello.slots = slots;
    hello.version = u"1"_s;
    hello.bootTime = 1h;
    return hello;
}

wire::AttemptResult exited(int code)
{
    wire::AttemptResult result;
    result.exitCode = code;
    return result;
}

Bench::Bench()
    : now(clockAt("10:00"))
    , engine(std::make_unique<Engine>(store.snapshot(), now, monotonic))
{ }

Effects Bench::apply(EventBody body)
{
    Effects effects = engine->apply({now, monotonic, dice++, std::move(body)});
    store.commit(effects.writes);
    return effects;
}

void Bench::wait(Duration by)
{
    now = now + by;
    monotonic += by;
}

QStringList Bench::run(Duration by)
{
    const Instant end = now + by;
    QStringList all;
    while (true) {
        const auto due = engine->nextDue();
        if (!due || *due > end)
            break;
        wait(std::max(*due, now) - now);
        all += lines(TimePassed{});
    }
    wait(end - now);
    return all;
}

void Bench::restart(Duration away)
{
    wait(away);
    store.nextEpoch();
    engine = std::make_unique<Engine>(store.snapshot(), now, monotonic);
    sessions.clear();
}

Effects Bench::applyJobs(const std::vector<JobDefinition> &jobs)
{
    ApplyProject event;
    event.token = 1;
    event.project = jobs.empty() ? u"p"_s : jobs.front().project;
    event.jobs = jobs;
    event.limits = limits;
    event.by = u"ann"_s;
    return apply(event);
}

RunId Bench::trigger(const QString &job, const Params &params)
{
    TriggerJob event;
    event.token = 2;
    event.job = job;
    event.params = params;
    event.by = u"ann"_s;
    const Effects effects = apply(event);
    return std::get<wire::TriggerReply>(effects.answers.at(0).body.value()).run;
}

QStringList Bench::connect(wire::AgentHello hello)
{
    AgentConnected event;
    lastSession = SessionId(lastSession.value + 1);
    event.session = lastSession;
    hello.now = now;
    hello.bootTime = bootTime();
    for (const wire::AttemptReport &report : hello.attempts)
        event.stored.push_back(store.stored(hello.name, {report.run, report.attempt}, report.epoch));
    event.hello = std::move(hello);
    sessions[event.hello.name] = event.session;
    return lines(std::move(event));
}

QStringList Bench::connect(const QString &name, int slots, const std::vector<wire::AttemptReport> &attempts)
{
    wire::AgentHello hello = helloOf(name, slots);
    hello.attempts = attempts;
    return connect(std::move(hello));
}

QStringList Bench::disconnect(const QString &name)
{
    return lines(AgentDisconnected{sessions.at(name)});
}

QStringList Bench::ping(const QString &name)
{
    return lines(AgentHeard{sessions.at(name), now, bootTime()});
}

QStringList Bench::started(RunId run, qint64 pid)
{
    const Attempt &attempt = *engine->run(run)->attempt;
    return lines(AgentReportedStart{sessions.at(attempt.agent), {run, attempt.attempt, attempt.epoch, pid, now}});
}

QStringList Bench::ended(RunId run, const wire::AttemptResult &result)
{
    const Attempt attempt = *engine->run(run)->attempt;
    wire::AttemptResult timed = result;
    timed.startedAt = attempt.startedAt.value_or(attempt.assignedAt);
    timed.endedAt = now;
    return lines(AgentReportedEnd{sessions.at(attempt.agent), {run, attempt.attempt, attempt.epoch, timed}});
}

wire::AttemptReport Bench::reportOf(RunId run, wire::AttemptPhase phase) const
{
    const Attempt &attempt = *engine->run(run)->attempt;
    wire::AttemptReport report{.run = run, .attempt = attempt.attempt, .epoch = attempt.epoch, .phase = phase};
    if (phase != wire::AttemptPhase::Ordered) {
        report.pid = 100;
        report.startedAt = attempt.assignedAt;
    }
    return report;
}

QStringList Bench::ledger() const
{
    std::map<std::tuple<Instant, QString, QString>, QString> rows;
    for (const auto &[key, row] : store.occasions) {
        QString text = clockText(row.at) + u' ' + nameOf(row.fate);
        if (!row.reason.isEmpty())
            text += u' ' + row.reason;
        if (row.run)
            text += u" run %1"_s.arg(row.run->value);
        if (row.count > 1)
            text += u" count %1 until %2"_s.arg(row.count).arg(clockText(*row.until));
        rows[{row.at, row.jobName, row.rule}] = text;
    }
    QStringList lines;
    for (const auto &[key, text] : rows)
        lines.push_back(text);
    return lines;
}

} // namespace belfry
