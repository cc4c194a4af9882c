// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/job.h"

#include <array>

namespace belfry {

// A run's states; an attempt uses all but Queued and Retrying.
enum class RunState {
    Queued,
    Assigned,
    Running,
    Retrying,
    Succeeded,
    Warning,
    Skipped,
    Failed,
    TimedOut,
    Cancelled,
    NotStarted,
    Lost
};
enum class Cause { Schedule, CatchUp, Manual, Pipeline };

constexpr auto enumNames(const RunState *)
{
    return names<RunState>(
        {{RunState::Queued, "queued"}, {RunState::Assigned, "assigned"}, {RunState::Running, "running"},
            {RunState::Retrying, "retrying"}, {RunState::Succeeded, "succeeded"}, {RunState::Warning, "warning"},
            {RunState::Skipped, "skipped"}, {RunState::Failed, "failed"}, {RunState::TimedOut, "timed_out"},
            {RunState::Cancelled, "cancelled"}, {RunState::NotStarted, "not_started"}, {RunState::Lost, "lost"}});
}
constexpr auto enumNames(const Cause *)
{
    return names<Cause>({{Cause::Schedule, "schedule"}, {Cause::CatchUp, "catch_up"}, {Cause::Manual, "manual"},
        {Cause::Pipeline, "pipeline"}});
}

constexpr bool isFinal(RunState state)
{
    return state >= RunState::Succeeded;
}
// An attempt of the run may have a process.
constexpr bool isLive(RunState state)
{
    return state == RunState::Assigned || state == RunState::Running;
}
constexpr bool isWaiting(RunState state)
{
    return state == RunState::Queued || state == RunState::Retrying;
}
// It ended in a way that somebody has to look at: it asks for attention until a person acknowledges it.
constexpr bool isFailure(RunState state)
{
    return state == RunState::Failed || state == RunState::TimedOut || state == RunState::NotStarted
        || state == RunState::Lost;
}
// Whether a run may go from one state to the other: the one transition table.
bool mayFollow(RunState from, RunState to);

struct Run {
    RunId id;
    JobId job;
    QString jobName; // project/job, as named when the run was made
    int version = 0; // of the definition, pinned
    RunState state = RunState::Queued;
    Cause cause = Cause::Manual;
    QString rule; // rule key; empty for a manual run
    std::optional<Instant> occasion; // the latest that it covers
    std::optional<Instant> firstOccasion; // the first that it covers
    std::optional<Instant> windowStart;
    std::optional<Instant> windowEnd;
    std::optional<Instant> lastSuccess; // of the job when the run was made
    Params params;
    int priority = 50;
    Instant queuedAt;
    std::optional<Instant> notBefore; // a retry waits until then
    std::optional<Instant> startedAt; // of the first attempt
    std::optional<Instant> endedAt;
    int attempts = 0; // made so far
    std::optional<int> exitCode; // of the last attempt
    std::optional<int> signal;
    QString reason; // why it is in this state; empty when there is nothing to say
    QString by; // who triggered it; empty for the schedule
    QString triggerReason;
    std::optional<Instant> cancelRequested;
    QString cancelledBy;
    QString agent; // of the last attempt
    std::optional<RunId> rerunOf;
    bool backlog = false; // one of several that are caught up one by one: it starts when its job is idle
    std::optional<Instant> acknowledgedAt; // a person has seen its failure
    QString acknowledgedBy;
    QString acknowledgeNote;
    std::optional<Instant> heldSince; // while it waits: a person holds it back
    QString heldBy;
    QString holdReason;
    QString priorityBy; // who changed the priority; empty: it is that of the definition

    bool operator==(const Run &) const = default;
};
constexpr auto describe(const Run *)
{
    return fields(required(1, "run", &Run::id), field(2, "job_id", &Run::job), field(3, "job", &Run::jobName),
        field(4, "version", &Run::version), field(5, "state", &Run::state), field(6, "cause", &Run::cause),
        field(7, "rule", &Run::rule), field(8, "occasion", &Run::occasion),
        field(9, "first_occasion", &Run::firstOccasion), field(10, "window_start", &Run::windowStart),
        field(11, "window_end", &Run::windowEnd), field(12, "last_success", &Run::lastSuccess),
        field(13, "params", &Run::params), field(14, "priority", &Run::priority),
        field(15, "queued_at", &Run::queuedAt), field(16, "not_before", &Run::notBefore),
        field(17, "started_at", &Run::startedAt), field(18, "ended_at", &Run::endedAt),
        field(19, "attempt_count", &Run::attempts), field(20, "exit_code", &Run::exitCode),
        field(21, "signal", &Run::signal), field(22, "reason", &Run::reason), field(23, "by", &Run::by),
        field(24, "trigger_reason", &Run::triggerReason), field(25, "cancel_requested", &Run::cancelRequested),
        field(26, "cancelled_by", &Run::cancelledBy), field(27, "agent", &Run::agent),
        field(28, "rerun_of", &Run::rerunOf), field(29, "backlog", &Run::backlog),
        field(30, "acknowledged_at", &Run::acknowledgedAt), field(31, "acknowledged_by", &Run::acknowledgedBy),
        field(32, "acknowledge_note", &Run::acknowledgeNote), field(33, "held_since", &Run::heldSince),
        field(34, "held_by", &Run::heldBy), field(35, "hold_reason", &Run::holdReason),
        field(36, "priority_by", &Run::priorityBy));
}

// Names one attempt in messages; the epoch makes news of an older assignment harmless.
struct AttemptKey {
    RunId run;
    int attempt = 0;

    auto operator<=>(const AttemptKey &) const = default;
};

struct Attempt {
    RunId run;
    int attempt = 0; // 1..n
    QString agent;
    QString bootId; // of the agent's host when it was assigned
    qint64 epoch = 0; // of the backend when it was assigned
    RunState state = RunState::Assigned;
    Instant assignedAt;
    std::optional<Instant> startedAt;
    std::optional<Instant> endedAt;
    std::optional<int> exitCode;
    std::optional<int> signal;
    QString reason; // exit_unseen, host_rebooted, not started: ENOENT ..., cancelled (killed after 10s), ...
    qint64 pid = 0;
    Duration cpu{0}; // user + system
    qint64 peakMemory = 0; // bytes
    qint64 logWritten = 0; // bytes the job wrote, as the supervisor counted them; known when it has ended
    qint64 logStored = 0; // bytes the backend holds durably
    QString logHash; // XXH3-64 of the bytes written, hex; empty: not known
    qint64 logCap = 0; // bytes of log that are kept at most, when it was assigned; 0: all
    qint64 logLost = 0; // bytes behind logWritten that its agent could not keep
    QString logLostWhy;
    std::map<QString, QString> outputs; // of BELFRY_OUTPUT

    AttemptKey key() const { return {run, attempt}; }
    bool operator==(const Attempt &) const = default;
};
constexpr auto describe(const Attempt *)
{
    return fields(required(1, "run", &Attempt::run), required(2, "attempt", &Attempt::attempt),
        field(3, "agent", &Attempt::agent), field(4, "boot_id", &Attempt::bootId), field(5, "epoch", &Attempt::epoch),
        field(6, "state", &Attempt::state), field(7, "assigned_at", &Attempt::assignedAt),
        field(8, "started_at", &Attempt::startedAt), field(9, "ended_at", &Attempt::endedAt),
        field(10, "exit_code", &Attempt::exitCode), field(11, "signal", &Attempt::signal),
        field(12, "reason", &Attempt::reason), field(13, "pid", &Attempt::pid), field(14, "cpu", &Attempt::cpu),
        field(15, "peak_memory", &Attempt::peakMemory), field(16, "log_written", &Attempt::logWritten),
        field(17, "log_bytes", &Attempt::logStored), field(18, "log_hash", &Attempt::logHash),
        field(19, "log_cap", &Attempt::logCap), field(20, "log_lost", &Attempt::logLost),
        field(21, "log_lost_why", &Attempt::logLostWhy), field(22, "outputs", &Attempt::outputs));
}

} // namespace belfry
