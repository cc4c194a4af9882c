// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/codec/codec.h"
#include "shared/time/calendarspec.h"
#include "shared/time/rulespec.h"

namespace belfry {

// Parameter values are canonical text everywhere (true, 42, 2026-01-31, 90s): what a process sees in its environment.
using Params = std::map<QString, QString>;

enum class ParamType { String, Int, Number, Bool, Date, Span };
enum class OverlapPolicy { Queue, Skip, Replace, Allow };
enum class CatchUpPolicy { None, Latest, All };
enum class PauseThen { Skip, Latest, All };
enum class Placement { LeastLoaded, Spread, Pack, Sticky };
enum class OnLost { Wait, Fail, Rerun };
enum class Leftovers { Kill, Leave };

constexpr auto enumNames(const ParamType *)
{
    return names<ParamType>({{ParamType::String, "string"}, {ParamType::Int, "int"}, {ParamType::Number, "number"},
        {ParamType::Bool, "bool"}, {ParamType::Date, "date"}, {ParamType::Span, "duration"}});
}
constexpr auto enumNames(const OverlapPolicy *)
{
    return names<OverlapPolicy>({{OverlapPolicy::Queue, "queue"}, {OverlapPolicy::Skip, "skip"},
        {OverlapPolicy::Replace, "replace"}, {OverlapPolicy::Allow, "allow"}});
}
constexpr auto enumNames(const CatchUpPolicy *)
{
    return names<CatchUpPolicy>({{CatchUpPolicy::None, "none"}, {CatchUpPolicy::Latest, "latest"}, {CatchUpPolicy::All, "all"}});
}
constexpr auto enumNames(const PauseThen *)
{
    return names<PauseThen>({{PauseThen::Skip, "skip"}, {PauseThen::Latest, "latest"}, {PauseThen::All, "all"}});
}
constexpr auto enumNames(const Placement *)
{
    return names<Placement>({{Placement::LeastLoaded, "least_loaded"}, {Placement::Spread, "spread"}, {Placement::Pack, "pack"},
        {Placement::Sticky, "sticky"}});
}
constexpr auto enumNames(const OnLost *)
{
    return names<OnLost>({{OnLost::Wait, "wait"}, {OnLost::Fail, "fail"}, {OnLost::Rerun, "rerun"}});
}
constexpr auto enumNames(const Leftovers *)
{
    return names<Leftovers>({{Leftovers::Kill, "kill"}, {Leftovers::Leave, "leave"}});
}
constexpr auto enumNames(const GapPolicy *)
{
    return names<GapPolicy>({{GapPolicy::Run, "run"}, {GapPolicy::Skip, "skip"}});
}
constexpr auto enumNames(const FoldPolicy *)
{
    return names<FoldPolicy>({{FoldPolicy::First, "first"}, {FoldPolicy::Second, "second"}, {FoldPolicy::Both, "both"}});
}
constexpr auto enumNames(const OnClosed *)
{
    return names<OnClosed>({{OnClosed::Skip, "skip"}, {OnClosed::Next, "next"}, {OnClosed::Previous, "previous"}});
}

constexpr auto describe(const DayItem *) { return fields(field(1, "days", &DayItem::days), field(2, "easter", &DayItem::easter)); }
constexpr auto describe(const CalendarSpec *)
{
    return fields(field(1, "weekdays", &CalendarSpec::weekdays), field(2, "include", &CalendarSpec::include),
        field(3, "exclude", &CalendarSpec::exclude), field(4, "or", &CalendarSpec::orCalendars),
        field(5, "and", &CalendarSpec::andCalendars), field(6, "minus", &CalendarSpec::minusCalendars));
}
constexpr auto describe(const RuleSpec *)
{
    return fields(field(1, "cron", &RuleSpec::cron), field(2, "every", &RuleSpec::every), field(3, "after", &RuleSpec::after),
        field(4, "at", &RuleSpec::at), field(5, "name", &RuleSpec::name), field(6, "zone", &RuleSpec::zone),
        field(7, "from", &RuleSpec::from), field(8, "until", &RuleSpec::until), field(9, "gap", &RuleSpec::gap),
        field(10, "fold", &RuleSpec::fold), field(11, "calendar", &RuleSpec::calendar),
        field(12, "on_closed", &RuleSpec::onClosed), field(13, "jitter", &RuleSpec::jitter));
}

// A rule and the parameters (expressions not yet evaluated) that its occasions set.
struct ScheduleRule {
    RuleSpec rule;
    Params params;

    bool operator==(const ScheduleRule &) const = default;
};
constexpr auto describe(const ScheduleRule *)
{
    return fields(required(1, "rule", &ScheduleRule::rule), field(2, "params", &ScheduleRule::params));
}
// A rule's name or the hash of what it says; its parameters belong to what it says. Unique within a job.
QString ruleKey(const ScheduleRule &rule);

struct ParamDefinition {
    QString name;
    ParamType type = ParamType::String;
    std::optional<QString> defaultValue; // may hold ${{ }}
    QStringList choices;
    std::optional<QString> min;
    std::optional<QString> max;
    QString pattern; // the whole value must match; empty: any
    QString help;
    bool required = true; // must have a value when there is no default

    bool operator==(const ParamDefinition &) const = default;
};
constexpr auto describe(const ParamDefinition *)
{
    return fields(required(1, "name", &ParamDefinition::name), field(2, "type", &ParamDefinition::type),
        field(3, "default", &ParamDefinition::defaultValue), field(4, "choices", &ParamDefinition::choices),
        field(5, "min", &ParamDefinition::min), field(6, "max", &ParamDefinition::max),
        field(7, "pattern", &ParamDefinition::pattern), field(8, "help", &ParamDefinition::help),
        field(9, "required", &ParamDefinition::required));
}

struct CatchUp {
    CatchUpPolicy policy = CatchUpPolicy::Latest;
    Duration window = 24h;
    int max = 100;
    Duration lateTolerance = 60s;

    bool operator==(const CatchUp &) const = default;
};
constexpr auto describe(const CatchUp *)
{
    return fields(field(1, "policy", &CatchUp::policy), field(2, "window", &CatchUp::window), field(3, "max", &CatchUp::max),
        field(4, "late_tolerance", &CatchUp::lateTolerance));
}

// Exit codes other than 0 that do not mean "failed".
struct ExitCodes {
    std::vector<int> warning;
    std::vector<int> retry;
    std::vector<int> skip;

    bool operator==(const ExitCodes &) const = default;
};
constexpr auto describe(const ExitCodes *)
{
    return fields(field(1, "warning", &ExitCodes::warning), field(2, "retry", &ExitCodes::retry), field(3, "skip", &ExitCodes::skip));
}

struct Retries {
    int max = 0; // after the first attempt
    Duration delay = 30s;
    double backoff = 1; // delay × backoff^n
    Duration maxDelay = 1h;
    double jitter = 0.1; // share of the delay, 0..1
    QStringList on = {QStringLiteral("failed"), QStringLiteral("timed_out")}; // outcomes and `exit:N`
    bool otherAgent = false;

    bool operator==(const Retries &) const = default;
};
constexpr auto describe(const Retries *)
{
    return fields(field(1, "max", &Retries::max), field(2, "delay", &Retries::delay), field(3, "backoff", &Retries::backoff),
        field(4, "max_delay", &Retries::maxDelay), field(5, "jitter", &Retries::jitter), field(6, "on", &Retries::on),
        field(7, "other_agent", &Retries::otherAgent));
}

struct Keep {
    std::optional<int> runs;
    Duration age = 90 * 24h;

    bool operator==(const Keep &) const = default;
};
constexpr auto describe(const Keep *) { return fields(field(1, "runs", &Keep::runs), field(2, "age", &Keep::age)); }

// One job as its project's files define it, complete: file defaults are already in it.
struct JobDefinition {
    QString project;
    QString name;
    QString title;
    QString owner;
    QString runbook;
    std::map<QString, QString> tags;
    QString zone = QStringLiteral("UTC");
    std::vector<ScheduleRule> schedule;
    std::map<QString, CalendarSpec> calendars; // those that its rules name, with what these name
    OverlapPolicy overlap = OverlapPolicy::Queue;
    int maxQueued = 1; // 0: all
    int maxRunning = 1;
    CatchUp catchUp;
    std::optional<Duration> startBy;
    std::vector<ParamDefinition> params;
    QStringList command; // argv; or
    QString script; // text for `shell`
    QString shell = QStringLiteral("/bin/sh");
    std::map<QString, QString> env;
    QString dir; // empty: a fresh work folder in the attempt's spool
    QString agent; // label expression; empty: any
    Placement placement = Placement::LeastLoaded;
    std::map<QString, int> limits;
    int priority = 50; // 0..100
    std::optional<Duration> timeout;
    std::optional<Duration> stallTimeout;
    Duration grace = 10s;
    ExitCodes exitCodes;
    Retries retries;
    OnLost onLost = OnLost::Wait;
    Duration lostAfter = 15min;
    qint64 logCap = qint64(1) << 30; // bytes
    Keep keep;
    Leftovers leftovers = Leftovers::Kill;
    bool enabled = true;
    QString was; // the name whose id and history it takes over

    QString fullName() const { return project + u'/' + name; }
    bool operator==(const JobDefinition &) const = default;
};
constexpr auto describe(const JobDefinition *)
{
    return fields(required(1, "project", &JobDefinition::project), required(2, "name", &JobDefinition::name),
        field(3, "title", &JobDefinition::title), field(4, "owner", &JobDefinition::owner),
        field(5, "runbook", &JobDefinition::runbook), field(6, "tags", &JobDefinition::tags), field(7, "zone", &JobDefinition::zone),
        field(8, "schedule", &JobDefinition::schedule), field(9, "calendars", &JobDefinition::calendars),
        field(10, "overlap", &JobDefinition::overlap), field(11, "max_queued", &JobDefinition::maxQueued),
        field(12, "max_running", &JobDefinition::maxRunning), field(13, "catch_up", &JobDefinition::catchUp),
        field(14, "start_by", &JobDefinition::startBy), field(15, "params", &JobDefinition::params),
        field(16, "command", &JobDefinition::command), field(17, "script", &JobDefinition::script),
        field(18, "shell", &JobDefinition::shell), field(19, "env", &JobDefinition::env), field(20, "dir", &JobDefinition::dir),
        field(21, "agent", &JobDefinition::agent), field(22, "placement", &JobDefinition::placement),
        field(23, "limits", &JobDefinition::limits), field(24, "priority", &JobDefinition::priority),
        field(25, "timeout", &JobDefinition::timeout), field(26, "stall_timeout", &JobDefinition::stallTimeout),
        field(27, "grace", &JobDefinition::grace), field(28, "exit_codes", &JobDefinition::exitCodes),
        field(29, "retries", &JobDefinition::retries), field(30, "on_lost", &JobDefinition::onLost),
        field(31, "lost_after", &JobDefinition::lostAfter), field(32, "log_cap", &JobDefinition::logCap),
        field(33, "keep", &JobDefinition::keep), field(34, "leftovers", &JobDefinition::leftovers),
        field(35, "enabled", &JobDefinition::enabled), field(36, "was", &JobDefinition::was));
}

// A job: its identity over the versions of its definition.
struct Job {
    JobId id;
    QString uid; // `project/name` at its first apply, made unique; feeds `H` and never changes
    int version = 1; // of the definition; rises by one with each change
    qint64 release = 0; // of the project, which made this version
    Instant since; // when this version came into force: a new or changed rule owes nothing before
    bool removed = false;
    qint64 removedIn = 0; // the release that removed it; 0: it is in force
    std::optional<Instant> pausedSince;
    std::optional<Instant> pausedUntil; // the pause ends by itself then; none: when somebody resumes the job
    PauseThen pauseThen = PauseThen::Skip; // what becomes of occasions inside the pause
    QString pausedBy;
    JobDefinition definition;

    bool operator==(const Job &) const = default;
};
constexpr auto describe(const Job *)
{
    return fields(required(1, "id", &Job::id), field(2, "uid", &Job::uid), field(3, "version", &Job::version),
        field(4, "release", &Job::release), field(5, "since", &Job::since), field(6, "removed", &Job::removed),
        field(7, "paused_since", &Job::pausedSince), required(8, "definition", &Job::definition), field(9, "removed_in", &Job::removedIn),
        field(10, "paused_until", &Job::pausedUntil), field(11, "pause_then", &Job::pauseThen),
        field(12, "paused_by", &Job::pausedBy));
}

// From when on a rule (of any version that says the same) owes occasions, and up to when the ledger accounts for them.
struct RuleMark {
    JobId job;
    QString rule; // rule key
    Instant since; // inclusive: nothing is owed before
    Instant accountedUntil; // exclusive: every occasion before it has its row
    // The last time that occasions were written off because time had leapt (downtime, a step of the clock): those from
    // `leapFrom` to before `leapTo` but for `leapRan`. If the clock is set back into the leap they are due again.
    std::optional<Instant> leapFrom;
    std::optional<Instant> leapTo;
    std::vector<Instant> leapRan; // those that got a run, by time
    bool reopened = false; // the leap is owed again; leapFrom moves on as it is accounted for

    bool operator==(const RuleMark &) const = default;
};

} // namespace belfry
