// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/process/peer.h"
#include "agent/process/spoolfolder.h"

#include <QTimer>

#include <map>
#include <memory>
#include <set>
#include <vector>

namespace belfry {

// The inside of Supervisors: which attempt is with which supervisor, and what to do when one of them is lost.
class Crew : public QObject
{
    Q_OBJECT

public:
    Crew(Supervisors::Settings settings, Supervisors *front);

    SpoolFolder &spoolFolder() { return m_spool; }
    std::vector<SpoolEntry> scan();
    void add(const SpoolEntry &entry, qint64 leaseUntil); // written just now
    void cancel(AttemptKey key);
    void renew(AttemptKey key, qint64 leaseUntil);
    const SpoolEntry *find(AttemptKey key) const;
    void forget(AttemptKey key);
    void emptyTrash();

private:
    struct Tracked {
        SpoolEntry entry;
        Peer *peer = nullptr; // that it was given to
        bool confirmed = false; // by a report of that peer
        bool cancelled = false;
        bool startTold = false;
        qint64 leaseUntil = 0; // CLOCK_BOOTTIME ms, the newest that is known; 0: none
        int refusals = 0;
        qint64 retryAt = 0; // CLOCK_MONOTONIC ms; 0: none
        spool::Fd heldOut, heldErr; // see holdFifos()
    };

    void dispatch(AttemptKey key);
    void dispatchWaiting();
    Peer *peerWithRoom();
    Peer *addPeer(std::string id);
    void launchPeer();
    void scanDone();
    void peerLost(Peer *peer, const QString &why);
    void resync(Peer *peer, const spool::Hello &hello);
    void retireIdle(Peer *peer);
    void detach(Tracked &tracked);
    void retryLater(Tracked &tracked);
    void retryDue();
    void holdFifos();

    void on(Peer *peer, const spool::Message &message);
    void on(Peer *peer, const spool::StartedReport &report);
    void on(Peer *peer, const spool::OutputGrew &report);
    void on(Peer *peer, const spool::FinishedReport &report);
    void on(Peer *peer, const spool::KillPending &report);
    void on(Peer *peer, const spool::Refused &report);
    void finish(AttemptKey key, const spool::AttemptResult &result);
    void quarantine(const std::string &name, const std::string &why);

    Supervisors::Settings m_settings;
    Supervisors *m_front;
    SpoolFolder m_spool;
    std::map<AttemptKey, Tracked> m_attempts;
    std::set<AttemptKey> m_waiting; // for a supervisor with room
    std::map<std::string, std::string> m_damaged; // name -> why, until it is known that nobody owns it
    std::vector<Peer *> m_peers;
    std::set<Peer *> m_awaited; // whose Hello scan() waits for
    bool m_scanning = false;
    Peer *m_starting = nullptr;
    int m_failedStarts = 0;
    QTimer m_retryTimer, m_scanTimer, m_startTimer, m_holdTimer, m_trashTimer;
};

} // namespace belfry
