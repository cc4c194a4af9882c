// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/engine/logflow.h"

#include "shared/wire/limits.h"

#include <algorithm>

namespace belfry::agentengine {

void LogFlow::clear()
{
    m_streams.clear();
    m_ready.clear();
    m_inFlight = 0;
}

void LogFlow::open(AttemptKey key, qint64 epoch, qint64 offset, qint64 size)
{
    close(key);
    const qint64 start = std::min(offset, size);
    settle(key, m_streams[key] = Stream{epoch, size, start, start});
}

void LogFlow::close(AttemptKey key)
{
    const auto found = m_streams.find(key);
    if (found == m_streams.end())
        return;
    m_inFlight -= found->second.sent - found->second.received;
    m_ready.erase(key);
    m_streams.erase(found);
}

void LogFlow::resize(AttemptKey key, qint64 size)
{
    const auto found = m_streams.find(key);
    if (found == m_streams.end())
        return;
    Stream &stream = found->second;
    m_inFlight -= stream.sent - stream.received;
    stream.size = size;
    stream.sent = std::min(stream.sent, size);
    stream.received = std::min(stream.received, size);
    m_inFlight += stream.sent - stream.received;
    settle(key, stream);
}

void LogFlow::hold(AttemptKey key, bool held)
{
    const auto found = m_streams.find(key);
    if (found == m_streams.end())
        return;
    Stream &stream = found->second;
    m_inFlight -= stream.sent - stream.received;
    // What of it really left is not known; sending it twice is harmless.
    stream.sent = stream.received;
    stream.held = held;
    settle(key, stream);
}

void LogFlow::acknowledge(AttemptKey key, qint64 received)
{
    const auto found = m_streams.find(key);
    if (found == m_streams.end())
        return;
    Stream &stream = found->second;
    m_inFlight -= stream.sent - stream.received;
    stream.received = std::max(stream.received, std::min(received, stream.size));
    // The peer may hold more than this connection carried: from an earlier one.
    stream.sent = std::max(stream.sent, stream.received);
    m_inFlight += stream.sent - stream.received;
    settle(key, stream);
}

std::vector<SendLog> LogFlow::next()
{
    std::vector<SendLog> blocks;
    while (!m_ready.empty()) {
        auto turn = m_ready.upper_bound(m_last);
        if (turn == m_ready.end())
            turn = m_ready.begin();
        const AttemptKey key = *turn;
        Stream &stream = m_streams.at(key);
        const qint64 size = sendable(stream);
        // A smaller log may not overtake: who is next stays next.
        if (m_inFlight + size > connectionCredit)
            break;
        blocks.push_back({key, stream.epoch, stream.sent, size});
        stream.sent += size;
        m_inFlight += size;
        m_last = key;
        settle(key, stream);
    }
    return blocks;
}

// Whole blocks as long as there are any: a block cut to the rest of the credit would only make more of them.
qint64 LogFlow::sendable(const Stream &stream) const
{
    if (stream.held)
        return 0;
    const qint64 block = std::min(wire::maxLogBlock, stream.size - stream.sent);
    return block <= wire::logCredit - (stream.sent - stream.received) ? block : 0;
}

void LogFlow::settle(AttemptKey key, const Stream &stream)
{
    if (sendable(stream) > 0)
        m_ready.insert(key);
    else
        m_ready.erase(key);
}

} // namespace belfry::agentengine
