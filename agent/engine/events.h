// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/agentmessages.h"

// What reaches the agent's engine. News is past tense.
namespace belfry::agentengine {

// What the agent tells of itself in each hello, but for its clock and its attempts.
struct Identity {
    QString name;
    QString instance;
    QString bootId;
    QString version;
    QString killSet; // `cgroup` or `cookie`
    std::map<QString, QString> labels;
    int slots = 1;
    bool ephemeral = false;

    bool operator==(const Identity &) const = default;
};

// Everything that the spool holds. Nothing is said to the backend before it: a hello must be complete.
struct SpoolScanned {
    std::vector<wire::AttemptReport> attempts;
};
// An entry that cannot be read was put aside, now or before an earlier restart.
struct EntryQuarantined {
    std::optional<AttemptKey> key; // if its folder still said so
    QString path;
    QString why;
};

// The WebSocket is open. Connections follow each other: a new one means that the older one is gone.
struct Connected { };
struct Disconnected {
    int code = 0; // WebSocket close code; wire::closeAuth also for an upgrade that was refused with 401 or 403
    QString reason;
};
struct Received {
    wire::BackendToAgent message;
};

// The job's process exists.
struct AttemptStarted {
    AttemptKey key;
    qint64 pid = 0;
    Instant at;
};
struct OutputGrew {
    AttemptKey key;
    qint64 size = 0; // bytes in the spool
};
// The tree is gone and the result is in the spool; result.logWritten is the size of the log there.
struct AttemptEnded {
    AttemptKey key;
    wire::AttemptResult result;
};
// Answer to StartOrder: the spool holds nothing of it, nothing was started and nothing will be.
struct StartFailed {
    AttemptKey key;
    QString why; // `ENOSPC: ...`
};
// Answer to CancelOrder: it could not be written; the engine asks again.
struct CancelFailed {
    AttemptKey key;
    QString why;
};
// Answers to SendLog: the spool's file ends at `size` (less than was asked for), or it cannot be read.
struct LogShort {
    AttemptKey key;
    qint64 size = 0;
};
// ... or it lacks what lies before `until`, which was told to the backend.
struct LogSkipped {
    AttemptKey key;
    qint64 until = 0;
};
struct LogUnreadable {
    AttemptKey key;
    QString why;
};

// Whether new attempts can be written: the sentence says why not, empty = they can.
struct SpoolChecked {
    QString trouble;
};
// Labels, slots, ... were read anew.
struct IdentityChanged {
    Identity identity;
};
struct TimePassed { // at nextDue()
};
struct StopRequested { // SIGTERM
};

using EventBody = std::variant<SpoolScanned, EntryQuarantined, Connected, Disconnected, Received, AttemptStarted,
    OutputGrew, AttemptEnded, StartFailed, CancelFailed, LogShort, LogSkipped, LogUnreadable, SpoolChecked, IdentityChanged,
    TimePassed, StopRequested>;

struct Event {
    Instant now; // wall clock, only ever told, never compared
    Duration monotonic{0};
    Duration bootTime{0}; // CLOCK_BOOTTIME of the host, on which leases are counted
    EventBody body;
};

} // namespace belfry::agentengine
