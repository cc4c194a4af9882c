// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/supervisor/killset.h"
#include "agent/supervisor/poller.h"
#include "agent/supervisor/recorder.h"
#include "shared/spool/messages.h"

#include <array>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include <sys/resource.h>

namespace belfry::supervisor {

// What an attempt needs of the supervisor that owns it.
class AttemptHost
{
public:
    virtual ~AttemptHost() = default;
    virtual const std::string &supervisorId() const = 0;
    virtual Poller &poller() = 0;
    virtual int nullInput() const = 0;
    virtual void report(const spool::Message &message) = 0;
    virtual void outputGrew() = 0; // some attempt has reportGrowth() to call
    virtual const std::vector<spool::ProcessStat> &processes() = 0; // as they are in this pass
    virtual KillSet::Surroundings surroundings(spool::AttemptKey of) const = 0;
    virtual bool mayHaveOrphans(std::int32_t endedPid, std::int64_t ageMs) const = 0;
    virtual void freeSpace() = 0; // gives back a piece of what is held in reserve on the disk
    virtual void syncLater(const std::string &path) = 0;
    virtual void log(const std::string &line) const = 0;
};

// One attempt from its order to its result. Times are CLOCK_MONOTONIC milliseconds unless they say otherwise.
class Attempt
{
public:
    Attempt(AttemptHost &host, spool::AttemptKey key)
        : m_host(host)
        , m_key(key)
    { }
    ~Attempt();
    Attempt(const Attempt &) = delete;

    // Starts it if nobody has, adopts it if its owner is dead, or says why neither can be. `leaseUntil` as in renew().
    std::optional<spool::Refused> take(int spoolFolder, const std::string &spoolPath, std::int64_t leaseUntil);
    void cancel(); // as the file `cancel` says
    // CLOCK_BOOTTIME; nothing for an attempt without a lease, and for one whose lease has run out.
    void renew(std::int64_t leaseUntil);
    void mainReaped(int status, const rusage &usage);
    void childReaped(std::int64_t now); // some child of the supervisor is gone; perhaps one of this tree
    void tick(std::int64_t now);
    std::int64_t deadline() const; // when tick() is due at the latest
    std::int64_t bootDeadline() const; // the same on CLOCK_BOOTTIME

    spool::AttemptKey key() const { return m_key; }
    // 0 when it is gone, or not found yet.
    std::int32_t mainPid() const { return m_mainAlive ? m_main.pid : 0; }
    bool mainIsChild() const { return m_mainAlive && !m_adopted; }
    bool over() const { return m_phase == Phase::Over; }
    // What a new listener has to know.
    std::vector<spool::Message> news() const;
    std::optional<spool::Message> takeGrowth();

private:
    enum class Phase { New, Searching, Running, Ending, Draining, Over };

    struct Fifo : Poller::Source {
        Attempt *attempt = nullptr;
        spool::Stream stream = spool::Stream::Out;
        bool watched = false;
        void ready(std::uint32_t events) override;
    };
    struct MainWatch : Poller::Source {
        Attempt *attempt = nullptr;
        spool::Fd handle; // pidfd of an adopted main process
        void ready(std::uint32_t events) override;
    };

    std::optional<spool::Refused> begin();
    std::optional<spool::Refused> adopt();
    std::optional<spool::Refused> claim();
    bool readOrder(spool::Refused &refusal);
    spool::Refused refused(spool::Refused::Why why, const spool::Failure &failure) const;
    void launch(std::int64_t now);
    void adoptMain(std::int64_t now, bool known);
    void search(std::int64_t now);
    void searchByCookie(std::int64_t now);
    void writeStarted();
    void watchFifos(bool on);
    void readCancelNote();

    void stop(spool::StopCause cause, std::int64_t now);
    void mainGone(std::int64_t now);
    void round(std::int64_t now);
    void signalMembers(const std::vector<spool::ProcessId> &members, bool kill);
    void checkLimits(std::int64_t now);
    void checkLease(std::int64_t now);
    bool leaseIsOver() const;
    void conclude();
    void finishAs(spool::EndKind kind, int code, std::string text);
    void writeResult(std::int64_t now);

    AttemptHost &m_host;
    spool::AttemptKey m_key;
    std::string m_path;
    spool::Fd m_folder, m_startedFile;
    spool::Order m_order;
    spool::Started m_started;
    Recorder m_recorder;
    std::array<Fifo, 2> m_fifos;
    MainWatch m_mainWatch;
    std::optional<KillSet> m_killSet;
    spool::AttemptResult m_result;

    Phase m_phase = Phase::New;
    spool::ProcessId m_main;
    bool m_mainAlive = false;
    bool m_adopted = false;
    int m_searches = 0;
    std::optional<spool::CancelNote> m_cancelNote;
    std::set<spool::ProcessId> m_termed, m_leftovers;
    std::int64_t m_leaseUntil = 0; // CLOCK_BOOTTIME; 0: none
    std::int64_t m_lastOutput = 0;
    std::int64_t m_killAt = 0;
    std::int64_t m_nextLook = 0;
    std::int64_t m_lookPause = 0;
    std::int64_t m_undecidedUntil = 0;
    bool m_killing = false;
    bool m_toldPending = false;
    std::int64_t m_retryAt = 0;
    std::int64_t m_reportedSize = 0;
};

} // namespace belfry::supervisor
