// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/supervisor/bootalarm.h"

#include <algorithm>

#include <sys/timerfd.h>
#include <unistd.h>

namespace belfry::supervisor {

BootAlarm::~BootAlarm()
{
    if (m_timer)
        m_poller.remove(m_timer.get(), this);
}

bool BootAlarm::open()
{
    m_timer = spool::Fd(::timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK));
    return m_timer && m_poller.add(m_timer.get(), EPOLLIN, this);
}

void BootAlarm::set(std::int64_t atMs)
{
    if (atMs == m_set)
        return;
    m_set = atMs;
    itimerspec when{}; // all zero disarms
    if (atMs != never) {
        const std::int64_t ms = std::max<std::int64_t>(atMs, 1);
        when.it_value.tv_sec = time_t(ms / 1000);
        when.it_value.tv_nsec = long(ms % 1000) * 1'000'000;
    }
    ::timerfd_settime(m_timer.get(), TFD_TIMER_ABSTIME, &when, nullptr);
}

void BootAlarm::ready(std::uint32_t)
{
    std::uint64_t times = 0;
    // What is due is found by the tick that follows; the next set() arms it again, even for the same time.
    if (::read(m_timer.get(), &times, sizeof times) > 0)
        m_set = never;
}

} // namespace belfry::supervisor
