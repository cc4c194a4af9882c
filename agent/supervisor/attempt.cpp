// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/supervisor/attempt.h"

#include "shared/base/faultpoint.h"

#include <algorithm>
#include <csignal>
#include <limits>

#include <sys/wait.h>

namespace belfry::supervisor {

using spool::EndKind;
using spool::ProcessId;
using spool::StopCause;
using spool::Stream;

namespace {

constexpr std::int64_t never = std::numeric_limits<std::int64_t>::max();
// Leftovers of a job that has ended by itself are not worth a long wait: the run's end is held up by it.
constexpr std::int64_t maxLeftoverGraceMs = 2'000;
// Between looks at a tree that is to end. An ended child of ours brings the next look forward.
constexpr std::int64_t firstTermPauseMs = 20, maxTermPauseMs = 500;
constexpr std::int64_t firstKillPauseMs = 5, maxKillPauseMs = 250;
// An execve hides whose process it is. It takes far less than this, even on a busy host; some processes stay
// unreadable.
constexpr std::int64_t undecidedPauseMs = 2, maxUndecidedMs = 1'000;
// KILL works at once on all but the uninterruptible; after this long it is worth a word.
constexpr std::int64_t killPendingMs = 5'000;
// Work in one pass while finishing: the loop serves others meanwhile.
constexpr std::size_t hashPerPass = 4u << 20;
constexpr std::int64_t resultRetryMs = 1'000;

} // namespace

Attempt::~Attempt()
{
    watchFifos(false);
    if (m_mainWatch.handle)
        m_host.poller().remove(m_mainWatch.handle.get(), &m_mainWatch);
}

void Attempt::Fifo::ready(std::uint32_t)
{
    switch (attempt->m_recorder.read(stream)) {
    case Recorder::Read::Some:
        attempt->m_lastOutput = spool::monotonicMs();
        attempt->m_host.outputGrew();
        break;
    case Recorder::Read::Nothing:
        break;
    case Recorder::Read::NoWriters: // for good: nobody but the job had the other end
        attempt->m_host.poller().remove(attempt->m_recorder.fifo(stream), this);
        watched = false;
        break;
    }
}

void Attempt::MainWatch::ready(std::uint32_t)
{
    attempt->m_host.poller().remove(handle.get(), this);
    handle.reset();
    attempt->mainGone(spool::monotonicMs());
}

void Attempt::watchFifos(bool on)
{
    for (const Stream stream : {Stream::Out, Stream::Err}) {
        Fifo &fifo = m_fifos[stream == Stream::Out ? 0 : 1];
        if (on && !fifo.watched) {
            fifo.attempt = this;
            fifo.stream = stream;
            fifo.watched = m_host.poller().add(m_recorder.fifo(stream), EPOLLIN, &fifo);
        } else if (!on && fifo.watched) {
            m_host.poller().remove(m_recorder.fifo(stream), &fifo);
            fifo.watched = false;
        }
    }
}

std::vector<spool::Message> Attempt::news() const
{
    std::vector<spool::Message> messages;
    if (m_started.pid > 0)
        messages.push_back(spool::StartedReport{m_started, m_adopted});
    if (m_recorder.size() > 0)
        messages.push_back(spool::OutputGrew{m_key, m_recorder.size()});
    return messages;
}

std::optional<spool::Message> Attempt::takeGrowth()
{
    if (m_recorder.size() == m_reportedSize || over())
        return std::nullopt;
    m_reportedSize = m_recorder.size();
    return spool::OutputGrew{m_key, m_reportedSize};
}

void Attempt::readCancelNote()
{
    if (!spool::exists(m_folder.get(), spool::name::cancel))
        return;
    const auto bytes = spool::readOwned(m_folder.get(), spool::name::cancel, spool::maxSmallFileSize, m_path);
    const auto note = bytes ? spool::decodeCancelNote(*bytes, m_path + '/' + spool::name::cancel) : bytes.failure();
    if (!note)
        m_host.log(note.failure().text() + "; cancelled as the order says");
    // Somebody wanted it to end, whatever became of the details.
    m_cancelNote = note ? *note : spool::CancelNote{m_order.graceMs, {}};
}

void Attempt::cancel()
{
    readCancelNote();
    if (m_cancelNote)
        stop(StopCause::Cancelled, spool::monotonicMs());
}

void Attempt::renew(std::int64_t leaseUntil)
{
    if (m_leaseUntil > 0 && m_result.stopCause != StopCause::LeaseExpired)
        m_leaseUntil = std::max(m_leaseUntil, leaseUntil);
}

bool Attempt::leaseIsOver() const
{
    return m_leaseUntil > 0 && spool::bootTimeMs() >= m_leaseUntil;
}

void Attempt::stop(StopCause cause, std::int64_t now)
{
    if (m_phase != Phase::Running || !m_mainAlive)
        return;
    std::int64_t grace = m_order.graceMs;
    if (cause == StopCause::Cancelled) {
        grace = m_cancelNote->graceMs;
        m_result.stopReason = m_cancelNote->reason;
    }
    m_result.stopCause = cause;
    m_phase = Phase::Ending;
    m_killAt = now + std::min(grace, never - now);
    m_nextLook = now;
    m_lookPause = firstTermPauseMs;
}

void Attempt::mainReaped(int status, const rusage &usage)
{
    m_result.kind = WIFSIGNALED(status) ? EndKind::Signalled : EndKind::Exited;
    m_result.code = WIFSIGNALED(status) ? WTERMSIG(status) : WEXITSTATUS(status);
    const auto microseconds = [](const timeval &t) { return std::int64_t(t.tv_sec) * 1'000'000 + t.tv_usec; };
    m_result.userUs = microseconds(usage.ru_utime);
    m_result.systemUs = microseconds(usage.ru_stime);
    m_result.peakMemoryBytes = std::int64_t(usage.ru_maxrss) * 1024;
    mainGone(spool::monotonicMs());
}

void Attempt::mainGone(std::int64_t now)
{
    m_mainAlive = false;
    m_result.endedAtMs = spool::wallMs();
    m_killSet->mainGone();
    if (m_phase == Phase::Ending) {
        m_nextLook = now;
        return;
    }
    const bool mayStay = m_order.leftovers == spool::Leftovers::Leave && m_result.stopCause == StopCause::None;
    if (mayStay || (!m_adopted && !m_host.mayHaveOrphans(m_main.pid, now - m_started.monotonicMs))) {
        conclude();
        return;
    }
    m_phase = Phase::Ending;
    m_undecidedUntil = now + maxUndecidedMs;
    m_killAt = now + std::min(m_order.graceMs, maxLeftoverGraceMs);
    m_nextLook = now;
    m_lookPause = firstTermPauseMs;
}

void Attempt::childReaped(std::int64_t now)
{
    // A moment later: where one ends, others often follow.
    if (m_phase == Phase::Ending)
        m_nextLook = std::min(m_nextLook, now + 2);
}

void Attempt::round(std::int64_t now)
{
    const auto members = m_killSet->find(m_host.processes(), m_host.surroundings(m_key));
    if (!m_mainAlive && members.empty()) {
        if (m_killSet->undecided() && now < m_undecidedUntil)
            m_nextLook = now + undecidedPauseMs;
        else
            conclude();
        return;
    }
    m_undecidedUntil = now + maxUndecidedMs;
    const bool kill = now >= m_killAt;
    if (kill && !m_killing) {
        m_killing = true;
        m_lookPause = firstKillPauseMs;
    }
    signalMembers(members, kill);
    if (kill && now - m_killAt >= killPendingMs && !m_toldPending) {
        m_toldPending = true;
        m_host.report(spool::KillPending{m_key, std::int32_t(members.size())});
        m_host.log(spool::folderName(m_key) + ": " + std::to_string(members.size()) + " processes survive KILL");
    }
    m_nextLook = now + m_lookPause;
    if (!kill)
        m_nextLook = std::min(m_nextLook, m_killAt);
    m_lookPause = std::min(m_lookPause * 2, kill ? maxKillPauseMs : maxTermPauseMs);
}

void Attempt::signalMembers(const std::vector<ProcessId> &members, bool kill)
{
    const bool leftovers = m_result.stopCause == StopCause::None;
    for (const ProcessId &member : members) {
        if (leftovers)
            m_leftovers.insert(member);
        if (kill) {
            spool::sendSignal(member, SIGKILL);
        } else if (m_termed.insert(member).second) {
            spool::sendSignal(member, SIGTERM);
            spool::sendSignal(member, SIGCONT); // one that is stopped sees TERM only when it goes on
        }
    }
    if (!leftovers && !members.empty())
        m_result.stopSignal = kill ? SIGKILL : SIGTERM; // KILL is never followed by TERM
}

void Attempt::checkLimits(std::int64_t now)
{
    if (m_cancelNote)
        stop(StopCause::Cancelled, now);
    else if (m_order.timeoutMs > 0 && now - m_started.monotonicMs >= m_order.timeoutMs)
        stop(StopCause::TimedOut, now);
    else if (m_order.stallTimeoutMs > 0 && now - m_lastOutput >= m_order.stallTimeoutMs)
        stop(StopCause::Stalled, now);
    else if (leaseIsOver())
        stop(StopCause::LeaseExpired, now);
}

// Whatever it is ended for: by the end of the lease and its grace the tree has to be gone, also if the host was
// suspended for a part of that grace.
void Attempt::checkLease(std::int64_t now)
{
    if (m_killAt <= now || !leaseIsOver() || spool::bootTimeMs() - m_leaseUntil < m_order.graceMs)
        return;
    m_killAt = now;
    m_nextLook = now;
}

std::int64_t Attempt::deadline() const
{
    switch (m_phase) {
    case Phase::Searching:
    case Phase::Ending:
        return m_nextLook;
    case Phase::Running: {
        std::int64_t next = m_cancelNote ? 0 : never;
        if (m_order.timeoutMs > 0)
            next = std::min(next, m_started.monotonicMs + std::min(m_order.timeoutMs, never - m_started.monotonicMs));
        if (m_order.stallTimeoutMs > 0)
            next = std::min(next, m_lastOutput + std::min(m_order.stallTimeoutMs, never - m_lastOutput));
        return next;
    }
    case Phase::Draining:
        return m_retryAt;
    case Phase::New:
    case Phase::Over:
        break;
    }
    return never;
}

std::int64_t Attempt::bootDeadline() const
{
    if (m_leaseUntil > 0 && m_phase == Phase::Running)
        return m_leaseUntil;
    if (m_leaseUntil > 0 && m_phase == Phase::Ending && !m_killing)
        return m_leaseUntil + std::min(m_order.graceMs, never - m_leaseUntil);
    return never;
}

void Attempt::tick(std::int64_t now)
{
    if (m_phase == Phase::Searching && now >= m_nextLook)
        search(now);
    if (m_phase == Phase::Running)
        checkLimits(now);
    if (m_phase == Phase::Ending)
        checkLease(now);
    if (m_phase == Phase::Ending && now >= m_nextLook)
        round(now);
    if (m_phase == Phase::Draining && now >= m_retryAt)
        writeResult(now);
}

void Attempt::conclude()
{
    m_result.goneAtMs = spool::wallMs();
    m_result.leftoversKilled = std::int32_t(m_leftovers.size());
    watchFifos(false);
    if (m_recorder.fifo(Stream::Out) >= 0) {
        m_recorder.drain(Stream::Out);
        m_recorder.drain(Stream::Err);
    }
    m_phase = Phase::Draining;
}

void Attempt::finishAs(EndKind kind, int code, std::string text)
{
    m_result.kind = kind;
    m_result.code = code;
    m_result.text = std::move(text);
    if (m_result.endedAtMs == 0)
        m_result.endedAtMs = spool::wallMs();
    conclude();
}

void Attempt::writeResult(std::int64_t now)
{
    if (!m_recorder.hashSome(hashPerPass))
        return;
    m_result.key = m_key;
    m_result.epoch = m_order.epoch;
    m_result.bootId = spool::bootId();
    m_result.startedAtMs = m_started.pid > 0 ? m_started.atMs : 0;
    m_result.outputBytes = m_recorder.size();
    m_result.outputHash = m_recorder.hash();
    m_result.outputLost = m_recorder.lost();
    m_result.outputLostWhy = m_recorder.lostWhy();
    FAULT_POINT("before-result");
    const std::string bytes = encode(m_result);
    const auto write = [&] {
        return spool::replaceFile(m_folder.get(), spool::name::result, spool::name::resultDraft, bytes, m_path);
    };
    auto written = write();
    if (!written) {
        m_host.log(written.failure().text() + "; trying with space held in reserve");
        m_host.freeSpace();
        m_recorder.removeFifos();
        written = write();
    }
    if (!written) {
        m_host.log(written.failure().text());
        m_retryAt = now + resultRetryMs;
        return;
    }
    FAULT_POINT("after-result");
    m_phase = Phase::Over;
    m_host.report(spool::FinishedReport{m_result});
    m_host.syncLater(m_path + '/' + spool::name::result);
}

} // namespace belfry::supervisor
