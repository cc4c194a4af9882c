// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/supervisor/supervisor.h"

#include <algorithm>
#include <cerrno>
#include <csignal>
#include <cstdio>
#include <cstdlib>
#include <limits>

#include <fcntl.h>
#include <sys/signalfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>
#include <unistd.h>

namespace belfry::supervisor {

using spool::AttemptKey;
using spool::Failure;
using spool::Fd;

namespace {

constexpr std::size_t maxClients = 8;
// Starting a process takes milliseconds; output and ends are not to wait for more of them than this in one pass.
constexpr int maxMessagesPerPass = 4;
constexpr std::int64_t growthPauseMs = 20;
constexpr std::int64_t shutDoorMs = 1'000;
// How long a fresh supervisor waits for the agent that started it.
constexpr std::int64_t firstAgentMs = 15'000;
// Enough for the results of many attempts on a full disk, one block each.
constexpr off_t reserveSize = 512 << 10;
constexpr off_t reservePiece = 16 << 10;

std::string ownVersion()
{
#ifdef BELFRY_FAULT_POINTS
    if (const char *pretended = std::getenv("BELFRY_SUPERVISOR_VERSION"))
        return pretended;
#endif
    return BELFRY_VERSION;
}

Failure failed(const std::string &path, std::string why)
{
    return {errno, path, std::move(why)};
}

} // namespace

Supervisor::~Supervisor()
{
    m_clients.clear();
    m_attempts.clear();
    if (m_sockets) {
        ::unlinkat(m_sockets.get(), m_options.id.c_str(), 0);
        ::unlinkat(m_sockets.get(), (m_options.id + ".reserve").c_str(), 0);
    }
}

spool::Done Supervisor::open()
{
    auto data = spool::openFolder(m_options.dataFolder);
    if (!data)
        return data.failure();
    m_data = std::move(*data);
    m_spoolPath = m_options.dataFolder + '/' + spool::name::spool;
    auto spoolFolder = spool::openFolder(m_data.get(), spool::name::spool);
    if (!spoolFolder)
        return spoolFolder.failure();
    m_spool = std::move(*spoolFolder);
    auto sockets = spool::openFolder(m_data.get(), spool::name::sockets);
    if (!sockets)
        return sockets.failure();
    m_sockets = std::move(*sockets);
    m_null = Fd(::open("/dev/null", O_RDWR | O_CLOEXEC));
    if (!m_null)
        return failed("/dev/null", "it cannot be opened");
    if (!m_poller.good())
        return failed({}, "epoll is not available");
    if (!m_alarm.open())
        return failed({}, "a timer on CLOCK_BOOTTIME is not available");
    if (auto opened = openSignals(); !opened)
        return opened;
    makeReserve();
    m_idleUntil = spool::monotonicMs() + firstAgentMs;
    return openSocket();
}

// By way of /proc/self/fd the path is short, however deep the data folder is: sun_path holds 107 bytes.
spool::Done Supervisor::openSocket()
{
    const std::string path = m_options.dataFolder + '/' + spool::name::sockets + '/' + m_options.id;
    sockaddr_un address{};
    address.sun_family = AF_UNIX;
    std::snprintf(
        address.sun_path, sizeof address.sun_path, "/proc/self/fd/%d/%s", m_sockets.get(), m_options.id.c_str());
    m_listener = Fd(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
    const mode_t before = ::umask(0177);
    const bool bound
        = m_listener && ::bind(m_listener.get(), reinterpret_cast<const sockaddr *>(&address), sizeof address) == 0;
    ::umask(before);
    if (!bound || ::listen(m_listener.get(), 8) != 0)
        return failed(path, "this socket cannot be opened");
    m_door.supervisor = this;
    if (!m_poller.add(m_listener.get(), EPOLLIN, &m_door))
        return failed(path, "this socket cannot be watched");
    return spool::done();
}

// All signals but the deadly ones wait in the mask: only KILL ends a supervisor before its attempts. Jobs start with an
// empty mask.
spool::Done Supervisor::openSignals()
{
    sigset_t all, children;
    ::sigfillset(&all);
    for (const int fault : {SIGSEGV, SIGBUS, SIGFPE, SIGILL, SIGABRT, SIGTRAP, SIGSYS})
        ::sigdelset(&all, fault);
    ::sigemptyset(&children);
    ::sigaddset(&children, SIGCHLD);
    if (::sigprocmask(SIG_SETMASK, &all, nullptr) != 0)
        return failed({}, "the signal mask cannot be set");
    m_signalFd = Fd(::signalfd(-1, &children, SFD_CLOEXEC | SFD_NONBLOCK));
    m_signals.supervisor = this;
    if (!m_signalFd || !m_poller.add(m_signalFd.get(), EPOLLIN, &m_signals))
        return failed({}, "signals cannot be watched");
    return spool::done();
}

void Supervisor::Signals::ready(std::uint32_t)
{
    signalfd_siginfo info[8];
    while (::read(supervisor->m_signalFd.get(), info, sizeof info) > 0) { }
    supervisor->m_childEnded = true;
}

void Supervisor::makeReserve()
{
    const std::string name = m_options.id + ".reserve";
    m_reserve = Fd(::openat(m_sockets.get(), name.c_str(), O_RDWR | O_CREAT | O_EXCL | O_CLOEXEC, 0600));
    const int bad = m_reserve ? ::posix_fallocate(m_reserve.get(), 0, reserveSize) : errno;
    if (bad)
        log("no space can be held in reserve for results: " + spool::errnoText(bad));
}

void Supervisor::freeSpace()
{
    struct stat info { };
    if (m_reserve && ::fstat(m_reserve.get(), &info) == 0 && info.st_size > 0
        && ::ftruncate(m_reserve.get(), std::max<off_t>(0, info.st_size - reservePiece)) != 0)
        log("the reserve cannot be cut: " + spool::errnoText(errno));
}

void Supervisor::log(const std::string &line) const
{
    const std::int64_t now = spool::wallMs();
    const auto seconds = time_t(now / 1000);
    tm utc{};
    ::gmtime_r(&seconds, &utc);
    std::fprintf(stderr, "%04d-%02d-%02dT%02d:%02d:%02d.%03dZ supervisor %s: %s\n", utc.tm_year + 1900, utc.tm_mon + 1,
        utc.tm_mday, utc.tm_hour, utc.tm_min, utc.tm_sec, int(now % 1000), m_options.id.c_str(), line.c_str());
}

const std::vector<spool::ProcessStat> &Supervisor::processes()
{
    if (!m_processesFresh)
        m_processes = readProcesses();
    m_processesFresh = true;
    return m_processes;
}

KillSet::Surroundings Supervisor::surroundings(AttemptKey of) const
{
    KillSet::Surroundings result{::getpid(), ::getsid(0), {}, m_taken == 1};
    for (const auto &[key, attempt] : m_attempts)
        if (key != of && attempt->mainPid() > 0)
            result.otherMains.insert(attempt->mainPid());
    return result;
}

bool Supervisor::mayHaveOrphans(std::int32_t endedPid, std::int64_t ageMs) const
{
    std::set<std::int32_t> mains;
    for (const auto &[key, attempt] : m_attempts)
        if (attempt->mainIsChild())
            mains.insert(attempt->mainPid());
    return m_orphans.mayHaveOrphans(mains, endedPid, ageMs);
}

void Supervisor::report(const spool::Message &message)
{
    for (const auto &client : m_clients)
        client->send(message);
}

void Supervisor::accept()
{
    Fd socket(::accept4(m_listener.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
    if (!socket) {
        if (errno == EAGAIN || errno == EINTR || errno == ECONNABORTED)
            return;
        // Out of descriptors: the connection stays in the queue, and would wake us without end.
        log("a connection cannot be accepted: " + spool::errnoText(errno));
        m_poller.remove(m_listener.get(), &m_door);
        m_doorShutUntil = spool::monotonicMs() + shutDoorMs;
        return;
    }
    ucred peer{};
    socklen_t size = sizeof peer;
    if (::getsockopt(socket.get(), SOL_SOCKET, SO_PEERCRED, &peer, &size) != 0 || peer.uid != ::geteuid()) {
        log("a connection of user " + std::to_string(peer.uid) + " is refused");
        return;
    }
    if (m_clients.size() >= maxClients) {
        log("a connection is refused: there are " + std::to_string(maxClients) + " already");
        return;
    }
    auto client = std::make_unique<Client>(m_poller, std::move(socket));
    spool::Hello hello{m_options.id, ownVersion(), ::getpid(), {}};
    for (const auto &[key, attempt] : m_attempts)
        hello.attempts.push_back(key);
    client->send(hello);
    for (const auto &[key, attempt] : m_attempts)
        for (const spool::Message &message : attempt->news())
            client->send(message);
    m_clients.push_back(std::move(client));
}

void Supervisor::handle(Client &client, const spool::Message &message)
{
    if (const auto *order = std::get_if<spool::Take>(&message)) {
        take(client, *order);
    } else if (const auto *renewal = std::get_if<spool::Renew>(&message)) {
        const auto found = m_attempts.find(renewal->key);
        if (found != m_attempts.end())
            found->second->renew(renewal->leaseUntilMs);
    } else if (const auto *cancel = std::get_if<spool::Cancel>(&message)) {
        const auto found = m_attempts.find(cancel->key);
        if (found != m_attempts.end())
            found->second->cancel();
    } else if (std::holds_alternative<spool::Retire>(message)) {
        m_retired = true;
    }
}

void Supervisor::take(Client &client, const spool::Take &order)
{
    const AttemptKey key = order.key;
    if (const auto found = m_attempts.find(key); found != m_attempts.end()) {
        found->second->renew(order.leaseUntilMs);
        for (const spool::Message &message : found->second->news())
            client.send(message);
        return;
    }
    using Why = spool::Refused::Why;
    if (m_retired || int(m_attempts.size()) >= m_options.slots) {
        client.send(spool::Refused{key, Why::Unavailable, {}, m_retired ? "it is retiring" : "it is full"});
        return;
    }
    // In the map first: an attempt that starts is among the surroundings of the others.
    Attempt &attempt = *m_attempts.emplace(key, std::make_unique<Attempt>(*this, key)).first->second;
    ++m_taken;
    if (const auto refusal = attempt.take(m_spool.get(), m_spoolPath, order.leaseUntilMs)) {
        m_attempts.erase(key);
        client.send(*refusal);
    }
}

void Supervisor::serve()
{
    m_more = false;
    for (std::size_t i = 0; i < m_clients.size(); ++i) {
        int served = 0;
        while (served < maxMessagesPerPass) {
            const auto message = m_clients[i]->next();
            if (!message)
                break;
            handle(*m_clients[i], *message);
            ++served;
        }
        m_more = m_more || served == maxMessagesPerPass;
    }
}

void Supervisor::reap(std::int64_t now)
{
    if (!m_childEnded)
        return;
    m_childEnded = false;
    int status = 0;
    rusage usage{};
    for (pid_t pid = 0; (pid = ::wait4(-1, &status, WNOHANG, &usage)) > 0;)
        for (const auto &[key, attempt] : m_attempts) {
            if (attempt->mainIsChild() && attempt->mainPid() == pid)
                attempt->mainReaped(status, usage);
            else
                attempt->childReaped(now);
        }
}

void Supervisor::reportGrowth(std::int64_t now)
{
    if (!m_grown || now - m_growthToldAt < growthPauseMs)
        return;
    m_grown = false;
    m_growthToldAt = now;
    for (const auto &[key, attempt] : m_attempts)
        if (const auto growth = attempt->takeGrowth())
            report(*growth);
}

void Supervisor::sweep(std::int64_t now)
{
    std::erase_if(m_attempts, [](const auto &entry) { return entry.second->over(); });
    std::erase_if(m_clients, [](const auto &client) { return client->broken(); });
    if (m_doorShutUntil > 0 && now >= m_doorShutUntil) {
        m_doorShutUntil = 0;
        m_poller.add(m_listener.get(), EPOLLIN, &m_door);
    }
    if (!m_clients.empty())
        m_idleUntil = now;
}

void Supervisor::setAlarm()
{
    std::int64_t at = BootAlarm::never;
    for (const auto &[key, attempt] : m_attempts)
        at = std::min(at, attempt->bootDeadline());
    m_alarm.set(at);
}

std::int64_t Supervisor::nextWake() const
{
    std::int64_t next = std::numeric_limits<std::int64_t>::max();
    for (const auto &[key, attempt] : m_attempts)
        next = std::min(next, attempt->deadline());
    if (m_grown)
        next = std::min(next, m_growthToldAt + growthPauseMs);
    if (m_doorShutUntil > 0)
        next = std::min(next, m_doorShutUntil);
    if (m_attempts.empty() && m_clients.empty())
        next = std::min(next, m_idleUntil);
    return m_more ? 0 : next;
}

bool Supervisor::mayEnd(std::int64_t now) const
{
    return m_attempts.empty() && (m_retired || (m_clients.empty() && now >= m_idleUntil));
}

void Supervisor::run()
{
    log("serving up to " + std::to_string(m_options.slots) + " attempts");
    for (std::int64_t now = spool::monotonicMs(); !mayEnd(now);) {
        setAlarm();
        const std::int64_t wake = nextWake();
        const bool forEver = wake == std::numeric_limits<std::int64_t>::max();
        m_poller.pass(forEver ? -1 : int(std::clamp<std::int64_t>(wake - now, 0, 3'600'000)));
        now = spool::monotonicMs();
        serve();
        reap(now);
        m_processesFresh = false;
        for (const auto &[key, attempt] : m_attempts)
            attempt->tick(now);
        reportGrowth(now);
        for (const auto &client : m_clients)
            client->flush();
        sweep(now);
    }
    log("ending: it has no attempt");
}

} // namespace belfry::supervisor
