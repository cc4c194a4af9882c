// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/agent.h"
#include "shared/model/diff.h"
#include "shared/model/occasion.h"
#include "shared/wire/explain.h"

#include <variant>

// The requests of `/ws` (sub-protocol belfry.v1, JSON-RPC 2.0) that exist so far. A request names its method and its
// reply. A job is named `project/job`, or by its bare name where that is unique.
namespace belfry::wire {

struct Nothing {
    bool operator==(const Nothing &) const = default;
};
constexpr auto describe(const Nothing *)
{
    return fields();
}

// ---- jobs

struct ApplyReply {
    QString project;
    qint64 release = 0; // 0 with dry_run
    QStringList added; // full job names
    QStringList changed;
    QStringList removed;
    int unchanged = 0;
    QStringList warnings; // `file:line:column: text` where they have a place
    QStringList limits; // names of the project's limits that changed, new and gone ones too
    std::map<QString, QString> renamed; // of those in `changed`: new -> old full name
    std::optional<qint64> restores; // the release that a rollback brings back
};
constexpr auto describe(const ApplyReply *)
{
    return fields(required(1, "project", &ApplyReply::project), field(2, "release", &ApplyReply::release),
        field(3, "added", &ApplyReply::added), field(4, "changed", &ApplyReply::changed),
        field(5, "removed", &ApplyReply::removed), field(6, "unchanged", &ApplyReply::unchanged),
        field(7, "warnings", &ApplyReply::warnings),
        field(8, "limits", &ApplyReply::limits), field(9, "renamed", &ApplyReply::renamed),
        field(10, "restores", &ApplyReply::restores));
}

// A bad file is answered with code `invalid` and data.problems: a list of {file, line, column, message, hint}.
struct JobApply {
    static constexpr auto method = "job.apply";
    using Reply = ApplyReply;
    std::map<QString, QString> files; // name -> text
    bool prune = true; // remove the project's jobs that the files no longer hold
    bool dryRun = false;
    QString message;
};
constexpr auto describe(const JobApply *)
{
    return fields(required(1, "files", &JobApply::files), field(2, "prune", &JobApply::prune),
        field(3, "dry_run", &JobApply::dryRun), field(4, "message", &JobApply::message));
}

struct ChangedJob {
    QString job; // full name
    QString was; // the old full name where it was renamed
    QStringList keys; // of the job file, that differ
    bool operator==(const ChangedJob &) const = default;
};
constexpr auto describe(const ChangedJob *)
{
    return fields(required(1, "job", &ChangedJob::job), field(2, "was", &ChangedJob::was),
        field(3, "keys", &ChangedJob::keys));
}
struct DiffReply {
    QString project;
    qint64 release = 0; // the active one; 0: there is none yet
    bool same = true; // apply would change nothing
    QStringList added; // full job names
    QStringList removed;
    std::vector<ChangedJob> renamed; // with the keys that differ beside the name
    std::vector<ChangedJob> changed; // the others
    int unchanged = 0;
    QStringList limits; // names of the project's limits that would change, new and gone ones too
    QStringList warnings;
    Instant from; // of the occasions that were compared
    Instant until;
    qint64 occasionsAdded = 0; // of all jobs
    qint64 occasionsRemoved = 0;
    qint64 occasionsMoved = 0;
    bool occasionsComplete = true; // false: some jobs have so many that they were compared for a shorter time
    std::vector<OccasionDiff> occasions; // of each job whose occasions change, by name
    int withoutFirst = 0; // jobs at the end of `occasions` whose first changes are left out
};
constexpr auto describe(const DiffReply *)
{
    return fields(required(1, "project", &DiffReply::project), field(2, "release", &DiffReply::release),
        required(3, "same", &DiffReply::same), field(4, "added", &DiffReply::added),
        field(5, "removed", &DiffReply::removed), field(6, "renamed", &DiffReply::renamed),
        field(7, "changed", &DiffReply::changed), field(8, "unchanged", &DiffReply::unchanged),
        field(9, "limits", &DiffReply::limits), field(10, "warnings", &DiffReply::warnings),
        field(11, "from", &DiffReply::from), field(12, "until", &DiffReply::until),
        field(13, "occasions_added", &DiffReply::occasionsAdded),
        field(14, "occasions_removed", &DiffReply::occasionsRemoved),
        field(15, "occasions_moved", &DiffReply::occasionsMoved),
        field(16, "occasions_complete", &DiffReply::occasionsComplete),
        field(17, "occasions", &DiffReply::occasions), field(18, "without_first", &DiffReply::withoutFirst));
}
// What job.apply with the same files would change, in definitions and in the occasions of the next 90 days. Files that
// it would refuse are refused alike.
struct JobDiff {
    static constexpr auto method = "job.diff";
    using Reply = DiffReply;
    std::map<QString, QString> files; // name -> text
    bool prune = true;
};
constexpr auto describe(const JobDiff *)
{
    return fields(required(1, "files", &JobDiff::files), field(2, "prune", &JobDiff::prune));
}

// The methods whose requests may have maxApplyMessage bytes; both take the same role.
inline bool carriesFiles(QStringView method)
{
    return method == QLatin1StringView(JobApply::method) || method == QLatin1StringView(JobDiff::method);
}

struct ReleaseRow {
    QString project;
    qint64 release = 0;
    Instant at;
    QString by;
    QString message;
    bool active = false;
    std::optional<qint64> restores; // the earlier release that a rollback brought back
    int added = 0; // jobs, against the release before
    int changed = 0;
    int removed = 0;
    int unchanged = 0;
};
constexpr auto describe(const ReleaseRow *)
{
    return fields(required(1, "project", &ReleaseRow::project), required(2, "release", &ReleaseRow::release),
        required(3, "at", &ReleaseRow::at), field(4, "by", &ReleaseRow::by), field(5, "message", &ReleaseRow::message),
        field(6, "active", &ReleaseRow::active), field(7, "restores", &ReleaseRow::restores),
        field(8, "added", &ReleaseRow::added), field(9, "changed", &ReleaseRow::changed),
        field(10, "removed", &ReleaseRow::removed), field(11, "unchanged", &ReleaseRow::unchanged));
}
struct ReleasesReply {
    std::vector<ReleaseRow> releases; // newest first
    std::optional<qint64> next; // give it as `after` for the next page
};
constexpr auto describe(const ReleasesReply *)
{
    return fields(required(1, "releases", &ReleasesReply::releases), field(2, "next", &ReleasesReply::next));
}
struct ProjectReleases {
    static constexpr auto method = "project.releases";
    using Reply = ReleasesReply;
    QString project;
    std::optional<qint64> after; // only those older than this one
    int limit = 100; // 1..1000
};
constexpr auto describe(const ProjectReleases *)
{
    return fields(required(1, "project", &ProjectReleases::project), field(2, "after", &ProjectReleases::after),
        field(3, "limit", &ProjectReleases::limit));
}

// Activates what an earlier release had in force, jobs and limits, as a new release, by all rules of job.apply. Jobs are
// known by their identity, so a rename is undone with the history kept. The active release is a conflict.
struct ProjectRollback {
    static constexpr auto method = "project.rollback";
    using Reply = ApplyReply;
    QString project;
    std::optional<qint64> release; // default: the one before the active one
    bool dryRun = false;
    QString message; // default: names the release
};
constexpr auto describe(const ProjectRollback *)
{
    return fields(required(1, "project", &ProjectRollback::project), field(2, "release", &ProjectRollback::release),
        field(3, "dry_run", &ProjectRollback::dryRun), field(4, "message", &ProjectRollback::message));
}

struct VersionRow {
    QString job; // its full name in this version
    int version = 0;
    qint64 release = 0; // that made it
    Instant since;
    QString by; // of the release
    QString message;
    QStringList keys; // of the job file, that differ from the version before; empty for the first
    std::optional<qint64> endedIn; // the release that replaced it or removed the job; none: it is in force
    bool removed = false; // endedIn removed the job
};
constexpr auto describe(const VersionRow *)
{
    return fields(required(1, "job", &VersionRow::job), required(2, "version", &VersionRow::version),
        field(3, "release", &VersionRow::release), field(4, "since", &VersionRow::since),
        field(5, "by", &VersionRow::by), field(6, "message", &VersionRow::message), field(7, "keys", &VersionRow::keys),
        field(8, "ended_in", &VersionRow::endedIn), field(9, "removed", &VersionRow::removed));
}
struct JobHistoryReply {
    std::vector<VersionRow> versions; // newest first
    std::optional<int> next; // give it as `after` for the next page
};
constexpr auto describe(const JobHistoryReply *)
{
    return fields(required(1, "versions", &JobHistoryReply::versions), field(2, "next", &JobHistoryReply::next));
}
// The versions of a job's definition over renames. A removed job is known by its full name.
struct JobHistory {
    static constexpr auto method = "job.history";
    using Reply = JobHistoryReply;
    QString job;
    std::optional<int> after; // only those older than this one
    int limit = 100; // 1..1000
};
constexpr auto describe(const JobHistory *)
{
    return fields(required(1, "job", &JobHistory::job), field(2, "after", &JobHistory::after),
        field(3, "limit", &JobHistory::limit));
}

struct JobRow {
    JobId id;
    QString job;
    QString title;
    QString schedule; // in words
    int version = 0;
    bool enabled = true;
    std::optional<Instant> pausedSince;
    std::optional<Instant> pausedUntil;
    std::optional<Instant> next;
    std::optional<RunId> lastRun;
    std::optional<RunState> lastState;
    std::optional<Instant> lastEnded;
};
constexpr auto describe(const JobRow *)
{
    return fields(required(1, "job_id", &JobRow::id), required(2, "job", &JobRow::job),
        field(3, "title", &JobRow::title), field(4, "schedule", &JobRow::schedule),
        field(5, "version", &JobRow::version), field(6, "enabled", &JobRow::enabled),
        field(7, "paused_since", &JobRow::pausedSince), field(8, "next", &JobRow::next),
        field(9, "last_run", &JobRow::lastRun), field(10, "last_state", &JobRow::lastState),
        field(11, "last_ended", &JobRow::lastEnded),
        field(12, "paused_until", &JobRow::pausedUntil));
}
struct JobListReply {
    std::vector<JobRow> jobs;
    std::optional<QString> next; // give it as `after` for the next page
};
constexpr auto describe(const JobListReply *)
{
    return fields(required(1, "jobs", &JobListReply::jobs), field(2, "next", &JobListReply::next));
}
struct JobList {
    static constexpr auto method = "job.list";
    using Reply = JobListReply;
    QString project; // empty: all
    QString after;
    int limit = 1000; // 1..1000
    QString filter; // of shared/filter/jobfilter.h; empty: all
};
constexpr auto describe(const JobList *)
{
    return fields(field(1, "project", &JobList::project), field(2, "after", &JobList::after),
        field(3, "limit", &JobList::limit), field(4, "filter", &JobList::filter));
}

struct JobGet {
    static constexpr auto method = "job.get";
    using Reply = Job;
    QString job;
};
constexpr auto describe(const JobGet *)
{
    return fields(required(1, "job", &JobGet::job));
}

// The jobs that it concerned. A name without `/` is a project, with it a job: never a bare job.
struct PauseReply {
    QStringList jobs; // full names
};
constexpr auto describe(const PauseReply *)
{
    return fields(required(1, "jobs", &PauseReply::jobs));
}
// Holds what is scheduled. A job that is paused already takes the new `until` and `then`.
struct JobPause {
    static constexpr auto method = "job.pause";
    using Reply = PauseReply;
    QString name; // job or project
    std::optional<Instant> until; // resumes by itself
    PauseThen then = PauseThen::Skip;
};
constexpr auto describe(const JobPause *)
{
    return fields(required(1, "name", &JobPause::name), field(2, "until", &JobPause::until),
        field(3, "then", &JobPause::then));
}
struct JobResume {
    static constexpr auto method = "job.resume";
    using Reply = PauseReply;
    QString name; // job or project
};
constexpr auto describe(const JobResume *)
{
    return fields(required(1, "name", &JobResume::name));
}

// ---- runs

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
    bool operator==(const RunRow &) const = default;
};
constexpr auto describe(const RunRow *)
{
    return std::tuple_cat(
        describe(static_cast<const Run *>(nullptr)), fields(field(40, "unreachable_since", &RunRow::unreachableSince)));
}
struct RunDetail : RunRow {
    std::vector<Attempt> attemptRows;
    bool operator==(const RunDetail &) const = default;
};
constexpr auto describe(const RunDetail *)
{
    return std::tuple_cat(
        describe(static_cast<const RunRow *>(nullptr)), fields(field(41, "attempts", &RunDetail::attemptRows)));
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

// ---- schedule, ledger

struct NextEntry {
    QString job;
    QString rule;
    Instant at;
    QString local; // RFC 3339 with offset
    std::optional<QString> note; // moved, merged, repeated, skipped
    QString reason;
};
constexpr auto describe(const NextEntry *)
{
    return fields(field(1, "job", &NextEntry::job), field(2, "rule", &NextEntry::rule),
        required(3, "at", &NextEntry::at), required(4, "local", &NextEntry::local), field(5, "note", &NextEntry::note),
        field(6, "reason", &NextEntry::reason));
}
struct NextReply {
    std::vector<NextEntry> entries; // by time, then job
};
constexpr auto describe(const NextReply *)
{
    return fields(required(1, "entries", &NextReply::entries));
}
struct ScheduleNext {
    static constexpr auto method = "schedule.next";
    using Reply = NextReply;
    QStringList jobs; // empty: all
    int n = 10; // firing entries; 1..10000
    std::optional<Instant> from; // inclusive; default now
    std::optional<Instant> until; // exclusive
};
constexpr auto describe(const ScheduleNext *)
{
    return fields(field(1, "jobs", &ScheduleNext::jobs), field(2, "n", &ScheduleNext::n),
        field(3, "from", &ScheduleNext::from), field(4, "until", &ScheduleNext::until));
}

struct LedgerReply {
    std::vector<Occasion> occasions; // by time, then job and rule
};
constexpr auto describe(const LedgerReply *)
{
    return fields(required(1, "occasions", &LedgerReply::occasions));
}
struct LedgerList {
    static constexpr auto method = "ledger.list";
    using Reply = LedgerReply;
    QString job; // empty: all
    std::optional<Instant> from;
    std::optional<Instant> until;
    int limit = 1000; // 1..10000, the newest
};
constexpr auto describe(const LedgerList *)
{
    return fields(field(1, "job", &LedgerList::job), field(2, "from", &LedgerList::from),
        field(3, "until", &LedgerList::until), field(4, "limit", &LedgerList::limit));
}

// Where the ledger and the definitions differ: an occasion without a row, with two, or a row that no definition owes.
struct LedgerDifference {
    QString kind; // missing, doubled, extra
    QString job;
    QString rule;
    Instant at;
    int version = 0; // of the definition that was in force
    QString text; // in a sentence
};
constexpr auto describe(const LedgerDifference *)
{
    return fields(required(1, "kind", &LedgerDifference::kind), required(2, "job", &LedgerDifference::job),
        required(3, "rule", &LedgerDifference::rule), required(4, "at", &LedgerDifference::at),
        field(5, "version", &LedgerDifference::version), required(6, "text", &LedgerDifference::text));
}
struct VerifyReply {
    Instant from;
    Instant until;
    qint64 occasions = 0; // recomputed
    qint64 rows = 0; // of the ledger, a range as what it counts
    std::vector<LedgerDifference> differences; // by job, time and rule
    bool partial = false; // there are more differences than are told
};
constexpr auto describe(const VerifyReply *)
{
    return fields(required(1, "from", &VerifyReply::from), required(2, "until", &VerifyReply::until),
        required(3, "occasions", &VerifyReply::occasions), required(4, "rows", &VerifyReply::rows),
        required(5, "differences", &VerifyReply::differences), field(6, "partial", &VerifyReply::partial));
}
struct LedgerVerify {
    static constexpr auto method = "ledger.verify";
    using Reply = VerifyReply;
    std::optional<Instant> from; // default: a day before `until`
    std::optional<Instant> until; // exclusive; default and at most: what the ledger accounts for by now
};
constexpr auto describe(const LedgerVerify *)
{
    return fields(field(1, "from", &LedgerVerify::from), field(2, "until", &LedgerVerify::until));
}

// ---- logs. Bytes travel only in binary frames (CBOR of LogPiece with text keys), after the answer to log.open.

struct LogOpenReply {
    int watch = 0;
    int attempt = 0;
    qint64 size = 0; // bytes held now
    bool complete = false; // the attempt has ended and all its bytes are here
};
constexpr auto describe(const LogOpenReply *)
{
    return fields(required(1, "watch", &LogOpenReply::watch), field(2, "attempt", &LogOpenReply::attempt),
        field(3, "size", &LogOpenReply::size), field(4, "complete", &LogOpenReply::complete));
}
// Pieces follow as far as the credit goes; notification `log.end` {watch, size, complete, reason} is the last of a
// watch.
struct LogOpen {
    static constexpr auto method = "log.open";
    using Reply = LogOpenReply;
    RunId run;
    std::optional<int> attempt; // default: the last one; with follow, also those that come after it are a new log.open
    qint64 offset = 0; // first byte wanted; negative: counted from the end
    bool follow = false; // until the attempt has ended and its log is complete
    qint64 credit = 1 << 20; // bytes that may be under way
};
constexpr auto describe(const LogOpen *)
{
    return fields(required(1, "run", &LogOpen::run), field(2, "attempt", &LogOpen::attempt),
        field(3, "offset", &LogOpen::offset), field(4, "follow", &LogOpen::follow),
        field(5, "credit", &LogOpen::credit));
}
struct LogCredit {
    static constexpr auto method = "log.credit";
    using Reply = Nothing;
    int watch = 0;
    qint64 bytes = 0; // more that may be under way
};
constexpr auto describe(const LogCredit *)
{
    return fields(required(1, "watch", &LogCredit::watch), required(2, "bytes", &LogCredit::bytes));
}

// One index entry of a piece: {offset, length, stream (1 stdout, 2 stderr), time}.
struct LogIndexEntry {
    qint64 offset = 0;
    int length = 0;
    int stream = 1;
    Instant at;
    bool operator==(const LogIndexEntry &) const = default;
};
constexpr auto describe(const LogIndexEntry *)
{
    return fields(required(1, "offset", &LogIndexEntry::offset), required(2, "length", &LogIndexEntry::length),
        field(3, "stream", &LogIndexEntry::stream), field(4, "time", &LogIndexEntry::at));
}
struct LogPiece {
    int watch = 0;
    RunId run;
    int attempt = 0;
    qint64 offset = 0;
    std::vector<LogIndexEntry> index;
    QByteArray bytes;
};
constexpr auto describe(const LogPiece *)
{
    return fields(required(1, "watch", &LogPiece::watch), required(2, "run", &LogPiece::run),
        field(3, "attempt", &LogPiece::attempt), required(4, "offset", &LogPiece::offset),
        field(5, "index", &LogPiece::index), required(6, "bytes", &LogPiece::bytes));
}
struct LogEnd { // notification log.end
    int watch = 0;
    qint64 size = 0;
    bool complete = false;
    QString reason; // when not complete: why nothing more comes
};
constexpr auto describe(const LogEnd *)
{
    return fields(required(1, "watch", &LogEnd::watch), field(2, "size", &LogEnd::size),
        field(3, "complete", &LogEnd::complete), field(4, "reason", &LogEnd::reason));
}

// ---- agents, server

struct AgentListReply {
    std::vector<Agent> agents; // by name
};
constexpr auto describe(const AgentListReply *)
{
    return fields(required(1, "agents", &AgentListReply::agents));
}
struct AgentList {
    static constexpr auto method = "agent.list";
    using Reply = AgentListReply;
};
constexpr auto describe(const AgentList *)
{
    return fields();
}

struct AgentDrain {
    static constexpr auto method = "agent.drain";
    using Reply = Nothing;
    QString name;
};
constexpr auto describe(const AgentDrain *)
{
    return fields(required(1, "name", &AgentDrain::name));
}
struct AgentResume {
    static constexpr auto method = "agent.resume";
    using Reply = Nothing;
    QString name;
};
constexpr auto describe(const AgentResume *)
{
    return fields(required(1, "name", &AgentResume::name));
}
struct AgentForget {
    static constexpr auto method = "agent.forget";
    using Reply = Nothing;
    QString name;
};
constexpr auto describe(const AgentForget *)
{
    return fields(required(1, "name", &AgentForget::name));
}

struct HealthCheck {
    QString name; // store, clock, agents, ...
    bool ok = true;
    QString reason;
    std::optional<Instant> since;
};
constexpr auto describe(const HealthCheck *)
{
    return fields(required(1, "name", &HealthCheck::name), required(2, "ok", &HealthCheck::ok),
        field(3, "reason", &HealthCheck::reason), field(4, "since", &HealthCheck::since));
}
struct StatusReply {
    QString version;
    qint64 epoch = 0;
    Instant now;
    Instant startedAt;
    int jobs = 0;
    int waiting = 0; // runs
    int live = 0;
    int agentsOnline = 0;
    int agents = 0;
    std::optional<NextEntry> next;
    std::vector<HealthCheck> checks;
    QString tzdata; // version of the zone data in use
};
constexpr auto describe(const StatusReply *)
{
    return fields(field(1, "version", &StatusReply::version), field(2, "epoch", &StatusReply::epoch),
        field(3, "now", &StatusReply::now), field(4, "started_at", &StatusReply::startedAt),
        field(5, "jobs", &StatusReply::jobs), field(6, "waiting", &StatusReply::waiting),
        field(7, "live", &StatusReply::live), field(8, "agents_online", &StatusReply::agentsOnline),
        field(9, "agents", &StatusReply::agents), field(10, "next", &StatusReply::next),
        field(11, "checks", &StatusReply::checks), field(12, "tzdata", &StatusReply::tzdata));
}
struct ServerStatus {
    static constexpr auto method = "server.status";
    using Reply = StatusReply;
};
constexpr auto describe(const ServerStatus *)
{
    return fields();
}

// ---- watches. Changes come as notification `watch.changed`; a gap in n, or another epoch, means watch again.

enum class Topic { Runs, Agents, Jobs, Occasions, Server };
constexpr auto enumNames(const Topic *)
{
    return names<Topic>({{Topic::Runs, "runs"}, {Topic::Agents, "agents"}, {Topic::Jobs, "jobs"},
        {Topic::Occasions, "occasions"}, {Topic::Server, "server"}});
}
struct WatchFilter {
    std::optional<RunId> run;
    QString job;
    QString project;
};
constexpr auto describe(const WatchFilter *)
{
    return fields(field(1, "run", &WatchFilter::run), field(2, "job", &WatchFilter::job),
        field(3, "project", &WatchFilter::project));
}
struct WatchPoint {
    qint64 epoch = 0;
    qint64 n = 0;
};
constexpr auto describe(const WatchPoint *)
{
    return fields(required(1, "epoch", &WatchPoint::epoch), required(2, "n", &WatchPoint::n));
}
struct WatchOpenReply {
    int watch = 0;
    qint64 epoch = 0;
    qint64 n = 0;
    std::vector<QJsonValue> snapshot; // rows of the topic: RunRow, Agent, JobRow, Occasion, StatusReply
    bool resumed = false; // `since` was near enough: the missing changes follow and there is no snapshot
    bool partial = false; // the snapshot has only the newest rows; there are too many, page through the others
};
constexpr auto describe(const WatchOpenReply *)
{
    return fields(required(1, "watch", &WatchOpenReply::watch), required(2, "epoch", &WatchOpenReply::epoch),
        required(3, "n", &WatchOpenReply::n), field(4, "snapshot", &WatchOpenReply::snapshot),
        field(5, "resumed", &WatchOpenReply::resumed), field(6, "partial", &WatchOpenReply::partial));
}
struct WatchOpen {
    static constexpr auto method = "watch.open";
    using Reply = WatchOpenReply;
    Topic topic = Topic::Runs;
    WatchFilter filter;
    std::optional<WatchPoint> since;
};
constexpr auto describe(const WatchOpen *)
{
    return fields(required(1, "topic", &WatchOpen::topic), field(2, "filter", &WatchOpen::filter),
        field(3, "since", &WatchOpen::since));
}
struct WatchClose {
    static constexpr auto method = "watch.close";
    using Reply = Nothing;
    int watch = 0;
};
constexpr auto describe(const WatchClose *)
{
    return fields(required(1, "watch", &WatchClose::watch));
}
struct WatchChanged { // notification watch.changed
    int watch = 0;
    qint64 n = 0;
    QJsonValue row; // with removed: its identity only
    bool removed = false;
};
constexpr auto describe(const WatchChanged *)
{
    return fields(required(1, "watch", &WatchChanged::watch), required(2, "n", &WatchChanged::n),
        field(3, "row", &WatchChanged::row), field(4, "removed", &WatchChanged::removed));
}

// Notification watch.closed, the last of a watch: it cannot be served any more (its receiver is too slow). Open it again.
struct WatchClosed {
    int watch = 0;
    QString reason;
};
constexpr auto describe(const WatchClosed *)
{
    return fields(required(1, "watch", &WatchClosed::watch), field(2, "reason", &WatchClosed::reason));
}

struct ServerHello { // notification hello: the server's first message
    QString version;
    int protocol = 1;
    QStringList features;
    qint64 epoch = 0;
    QString role;
    qint64 maxMessage = 0; // bytes
    qint64 maxBacklog = 0;
};
constexpr auto describe(const ServerHello *)
{
    return fields(required(1, "version", &ServerHello::version), required(2, "protocol", &ServerHello::protocol),
        field(3, "features", &ServerHello::features), field(4, "epoch", &ServerHello::epoch),
        field(5, "role", &ServerHello::role), field(6, "max_message", &ServerHello::maxMessage),
        field(7, "max_backlog", &ServerHello::maxBacklog));
}

using ClientRequest
    = std::variant<JobApply, JobDiff, JobList, JobGet, JobHistory, JobPause, JobResume, ProjectReleases, ProjectRollback, RunTrigger, RunList, RunGet, RunCancel, RunRerun, RunDeclareLost, ScheduleNext, LedgerList, LedgerVerify, ExplainRun,
        ExplainJob, LogOpen,
        LogCredit, AgentList, AgentDrain, AgentResume, AgentForget, ServerStatus, WatchOpen, WatchClose>;

} // namespace belfry::wire
