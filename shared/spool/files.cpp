// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/spool/files.h"

#include <cerrno>
#include <cstdint>
#include <cstdio>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace belfry::spool {

void Fd::reset()
{
    if (m_fd >= 0)
        ::close(m_fd);
    m_fd = -1;
}

Checked<Fd> openFolder(int parent, const std::string &path)
{
    Fd fd(::openat(parent, path.c_str(), O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC));
    struct stat info { };
    if (!fd || ::fstat(fd.get(), &info) != 0)
        return Failure{errno, path, "this folder cannot be opened"};
    if (info.st_uid != ::geteuid())
        return Failure{0, path, "this folder belongs to user " + std::to_string(info.st_uid)};
    if ((info.st_mode & 022) != 0)
        return Failure{0, path, "this folder can be written by others"};
    return fd;
}

Checked<Fd> openFolder(const std::string &path)
{
    return openFolder(AT_FDCWD, path);
}

Checked<Fd> openOwned(int folder, const char *file, int flags, const std::string &folderPath)
{
    const auto path = [&] { return folderPath + '/' + file; };
    Fd fd(::openat(folder, file, flags | O_NOFOLLOW | O_NONBLOCK | O_CLOEXEC, 0600));
    struct stat info { };
    if (!fd || ::fstat(fd.get(), &info) != 0)
        return Failure{errno, path(), "this file cannot be opened"};
    if (!S_ISREG(info.st_mode))
        return Failure{0, path(), "this is not a regular file"};
    if (info.st_uid != ::geteuid())
        return Failure{0, path(), "this file belongs to user " + std::to_string(info.st_uid)};
    return fd;
}

Checked<std::string> readOwned(int folder, const char *file, std::size_t limit, const std::string &folderPath)
{
    auto fd = openOwned(folder, file, O_RDONLY, folderPath);
    if (!fd)
        return fd.failure();
    const auto failed = [&](std::string why) { return Failure{errno, folderPath + '/' + file, std::move(why)}; };
    std::string bytes;
    for (;;) {
        const std::size_t size = bytes.size();
        bytes.resize(size + 4096);
        const ssize_t n = ::read(fd->get(), bytes.data() + size, bytes.size() - size);
        bytes.resize(size + std::size_t(n > 0 ? n : 0));
        if (n < 0 && errno != EINTR)
            return failed("this file cannot be read");
        if (bytes.size() > limit) {
            errno = 0;
            return failed("this file is larger than " + std::to_string(limit) + " bytes");
        }
        if (n >= 0 && n < 4096)
            return bytes;
    }
}

Done writeAt(int fd, std::string_view bytes, std::int64_t offset, const std::string &path)
{
    while (!bytes.empty()) {
        const ssize_t n = ::pwrite(fd, bytes.data(), bytes.size(), offset);
        if (n < 0 && errno == EINTR)
            continue;
        if (n < 0)
            return Failure{errno, path, "this file cannot be written"};
        bytes.remove_prefix(std::size_t(n));
        offset += n;
    }
    return done();
}

Done writeNew(int folder, const char *file, std::string_view bytes, const std::string &folderPath)
{
    const auto fd = openOwned(folder, file, O_WRONLY | O_CREAT | O_EXCL, folderPath);
    return fd ? writeAt(fd->get(), bytes, 0, folderPath + '/' + file) : Done(fd.failure());
}

Done replaceFile(int folder, const char *file, const char *draft, std::string_view bytes, const std::string &folderPath)
{
    const auto fd = openOwned(folder, draft, O_WRONLY | O_CREAT | O_TRUNC, folderPath);
    if (!fd)
        return fd.failure();
    if (auto written = writeAt(fd->get(), bytes, 0, folderPath + '/' + draft); !written)
        return written;
    if (::renameat(folder, draft, folder, file) != 0)
        return Failure{errno, folderPath + '/' + file, "this file cannot be put in place"};
    return done();
}

bool exists(int folder, const char *file)
{
    return ::faccessat(folder, file, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

} // namespace belfry::spool
