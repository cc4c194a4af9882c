// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/spool/attemptresult.h"

#include <cstdint>
#include <string>
#include <variant>
#include <vector>

namespace belfry::spool {

// Between agent and supervisor, over one Unix stream socket. All from the supervisor are hints: the truth is in the
// spool's files, so whoever lost a message reads them.

// To the supervisor. Own this attempt: start it if nobody has, adopt it if its owner is dead, else refuse.
struct Take {
    AttemptKey key;
    std::int64_t leaseUntilMs = 0; // as in Renew: the newest that the agent knows, which the order may not say; 0: none
    bool operator==(const Take &) const = default;
};
// End the attempt's tree; the reason is in its file `cancel`, written before this is sent.
struct Cancel {
    AttemptKey key;
    bool operator==(const Cancel &) const = default;
};
// The attempt's lease, if it has one, lasts until then at least. It is never shortened.
struct Renew {
    AttemptKey key;
    std::int64_t leaseUntilMs = 0; // CLOCK_BOOTTIME
    bool operator==(const Renew &) const = default;
};
// Own nothing new, and end with the last attempt.
struct Retire {
    bool operator==(const Retire &) const = default;
};

// From the supervisor, first on each connection.
struct Hello {
    std::string id;
    std::string version;
    std::int32_t pid = 0;
    std::vector<AttemptKey> attempts; // those that it owns
    bool operator==(const Hello &) const = default;
};
struct StartedReport {
    Started started;
    bool adopted = false;
    bool operator==(const StartedReport &) const = default;
};
struct OutputGrew {
    AttemptKey key;
    std::int64_t size = 0; // of file `output`
    bool operator==(const OutputGrew &) const = default;
};
// The file `result` stands. Also for what could not be started.
struct FinishedReport {
    AttemptResult result;
    bool operator==(const FinishedReport &) const = default;
};
// KILL was sent, and processes still live (uninterruptible sleep).
struct KillPending {
    AttemptKey key;
    std::int32_t processes = 0;
    bool operator==(const KillPending &) const = default;
};
// The attempt is not owned by this supervisor, and nothing was done to it.
struct Refused {
    enum class Why : std::uint8_t {
        OwnedElsewhere = 1, // another supervisor lives that owns it
        Damaged = 2, // its files cannot be read
        Unavailable = 3, // retiring, out of file descriptors, disk full: another supervisor or a later time may do
    };

    AttemptKey key;
    Why why = Why::Unavailable;
    std::string path;
    std::string text;
    bool operator==(const Refused &) const = default;
};

using Message
    = std::variant<Take, Cancel, Retire, Hello, StartedReport, OutputGrew, FinishedReport, KillPending, Refused, Renew>;

std::string encode(const Message &message);

// Takes whole messages out of a byte stream.
class MessageReader
{
public:
    void append(std::string_view bytes);
    // The next whole message, or nothing yet. A Failure means that the stream is broken for good: close it.
    Checked<std::optional<Message>> next();

private:
    std::string m_buffer;
    std::size_t m_read = 0;
};

} // namespace belfry::spool
