// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/supervisor/poller.h"

namespace belfry::supervisor {

Poller::Poller()
    : m_epoll(::epoll_create1(EPOLL_CLOEXEC))
{ }

bool Poller::add(int fd, std::uint32_t events, Source *source)
{
    epoll_event event{events, {source}};
    return ::epoll_ctl(m_epoll.get(), EPOLL_CTL_ADD, fd, &event) == 0;
}

void Poller::change(int fd, std::uint32_t events, Source *source)
{
    epoll_event event{events, {source}};
    ::epoll_ctl(m_epoll.get(), EPOLL_CTL_MOD, fd, &event);
}

void Poller::remove(int fd, Source *source)
{
    ::epoll_ctl(m_epoll.get(), EPOLL_CTL_DEL, fd, nullptr);
    for (int i = 0; i < m_count; ++i)
        if (m_events[std::size_t(i)].data.ptr == source)
            m_events[std::size_t(i)].data.ptr = nullptr;
}

void Poller::pass(int timeoutMs)
{
    m_count = ::epoll_wait(m_epoll.get(), m_events.data(), int(m_events.size()), timeoutMs);
    for (int i = 0; i < m_count; ++i)
        if (auto *source = static_cast<Source *>(m_events[std::size_t(i)].data.ptr))
            source->ready(m_events[std::size_t(i)].events);
    m_count = 0;
}

} // namespace belfry::supervisor
