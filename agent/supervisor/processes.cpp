// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/supervisor/processes.h"

#include <cerrno>
#include <charconv>
#include <cstdlib>
#include <string_view>

#include <dirent.h>
#include <fcntl.h>
#include <unistd.h>

namespace belfry::supervisor {

namespace {

// Environments larger than this are not searched to their end; execve allows no more by default.
constexpr std::size_t maxEnvironment = 8u << 20;

// Beyond these two the newest pids are not looked at one by one.
constexpr std::int32_t maxProbes = 64;
constexpr std::int64_t maxProbedAgeMs = 500; // in which no pid space of at least 32 768 can wrap round

std::int32_t numberAt(std::string_view text)
{
    std::int32_t value = 0;
    std::from_chars(text.data(), text.data() + text.size(), value);
    return value;
}

std::string readAtStart(int fd, std::size_t size)
{
    std::string text(size, '\0');
    const ssize_t n = ::pread(fd, text.data(), size, 0);
    text.resize(std::size_t(n > 0 ? n : 0));
    return text;
}

std::optional<std::string> readProcFile(std::int32_t pid, const char *name)
{
    const std::string path = "/proc/" + std::to_string(pid) + '/' + name;
    const spool::Fd fd(::open(path.c_str(), O_RDONLY | O_CLOEXEC));
    if (!fd)
        return std::nullopt;
    std::string content;
    char buffer[16384];
    while (content.size() < maxEnvironment) {
        const ssize_t n = ::read(fd.get(), buffer, sizeof buffer);
        if (n <= 0)
            break;
        content.append(buffer, std::size_t(n));
    }
    return content;
}

} // namespace

std::vector<spool::ProcessStat> readProcesses()
{
    std::vector<spool::ProcessStat> processes;
    DIR *const folder = ::opendir("/proc");
    if (!folder)
        return processes;
    while (const dirent *entry = ::readdir(folder))
        if (entry->d_name[0] >= '1' && entry->d_name[0] <= '9')
            if (const auto stat = spool::processStat(numberAt(entry->d_name)))
                processes.push_back(*stat);
    ::closedir(folder);
    return processes;
}

Carries carriesCookie(std::int32_t pid, const std::string &cookie)
{
    std::optional<std::string> environment = readProcFile(pid, "environ");
    if (environment && environment->empty()) {
        // The kernel shows no command line until the new image has its environment, so one tells of an empty one.
        const auto commandLine = readProcFile(pid, "cmdline");
        if (!commandLine || commandLine->empty())
            return Carries::Unknown;
        environment = readProcFile(pid, "environ");
    }
    if (!environment)
        return Carries::Unknown;
    // Each entry between two NULs, the first and the last too.
    environment->insert(environment->begin(), '\0');
    environment->push_back('\0');
    std::string wanted(1, '\0');
    wanted += "BELFRY_COOKIE=" + cookie;
    wanted += '\0';
    return environment->find(wanted) != std::string::npos ? Carries::Yes : Carries::No;
}

OrphanWatch::OrphanWatch()
    : m_loadavg(::open("/proc/loadavg", O_RDONLY | O_CLOEXEC))
{
    const std::string self = std::to_string(::getpid());
    m_children = spool::Fd(::open(("/proc/self/task/" + self + "/children").c_str(), O_RDONLY | O_CLOEXEC));
    const spool::Fd pidMax(::open("/proc/sys/kernel/pid_max", O_RDONLY | O_CLOEXEC));
    if (pidMax)
        m_pidMax = numberAt(readAtStart(pidMax.get(), 32));
}

bool OrphanWatch::mayHaveOrphans(const std::set<std::int32_t> &mains, std::int32_t ended, std::int64_t ageMs) const
{
    if (!m_children)
        return ageMs > maxProbedAgeMs || anyOrphanAmongNewest(mains, ended);
    const std::string text = readAtStart(m_children.get(), 4096);
    if (text.size() == 4096)
        return true;
    for (std::string_view rest = text; !rest.empty();) {
        const auto end = std::min(rest.find(' '), rest.size());
        if (end > 0 && !mains.contains(numberAt(rest.substr(0, end))))
            return true;
        rest.remove_prefix(std::min(end + 1, rest.size()));
    }
    return false;
}

// Whatever descends from the ended process got its pid after it, so only the pids given since then can be orphans. The
// last field of /proc/loadavg is the newest pid. Threads of a living main process show up here as well: mere doubt.
bool OrphanWatch::anyOrphanAmongNewest(const std::set<std::int32_t> &mains, std::int32_t ended) const
{
    const std::string text = m_loadavg ? readAtStart(m_loadavg.get(), 128) : std::string();
    const auto blank = text.rfind(' ');
    const std::int32_t newest = blank == std::string::npos ? 0 : numberAt(std::string_view(text).substr(blank + 1));
    if (newest <= 0 || m_pidMax < 32'768)
        return true;
    const std::int32_t given = newest >= ended ? newest - ended : newest - ended + m_pidMax;
    if (given > maxProbes)
        return true;
    const std::int32_t self = ::getpid();
    for (std::int32_t i = 1; i <= given; ++i) {
        const std::int32_t pid = (ended + i) % m_pidMax;
        if (mains.contains(pid))
            continue;
        const auto stat = spool::processStat(pid);
        if (stat && stat->alive && stat->parent == self)
            return true;
    }
    return false;
}

} // namespace belfry::supervisor
