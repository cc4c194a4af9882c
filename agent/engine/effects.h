// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/agentmessages.h"

namespace belfry::agentengine {

// Write the attempt into the spool and feed it to a supervisor. Asked at most once for a (run, attempt).
struct StartOrder {
    wire::StartAttempt order;
    bool operator==(const StartOrder &) const = default;
};
// End the attempt's tree; harmless when repeated and when it has ended meanwhile.
struct CancelOrder {
    AttemptKey key;
    Duration grace{0};
    QString reason;
    bool operator==(const CancelOrder &) const = default;
};
// The attempt may live until then, if it has a lease; harmless when repeated and when it has ended meanwhile.
struct RenewLease {
    AttemptKey key;
    Duration until{0}; // CLOCK_BOOTTIME
    bool operator==(const RenewLease &) const = default;
};
struct SendMessage {
    wire::AgentToBackend message;
    bool operator==(const SendMessage &) const = default;
};
// Read these bytes (at most wire::maxLogBlock) from the spool and send them as LogChunks.
struct SendLog {
    AttemptKey key;
    qint64 epoch = 0;
    qint64 offset = 0;
    qint64 size = 0;
    bool operator==(const SendLog &) const = default;
};
// The backend holds result and log durably: the spool need not.
struct DeleteEntry {
    AttemptKey key;
    bool operator==(const DeleteEntry &) const = default;
};
// Close the connection if there is one, and try no new one before `after` has passed. Without this effect the shell
// connects again by itself, with its backoff, whenever a connection has ended.
struct Reconnect {
    Duration after{0};
    bool operator==(const Reconnect &) const = default;
};
// For the agent's own log.
struct Notice {
    enum class Level { Info, Warning };
    Level level = Level::Info;
    QString text;
    bool operator==(const Notice &) const = default;
};

using Effect = std::variant<StartOrder, CancelOrder, RenewLease, SendMessage, SendLog, DeleteEntry, Reconnect, Notice>;
// Carried out in this order. What is sent goes to the connection that is open when it is asked for.
using Effects = std::vector<Effect>;

} // namespace belfry::agentengine
