// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/supervisor/poller.h"

#include <limits>

namespace belfry::supervisor {

// Wakes the loop at a time of CLOCK_BOOTTIME: the waiting of the loop itself stands still while the host is suspended,
// and what must not outlive a lease has to be looked at the moment the host is back.
class BootAlarm : public Poller::Source
{
public:
    static constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();

    explicit BootAlarm(Poller &poller)
        : m_poller(poller)
    { }
    ~BootAlarm() override;

    // False: the kernel gives no such timer.
    bool open();
    // CLOCK_BOOTTIME milliseconds; in place of what was set before.
    void set(std::int64_t atMs);
    void ready(std::uint32_t events) override;

private:
    Poller &m_poller;
    spool::Fd m_timer;
    std::int64_t m_set = never;
};

} // namespace belfry::supervisor
