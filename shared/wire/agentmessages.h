// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/run.h"

#include <variant>

// The messages between agent and backend (`/agent`, sub-protocol belfry-agent.v1). `tag` is the message's number in a
// frame: append only, never reused. Instants from an agent are its own clock; the backend corrects them by the measured skew.
namespace belfry::wire {

// What an agent knows of one attempt in its spool.
enum class AttemptPhase { Ordered, Running, Ended };
constexpr auto enumNames(const AttemptPhase *)
{
    return names<AttemptPhase>({{AttemptPhase::Ordered, "ordered"}, {AttemptPhase::Running, "running"}, {AttemptPhase::Ended, "ended"}});
}

// How an attempt ended. The backend judges; these are the facts. Exactly one of exitCode, signal, notStarted, exitUnseen is set.
struct AttemptResult {
    std::optional<int> exitCode;
    std::optional<int> signal;
    QString notStarted; // errno name and text: `ENOENT: no such file or directory: ./load.sh`
    bool exitUnseen = false; // the supervisor died first; the tree is gone
    bool timedOut = false;
    bool stalled = false;
    bool cancelled = false; // a cancel had reached the supervisor before the main process ended
    bool killed = false; // KILL was needed after the grace
    Instant startedAt; // equal to endedAt when nothing was started
    Instant endedAt;
    Duration cpu {0};
    qint64 peakMemory = 0; // bytes
    qint64 logWritten = 0; // bytes
    qint64 logLost = 0; // bytes that could not be kept on the agent (disk full); 0 as a rule
    QString logHash; // XXH3-64 of the bytes written, hex; empty: not known
    int leftovers = 0; // processes that outlived the main one and were ended
    std::map<QString, QString> outputs; // from BELFRY_OUTPUT
    bool leaseExpired = false; // its lease ran out while the main process lived, or before anything was started
    QString logLostWhy; // a sentence when logLost is not 0

    bool operator==(const AttemptResult &) const = default;
};
constexpr auto describe(const AttemptResult *)
{
    return fields(field(1, "exit_code", &AttemptResult::exitCode), field(2, "signal", &AttemptResult::signal),
        field(3, "not_started", &AttemptResult::notStarted), field(4, "exit_unseen", &AttemptResult::exitUnseen),
        field(5, "timed_out", &AttemptResult::timedOut), field(6, "stalled", &AttemptResult::stalled),
        field(7, "cancelled", &AttemptResult::cancelled), field(8, "killed", &AttemptResult::killed),
        field(9, "started_at", &AttemptResult::startedAt), field(10, "ended_at", &AttemptResult::endedAt),
        field(11, "cpu", &AttemptResult::cpu), field(12, "peak_memory", &AttemptResult::peakMemory),
        field(13, "log_written", &AttemptResult::logWritten), field(14, "log_lost", &AttemptResult::logLost),
        field(15, "log_hash", &AttemptResult::logHash), field(16, "leftovers", &AttemptResult::leftovers),
        field(17, "outputs", &AttemptResult::outputs), field(18, "lease_expired", &AttemptResult::leaseExpired),
        field(19, "log_lost_why", &AttemptResult::logLostWhy));
}

struct AttemptReport {
    RunId run;
    int attempt = 0;
    qint64 epoch = 0;
    AttemptPhase phase = AttemptPhase::Ordered;
    qint64 pid = 0;
    std::optional<Instant> startedAt;
    qint64 logSize = 0; // bytes in the spool so far
    std::optional<AttemptResult> result; // when ended

    bool operator==(const AttemptReport &) const = default;
};
constexpr auto describe(const AttemptReport *)
{
    return fields(required(1, "run", &AttemptReport::run), required(2, "attempt", &AttemptReport::attempt),
        required(3, "epoch", &AttemptReport::epoch), field(4, "phase", &AttemptReport::phase), field(5, "pid", &AttemptReport::pid),
        field(6, "started_at", &AttemptReport::startedAt), field(7, "log_size", &AttemptReport::logSize),
        field(8, "result", &AttemptReport::result));
}

// ---- agent to backend

// First message of a connection: who it is, and everything that lives or waits in its spool.
struct AgentHello {
    static constexpr int tag = 1;
    int protocol = 1;
    QStringList features;
    QString version;
    QString name;
    QString instance;
    QString bootId;
    Instant now; // its wall clock
    std::map<QString, QString> labels;
    int slots = 1;
    bool ephemeral = false;
    QString killSet;
    std::vector<AttemptReport> attempts;
    Duration bootTime {0}; // CLOCK_BOOTTIME of its host, in which leases are given

    bool operator==(const AgentHello &) const = default;
};
constexpr auto describe(const AgentHello *)
{
    return fields(required(1, "protocol", &AgentHello::protocol), field(2, "features", &AgentHello::features),
        field(3, "version", &AgentHello::version), required(4, "name", &AgentHello::name),
        required(5, "instance", &AgentHello::instance), required(6, "boot_id", &AgentHello::bootId),
        required(7, "now", &AgentHello::now), field(8, "labels", &AgentHello::labels), field(9, "slots", &AgentHello::slots),
        field(10, "ephemeral", &AgentHello::ephemeral), field(11, "kill_set", &AgentHello::killSet),
        field(12, "attempts", &AgentHello::attempts), field(13, "boot_time", &AgentHello::bootTime));
}

struct AttemptStarted {
    static constexpr int tag = 2;
    RunId run;
    int attempt = 0;
    qint64 epoch = 0;
    qint64 pid = 0;
    Instant at;

    bool operator==(const AttemptStarted &) const = default;
};
constexpr auto describe(const AttemptStarted *)
{
    return fields(required(1, "run", &AttemptStarted::run), required(2, "attempt", &AttemptStarted::attempt),
        required(3, "epoch", &AttemptStarted::epoch), field(4, "pid", &AttemptStarted::pid), required(5, "at", &AttemptStarted::at));
}

// Sent again after each reconnect until ResultCommitted answers it.
struct AttemptEnded {
    static constexpr int tag = 3;
    RunId run;
    int attempt = 0;
    qint64 epoch = 0;
    AttemptResult result;

    bool operator==(const AttemptEnded &) const = default;
};
constexpr auto describe(const AttemptEnded *)
{
    return fields(required(1, "run", &AttemptEnded::run), required(2, "attempt", &AttemptEnded::attempt),
        required(3, "epoch", &AttemptEnded::epoch), required(4, "result", &AttemptEnded::result));
}

// One read of a stream; `offset` counts from the start of the attempt's log. stream: 1 stdout, 2 stderr.
struct LogEntry {
    qint64 offset = 0;
    int length = 0;
    int stream = 1;
    Instant at;

    bool operator==(const LogEntry &) const = default;
};
constexpr auto describe(const LogEntry *)
{
    return fields(required(1, "offset", &LogEntry::offset), required(2, "length", &LogEntry::length),
        field(3, "stream", &LogEntry::stream), field(4, "time", &LogEntry::at));
}

// At most maxLogBlock bytes. Applied at its offset, so that a repeat is harmless; `index` covers exactly these bytes.
struct LogChunk {
    static constexpr int tag = 4;
    RunId run;
    int attempt = 0;
    qint64 epoch = 0;
    qint64 offset = 0;
    QByteArray bytes;
    std::vector<LogEntry> index;

    bool operator==(const LogChunk &) const = default;
};
constexpr auto describe(const LogChunk *)
{
    return fields(required(1, "run", &LogChunk::run), required(2, "attempt", &LogChunk::attempt),
        required(3, "epoch", &LogChunk::epoch), required(4, "offset", &LogChunk::offset), required(5, "bytes", &LogChunk::bytes),
        field(6, "index", &LogChunk::index));
}

// Answered by LeasesRenewed where the agent holds leases.
struct AgentPing {
    static constexpr int tag = 5;
    Instant now;
    Duration bootTime {0}; // as in the hello
    bool operator==(const AgentPing &) const = default;
};
constexpr auto describe(const AgentPing *)
{
    return fields(field(1, "now", &AgentPing::now), field(2, "boot_time", &AgentPing::bootTime));
}

// The agent takes no new starts from now on (it is stopping, or its disk is full); live attempts go on.
struct AgentDraining {
    static constexpr int tag = 6;
    QString reason;
    bool operator==(const AgentDraining &) const = default;
};
constexpr auto describe(const AgentDraining *) { return fields(field(1, "reason", &AgentDraining::reason)); }

// The bytes from `offset` to before `until` will never come: they are not in the agent's spool. Applied at its offset like
// a chunk.
struct LogMissing {
    static constexpr int tag = 7;
    RunId run;
    int attempt = 0;
    qint64 epoch = 0;
    qint64 offset = 0;
    qint64 until = 0;
    QString reason; // a sentence

    bool operator==(const LogMissing &) const = default;
};
constexpr auto describe(const LogMissing *)
{
    return fields(required(1, "run", &LogMissing::run), required(2, "attempt", &LogMissing::attempt),
        required(3, "epoch", &LogMissing::epoch), required(4, "offset", &LogMissing::offset), required(5, "until", &LogMissing::until),
        field(6, "reason", &LogMissing::reason));
}

// ---- backend to agent

// What the backend holds of an attempt that the hello named.
struct AttemptStanding {
    RunId run;
    int attempt = 0;
    bool known = true; // false: not assigned to this agent by this backend; keep it and report it
    bool resultCommitted = false;
    qint64 logDurable = 0; // send from here on

    bool operator==(const AttemptStanding &) const = default;
};
constexpr auto describe(const AttemptStanding *)
{
    return fields(required(1, "run", &AttemptStanding::run), required(2, "attempt", &AttemptStanding::attempt),
        field(3, "known", &AttemptStanding::known), field(4, "result_committed", &AttemptStanding::resultCommitted),
        field(5, "log_durable", &AttemptStanding::logDurable));
}

struct AgentWelcome {
    static constexpr int tag = 1;
    int protocol = 1;
    QStringList features;
    QString version;
    qint64 epoch = 0;
    std::vector<AttemptStanding> attempts;

    bool operator==(const AgentWelcome &) const = default;
};
constexpr auto describe(const AgentWelcome *)
{
    return fields(required(1, "protocol", &AgentWelcome::protocol), field(2, "features", &AgentWelcome::features),
        field(3, "version", &AgentWelcome::version), required(4, "epoch", &AgentWelcome::epoch),
        field(5, "attempts", &AgentWelcome::attempts));
}

// The agent is not wanted (name bound to another instance, protocol too old, ...): the sentence says why. With retryAfter it
// may come back by itself, without it somebody must act; it stays and tries every minute.
struct AgentRefused {
    static constexpr int tag = 2;
    QString reason;
    std::optional<Duration> retryAfter;

    bool operator==(const AgentRefused &) const = default;
};
constexpr auto describe(const AgentRefused *)
{
    return fields(required(1, "reason", &AgentRefused::reason), field(2, "retry_after", &AgentRefused::retryAfter));
}

// An attempt's order text, complete: the agent adds only what its host knows (HOME, USER, BELFRY_AGENT, BELFRY_OUTPUT).
struct StartAttempt {
    static constexpr int tag = 3;
    RunId run;
    int attempt = 0;
    qint64 epoch = 0;
    QString bootId; // only a host of this boot may start it
    QString jobName;
    QStringList command;
    QString script; // given to `shell` as a file when command is empty
    QString shell;
    std::map<QString, QString> env;
    QString dir;
    QStringList wrap; // put before argv, in order
    std::optional<Duration> timeout;
    std::optional<Duration> stallTimeout;
    Duration grace {10'000};
    Leftovers leftovers = Leftovers::Kill;
    qint64 logCap = 0; // bytes; 0: none
    std::optional<Duration> leaseUntil; // CLOCK_BOOTTIME of its host; see Lease

    bool operator==(const StartAttempt &) const = default;
};
constexpr auto describe(const StartAttempt *)
{
    return fields(required(1, "run", &StartAttempt::run), required(2, "attempt", &StartAttempt::attempt),
        required(3, "epoch", &StartAttempt::epoch), required(4, "boot_id", &StartAttempt::bootId),
        field(5, "job", &StartAttempt::jobName), field(6, "command", &StartAttempt::command),
        field(7, "script", &StartAttempt::script), field(8, "shell", &StartAttempt::shell), field(9, "env", &StartAttempt::env),
        field(10, "dir", &StartAttempt::dir), field(11, "wrap", &StartAttempt::wrap), field(12, "timeout", &StartAttempt::timeout),
        field(13, "stall_timeout", &StartAttempt::stallTimeout), field(14, "grace", &StartAttempt::grace),
        field(15, "leftovers", &StartAttempt::leftovers), field(16, "log_cap", &StartAttempt::logCap),
        field(17, "lease_until", &StartAttempt::leaseUntil));
}

struct CancelAttempt {
    static constexpr int tag = 4;
    RunId run;
    int attempt = 0;
    qint64 epoch = 0;
    Duration grace {10'000};
    QString reason;

    bool operator==(const CancelAttempt &) const = default;
};
constexpr auto describe(const CancelAttempt *)
{
    return fields(required(1, "run", &CancelAttempt::run), required(2, "attempt", &CancelAttempt::attempt),
        required(3, "epoch", &CancelAttempt::epoch), field(4, "grace", &CancelAttempt::grace), field(5, "reason", &CancelAttempt::reason));
}

// The attempt's result is durable at the backend. With the whole log durable too, the agent deletes the spool entry.
struct ResultCommitted {
    static constexpr int tag = 5;
    RunId run;
    int attempt = 0;

    bool operator==(const ResultCommitted &) const = default;
};
constexpr auto describe(const ResultCommitted *)
{
    return fields(required(1, "run", &ResultCommitted::run), required(2, "attempt", &ResultCommitted::attempt));
}

// Everything before `received` has arrived (gives credit), everything before `durable` is synced (frees the spool).
struct LogAck {
    static constexpr int tag = 6;
    RunId run;
    int attempt = 0;
    qint64 received = 0;
    qint64 durable = 0;

    bool operator==(const LogAck &) const = default;
};
constexpr auto describe(const LogAck *)
{
    return fields(required(1, "run", &LogAck::run), required(2, "attempt", &LogAck::attempt),
        required(3, "received", &LogAck::received), required(4, "durable", &LogAck::durable));
}

struct BackendPing {
    static constexpr int tag = 7;
    Instant now;
    bool operator==(const BackendPing &) const = default;
};
constexpr auto describe(const BackendPing *) { return fields(field(1, "now", &BackendPing::now)); }

// Until when an attempt may live without a word of the backend (`on_lost: fail` and `rerun`): on the clock of the agent's
// own host, counted from a reading that the agent had sent, so that delay on the way only ever shortens a lease. When it is
// over the supervisor ends the tree, or starts nothing.
struct Lease {
    RunId run;
    int attempt = 0;
    qint64 epoch = 0;
    Duration until {0}; // CLOCK_BOOTTIME

    bool operator==(const Lease &) const = default;
};
constexpr auto describe(const Lease *)
{
    return fields(required(1, "run", &Lease::run), required(2, "attempt", &Lease::attempt), required(3, "epoch", &Lease::epoch),
        required(4, "until", &Lease::until));
}

// After the welcome, and for each ping: all leases of the agent's live attempts.
struct LeasesRenewed {
    static constexpr int tag = 8;
    std::vector<Lease> leases;
    bool operator==(const LeasesRenewed &) const = default;
};
constexpr auto describe(const LeasesRenewed *) { return fields(required(1, "leases", &LeasesRenewed::leases)); }

using AgentToBackend = std::variant<AgentHello, AttemptStarted, AttemptEnded, LogChunk, AgentPing, AgentDraining, LogMissing>;
using BackendToAgent = std::variant<AgentWelcome, AgentRefused, StartAttempt, CancelAttempt, ResultCommitted, LogAck, BackendPing, LeasesRenewed>;

} // namespace belfry::wire
