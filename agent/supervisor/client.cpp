// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/supervisor/client.h"

#include <array>
#include <cerrno>

#include <sys/socket.h>

namespace belfry::supervisor {

namespace {

// An agent that does not read this much is not listening; it will ask again.
constexpr std::size_t maxBacklog = 1u << 20;

} // namespace

Client::Client(Poller &poller, spool::Fd socket)
    : m_poller(poller)
    , m_socket(std::move(socket))
{
    m_broken = !m_poller.add(m_socket.get(), EPOLLIN, this);
}

Client::~Client()
{
    m_poller.remove(m_socket.get(), this);
}

void Client::ready(std::uint32_t events)
{
    if (events & EPOLLOUT)
        flush();
    if (!(events & (EPOLLIN | EPOLLHUP | EPOLLERR)))
        return;
    static std::array<char, 16384> buffer;
    const ssize_t n = ::recv(m_socket.get(), buffer.data(), buffer.size(), MSG_DONTWAIT);
    if (n > 0)
        m_reader.append({buffer.data(), std::size_t(n)});
    else if (n == 0 || (errno != EAGAIN && errno != EINTR))
        m_broken = true;
}

std::optional<spool::Message> Client::next()
{
    if (m_broken)
        return std::nullopt;
    auto message = m_reader.next();
    if (!message) {
        m_broken = true;
        return std::nullopt;
    }
    return std::move(*message);
}

void Client::send(const spool::Message &message)
{
    m_out += encode(message);
    if (m_out.size() > maxBacklog)
        m_broken = true;
}

void Client::flush()
{
    while (!m_out.empty() && !m_broken) {
        const ssize_t n = ::send(m_socket.get(), m_out.data(), m_out.size(), MSG_DONTWAIT | MSG_NOSIGNAL);
        if (n > 0)
            m_out.erase(0, std::size_t(n));
        else if (errno == EAGAIN)
            break;
        else if (errno != EINTR)
            m_broken = true;
    }
    const bool waiting = !m_out.empty();
    if (waiting != m_waiting && !m_broken)
        m_poller.change(m_socket.get(), waiting ? EPOLLIN | EPOLLOUT : EPOLLIN, this);
    m_waiting = waiting;
}

} // namespace belfry::supervisor
