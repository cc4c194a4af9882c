// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/process/crew.h"

#include "shared/base/random.h"
#include "shared/spool/host.h"

#include <QCoreApplication>

#include <algorithm>

#include <fcntl.h>

namespace belfry {

using namespace Qt::StringLiterals;
using spool::AttemptResult;

namespace {

// A supervisor that runs answers at once; one that is stopped must not hold up the others' attempts for longer.
constexpr int helloPatienceMs = 2'000;
constexpr int firstPauseMs = 100, maxPauseMs = 5'000;
constexpr int holdAfterMs = 1'000;
constexpr int deletionsPerStep = 200;

int pauseAfter(int failures)
{
    return std::min(firstPauseMs << std::min(failures, 6), maxPauseMs);
}

std::string newId()
{
    char text[17];
    std::snprintf(text, sizeof text, "%08x", unsigned(SystemRandom().next()));
    return text;
}

} // namespace

Crew::Crew(Supervisors::Settings settings, Supervisors *front)
    : QObject(front)
    , m_settings(std::move(settings))
    , m_front(front)
    , m_spool(m_settings.dataFolder.toStdString())
{
    if (m_settings.program.isEmpty())
        m_settings.program = QCoreApplication::applicationDirPath() + u"/belfry-supervisor"_s;
    m_settings.attemptsPerSupervisor = std::max(m_settings.attemptsPerSupervisor, 1);
    for (QTimer *timer : {&m_retryTimer, &m_scanTimer, &m_startTimer, &m_holdTimer, &m_trashTimer})
        timer->setSingleShot(true);
    connect(&m_retryTimer, &QTimer::timeout, this, &Crew::retryDue);
    connect(&m_scanTimer, &QTimer::timeout, this, &Crew::scanDone);
    connect(&m_startTimer, &QTimer::timeout, this, &Crew::dispatchWaiting);
    connect(&m_holdTimer, &QTimer::timeout, this, &Crew::holdFifos);
    connect(&m_trashTimer, &QTimer::timeout, this, &Crew::emptyTrash);
}

std::vector<SpoolEntry> Crew::scan()
{
    std::vector<SpoolEntry> entries;
    for (const std::string &name : m_spool.names()) {
        const auto key = spool::keyOfFolder(name);
        if (!key) {
            m_damaged.emplace(name, "this is no attempt's folder");
            continue;
        }
        const auto content = m_spool.read(*key);
        if (const auto *failure = std::get_if<spool::Failure>(&content)) {
            m_damaged.emplace(name, failure->text());
        } else if (std::holds_alternative<HalfMade>(content)) {
            if (const auto removed = m_spool.remove(*key); !removed)
                m_damaged.emplace(name, removed.error().message.toStdString());
        } else {
            entries.push_back(std::get<SpoolEntry>(content));
            Tracked &tracked = m_attempts[*key];
            tracked.entry = entries.back();
            tracked.startTold = tracked.entry.startedAt.has_value();
        }
    }
    std::sort(entries.begin(), entries.end(), [](const auto &a, const auto &b) { return a.key < b.key; });
    m_scanning = true;
    holdFifos();
    for (const std::string &name : m_spool.socketNames()) {
        Peer *const peer = addPeer(name);
        if (peer->connectNow()) {
            m_awaited.insert(peer);
        } else {
            m_spool.removeSocket(name);
            std::erase(m_peers, peer);
            peer->deleteLater();
        }
    }
    // Signals come only after this has returned, whatever there is to tell.
    m_scanTimer.start(m_awaited.empty() ? 0 : helloPatienceMs);
    m_trashTimer.start(0);
    return entries;
}

// All supervisors that answer have said what they own; the rest is nobody's.
void Crew::scanDone()
{
    if (!m_scanning)
        return;
    m_scanning = false;
    m_scanTimer.stop();
    m_awaited.clear();
    for (const auto &[name, why] : std::exchange(m_damaged, {}))
        quarantine(name, why);
    for (const auto &[key, tracked] : m_attempts)
        if (tracked.entry.state != SpoolEntry::State::Finished && !tracked.peer)
            m_waiting.insert(key);
    dispatchWaiting();
    for (Peer *peer : std::vector<Peer *>(m_peers))
        retireIdle(peer);
}

void Crew::add(const SpoolEntry &entry, qint64 leaseUntil)
{
    Tracked &tracked = m_attempts[entry.key];
    tracked.entry = entry;
    tracked.leaseUntil = leaseUntil;
    dispatch(entry.key);
}

const SpoolEntry *Crew::find(AttemptKey key) const
{
    const auto found = m_attempts.find(key);
    return found == m_attempts.end() ? nullptr : &found->second.entry;
}

void Crew::cancel(AttemptKey key)
{
    Tracked &tracked = m_attempts.at(key);
    tracked.cancelled = true;
    if (tracked.peer)
        tracked.peer->send(spool::Cancel{key});
}

void Crew::renew(AttemptKey key, qint64 leaseUntil)
{
    Tracked &tracked = m_attempts.at(key);
    if (leaseUntil <= tracked.leaseUntil)
        return;
    tracked.leaseUntil = leaseUntil;
    if (tracked.peer)
        tracked.peer->send(spool::Renew{key, leaseUntil});
}

void Crew::forget(AttemptKey key)
{
    const auto found = m_attempts.find(key);
    if (found == m_attempts.end())
        return;
    detach(found->second);
    m_attempts.erase(found);
    m_waiting.erase(key);
}

void Crew::detach(Tracked &tracked)
{
    if (tracked.peer)
        tracked.peer->assigned.erase(tracked.entry.key);
    tracked.peer = nullptr;
    tracked.confirmed = false;
}

void Crew::dispatch(AttemptKey key)
{
    Tracked &tracked = m_attempts.at(key);
    Peer *const peer = peerWithRoom();
    if (!peer) {
        m_waiting.insert(key);
        if (!m_starting && !m_startTimer.isActive())
            launchPeer();
        return;
    }
    m_waiting.erase(key);
    tracked.peer = peer;
    peer->assigned.insert(key);
    peer->asked.insert(key);
    peer->send(spool::Take{key, tracked.leaseUntil});
    if (!m_holdTimer.isActive())
        m_holdTimer.start(holdAfterMs);
}

void Crew::dispatchWaiting()
{
    for (const AttemptKey key : std::set<AttemptKey>(m_waiting)) {
        dispatch(key);
        if (m_waiting.contains(key))
            break; // no room: the others need not be tried
    }
}

Peer *Crew::peerWithRoom()
{
    for (Peer *peer : m_peers)
        if (peer->isConnected() && (peer->launchedHere || peer->greeted) && !peer->retired
            && int(peer->assigned.size()) < m_settings.attemptsPerSupervisor)
            return peer;
    return nullptr;
}

Peer *Crew::addPeer(std::string id)
{
    auto *const peer = new Peer(std::move(id), m_spool.dataFolder(), this);
    connect(peer, &Peer::received, this, [this, peer](const spool::Message &message) { on(peer, message); });
    connect(peer, &Peer::lost, this, [this, peer](const QString &why) { peerLost(peer, why); });
    m_peers.push_back(peer);
    return peer;
}

void Crew::launchPeer()
{
    m_starting = addPeer(newId());
    connect(m_starting, &Peer::connected, this, [this] {
        m_starting = nullptr;
        m_failedStarts = 0;
        dispatchWaiting();
    });
    m_starting->launch(m_settings.program, m_settings.attemptsPerSupervisor);
}

void Crew::peerLost(Peer *peer, const QString &why)
{
    std::erase(m_peers, peer);
    m_awaited.erase(peer);
    peer->deleteLater();
    if (peer == m_starting) {
        m_starting = nullptr;
        m_startTimer.start(pauseAfter(m_failedStarts++));
        Q_EMIT m_front->troubled(u"no supervisor can be started from %1: %2"_s.arg(m_settings.program, why));
        return;
    }
    holdFifos();
    // Dropped by mistake or dead? If it lives it still owns its attempts, and its Hello says so.
    Peer *const again = addPeer(peer->id());
    again->launchedHere = peer->launchedHere;
    again->retired = peer->retired;
    again->assigned = std::exchange(peer->assigned, {});
    const bool alive = again->connectNow();
    if (!alive) {
        m_spool.removeSocket(again->id());
        std::erase(m_peers, again);
        again->deleteLater();
    }
    for (const AttemptKey key : again->assigned) {
        Tracked &tracked = m_attempts.at(key);
        tracked.peer = alive ? again : nullptr;
        tracked.confirmed = false;
        if (!alive)
            m_waiting.insert(key); // its successor finds out what has become of it
    }
    if (m_scanning && m_awaited.empty())
        scanDone();
    else
        dispatchWaiting();
}

// What the supervisor owns is known now: whatever it was given before on an older connection and does not have, it
// never got, or has finished. What was asked on this one is on its way: were it asked twice, a second refusal could
// meet the next order of that name.
void Crew::resync(Peer *peer, const spool::Hello &hello)
{
    peer->greeted = true;
    if (!peer->launchedHere && hello.version != BELFRY_VERSION && !peer->retired) {
        peer->retired = true;
        peer->send(spool::Retire{});
    }
    const std::set<AttemptKey> owned(hello.attempts.begin(), hello.attempts.end());
    for (const AttemptKey key : owned) {
        m_damaged.erase(spool::folderName(key));
        const auto found = m_attempts.find(key);
        if (found == m_attempts.end() || found->second.entry.state == SpoolEntry::State::Finished)
            continue;
        Tracked &tracked = found->second;
        if (tracked.peer != peer)
            detach(tracked);
        tracked.peer = peer;
        tracked.confirmed = true;
        peer->assigned.insert(key);
        m_waiting.erase(key);
        if (tracked.leaseUntil > 0)
            peer->send(spool::Renew{key, tracked.leaseUntil});
        if (tracked.cancelled)
            peer->send(spool::Cancel{key});
    }
    for (const AttemptKey key : peer->assigned)
        if (!owned.contains(key) && peer->asked.insert(key).second)
            peer->send(spool::Take{key, m_attempts.at(key).leaseUntil});
    m_awaited.erase(peer);
    if (m_scanning && m_awaited.empty())
        scanDone();
    if (!m_holdTimer.isActive())
        m_holdTimer.start(holdAfterMs);
}

// One idle supervisor is kept for the next attempt; a second one would wait for nothing.
void Crew::retireIdle(Peer *peer)
{
    if (m_scanning || peer->retired || !peer->assigned.empty() || !peer->isConnected())
        return;
    const bool another = std::any_of(m_peers.begin(), m_peers.end(), [&](const Peer *other) {
        return other != peer && other->isConnected() && !other->retired
            && int(other->assigned.size()) < m_settings.attemptsPerSupervisor;
    });
    if (another) {
        peer->retired = true;
        peer->send(spool::Retire{});
    }
}

void Crew::retryLater(Tracked &tracked)
{
    const int pause = pauseAfter(tracked.refusals++);
    tracked.retryAt = spool::monotonicMs() + pause;
    if (!m_retryTimer.isActive() || m_retryTimer.remainingTime() > pause)
        m_retryTimer.start(pause);
}

void Crew::retryDue()
{
    const qint64 now = spool::monotonicMs();
    qint64 next = 0;
    std::vector<AttemptKey> due;
    for (auto &[key, tracked] : m_attempts) {
        if (tracked.retryAt == 0)
            continue;
        if (tracked.retryAt <= now) {
            tracked.retryAt = 0;
            due.push_back(key);
        } else {
            next = next == 0 ? tracked.retryAt : std::min(next, tracked.retryAt);
        }
    }
    if (next > 0)
        m_retryTimer.start(int(next - now));
    for (const AttemptKey key : due)
        dispatch(key);
}

// Should its supervisor die and the job end before a successor is there, the last bytes would vanish with the last open
// end of the pipe. So what has run for a while is held open here too; nothing is ever read. Short runs are spared it.
void Crew::holdFifos()
{
    bool running = false;
    for (auto &[key, tracked] : m_attempts) {
        running = running || tracked.entry.state != SpoolEntry::State::Finished;
        if (tracked.heldOut || tracked.entry.state != SpoolEntry::State::Running)
            continue;
        const std::string path = m_spool.pathOf(key) + '/';
        const auto open = [&](const char *file) {
            return spool::Fd(::open((path + file).c_str(), O_RDONLY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC));
        };
        tracked.heldOut = open(spool::name::standardOut);
        tracked.heldErr = open(spool::name::standardErr);
    }
    if (running && !m_holdTimer.isActive())
        m_holdTimer.start(holdAfterMs);
}

void Crew::emptyTrash()
{
    if (!deleteSome(m_spool.trashPath(), deletionsPerStep))
        m_trashTimer.start(0);
}

} // namespace belfry
