// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/supervisor/attempt.h"
#include "agent/supervisor/bootalarm.h"
#include "agent/supervisor/client.h"
#include "agent/supervisor/syncer.h"

#include <map>
#include <memory>
#include <string>
#include <vector>

namespace belfry::supervisor {

struct Options {
    std::string id; // its socket is <data>/s/<id>
    std::string dataFolder; // absolute
    int slots = 64;
};

// The loop: one thread, one epoll instance, the only spawner. Owns up to `slots` attempts, serves whatever agent
// connects, needs none, and ends when it has neither an attempt nor an agent.
class Supervisor : public AttemptHost
{
public:
    explicit Supervisor(Options options)
        : m_options(std::move(options))
    { }
    ~Supervisor() override;

    // Opens the spool and the socket. After it, an agent can connect.
    spool::Done open();
    void run();

    const std::string &supervisorId() const override { return m_options.id; }
    Poller &poller() override { return m_poller; }
    int nullInput() const override { return m_null.get(); }
    void report(const spool::Message &message) override;
    void outputGrew() override { m_grown = true; }
    const std::vector<spool::ProcessStat> &processes() override;
    KillSet::Surroundings surroundings(spool::AttemptKey of) const override;
    bool mayHaveOrphans(std::int32_t endedPid, std::int64_t ageMs) const override;
    void freeSpace() override;
    void syncLater(const std::string &path) override { m_syncer.add(path); }
    void log(const std::string &line) const override;

private:
    struct Door : Poller::Source {
        Supervisor *supervisor = nullptr;
        void ready(std::uint32_t) override { supervisor->accept(); }
    };
    struct Signals : Poller::Source {
        Supervisor *supervisor = nullptr;
        void ready(std::uint32_t) override;
    };

    spool::Done openSocket();
    spool::Done openSignals();
    void makeReserve();
    void accept();
    void serve();
    void handle(Client &client, const spool::Message &message);
    void take(Client &client, const spool::Take &order);
    void reap(std::int64_t now);
    void reportGrowth(std::int64_t now);
    void sweep(std::int64_t now);
    void setAlarm();
    std::int64_t nextWake() const;
    bool mayEnd(std::int64_t now) const;

    Options m_options;
    Poller m_poller;
    spool::Fd m_data, m_spool, m_sockets, m_listener, m_signalFd, m_null, m_reserve;
    std::string m_spoolPath;
    Door m_door;
    Signals m_signals;
    BootAlarm m_alarm{m_poller};
    OrphanWatch m_orphans;
    Syncer m_syncer;
    std::map<spool::AttemptKey, std::unique_ptr<Attempt>> m_attempts;
    std::vector<std::unique_ptr<Client>> m_clients;
    std::vector<spool::ProcessStat> m_processes;
    bool m_processesFresh = false;
    bool m_childEnded = false;
    bool m_more = false; // messages wait that this pass did not get to
    bool m_grown = false;
    std::int64_t m_growthToldAt = 0;
    bool m_retired = false;
    std::int64_t m_taken = 0;
    std::int64_t m_idleUntil = 0;
    std::int64_t m_doorShutUntil = 0;
};

} // namespace belfry::supervisor
