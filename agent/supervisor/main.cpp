// SPDX-License-Identifier: GPL-3.0-or-later
// belfry-supervisor: started by the agent, and gone from it at once. Ends when it has no attempt and no agent.
#include "agent/supervisor/supervisor.h"

#include <cerrno>
#include <charconv>
#include <csignal>
#include <cstdio>
#include <cstring>
#include <optional>
#include <string_view>

#include <fcntl.h>
#include <malloc.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <unistd.h>

namespace {

using belfry::spool::Fd;
using belfry::supervisor::Options;

constexpr char usage[] = "usage: belfry-supervisor --data DIR --id ID [--slots N] [--version]\n"
                         "Owns attempts of runs on behalf of belfry-agent, which starts it.\n";
constexpr off_t maxLogSize = 1 << 20;

std::optional<Options> parse(int argc, char **argv)
{
    Options options;
    for (int i = 1; i + 1 < argc; i += 2) {
        const std::string_view name = argv[i], value = argv[i + 1];
        if (name == "--data")
            options.dataFolder = value;
        else if (name == "--id")
            options.id = value;
        else if (name != "--slots"
            || std::from_chars(value.data(), value.data() + value.size(), options.slots).ec != std::errc())
            return std::nullopt;
    }
    const bool good = argc % 2 == 1 && options.dataFolder.starts_with('/') && !options.id.empty()
        && options.id.size() <= 16 && options.id.find_first_not_of("0123456789abcdef") == options.id.npos
        && options.slots > 0;
    return good ? std::optional(options) : std::nullopt;
}

// Whatever the agent had open, ignored or blocked is not to reach the jobs.
void shedInheritance()
{
    ::close_range(3, ~0U, 0);
    for (int signal = 1; signal < NSIG; ++signal)
        ::signal(signal, SIG_DFL);
    ::umask(022);
    if (::chdir("/") != 0)
        std::perror("belfry-supervisor: chdir /");
    // Page faults are what a start costs most: keep what was touched once.
    ::mallopt(M_MMAP_THRESHOLD, 1 << 30);
    ::mallopt(M_TRIM_THRESHOLD, 1 << 30);
}

// Standard error goes to a file: with a pipe of the agent's we would hold up whoever waits for its end.
void openLog(const std::string &dataFolder)
{
    const std::string path = dataFolder + '/' + belfry::spool::name::supervisorLog;
    struct stat info { };
    if (::stat(path.c_str(), &info) == 0 && info.st_size > maxLogSize)
        ::rename(path.c_str(), (path + ".1").c_str());
    Fd null(::open("/dev/null", O_RDWR));
    Fd log(::open(path.c_str(), O_WRONLY | O_CREAT | O_APPEND | O_NOFOLLOW, 0600));
    ::dup2(null.get(), 0);
    ::dup2(null.get(), 1);
    ::dup2(log ? log.get() : null.get(), 2);
    // Had one of the three been closed, an end opened here may be one of them now.
    for (Fd *fd : {&null, &log})
        if (fd->get() <= 2)
            fd->release();
}

// In the process that the agent waits for: stays until the supervisor proper can be connected to, or says why it
// cannot.
int waitForReady(int pipe)
{
    char text[1024];
    const ssize_t n = ::read(pipe, text, sizeof text - 1);
    if (n == 1 && text[0] == '+')
        return 0;
    std::fprintf(stderr, "belfry-supervisor: %.*s\n", int(n > 0 ? n : 0), n > 0 ? text : "");
    return 1;
}

int supervise(const Options &options, Fd ready)
{
    ::setsid();
    ::prctl(PR_SET_CHILD_SUBREAPER, 1);
    ::prctl(PR_SET_NAME, "belfry-superv.");
    openLog(options.dataFolder);
    belfry::supervisor::Supervisor supervisor(options);
    const auto opened = supervisor.open();
    const std::string answer = opened ? "+" : opened.failure().text();
    if (::write(ready.get(), answer.data(), answer.size()) < 0)
        return 1; // whoever waited is gone; there may be no agent either
    ready.reset();
    if (!opened)
        return 1;
    supervisor.run();
    return 0;
}

} // namespace

int main(int argc, char **argv)
{
    if (argc == 2 && std::strcmp(argv[1], "--version") == 0) {
        std::puts("belfry-supervisor " BELFRY_VERSION);
        return 0;
    }
    const auto options = parse(argc, argv);
    if (!options) {
        std::fputs(usage, stderr);
        return 2;
    }
    shedInheritance();
    int ends[2];
    if (::pipe2(ends, O_CLOEXEC) != 0) {
        std::perror("belfry-supervisor: pipe");
        return 1;
    }
    Fd read(ends[0]), write(ends[1]);
    const pid_t child = ::fork();
    if (child < 0) {
        std::perror("belfry-supervisor: fork");
        return 1;
    }
    if (child == 0) {
        read.reset();
        return supervise(*options, std::move(write));
    }
    write.reset();
    return waitForReady(read.get());
}
