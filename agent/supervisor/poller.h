// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/spool/files.h"

#include <array>
#include <cstdint>

#include <sys/epoll.h>

namespace belfry::supervisor {

// One epoll instance. Level-triggered, so a source does a bounded amount each time and is called again for the rest:
// that is what keeps a flood from one job away from the others.
class Poller
{
public:
    class Source
    {
    public:
        virtual ~Source() = default;
        virtual void ready(std::uint32_t events) = 0;
    };

    Poller();
    bool good() const { return bool(m_epoll); }
    // The source must be removed before it or the descriptor goes.
    bool add(int fd, std::uint32_t events, Source *source);
    void change(int fd, std::uint32_t events, Source *source);
    // Also takes back an event of this pass that is still to be dispatched.
    void remove(int fd, Source *source);
    // Waits up to that long (negative: for ever) and calls each source that is ready once.
    void pass(int timeoutMs);

private:
    spool::Fd m_epoll;
    std::array<epoll_event, 128> m_events{};
    int m_count = 0;
};

} // namespace belfry::supervisor
