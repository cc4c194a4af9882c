// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/spool/host.h"

#include <charconv>
#include <cstdio>
#include <cstdlib>
#include <string_view>

#include <fcntl.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

namespace belfry::spool {

namespace {

std::string readBootId()
{
#ifdef BELFRY_FAULT_POINTS
    if (const char *pretended = std::getenv("BELFRY_BOOT_ID"))
        return pretended;
#endif
    char text[64];
    const Fd fd(::open("/proc/sys/kernel/random/boot_id", O_RDONLY | O_CLOEXEC));
    const ssize_t n = fd ? ::read(fd.get(), text, sizeof text) : 0;
    std::string id(text, std::size_t(n > 0 ? n : 0));
    while (!id.empty() && id.back() == '\n')
        id.pop_back();
    return id;
}

std::int64_t milliseconds(clockid_t clock)
{
    timespec now{};
    ::clock_gettime(clock, &now);
    return std::int64_t(now.tv_sec) * 1000 + now.tv_nsec / 1'000'000;
}

template <class T> T nextNumber(std::string_view &rest)
{
    T value{};
    const auto start = rest.find_first_not_of(' ');
    rest.remove_prefix(start == rest.npos ? rest.size() : start);
    const auto parsed = std::from_chars(rest.data(), rest.data() + rest.size(), value);
    rest.remove_prefix(std::size_t(parsed.ptr - rest.data()));
    return value;
}

void skipFields(std::string_view &rest, int count)
{
    for (int i = 0; i < count && !rest.empty(); ++i) {
        const auto start = rest.find_first_not_of(' ');
        const auto end = start == rest.npos ? start : rest.find(' ', start);
        rest.remove_prefix(end == rest.npos ? rest.size() : end);
    }
}

} // namespace

const std::string &bootId()
{
    static const std::string id = readBootId();
    return id;
}

std::int64_t wallMs()
{
    return milliseconds(CLOCK_REALTIME);
}
std::int64_t monotonicMs()
{
    return milliseconds(CLOCK_MONOTONIC);
}
std::int64_t bootTimeMs()
{
    return milliseconds(CLOCK_BOOTTIME);
}

std::optional<ProcessStat> processStat(std::int32_t pid)
{
    char path[32];
    std::snprintf(path, sizeof path, "/proc/%d/stat", pid);
    const Fd fd(::open(path, O_RDONLY | O_CLOEXEC));
    char text[1024];
    const ssize_t n = fd ? ::read(fd.get(), text, sizeof text) : 0;
    std::string_view rest(text, std::size_t(n > 0 ? n : 0));
    // The second field is the name in parentheses, and may itself hold blanks and parentheses.
    const auto name = rest.rfind(')');
    if (name == rest.npos || name + 2 >= rest.size())
        return std::nullopt;
    rest.remove_prefix(name + 2);
    ProcessStat stat;
    stat.id.pid = pid;
    stat.state = rest.front();
    rest.remove_prefix(1);
    stat.parent = nextNumber<std::int32_t>(rest);
    stat.group = nextNumber<std::int32_t>(rest);
    stat.session = nextNumber<std::int32_t>(rest);
    skipFields(rest, 13); // 7 to 19
    const auto threads = nextNumber<std::int64_t>(rest);
    skipFields(rest, 1); // 21
    stat.id.startTime = nextNumber<std::uint64_t>(rest);
    // A leader that has ended shows as a zombie for as long as its other threads run.
    stat.alive = (stat.state != 'Z' && stat.state != 'X') || threads > 1;
    return stat;
}

bool isAlive(ProcessId id)
{
    const auto stat = processStat(id.pid);
    return stat && stat->id == id && stat->alive;
}

// By number: glibc's header for these two cannot be used from C++ before 2.37.
Fd openProcess(std::int32_t pid)
{
    return Fd(int(::syscall(SYS_pidfd_open, pid, 0)));
}

bool sendSignal(ProcessId id, int signal)
{
    const Fd handle = openProcess(id.pid);
    if (!handle)
        return false;
    // The handle is of whatever had the pid just now; if that started when ours did, it is ours, and stays so.
    const auto stat = processStat(id.pid);
    return stat && stat->id == id && ::syscall(SYS_pidfd_send_signal, handle.get(), signal, nullptr, 0) == 0;
}

} // namespace belfry::spool
