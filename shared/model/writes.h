// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/agent.h"
#include "shared/model/occasion.h"
#include "shared/model/release.h"

#include <variant>

namespace belfry {

// What an engine wants to be durable. A batch of these is one transaction; within it their order is kept. Every Save
// replaces the row of the same identity.

struct SaveJob { // also records the definition as (job, version)
    Job job;
    bool operator==(const SaveJob &) const = default;
};
struct SaveRelease {
    Release release;
    bool operator==(const SaveRelease &) const = default;
};
struct SaveRuleMark {
    RuleMark mark;
    bool operator==(const SaveRuleMark &) const = default;
};
struct RemoveRuleMark {
    JobId job;
    QString rule;
    bool operator==(const RemoveRuleMark &) const = default;
};
struct SaveRun {
    Run run;
    bool operator==(const SaveRun &) const = default;
};
struct SaveAttempt { // all columns but log_stored, which belongs to the log files
    Attempt attempt;
    bool operator==(const SaveAttempt &) const = default;
};
struct SaveOccasion {
    Occasion occasion;
    bool operator==(const SaveOccasion &) const = default;
};
// Deletes a rule's rows with from <= at < until that are missed, skipped or, without a run, expired or pending: the
// clock was wrong, and they are due again.
struct ReopenOccasions {
    JobId job;
    QString rule;
    Instant from;
    Instant until;
    bool operator==(const ReopenOccasions &) const = default;
};
// Only what people said of the failure is written, and only to a row that is still there.
struct AcknowledgeRun {
    Run run; // as it is then
    bool operator==(const AcknowledgeRun &) const = default;
};
struct AcknowledgeOccasion {
    Occasion occasion; // as it is then
    bool operator==(const AcknowledgeOccasion &) const = default;
};
struct SavePlannedSkip {
    PlannedSkip skip;
    bool operator==(const SavePlannedSkip &) const = default;
};
struct RemovePlannedSkip {
    JobId job;
    Instant at;
    bool operator==(const RemovePlannedSkip &) const = default;
};
struct SaveAgent {
    Agent agent;
    bool operator==(const SaveAgent &) const = default;
};
struct RemoveAgent {
    QString name;
    bool operator==(const RemoveAgent &) const = default;
};

struct SaveLimit {
    Limit limit;
    bool operator==(const SaveLimit &) const = default;
};
struct RemoveLimit {
    QString project;
    QString name;
    bool operator==(const RemoveLimit &) const = default;
};
struct SaveRateUse {
    RateUse use;
    bool operator==(const SaveRateUse &) const = default;
};
struct RemoveRateUses { // of one limit, those at or before
    QString project;
    QString name;
    Instant until;
    bool operator==(const RemoveRateUses &) const = default;
};

// Remembers that a trigger with this key made this run. Same key and request = same run for 7 days within the project.
struct TriggerKey {
    QString project;
    QString key;
    QByteArray request; // SHA-256 of what was asked for
    RunId run;
    Instant at;
    bool operator==(const TriggerKey &) const = default;
};
struct SaveTriggerKey {
    TriggerKey key;
    bool operator==(const SaveTriggerKey &) const = default;
};
struct RemoveTriggerKeys {
    Instant before;
    bool operator==(const RemoveTriggerKeys &) const = default;
};

using Write = std::variant<SaveJob, SaveRelease, SaveRuleMark, RemoveRuleMark, SaveRun, SaveAttempt, SaveOccasion,
    ReopenOccasions, SaveAgent, RemoveAgent, SaveTriggerKey, RemoveTriggerKeys, SaveLimit, RemoveLimit, SaveRateUse,
    RemoveRateUses, AcknowledgeRun, AcknowledgeOccasion, SavePlannedSkip, RemovePlannedSkip>;
using WriteBatch = std::vector<Write>;

// Everything an engine needs to go on where the store stands.
struct Snapshot {
    qint64 epoch = 0; // of this start of the backend: one more than at any start before
    RunId lastRun;
    JobId lastJob;
    std::map<QString, qint64> releases; // project -> newest release number
    std::vector<Job> jobs; // removed ones too: a name that comes back keeps its id
    std::map<std::pair<JobId, int>, JobDefinition>
        definitions; // those that open runs and pending occasions pin and that are not the current ones
    std::vector<Run> openRuns; // not final, by id
    std::vector<Attempt> openAttempts; // not final, by run and number
    std::vector<Occasion> pending;
    std::vector<PlannedSkip> plannedSkips;
    std::vector<RuleMark> marks;
    std::vector<Agent> agents;
    std::vector<TriggerKey> keys;
    std::vector<Limit> limits; // by project, then name
    std::vector<RateUse> rateUses; // that may still count
    std::map<JobId, QString> lastAgent; // of the newest attempt of each job with placement `sticky`
    std::map<JobId, Instant> lastSuccess; // end of the newest success of each job
    std::map<JobId, Instant> lastEnded; // end of the newest final run of each job
};

} // namespace belfry
