// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/agenda.h"
#include "shared/model/occasion.h"

namespace belfry::engine {

// Codes of an occasion's `reason`.
namespace reason {
constexpr QStringView startBy = u"start_by";
constexpr QStringView outsideWindow = u"outside_window";
constexpr QStringView downtime = u"downtime";
constexpr QStringView superseded = u"superseded";
constexpr QStringView overMax = u"over_max";
constexpr QStringView overlap = u"overlap";
constexpr QStringView parameters = u"parameters"; // its values do not pass the job's definitions
constexpr QStringView paused = u"paused";
constexpr QStringView jobRemoved = u"job_removed";
constexpr QStringView replaced = u"replaced";
constexpr QStringView cancelled = u"cancelled"; // by a person, before it started
constexpr QStringView byOperator = u"operator"; // a person wanted it to be skipped; the row says who and why
} // namespace reason

struct Verdict {
    Fate fate = Fate::Pending;
    QStringView reason; // code
};

// How an occasion stands when it is looked at, in the order of design.md section 6.
struct Standing {
    enum Kind { OnTime, Late, Final };
    Kind kind = OnTime;
    Verdict verdict; // of a final one
};
Standing standingOf(const Owed &owed, const JobDefinition &definition, Instant now);

// Occasions that may run, oldest first, with their parameters as evaluated.
struct Candidate {
    bool late = false;
    Params params;
    std::optional<CatchUpPolicy> then; // of the pause that held it: outranks the job's own policy
};
// What catch-up makes of each of them.
struct Settled {
    enum Kind { Run, CatchUp, Missed };
    Kind kind = Run;
    QStringView reason; // of a missed one
    std::optional<std::size_t> by; // the candidate that supersedes it
    bool backlog = false; // one of several that are caught up one by one
};
std::vector<Settled> settle(const std::vector<Candidate> &candidates, const CatchUp &policy);

// What a job has on its hands when an occasion that runs is due.
struct Crowd {
    std::size_t waiting = 0; // for their first attempt
    std::size_t waitingEqual = 0; // those of occasions with equal parameters, but for a backlog's
    std::optional<RunId> lastEqual; // the last of these
    std::size_t holding = 0; // live, or between two attempts
};
struct Admission {
    enum Kind { Wait, Merge, Skip, Replace };
    Kind kind = Wait;
    RunId into; // with Merge
};
constexpr std::size_t maxWaiting = 1000; // runs a job
// An occasion of a backlog waits in any case: it starts when the job is idle.
Admission admit(const JobDefinition &definition, const Crowd &crowd, bool backlog = false);
// How many runs of a job may be live, or between two attempts, at once.
int roomOf(const JobDefinition &definition);

} // namespace belfry::engine
