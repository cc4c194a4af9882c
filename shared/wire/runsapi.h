// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/attemptnotes.h"
#include "shared/model/run.h"
#include "shared/wire/explain.h"
#include "shared/wire/nothing.h"

// Requests about runs.
namespace belfry::wire {

struct TriggerReply {
    RunId run;
    bool existing = false; // the key had made this run before
};
constexpr auto describe(const TriggerReply *)
{
    return fields(required(1, "run", &TriggerReply::run), field(2, "existing", &TriggerReply::existing));
}

struct RunTrigger {
    static constexpr auto method = "run.trigger";
    using Reply = TriggerReply;
    QString job;
    std::map<QString, QJsonValue> params; // texts, numbers or booleans
    QString key; // same key and request = same run for 7 days within the project
    QString reason;
    bool force = false;
};
constexpr auto describe(const RunTrigger *)
{
    return fields(required(1, "job", &RunTrigger::job), field(2, "params", &RunTrigger::params),
        field(3, "key", &RunTrigger::key), field(4, "reason", &RunTrigger::reason),
        field(5, "force", &RunTrigger::force));
}

struct RunRow : Run {
    std::optional<Instant> unreachableSince; // its agent is away since then; the state is what was last known
    std::optional<double> progress; // percent, as the live attempt told it last
    QString progressMessage;
    bool operator==(const RunRow &) const = default;
};
constexpr auto describe(const RunRow *)
{
    return describe(static_cast<const Run *>(nullptr))
        .with(field(40, "unreachable_since", &RunRow::unreachableSince), field(44, "progress", &RunRow::progress),
            field(45, "progress_message", &RunRow::progressMessage));
}
// An attempt with what became of its log and what it said there. `outputs` joins both ways of giving outputs.
struct AttemptRow : Attempt {
    qint64 logReceived = 0; // bytes that have reached the backend, missing ones before them included
    std::vector<LogGap> logGaps; // by offset
    QString logCheck; // `same`: what is stored has the hash; `differs`; empty: not compared (yet)
    std::optional<double> progress;
    QString progressMessage;
    std::map<QString, double> metrics;
    int errors = 0; // ##[error] lines
    int warnings = 0;
    bool operator==(const AttemptRow &) const = default;
};
constexpr auto describe(const AttemptRow *)
{
    return describe(static_cast<const Attempt *>(nullptr))
        .with(field(40, "log_received", &AttemptRow::logReceived), field(41, "log_gaps", &AttemptRow::logGaps),
            field(42, "log_check", &AttemptRow::logCheck), field(43, "progress", &AttemptRow::progress),
            field(44, "progress_message", &AttemptRow::progressMessage), field(45, "metrics", &AttemptRow::metrics),
            field(46, "errors", &AttemptRow::errors), field(47, "warnings", &AttemptRow::warnings));
}
struct RunDetail : RunRow {
    std::vector<AttemptRow> attemptRows;
    bool operator==(const RunDetail &) const = default;
};
constexpr auto describe(const RunDetail *)
{
    return describe(static_cast<const RunRow *>(nullptr)).with(field(41, "attempts", &RunDetail::attemptRows));
}

struct RunListReply {
    std::vector<RunRow> runs; // newest first
    std::optional<RunId> next; // give it as `after` for the next page
};
constexpr auto describe(const RunListReply *)
{
    return fields(required(1, "runs", &RunListReply::runs), field(2, "next", &RunListReply::next));
}
struct RunList {
    static constexpr auto method = "run.list";
    using Reply = RunListReply;
    QString job; // empty: all
    std::vector<RunState> states; // empty: all
    bool live = false; // only runs that are not final, oldest first
    std::optional<Instant> since; // queued at or after
    std::optional<RunId> after; // runs beyond this one
    int limit = 50; // 1..1000
    QString filter; // of shared/filter/runfilter.h; empty: all
};
constexpr auto describe(const RunList *)
{
    return fields(field(1, "job", &RunList::job), field(2, "states", &RunList::states),
        field(3, "live", &RunList::live), field(4, "since", &RunList::since), field(5, "after", &RunList::after),
        field(6, "limit", &RunList::limit), field(7, "filter", &RunList::filter));
}

struct RunGet {
    static constexpr auto method = "run.get";
    using Reply = RunDetail;
    RunId run;
};
constexpr auto describe(const RunGet *)
{
    return fields(required(1, "run", &RunGet::run));
}

// Answered when the wish is durable; the run's state is final when its processes are gone.
struct RunCancel {
    static constexpr auto method = "run.cancel";
    using Reply = Nothing;
    RunId run;
    QString reason;
};
constexpr auto describe(const RunCancel *)
{
    return fields(required(1, "run", &RunCancel::run), field(2, "reason", &RunCancel::reason));
}

// The same parameters and the same version of the definition again, as a manual run. Conflict: the run is not over.
struct RunRerun {
    static constexpr auto method = "run.rerun";
    using Reply = TriggerReply;
    RunId run;
    QString reason;
};
constexpr auto describe(const RunRerun *)
{
    return fields(required(1, "run", &RunRerun::run), field(2, "reason", &RunRerun::reason));
}

// A person knows that the attempt lives no more. Conflict: the run waits, or its agent is connected and knows better.
struct RunDeclareLost {
    static constexpr auto method = "run.declare_lost";
    using Reply = Nothing;
    RunId run;
    QString reason; // not empty
};
constexpr auto describe(const RunDeclareLost *)
{
    return fields(required(1, "run", &RunDeclareLost::run), required(2, "reason", &RunDeclareLost::reason));
}

// A waiting run does not start before it is released; others may overtake it. Its `start_by` counts on. Conflict: it
// lives or is over, or is held already.
struct RunHold {
    static constexpr auto method = "run.hold";
    using Reply = Nothing;
    RunId run;
    QString reason;
};
constexpr auto describe(const RunHold *)
{
    return fields(required(1, "run", &RunHold::run), field(2, "reason", &RunHold::reason));
}
// Conflict: it is not held.
struct RunRelease {
    static constexpr auto method = "run.release";
    using Reply = Nothing;
    RunId run;
};
constexpr auto describe(const RunRelease *)
{
    return fields(required(1, "run", &RunRelease::run));
}
// Conflict: it waits no more.
struct RunPriority {
    static constexpr auto method = "run.priority";
    using Reply = Nothing;
    RunId run;
    int priority = 50; // 0..100
};
constexpr auto describe(const RunPriority *)
{
    return fields(required(1, "run", &RunPriority::run), required(2, "priority", &RunPriority::priority));
}

// Whether an agent would take a run now.
struct AgentAnswer {
    QString agent;
    bool takes = false;
    QString why; // not; empty where it takes it
};
constexpr auto describe(const AgentAnswer *)
{
    return fields(required(1, "agent", &AgentAnswer::agent), required(2, "takes", &AgentAnswer::takes),
        field(3, "why", &AgentAnswer::why));
}
struct PreviewReply {
    QString job; // full name
    int version = 0;
    QString sentence; // when it would start, and where
    QString refusal; // why a trigger would be refused now; empty: it would not be
    Params params; // as evaluated
    QStringList command; // with its parameters; empty where there is a script
    QString script;
    QString dir; // empty: a fresh work folder of the attempt
    std::vector<AgentAnswer> agents; // those that take it first
    bool starts = false; // at once
    std::vector<Blocker> blockers; // that it would wait for
    std::vector<RunId> replaces; // runs that would be cancelled for it (overlap: replace)
};
constexpr auto describe(const PreviewReply *)
{
    return fields(required(1, "job", &PreviewReply::job), required(2, "version", &PreviewReply::version),
        required(3, "sentence", &PreviewReply::sentence), required(4, "refusal", &PreviewReply::refusal),
        field(5, "params", &PreviewReply::params), field(6, "command", &PreviewReply::command),
        field(7, "script", &PreviewReply::script), field(8, "dir", &PreviewReply::dir),
        field(10, "agents", &PreviewReply::agents), required(11, "starts", &PreviewReply::starts),
        field(12, "blockers", &PreviewReply::blockers), field(13, "replaces", &PreviewReply::replaces));
}
// What run.trigger with the same values would do now. Nothing is stored and nothing is started. Values that it would
// not take are refused as there.
struct RunPreview {
    static constexpr auto method = "run.preview";
    using Reply = PreviewReply;
    QString job;
    std::map<QString, QJsonValue> params; // texts, numbers or booleans
    QString reason;
    bool force = false;
};
constexpr auto describe(const RunPreview *)
{
    return fields(required(1, "job", &RunPreview::job), field(2, "params", &RunPreview::params),
        field(3, "reason", &RunPreview::reason), field(4, "force", &RunPreview::force));
}

} // namespace belfry::wire
