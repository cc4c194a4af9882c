// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/engine/effects.h"

#include <map>
#include <set>

namespace belfry::agentengine {

// Which bytes of which log are sent next: with credit per attempt (wire::logCredit) and for the connection as a whole,
// blocks of at most wire::maxLogBlock, attempts in turn. Knows nothing of durability: see Engine.
class LogFlow
{
public:
    // Bytes of all logs together that may be unacknowledged; more would only fill buffers.
    static constexpr qint64 connectionCredit = 4 << 20;

    // The connection is gone and with it all that was in flight.
    void clear();
    // From now on the log is sent, from `offset` on. Again for a known one: starts over there.
    void open(AttemptKey key, qint64 epoch, qint64 offset, qint64 size);
    void close(AttemptKey key);
    // The spool's file has this size now; it may also be smaller than was believed.
    void resize(AttemptKey key, qint64 size);
    // Not sent for now (unreadable), and sent again.
    void hold(AttemptKey key, bool held);
    // Everything before `received` has arrived. What lies beyond `size` is not believed.
    void acknowledge(AttemptKey key, qint64 received);

    // The blocks that may leave now; they count as sent.
    std::vector<SendLog> next();

private:
    struct Stream {
        qint64 epoch = 0;
        qint64 size = 0;
        qint64 sent = 0; // all before it was sent
        qint64 received = 0;
        bool held = false;
    };
    qint64 sendable(const Stream &stream) const;
    void settle(AttemptKey key, const Stream &stream);

    std::map<AttemptKey, Stream> m_streams;
    std::set<AttemptKey> m_ready; // those with something to send and credit of their own
    AttemptKey m_last; // served last: the next one in order is first
    qint64 m_inFlight = 0;
};

} // namespace belfry::agentengine
