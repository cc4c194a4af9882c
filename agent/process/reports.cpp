// SPDX-License-Identifier: GPL-3.0-or-later
// What supervisors report, and what follows from it.
#include "agent/process/crew.h"

#include "shared/spool/host.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

template <class M>
constexpr bool isForSupervisors
    = std::is_same_v<M,
          spool::
              Take> || std::is_same_v<M, spool::Cancel> || std::is_same_v<M, spool::Renew> || std::is_same_v<M, spool::Retire>;

} // namespace

void Crew::on(Peer *peer, const spool::Message &message)
{
    std::visit(
        [this, peer](const auto &m) {
            using M = std::decay_t<decltype(m)>;
            if constexpr (std::is_same_v<M, spool::Hello>)
                resync(peer, m);
            else if constexpr (!isForSupervisors<M>)
                on(peer, m);
        },
        message);
}

void Crew::on(Peer *peer, const spool::StartedReport &report)
{
    const auto found = m_attempts.find(report.started.key);
    if (found == m_attempts.end() || found->second.peer != peer)
        return;
    Tracked &tracked = found->second;
    tracked.confirmed = true;
    tracked.refusals = 0;
    if (tracked.entry.state == SpoolEntry::State::Finished)
        return;
    tracked.entry.state = SpoolEntry::State::Running;
    tracked.entry.pid = report.started.pid;
    tracked.entry.startedAt = Instant(report.started.atMs);
    if (std::exchange(tracked.startTold, true))
        return;
    Q_EMIT m_front->started(report.started.key, report.started.pid, *tracked.entry.startedAt);
}

void Crew::on(Peer *peer, const spool::OutputGrew &report)
{
    const auto found = m_attempts.find(report.key);
    if (found == m_attempts.end() || found->second.peer != peer || report.size <= found->second.entry.outputBytes)
        return;
    found->second.entry.outputBytes = report.size;
    Q_EMIT m_front->outputGrew(report.key, report.size);
}

void Crew::on(Peer *, const spool::FinishedReport &report)
{
    finish(report.result.key, report.result);
}

void Crew::finish(AttemptKey key, const spool::AttemptResult &result)
{
    const auto found = m_attempts.find(key);
    if (found == m_attempts.end())
        return;
    Tracked &tracked = found->second;
    Peer *const peer = tracked.peer;
    detach(tracked);
    m_waiting.erase(key);
    tracked.retryAt = 0;
    tracked.heldOut.reset();
    tracked.heldErr.reset();
    const bool news = tracked.entry.state != SpoolEntry::State::Finished;
    tracked.entry.state = SpoolEntry::State::Finished;
    tracked.entry.outputBytes = result.outputBytes;
    tracked.entry.result = result;
    if (!m_waiting.empty())
        dispatchWaiting();
    if (peer)
        retireIdle(peer);
    if (news)
        Q_EMIT m_front->finished(result); // last: the receiver may release it at once
}

void Crew::on(Peer *peer, const spool::KillPending &report)
{
    const auto found = m_attempts.find(report.key);
    if (found != m_attempts.end() && found->second.peer == peer)
        Q_EMIT m_front->killPending(report.key, report.processes);
}

void Crew::on(Peer *peer, const spool::Refused &report)
{
    const auto found = m_attempts.find(report.key);
    if (found == m_attempts.end() || found->second.peer != peer)
        return;
    const QString text = QString::fromStdString(report.path.empty() ? report.text : report.path + ": " + report.text);
    detach(found->second);
    switch (report.why) {
    case spool::Refused::Why::Damaged:
        quarantine(spool::folderName(report.key), text.toStdString());
        return;
    case spool::Refused::Why::OwnedElsewhere:
        break; // its owner reports it, or dies
    case spool::Refused::Why::Unavailable:
        Q_EMIT m_front->troubled(u"supervisor %1 does not take attempt %2: %3"_s.arg(
            QString::fromStdString(peer->id()), QString::fromStdString(spool::folderName(report.key)), text));
        break;
    }
    retryLater(m_attempts.at(report.key));
}

void Crew::quarantine(const std::string &name, const std::string &why)
{
    std::string text = why;
    if (const auto key = spool::keyOfFolder(name)) {
        const auto found = m_attempts.find(*key);
        const qint64 pid = found == m_attempts.end() ? 0 : found->second.entry.pid;
        if (pid > 0 && spool::processStat(std::int32_t(pid)))
            text += "; process " + std::to_string(pid) + " may still be running";
        forget(*key);
    }
    const std::string path = m_spool.quarantine(name);
    Q_EMIT m_front->quarantined(QString::fromStdString(path), QString::fromStdString(text));
}

} // namespace belfry
