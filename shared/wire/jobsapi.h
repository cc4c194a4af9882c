// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/diff.h"
#include "shared/model/job.h"
#include "shared/wire/explain.h"
#include "shared/wire/nothing.h"

// Requests about projects, their releases and jobs.
namespace belfry::wire {

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
        field(7, "warnings", &ApplyReply::warnings), field(8, "limits", &ApplyReply::limits),
        field(9, "renamed", &ApplyReply::renamed), field(10, "restores", &ApplyReply::restores));
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
    return fields(
        required(1, "job", &ChangedJob::job), field(2, "was", &ChangedJob::was), field(3, "keys", &ChangedJob::keys));
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
        field(16, "occasions_complete", &DiffReply::occasionsComplete), field(17, "occasions", &DiffReply::occasions),
        field(18, "without_first", &DiffReply::withoutFirst));
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

// Activates what an earlier release had in force, jobs and limits, as a new release, by all rules of job.apply. Jobs
// are known by their identity, so a rename is undone with the history kept. The active release is a conflict.
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
    QString zone; // of its definition
    bool nextSkipped = false; // a person wants the next one to be skipped
};
constexpr auto describe(const JobRow *)
{
    return fields(required(1, "job_id", &JobRow::id), required(2, "job", &JobRow::job),
        field(3, "title", &JobRow::title), field(4, "schedule", &JobRow::schedule),
        field(5, "version", &JobRow::version), field(6, "enabled", &JobRow::enabled),
        field(7, "paused_since", &JobRow::pausedSince), field(8, "next", &JobRow::next),
        field(9, "last_run", &JobRow::lastRun), field(10, "last_state", &JobRow::lastState),
        field(11, "last_ended", &JobRow::lastEnded), field(12, "paused_until", &JobRow::pausedUntil),
        field(13, "zone", &JobRow::zone), field(14, "next_skipped", &JobRow::nextSkipped));
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

struct JobSourceReply {
    QString job; // its full name in this version
    int version = 0;
    qint64 release = 0; // that made the version; its files are the source
    QString file;
    int line = 0; // 1-based, of the text's first line in the file; 0: the files cannot be read any more, see warnings
    QString text; // the job's lines with the comment above them
    QStringList warnings; // of these lines: `file:line:column: text`
    JobDefinition definition;
};
constexpr auto describe(const JobSourceReply *)
{
    return fields(required(1, "job", &JobSourceReply::job), required(2, "version", &JobSourceReply::version),
        field(3, "release", &JobSourceReply::release), field(4, "file", &JobSourceReply::file),
        field(5, "line", &JobSourceReply::line), field(6, "text", &JobSourceReply::text),
        field(7, "warnings", &JobSourceReply::warnings), field(8, "definition", &JobSourceReply::definition));
}
// What a version of a job was made from, and what it came to. A removed job is known by its full name.
struct JobSource {
    static constexpr auto method = "job.source";
    using Reply = JobSourceReply;
    QString job;
    std::optional<int> version; // default: the newest
};
constexpr auto describe(const JobSource *)
{
    return fields(required(1, "job", &JobSource::job), field(2, "version", &JobSource::version));
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
    return fields(
        required(1, "name", &JobPause::name), field(2, "until", &JobPause::until), field(3, "then", &JobPause::then));
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

} // namespace belfry::wire
