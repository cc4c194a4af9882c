// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/process/spoolfolder.h"

#include "shared/base/faultpoint.h"
#include "shared/spool/files.h"
#include "shared/spool/host.h"

#include <QDir>

#include <algorithm>
#include <cerrno>

#include <dirent.h>
#include <fcntl.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

namespace belfry {

using namespace Qt::StringLiterals;
using spool::Failure;
using spool::Fd;

namespace {

Error systemError(int code, const std::string &path, const char *why)
{
    return toError(Failure{code, path, why});
}

std::vector<std::string> list(int folder)
{
    std::vector<std::string> names;
    const int copy = ::openat(folder, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
    DIR *const stream = copy < 0 ? nullptr : ::fdopendir(copy);
    if (!stream)
        return names;
    while (const dirent *entry = ::readdir(stream))
        if (std::string_view(entry->d_name) != "." && std::string_view(entry->d_name) != "..")
            names.emplace_back(entry->d_name);
    ::closedir(stream);
    std::sort(names.begin(), names.end());
    return names;
}

// Deeper folders are first moved up to the top: one descriptor a level is held.
constexpr int maxDepth = 32;

// False when the budget is used up.
bool deleteBelow(int top, int folder, int depth, int &budget)
{
    for (const std::string &name : list(folder)) {
        if (--budget < 0)
            return false;
        if (::unlinkat(folder, name.c_str(), 0) == 0 || ::unlinkat(folder, name.c_str(), AT_REMOVEDIR) == 0)
            continue;
        Fd child(::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!child && ::fchmodat(folder, name.c_str(), 0700, 0) == 0)
            child = Fd(::openat(folder, name.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
        if (!child)
            continue;
        ::fchmod(child.get(), 0700);
        if (depth >= maxDepth) {
            const std::string moved = "deep" + std::to_string(spool::monotonicMs()) + '-' + std::to_string(budget);
            ::renameat(folder, name.c_str(), top, moved.c_str());
            continue;
        }
        if (!deleteBelow(top, child.get(), depth + 1, budget))
            return false;
        ::unlinkat(folder, name.c_str(), AT_REMOVEDIR);
    }
    return true;
}

SpoolEntry entryOf(const spool::AttemptResult &result)
{
    SpoolEntry entry{result.key, SpoolEntry::State::Finished, result.epoch};
    if (result.startedAtMs > 0)
        entry.startedAt = Instant(result.startedAtMs);
    entry.outputBytes = result.outputBytes;
    entry.result = result;
    return entry;
}

} // namespace

Error toError(const Failure &failure)
{
    const bool full = failure.code == ENOSPC || failure.code == EDQUOT;
    return {failure.code == 0 ? ErrorKind::Invalid : ErrorKind::Unavailable,
        (full ? u"agent disk full: "_s : QString()) + QString::fromStdString(failure.text())};
}

bool deleteSome(const std::string &folder, int budget)
{
    const Fd fd(::open(folder.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    return !fd || deleteBelow(fd.get(), fd.get(), 0, budget);
}

Status SpoolFolder::makeFolder(const std::string &path) const
{
    if (::mkdir(path.c_str(), 0700) != 0 && errno != EEXIST)
        return fail(systemError(errno, path, "this folder cannot be made"));
    const auto opened = spool::openFolder(path);
    if (!opened)
        return fail(toError(opened.failure()));
    return {};
}

Status SpoolFolder::open()
{
    if (m_data.empty() || m_data.front() != '/')
        return fail(
            ErrorKind::Invalid, u"the data folder '%1' is not an absolute path"_s.arg(QString::fromStdString(m_data)));
    const auto parent = m_data.substr(0, m_data.rfind('/'));
    if (!parent.empty() && !QDir().mkpath(QString::fromStdString(parent)))
        return fail(systemError(errno, parent, "this folder cannot be made"));
    for (const char *below : {"", "/spool", "/s", "/quarantine", "/trash"})
        if (auto made = makeFolder(m_data + below); !made)
            return made;
    auto data = spool::openFolder(m_data);
    auto folder = spool::openFolder(m_data + "/spool");
    auto sockets = spool::openFolder(m_data + "/s");
    if (!data || !folder || !sockets)
        return fail(ErrorKind::Unavailable, u"the data folder '%1' vanished"_s.arg(QString::fromStdString(m_data)));
    auto lock = spool::openOwned(data->get(), "lock", O_RDWR | O_CREAT, m_data);
    if (!lock)
        return fail(toError(lock.failure()));
    if (::flock(lock->get(), LOCK_EX | LOCK_NB) != 0)
        return fail(ErrorKind::Conflict,
            u"the data folder '%1' is in use by another agent; give this one its own with --data"_s.arg(
                QString::fromStdString(m_data)));
    m_lock = std::move(*lock);
    m_spool = std::move(*folder);
    m_sockets = std::move(*sockets);
    return {};
}

std::string SpoolFolder::pathOf(AttemptKey key) const
{
    return m_data + "/spool/" + spool::folderName(key);
}

Status SpoolFolder::write(const spool::Order &order, const QByteArray &script)
{
    const std::string name = spool::folderName(order.key), path = pathOf(order.key);
    if (::mkdirat(m_spool.get(), name.c_str(), 0700) != 0) {
        if (errno == EEXIST)
            return fail(ErrorKind::Conflict, u"attempt %1 is in the spool already"_s.arg(QString::fromStdString(name)));
        return fail(systemError(errno, path, "this folder cannot be made"));
    }
    auto written = [&]() -> spool::Done {
        const auto folder = spool::openFolder(m_spool.get(), name);
        if (!folder)
            return folder.failure();
        if (order.argv.empty()) {
            const std::string_view text(script.constData(), std::size_t(script.size()));
            if (auto done = spool::writeNew(folder->get(), spool::name::script, text, path); !done)
                return done;
        }
        return spool::writeNew(folder->get(), spool::name::order, encode(order), path);
    }();
    if (!written) {
        deleteSome(path, 16);
        ::unlinkat(m_spool.get(), name.c_str(), AT_REMOVEDIR);
        return fail(toError(written.failure()));
    }
    FAULT_POINT("order-written");
    return {};
}

Status SpoolFolder::writeCancelNote(AttemptKey key, const spool::CancelNote &note)
{
    const auto folder = spool::openFolder(m_spool.get(), spool::folderName(key));
    if (!folder)
        return fail(toError(folder.failure()));
    const auto written
        = spool::replaceFile(folder->get(), spool::name::cancel, "cancel.new", encode(note), pathOf(key));
    if (!written)
        return fail(toError(written.failure()));
    return {};
}

FolderContent SpoolFolder::read(AttemptKey key) const
{
    const std::string path = pathOf(key);
    const auto folder = spool::openFolder(m_spool.get(), spool::folderName(key));
    if (!folder)
        return folder.failure();
    const auto whole
        = [&](const char *file, std::size_t limit) { return spool::readOwned(folder->get(), file, limit, path); };
    if (spool::exists(folder->get(), spool::name::result)) {
        const auto bytes = whole(spool::name::result, spool::maxSmallFileSize);
        const auto result = bytes ? spool::decodeResult(*bytes, path + "/result") : bytes.failure();
        if (!result)
            return result.failure();
        if (result->key != key)
            return Failure{0, path + "/result", "this is the result of another attempt"};
        return entryOf(*result);
    }
    const bool begun = spool::exists(folder->get(), spool::name::started);
    const auto bytes = whole(spool::name::order, spool::maxOrderSize);
    if (!begun && ((bytes && bytes->empty()) || (!bytes && bytes.failure().code == ENOENT)))
        return HalfMade{};
    auto order = bytes ? spool::decodeOrder(*bytes, path + "/order") : bytes.failure();
    if (order && order->key != key)
        order = Failure{0, path + "/order", "this is the order of another attempt"};
    // Damaged, or without a pid: its supervisor looks for the process by other means, and tells.
    const auto content = begun ? whole(spool::name::started, spool::maxSmallFileSize) : Failure{};
    const auto started = content ? spool::decodeStarted(*content, {}) : content.failure();
    const bool running = started && started->key == key && started->pid > 0;
    if (!order && !running)
        return order.failure();
    SpoolEntry entry{key, begun ? SpoolEntry::State::Running : SpoolEntry::State::Ordered};
    entry.epoch = order ? order->epoch : started->epoch;
    entry.rebooted = (order ? order->bootId : started->bootId) != spool::bootId();
    if (running) {
        entry.pid = started->pid;
        entry.startedAt = Instant(started->atMs);
    }
    struct stat info { };
    if (::fstatat(folder->get(), spool::name::output, &info, AT_SYMLINK_NOFOLLOW) == 0)
        entry.outputBytes = info.st_size;
    return entry;
}

std::vector<std::string> SpoolFolder::names() const
{
    return list(m_spool.get());
}

std::string SpoolFolder::quarantine(const std::string &name)
{
    for (int i = 0; i < 1000; ++i) {
        const std::string target = m_data + "/quarantine/" + name + (i == 0 ? "" : '.' + std::to_string(i));
        if (::renameat2(m_spool.get(), name.c_str(), AT_FDCWD, target.c_str(), RENAME_NOREPLACE) == 0)
            return target;
        if (errno != EEXIST)
            break;
    }
    return m_data + "/spool/" + name;
}

Status SpoolFolder::remove(AttemptKey key)
{
    const std::string name = spool::folderName(key);
    // The quick way for most: a handful of files, and an empty work folder.
    if (deleteSome(pathOf(key), 16) && ::unlinkat(m_spool.get(), name.c_str(), AT_REMOVEDIR) == 0)
        return {};
    const std::string target = trashPath() + '/' + name + '-' + std::to_string(spool::monotonicMs());
    if (::renameat(m_spool.get(), name.c_str(), AT_FDCWD, target.c_str()) != 0)
        return fail(systemError(errno, pathOf(key), "this folder cannot be removed"));
    return {};
}

std::vector<std::string> SpoolFolder::socketNames() const
{
    std::vector<std::string> names = list(m_sockets.get());
    std::erase_if(names, [](const std::string &name) { return name.find('.') != std::string::npos; });
    return names;
}

void SpoolFolder::removeSocket(const std::string &name)
{
    ::unlinkat(m_sockets.get(), name.c_str(), 0);
    ::unlinkat(m_sockets.get(), (name + ".reserve").c_str(), 0);
}

} // namespace belfry
