// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/writes.h"
#include "shared/wire/agentmessages.h"

#include <memory>

// What reaches the backend's engine. News is past tense, a wish of a client imperative.
namespace belfry::engine {

using SessionId = Id<struct SessionTag>; // one connection of an agent; never reused while the process lives
using Token = qint64; // names an open request of a client; its Answer carries it back

// What the store knew of an attempt that a hello named, when it was asked after every earlier commit.
struct StoredAttempt {
    AttemptKey key;
    bool known = false; // assigned to this agent's name, in the hello's epoch
    bool ended = false; // its final state is durable
    qint64 logDurable = 0;
    bool operator==(const StoredAttempt &) const = default;
};

struct AgentConnected {
    SessionId session;
    wire::AgentHello hello;
    std::vector<StoredAttempt> stored; // one for each attempt of the hello
};
struct AgentDisconnected {
    SessionId session;
};
struct AgentReportedStart {
    SessionId session;
    wire::AttemptStarted message;
};
struct AgentReportedEnd {
    SessionId session;
    wire::AttemptEnded message;
};
struct AgentReportedDraining {
    SessionId session;
    QString reason;
};
struct AgentHeard { // its ping
    SessionId session;
    Instant agentNow;
    Duration bootTime{0}; // CLOCK_BOOTTIME of its host
};
struct TimePassed { // at nextDue(), and at least once a second
};
struct StartsStopped { // SIGTERM: nothing is assigned any more
};

struct ApplyProject {
    Token token = 0;
    QString project;
    std::vector<JobDefinition> jobs;
    std::map<QString, LimitSpec> limits; // of the project
    std::map<QString, QString> files;
    bool prune = true;
    bool dryRun = false;
    QString by;
    QString message;
    std::map<QString, JobId> ids; // by job name: the definition is this job's, whatever its name is now
    qint64 restores = 0; // the release that a rollback brings back
    qint64 expected = 0; // refused with Conflict unless this release is the active one; 0: any may be
};
struct TriggerJob {
    Token token = 0;
    QString job; // full or bare name
    Params params; // as given, unchecked
    QString key;
    QString by;
    QString reason;
    bool force = false;
};
struct CancelRun {
    Token token = 0;
    RunId run;
    QString by;
    QString reason;
};
// Holds what is scheduled; a job that is paused already takes the new `until` and `then`.
struct PauseJobs {
    Token token = 0;
    QString name; // `project/job`, or a project
    std::optional<Instant> until; // after now
    PauseThen then = PauseThen::Skip;
    QString by;
};
struct ResumeJobs {
    Token token = 0;
    QString name;
    QString by;
};
// A person has seen a failure: of a run, or of the occasions of one instant of a job. Or, with `undo`, wants to see it
// again.
struct Acknowledge {
    Token token = 0;
    std::optional<Run> run; // a final one, as the store has it
    std::vector<Occasion> occasions; // where there is no run: as the store has them
    bool undo = false;
    QString by;
    QString note;
};
// The occasions of one instant of a job are to be skipped when they are due. Or, with `undo`, not.
struct SkipOccasion {
    Token token = 0;
    QString job; // full or bare name
    std::optional<Instant> at; // none: the next one that would run; with `undo`: that is to be skipped
    bool undo = false;
    QString by;
    QString reason;
};
struct HoldRun {
    Token token = 0;
    RunId run;
    bool held = true; // false: release
    QString by;
    QString reason;
};
struct PrioritizeRun {
    Token token = 0;
    RunId run;
    int priority = 50; // 0..100
    QString by;
};
struct RerunRun {
    Token token = 0;
    Run run; // a final one, as the store has it
    std::shared_ptr<const JobDefinition> definition; // of the version that it pinned
    QString by;
    QString reason;
};
struct DeclareLost {
    Token token = 0;
    RunId run;
    QString by;
    QString reason; // not empty
};
struct DrainAgent {
    Token token = 0;
    QString name;
    bool drained = true; // false: resume
};
struct ForgetAgent {
    Token token = 0;
    QString name;
};

using EventBody = std::variant<AgentConnected, AgentDisconnected, AgentReportedStart, AgentReportedEnd,
    AgentReportedDraining, AgentHeard, TimePassed, StartsStopped, ApplyProject, TriggerJob, CancelRun, PauseJobs,
    ResumeJobs, DrainAgent, ForgetAgent, RerunRun, DeclareLost, Acknowledge, SkipOccasion, HoldRun, PrioritizeRun>;

struct Event {
    Instant now; // wall clock
    Duration monotonic{0};
    quint64 dice = 0; // a fresh random number: the engine makes none
    EventBody body;
    Duration slept{0}; // for so long before this event the process did not run (stopped, or its host was frozen)
};

} // namespace belfry::engine
