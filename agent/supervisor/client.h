// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/supervisor/poller.h"
#include "shared/spool/messages.h"

#include <optional>
#include <string>

namespace belfry::supervisor {

// One connection of an agent. Never blocks, never holds more than a bounded backlog: what is lost with a connection is
// in the spool.
class Client : public Poller::Source
{
public:
    Client(Poller &poller, spool::Fd socket);
    ~Client() override;

    void ready(std::uint32_t events) override;
    // The next message that has come in, or nothing.
    std::optional<spool::Message> next();
    void send(const spool::Message &message);
    // Writes what has gathered; once a pass.
    void flush();
    bool broken() const { return m_broken; }

private:
    Poller &m_poller;
    spool::Fd m_socket;
    spool::MessageReader m_reader;
    std::string m_out;
    bool m_waiting = false; // for room in the socket
    bool m_broken = false;
};

} // namespace belfry::supervisor
