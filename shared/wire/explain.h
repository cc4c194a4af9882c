// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/occasion.h"
#include "shared/model/run.h"

// Answers to `why`: a sentence for people, and the same as facts.
namespace belfry::wire {

// A run that stands in the way of another one.
struct BlockingRun {
    RunId run;
    QString job;
    RunState state = RunState::Queued;
    QString agent; // empty: it has none now
    std::optional<Instant> since; // when it was assigned, or queued where it waits itself
    int units = 0; // of the limit: held or, by one that waits, claimed

    bool operator==(const BlockingRun &) const = default;
};
constexpr auto describe(const BlockingRun *)
{
    return fields(required(1, "run", &BlockingRun::run), field(2, "job", &BlockingRun::job),
        field(3, "state", &BlockingRun::state), field(4, "agent", &BlockingRun::agent),
        field(5, "since", &BlockingRun::since), field(6, "units", &BlockingRun::units));
}

enum class AgentRefusal { Full, Draining, Drained, Unreachable, Labels };
constexpr auto enumNames(const AgentRefusal *)
{
    return names<AgentRefusal>(
        {{AgentRefusal::Full, "full"}, {AgentRefusal::Draining, "draining"}, {AgentRefusal::Drained, "drained"},
            {AgentRefusal::Unreachable, "unreachable"}, {AgentRefusal::Labels, "labels"}});
}

// Why one agent does not take a run.
struct RefusingAgent {
    QString agent;
    AgentRefusal refusal = AgentRefusal::Full;
    QString text;
    std::optional<Instant> since; // unreachable since then
    std::vector<RunId> runs; // that hold its slots, where none is free
    int ends = 0; // as many of them must end before a slot is free

    bool operator==(const RefusingAgent &) const = default;
};
constexpr auto describe(const RefusingAgent *)
{
    return fields(required(1, "agent", &RefusingAgent::agent), required(2, "refusal", &RefusingAgent::refusal),
        field(3, "text", &RefusingAgent::text), field(4, "since", &RefusingAgent::since),
        field(5, "runs", &RefusingAgent::runs), field(6, "ends", &RefusingAgent::ends));
}

enum class BlockerKind {
    Stopped, // the backend ends, and starts nothing more
    Hold, // the clock was stepped: starts are held
    NotDue, // the clock was set back: its occasion lies ahead
    Delay, // a retry waits for its delay
    Overlap, // other runs of the job come first
    Limit, // too few units of a pool or a lock
    Rate, // too many units were taken within the span
    Agents, // no agent that it may use has a free slot
    Queue, // what becomes free goes to runs that are ahead of it
    Expression, // its agent expression cannot be read
    Paused, // its job is paused
    Held, // a person holds it back
};
constexpr auto enumNames(const BlockerKind *)
{
    return names<BlockerKind>(
        {{BlockerKind::Stopped, "stopped"}, {BlockerKind::Hold, "hold"}, {BlockerKind::NotDue, "not_due"},
            {BlockerKind::Delay, "delay"}, {BlockerKind::Overlap, "overlap"}, {BlockerKind::Limit, "limit"},
            {BlockerKind::Rate, "rate"}, {BlockerKind::Agents, "agents"}, {BlockerKind::Queue, "queue"},
            {BlockerKind::Expression, "expression"}, {BlockerKind::Paused, "paused"}, {BlockerKind::Held, "held"}});
}

// One condition that a waiting run lacks. It starts when all of them are gone, and not before.
struct Blocker {
    BlockerKind kind = BlockerKind::Overlap;
    QString text; // a part of a sentence: what holds it, who, since when
    std::vector<BlockingRun> runs; // the condition is gone when the first `ends` of these have ended
    int ends = 0;
    std::vector<RefusingAgent> agents; // every one; those whose labels match first
    QString limit;
    int need = 0; // units of the limit
    int used = 0;
    int claimed = 0;
    int most = 0;
    std::optional<Instant> until; // looked at again then; none: as soon as one of those named changes

    bool operator==(const Blocker &) const = default;
};
constexpr auto describe(const Blocker *)
{
    return fields(required(1, "kind", &Blocker::kind), required(2, "text", &Blocker::text),
        field(3, "runs", &Blocker::runs), field(4, "ends", &Blocker::ends), field(5, "agents", &Blocker::agents),
        field(6, "limit", &Blocker::limit), field(7, "need", &Blocker::need), field(8, "used", &Blocker::used),
        field(9, "claimed", &Blocker::claimed), field(10, "most", &Blocker::most), field(11, "until", &Blocker::until));
}

struct Explanation {
    QString sentence; // one or two
    std::vector<Blocker> blockers; // of the run that waits
    QString job; // full name
    std::optional<RunId> run; // that it is about
    std::optional<RunState> state; // of that run
    std::optional<Instant> at; // that was asked for
    int version = 0; // of the definition in force then; 0: none
    std::vector<Occasion> occasions; // rows of the ledger for `at`
    std::optional<Instant> before; // the nearest occasions, where none is at `at`
    std::optional<Instant> after;
};
constexpr auto describe(const Explanation *)
{
    return fields(required(1, "sentence", &Explanation::sentence), required(2, "blockers", &Explanation::blockers),
        field(3, "job", &Explanation::job), field(4, "run", &Explanation::run), field(5, "state", &Explanation::state),
        field(6, "at", &Explanation::at), field(7, "version", &Explanation::version),
        field(8, "occasions", &Explanation::occasions), field(9, "before", &Explanation::before),
        field(10, "after", &Explanation::after));
}

struct ExplainRun {
    static constexpr auto method = "explain.run";
    using Reply = Explanation;
    RunId run;
    QString zone; // IANA name; of the times in the sentences. Default: the job's zone
};
constexpr auto describe(const ExplainRun *)
{
    return fields(required(1, "run", &ExplainRun::run), field(2, "zone", &ExplainRun::zone));
}

struct ExplainJob {
    static constexpr auto method = "explain.job";
    using Reply = Explanation;
    QString job; // a removed one too
    std::optional<Instant> at; // default: now
    QString zone; // as in ExplainRun
};
constexpr auto describe(const ExplainJob *)
{
    return fields(
        required(1, "job", &ExplainJob::job), field(2, "at", &ExplainJob::at), field(3, "zone", &ExplainJob::zone));
}

} // namespace belfry::wire
