// SPDX-License-Identifier: GPL-3.0-or-later
// How an attempt comes to its supervisor: started afresh, or adopted from a dead one.
#include "agent/supervisor/attempt.h"

#include "agent/supervisor/spawn.h"
#include "shared/base/faultpoint.h"

#include <algorithm>
#include <cerrno>

#include <fcntl.h>
#include <sys/file.h>

namespace belfry::supervisor {

using spool::EndKind;
using spool::Failure;
using spool::ProcessId;
using spool::Refused;
using spool::StopCause;
using spool::Stream;

namespace {

// A process just forked by a supervisor that was killed in that moment shows its cookie only after execve: look again
// before concluding that there is none.
constexpr int searches = 3;
constexpr std::int64_t searchPauseMs = 100;

Refused::Why whyOf(const Failure &failure)
{
    // With an errno the world was in the way (no space, no descriptors); without one the content is at fault. A thing
    // of another kind in a file's place shows as one of these three.
    const bool damaged
        = failure.code == 0 || failure.code == EISDIR || failure.code == ELOOP || failure.code == ENOTDIR;
    return damaged || failure.code == ENOENT ? Refused::Why::Damaged : Refused::Why::Unavailable;
}

} // namespace

Refused Attempt::refused(Refused::Why why, const Failure &failure) const
{
    std::string text = failure.why;
    if (failure.code != 0)
        text += " (" + spool::errnoText(failure.code) + ")";
    return {m_key, why, failure.path.empty() ? m_path : failure.path, text};
}

std::optional<Refused> Attempt::take(int spoolFolder, const std::string &spoolPath, std::int64_t leaseUntil)
{
    m_leaseUntil = leaseUntil;
    const std::string folder = spool::folderName(m_key);
    m_path = spoolPath + '/' + folder;
    auto opened = spool::openFolder(spoolFolder, folder);
    if (!opened)
        return refused(whyOf(opened.failure()), opened.failure());
    m_folder = std::move(*opened);
    if (spool::exists(m_folder.get(), spool::name::result)) {
        const auto bytes = spool::readOwned(m_folder.get(), spool::name::result, spool::maxSmallFileSize, m_path);
        const auto result = bytes ? spool::decodeResult(*bytes, m_path + "/result") : bytes.failure();
        if (!result)
            return refused(Refused::Why::Damaged, result.failure());
        m_phase = Phase::Over;
        m_host.report(spool::FinishedReport{*result});
        return std::nullopt;
    }
    return spool::exists(m_folder.get(), spool::name::started) ? adopt() : begin();
}

bool Attempt::readOrder(Refused &refusal)
{
    const auto bytes = spool::readOwned(m_folder.get(), spool::name::order, spool::maxOrderSize, m_path);
    auto order = bytes ? spool::decodeOrder(*bytes, m_path + '/' + spool::name::order) : bytes.failure();
    if (order && order->key != m_key)
        order = Failure{0, m_path + '/' + spool::name::order, "this is the order of another attempt"};
    if (!order) {
        refusal = refused(whyOf(order.failure()), order.failure());
        return false;
    }
    m_order = std::move(*order);
    m_leaseUntil = m_order.leaseUntilMs > 0 ? std::max(m_order.leaseUntilMs, m_leaseUntil) : 0;
    m_killSet.emplace(m_order.cookie);
    return true;
}

// Takes the right to start. Whoever comes second, were it by a replayed message, fails here.
std::optional<Refused> Attempt::claim()
{
    auto file = spool::openOwned(m_folder.get(), spool::name::started, O_RDWR | O_CREAT | O_EXCL, m_path);
    if (!file && file.failure().code == ENOSPC) {
        m_host.freeSpace();
        file = spool::openOwned(m_folder.get(), spool::name::started, O_RDWR | O_CREAT | O_EXCL, m_path);
    }
    if (!file)
        return refused(
            file.failure().code == EEXIST ? Refused::Why::OwnedElsewhere : Refused::Why::Unavailable, file.failure());
    if (::flock(file->get(), LOCK_EX | LOCK_NB) != 0)
        return refused(Refused::Why::OwnedElsewhere, {errno, {}, "another supervisor was quicker"});
    m_startedFile = std::move(*file);
    m_started
        = {m_key, m_host.supervisorId(), spool::bootId(), 0, 0, spool::wallMs(), spool::monotonicMs(), m_order.epoch};
    writeStarted();
    return std::nullopt;
}

void Attempt::writeStarted()
{
    const std::string path = m_path + '/' + spool::name::started;
    const std::string bytes = encode(m_started);
    auto written = spool::writeAt(m_startedFile.get(), bytes, 0, path);
    if (!written) {
        m_host.freeSpace();
        written = spool::writeAt(m_startedFile.get(), bytes, 0, path);
    }
    // Without it a successor still finds the process by its cookie.
    if (!written)
        m_host.log(written.failure().text());
}

std::optional<Refused> Attempt::begin()
{
    Refused refusal;
    if (!readOrder(refusal))
        return refusal;
    m_recorder.setCap(m_order.logCap);
    const auto opened = m_recorder.open(m_folder.get(), m_path);
    if (!opened && whyOf(opened.failure()) == Refused::Why::Damaged)
        return refused(Refused::Why::Damaged, opened.failure());
    FAULT_POINT("before-claim");
    if (auto refusedClaim = claim())
        return refusedClaim;
    readCancelNote();
    if (m_order.bootId != spool::bootId()) {
        finishAs(EndKind::HostRebooted, 0, "the host was restarted after the order was given; nothing was started");
    } else if (m_cancelNote) {
        m_result.stopCause = StopCause::Cancelled;
        m_result.stopReason = m_cancelNote->reason;
        finishAs(EndKind::NotStarted, 0, "cancelled before it was started");
    } else if (leaseIsOver()) {
        m_result.stopCause = StopCause::LeaseExpired;
        finishAs(EndKind::NotStarted, 0, "its lease was over before it could be started; nothing was started");
    } else if (!opened) {
        const Failure &failure = opened.failure();
        const bool full = failure.code == ENOSPC || failure.code == EDQUOT;
        finishAs(EndKind::NotStarted, failure.code,
            spool::errnoText(failure.code) + ": " + (full ? "agent disk full" : failure.path + ": " + failure.why));
    } else {
        launch(spool::monotonicMs());
    }
    return std::nullopt;
}

void Attempt::launch(std::int64_t now)
{
    const auto out = m_recorder.openForJob(Stream::Out);
    const auto err = m_recorder.openForJob(Stream::Err);
    if (!out || !err) {
        const Failure &failure = out ? err.failure() : out.failure();
        finishAs(EndKind::NotStarted, failure.code, spool::errnoText(failure.code) + ": " + failure.why);
        return;
    }
    FAULT_POINT("before-spawn");
    m_started.atMs = spool::wallMs();
    const auto pid = spawn(m_order, {m_folder.get(), m_path, m_host.nullInput(), out->get(), err->get()});
    if (!pid) {
        finishAs(
            EndKind::NotStarted, pid.failure().code, spool::errnoText(pid.failure().code) + ": " + pid.failure().why);
        return;
    }
    FAULT_POINT("after-spawn");
    const auto stat = spool::processStat(*pid);
    m_main = {*pid, stat ? stat->id.startTime : 0};
    m_started.monotonicMs = now;
    adoptMain(now, false);
    FAULT_POINT("started-written");
}

// From here on m_main is the attempt's living main process.
void Attempt::adoptMain(std::int64_t now, bool known)
{
    m_mainAlive = true;
    m_killSet->setMain(m_main);
    m_started.pid = m_main.pid;
    m_started.startTime = m_main.startTime;
    if (!known)
        writeStarted();
    m_lastOutput = now;
    m_phase = Phase::Running;
    watchFifos(true);
    m_host.report(spool::StartedReport{m_started, m_adopted});
}

std::optional<Refused> Attempt::adopt()
{
    auto file = spool::openOwned(m_folder.get(), spool::name::started, O_RDWR, m_path);
    if (!file)
        return refused(whyOf(file.failure()), file.failure());
    if (::flock(file->get(), LOCK_EX | LOCK_NB) != 0)
        return refused(Refused::Why::OwnedElsewhere, {errno, {}, "another supervisor owns it"});
    // Between our two looks the owner may have finished, and only then let go.
    if (spool::exists(m_folder.get(), spool::name::result))
        return refused(Refused::Why::OwnedElsewhere, {0, {}, "its owner has just finished it"});
    m_startedFile = std::move(*file);
    Refused refusal;
    if (!readOrder(refusal))
        return refusal;
    const auto bytes = spool::readOwned(m_folder.get(), spool::name::started, spool::maxSmallFileSize, m_path);
    const auto started = bytes ? spool::decodeStarted(*bytes, m_path + '/' + spool::name::started) : bytes.failure();
    if (started && started->key == m_key)
        m_started = *started;
    else
        m_host.log((started ? m_path + ": `started` is of another attempt" : started.failure().text())
            + "; looking for the process by its cookie");
    m_recorder.setCap(m_order.logCap);
    if (const auto opened = m_recorder.open(m_folder.get(), m_path); !opened)
        return refused(whyOf(opened.failure()), opened.failure());
    if (m_order.bootId != spool::bootId()) {
        finishAs(EndKind::HostRebooted, 0, "the host was restarted");
        return std::nullopt;
    }
    m_adopted = true;
    m_started.key = m_key;
    m_started.epoch = m_order.epoch;
    m_started.supervisor = m_host.supervisorId();
    readCancelNote();
    // The process and its output are looked at in the next tick, when the picture of the host is fresh.
    m_phase = Phase::Searching;
    return std::nullopt;
}

void Attempt::search(std::int64_t now)
{
    m_result.kind = EndKind::ExitUnseen;
    m_result.text = "the supervisor that could have seen the exit is gone";
    m_main = {m_started.pid, m_started.startTime};
    if (!m_main || m_main.startTime == 0) {
        searchByCookie(now);
        return;
    }
    m_mainWatch.attempt = this;
    m_mainWatch.handle = spool::openProcess(m_main.pid);
    // In this order: the handle is of whatever has the pid now, and the check says that this is the one.
    const bool alive = m_mainWatch.handle && spool::isAlive(m_main);
    if (alive && m_host.poller().add(m_mainWatch.handle.get(), EPOLLIN, &m_mainWatch)) {
        adoptMain(now, true);
        return;
    }
    m_mainWatch.handle.reset();
    m_killSet->setMain(m_main);
    m_host.report(spool::StartedReport{m_started, true});
    if (m_cancelNote) {
        m_result.stopCause = StopCause::Cancelled;
        m_result.stopReason = m_cancelNote->reason;
    }
    m_phase = Phase::Running;
    watchFifos(true);
    mainGone(now);
}

void Attempt::searchByCookie(std::int64_t now)
{
    const auto members = KillSet(m_order.cookie).find(m_host.processes(), m_host.surroundings(m_key));
    if (!members.empty()) {
        // The oldest that carries the cookie is the main process, or what is left of its tree.
        m_started.pid = members.front().pid;
        m_started.startTime = members.front().startTime;
        m_started.bootId = spool::bootId();
        if (m_started.atMs == 0)
            m_started.atMs = spool::wallMs();
        if (m_started.monotonicMs == 0)
            m_started.monotonicMs = now;
        writeStarted();
        search(now);
    } else if (++m_searches < searches) {
        m_nextLook = now + searchPauseMs;
    } else {
        finishAs(EndKind::ExitUnseen, 0,
            "the supervisor was killed while it started the process, and there is no process of it");
    }
}

} // namespace belfry::supervisor
