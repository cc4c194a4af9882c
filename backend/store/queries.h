// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/attemptnotes.h"
#include "shared/model/runfilter.h"
#include "shared/model/writes.h"

// What the store can be asked. Each query names its reply; what is not there is an Error of kind NotFound, unless the
// reply is a list. Reads run beside the commits and see everything that was answered before they were asked.
namespace belfry::store {

// What is known of an attempt's log beside its row.
struct AttemptLog {
    qint64 received = 0; // bytes that are here, missing ones before them included
    std::vector<LogGap> gaps; // by offset
    QString check; // `same`: what is stored has the hash of what was written; `differs`; empty: not compared
    AttemptNotes notes;
};
struct RunWithAttempts {
    Run run;
    std::vector<Attempt> attempts; // by number
    std::vector<AttemptLog> logs; // one for each attempt
};
struct FindRun {
    using Reply = RunWithAttempts;
    RunId run;
};

// What live attempts have said in their logs.
struct FindNotes {
    using Reply = std::map<AttemptKey, AttemptNotes>; // without those that said nothing
    std::vector<AttemptKey> attempts;
};

struct RunPage {
    std::vector<Run> runs;
    std::optional<RunId> next; // give it as `after` for the next page; empty: this is the last
};
// Newest first, or with `live` oldest first. `since` goes by run number from the first run queued then, so that after
// the clock was set back it may leave out runs of the repeated time.
struct ListRuns {
    using Reply = RunPage;
    std::optional<JobId> job;
    std::vector<RunState> states; // empty: all
    bool live = false; // only runs that are not final
    std::optional<Instant> since; // queued at or after
    std::optional<RunId> after; // runs beyond this one
    RunFilter filter; // conditions on tags are Invalid: the store does not know them
    int limit = 50; // clamped to 1..1000
};

// What the store knows of attempts that an agent names in its hello. Asked after every commit that was posted before,
// answered or not: it waits for them.
struct StoredAttempt {
    AttemptKey key;
    bool known = false; // assigned to this agent, in this epoch
    bool ended = false; // its final state is durable
    qint64 logDurable = 0;
    bool operator==(const StoredAttempt &) const = default;
};
struct NamedAttempt {
    AttemptKey key;
    qint64 epoch = 0;
};
struct FindStoredAttempts {
    using Reply = std::vector<StoredAttempt>; // one for each, in the order asked
    static constexpr bool afterPostedCommits = true;
    QString agent;
    std::vector<NamedAttempt> attempts;
};

// The newest `limit` rows of the ledger in [from, until), by time, then job and rule. A range row belongs to it when
// any instant of the range does.
struct ListOccasions {
    using Reply = std::vector<Occasion>;
    std::optional<JobId> job; // empty: all
    std::optional<Instant> from; // inclusive
    std::optional<Instant> until; // exclusive
    int limit = 1000; // clamped to 1..10000
};

// A place in the list of what asks for attention: by time, then runs by number before occasions by job and rule, all of
// it downwards.
struct AttentionPlace {
    Instant at;
    RunId run; // none: an occasion
    JobId job;
    QString rule;
    bool operator==(const AttentionPlace &) const = default;
};
struct AttentionItem { // one of them is there
    std::optional<Run> run;
    std::optional<Occasion> occasion;
};
struct AttentionPage {
    std::vector<AttentionItem> items;
    std::optional<AttentionPlace> next; // give it as `after` for the next page; empty: this is the last
};
// Failures of runs and occasions that nobody acknowledged, the newest first: a walk along indexes of these alone.
struct ListAttention {
    using Reply = AttentionPage;
    std::optional<JobId> job;
    QString project; // empty: all
    bool runs = true;
    std::vector<RunState> states; // empty: all
    bool occasions = true;
    std::vector<Fate> fates; // empty: all
    std::optional<Instant> since; // runs that ended, occasions that were due at or after it
    std::optional<AttentionPlace> after;
    int limit = 100; // clamped to 1..1000
};
struct CountAttention {
    using Reply = qint64;
};
// The rows of one instant of a job, by rule; a range belongs to its first instant.
struct FindOccasions {
    using Reply = std::vector<Occasion>;
    JobId job;
    Instant at;
};

// An occasion with what explains it.
struct ExplainedOccasion {
    Occasion row;
    std::optional<JobDefinition> definition; // the version that owed it
    std::optional<Run> run; // that the row names
    std::vector<Run> earlier; // of the job, made before that run, newest first, at most 50
};
// The ledger around one instant of a job, and the definition in force then: lookups in indexes alone.
struct OccasionsAround {
    std::vector<ExplainedOccasion> rows; // of that instant, by rule, then the ranges that hold it; at most 20
    std::optional<Occasion> before; // the nearest rows
    std::optional<Occasion> after;
    int version = 0; // 0: the job did not exist
    std::optional<JobDefinition> definition;
    std::optional<Instant> exists; // since when the job exists
};
struct FindOccasionsAround {
    using Reply = OccasionsAround;
    JobId job;
    Instant at;
};

// How many runs were queued in each stretch of time [bounds[i], bounds[i + 1]), by state. It is answered in slices.
struct RunsOfDays {
    std::vector<std::map<RunState, qint64>> counts; // one for each stretch
    std::optional<RunId> next; // ask again with it as `after`, and add up; empty: this was the last
};
struct CountRunsOfDays {
    using Reply = RunsOfDays;
    std::vector<Instant> bounds; // at least two, ascending
    std::optional<std::set<JobId>> jobs; // none: all
    std::optional<RunId> after;
};
// How many occasions were due in each stretch and missed or expired, but for those that a later one ran for.
struct CountMissedOfDays {
    using Reply = std::vector<qint64>; // one for each stretch
    std::vector<Instant> bounds; // at least two, ascending
    std::optional<std::set<JobId>> jobs; // none: all
};

// Newest first, without the texts of their files.
struct ListReleases {
    using Reply = std::vector<Release>;
    QString project;
    int limit = 100; // clamped to 1..1000
    std::optional<qint64> after; // releases older than this one
};
struct FindRelease {
    using Reply = Release;
    QString project;
    qint64 number = 0;
};
// A release and the definitions that were in force from it to the next one, by job: also those that its files left
// untouched.
struct ReleasedJobs {
    Release release;
    std::map<JobId, JobDefinition> jobs;
};
struct FindReleasedJobs {
    using Reply = ReleasedJobs;
    QString project;
    qint64 number = 0;
};

struct FindDefinition {
    using Reply = JobDefinition;
    JobId job;
    int version = 0;
};
struct JobVersion {
    int version = 0;
    qint64 release = 0;
    Instant since;
    QString by; // of the release
    QString message;
    std::optional<qint64> endedIn; // the release that replaced it or removed the job
    JobDefinition definition;
    bool operator==(const JobVersion &) const = default;
};
struct ListJobVersions { // newest first
    using Reply = std::vector<JobVersion>;
    JobId job;
    int limit = 100; // clamped to 1..1002
    std::optional<int> after; // versions older than this one
};

struct DefinitionInForce {
    int version = 0;
    Instant since;
    std::optional<Instant> until; // a later version, or the removal of the job; none: in force
    JobDefinition definition;
};
// All that the ledger of a job in [from, until) can be recomputed from, as of one moment.
struct LoadJobRecord {
    struct Record {
        std::vector<DefinitionInForce> versions; // by version, those in force at any time in [from, until)
        std::vector<RuleMark> marks;
        std::vector<Occasion> rows; // by time, ranges that reach into it too
        bool complete = true; // false: there are more than `most` rows
    };
    using Reply = Record;
    static constexpr int most = 500'000;
    JobId job;
    Instant from;
    Instant until;
};

struct LastRun { // the newest run of a job, whatever its state
    RunId run;
    RunState state = RunState::Queued;
    std::optional<Instant> endedAt;
    bool operator==(const LastRun &) const = default;
};
struct ListLastRuns {
    using Reply = std::map<JobId, LastRun>; // without those jobs that never ran
    std::vector<JobId> jobs;
};

// One recorded read of a stream. stream: 0 unknown, 1 stdout, 2 stderr.
struct LogEntry {
    qint64 offset = 0;
    int length = 0;
    int stream = 1;
    Instant at;
    bool operator==(const LogEntry &) const = default;
};
// Bytes of an attempt's log. `offset` is greater than asked where bytes are missing, and then `missing` says why if
// that is known; the index covers exactly `bytes`, cut where it must be.
struct LogPiece {
    qint64 offset = 0;
    QByteArray bytes;
    std::vector<LogEntry> index;
    qint64 size = 0; // of the whole log now
    QString missing;
};
// Empty bytes at the end of the log (where bytes are missing there, at the end of these) and for an attempt that
// printed nothing. A piece holds at most `limit` bytes and 8192 index entries.
struct ReadLog {
    using Reply = LogPiece;
    AttemptKey key;
    qint64 offset = 0; // negative: counted from the end
    qint64 limit = 1 << 18; // clamped to 1..1 MiB
};
struct FindLogSize {
    using Reply = qint64; // bytes received
    AttemptKey key;
};

// The secret itself is nowhere: `hash` is its SHA-256.
struct AccessToken {
    QString id; // public; the secret names it
    QString name; // what `by` says
    QString role;
    QByteArray hash;
    Instant created;
    std::optional<Instant> expires;
    std::optional<Instant> revoked;
    QString createdBy; // name of the token that asked for it
    std::optional<Instant> lastUsed;
    bool operator==(const AccessToken &) const = default;
};
struct FindToken {
    using Reply = AccessToken;
    QString id;
};
struct ListTokens { // by creation, then id; revoked and expired ones too
    using Reply = std::vector<AccessToken>;
};

} // namespace belfry::store
