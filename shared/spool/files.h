// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/spool/checked.h"

#include <string>
#include <string_view>
#include <utility>

namespace belfry::spool {

// Names in an attempt's folder.
namespace name {
inline constexpr char order[] = "order"; // Order; the folder means nothing before it is whole
inline constexpr char script[] = "script"; // the text for the shell
inline constexpr char cancel[] = "cancel"; // CancelNote
inline constexpr char started[] = "started"; // Started
inline constexpr char standardOut[] = "stdout"; // FIFO
inline constexpr char standardErr[] = "stderr"; // FIFO
inline constexpr char output[] = "output"; // the recorded bytes of both
inline constexpr char index[] = "index"; // see index.h
inline constexpr char outputGap[] = "gap"; // OutputGap
inline constexpr char outputGapDraft[] = "gap.new";
inline constexpr char result[] = "result"; // AttemptResult
inline constexpr char resultDraft[] = "result.new";
inline constexpr char outputs[] = "outputs"; // BELFRY_OUTPUT: key=value lines of the job
inline constexpr char work[] = "work"; // the job's directory unless it names another
} // namespace name

// Names in the agent's data folder.
namespace name {
inline constexpr char spool[] = "spool";
inline constexpr char sockets[] = "s";
inline constexpr char supervisorLog[] = "supervisor.log";
} // namespace name

// A file descriptor that is closed when it goes. -1: none.
class Fd
{
public:
    Fd() = default;
    explicit Fd(int fd)
        : m_fd(fd)
    { }
    Fd(Fd &&other) noexcept
        : m_fd(std::exchange(other.m_fd, -1))
    { }
    Fd &operator=(Fd &&other) noexcept
    {
        std::swap(m_fd, other.m_fd);
        return *this;
    }
    ~Fd() { reset(); }
    int get() const { return m_fd; }
    explicit operator bool() const { return m_fd >= 0; }
    void reset();
    int release() { return std::exchange(m_fd, -1); }

private:
    int m_fd = -1;
};

// The folder opened for the ...at() calls. A Failure unless it is a folder, no link, ours, and writable by us alone.
Checked<Fd> openFolder(int parent, const std::string &path);
Checked<Fd> openFolder(const std::string &path);
// A regular file of ours inside `folder`, opened; anything else is a Failure, a link or a FIFO in its place too.
Checked<Fd> openOwned(int folder, const char *file, int flags, const std::string &folderPath);
// The whole of such a file, which must not be larger than `limit`.
Checked<std::string> readOwned(int folder, const char *file, std::size_t limit, const std::string &folderPath);
// Made new, mode 0600; there must be none of that name yet. Not synced.
Done writeNew(int folder, const char *file, std::string_view bytes, const std::string &folderPath);
// Writes `draft`, then renames it to `file`: a reader sees the old content or the new. Not synced.
Done replaceFile(
    int folder, const char *file, const char *draft, std::string_view bytes, const std::string &folderPath);
// All of it at that offset, or a Failure.
Done writeAt(int fd, std::string_view bytes, std::int64_t offset, const std::string &path);
bool exists(int folder, const char *file);

// An order holds argv and the environment, which together the kernel limits to a few MiB.
inline constexpr std::size_t maxOrderSize = 4u << 20;
inline constexpr std::size_t maxSmallFileSize = 256u << 10;

} // namespace belfry::spool
