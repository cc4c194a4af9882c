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

} // namespace belfry::wire
