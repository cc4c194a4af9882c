// SPDX-License-Identifier: GPL-3.0-or-later
// The limits of the machine that need no library, and the jobs that the bench runs. Without Qt, so that starting it as
// a job costs what any small program costs. Each measurement prints one line of JSON; times are microseconds.
#include <cerrno>
#include <csignal>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <cstring>
#include <ctime>
#include <fcntl.h>
#include <spawn.h>
#include <string>
#include <string_view>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>
#include <vector>

namespace {

constexpr std::int64_t second = 1'000'000'000; // ns

std::int64_t clockNs(clockid_t clock)
{
    timespec now{};
    clock_gettime(clock, &now);
    return std::int64_t(now.tv_sec) * second + now.tv_nsec;
}

[[noreturn]] void fail(const char *what)
{
    std::fprintf(stderr, "bench-raw: %s: %s\n", what, std::strerror(errno));
    std::exit(1);
}

void pause(std::int64_t ms)
{
    timespec wait{ms / 1000, (ms % 1000) * 1'000'000};
    while (nanosleep(&wait, &wait) != 0 && errno == EINTR) { }
}

void printTimes(const std::vector<std::int64_t> &us)
{
    std::string line;
    for (const std::int64_t each : us)
        line += (line.empty() ? "" : ",") + std::to_string(each);
    std::printf("{\"us\":[%s]}\n", line.c_str());
}

void wait(pid_t child)
{
    int status = 0;
    while (waitpid(child, &status, 0) < 0)
        if (errno != EINTR)
            fail("waitpid");
    if (!WIFEXITED(status) || WEXITSTATUS(status) != 0) {
        errno = ECHILD;
        fail("the child did not exit with 0");
    }
}

// In a process group of its own, as a job is.
pid_t spawn(const char *program, char *const arguments[], const posix_spawn_file_actions_t *actions)
{
    posix_spawnattr_t attributes;
    posix_spawnattr_init(&attributes);
    posix_spawnattr_setflags(&attributes, POSIX_SPAWN_SETPGROUP);
    pid_t child = 0;
    errno = posix_spawn(&child, program, actions, &attributes, arguments, environ);
    posix_spawnattr_destroy(&attributes);
    if (errno != 0)
        fail(program);
    return child;
}

// How many processes one thread starts and sees end, one after the other.
void spawnRate(std::int64_t ms)
{
    char program[] = "/bin/true";
    char *arguments[] = {program, nullptr};
    std::int64_t count = 0;
    const std::int64_t from = clockNs(CLOCK_MONOTONIC);
    std::int64_t now = from;
    for (; now - from < ms * 1'000'000; now = clockNs(CLOCK_MONOTONIC), ++count)
        wait(spawn(program, arguments, nullptr));
    std::printf(
        "{\"count\":%lld,\"us\":%lld}\n", static_cast<long long>(count), static_cast<long long>((now - from) / 1000));
}

// From before posix_spawn to the first line of the child's main, which tells its own clock through a pipe.
std::int64_t startOnce(char *self)
{
    int ends[2];
    if (pipe2(ends, O_CLOEXEC) != 0)
        fail("pipe");
    posix_spawn_file_actions_t actions;
    posix_spawn_file_actions_init(&actions);
    posix_spawn_file_actions_adddup2(&actions, ends[1], 1);
    char word[] = "stamp";
    char target[] = "-";
    char *arguments[] = {self, word, target, nullptr};
    const std::int64_t from = clockNs(CLOCK_REALTIME);
    const pid_t child = spawn("/proc/self/exe", arguments, &actions);
    posix_spawn_file_actions_destroy(&actions);
    close(ends[1]);
    char text[64] = {};
    const ssize_t size = read(ends[0], text, sizeof text - 1);
    close(ends[0]);
    wait(child);
    if (size <= 0)
        fail("the child told no time");
    return (std::strtoll(text, nullptr, 10) - from) / 1000;
}

void startLatency(char *self, int count, int pauseMs)
{
    std::vector<std::int64_t> us;
    for (int i = 0; i < count; ++i) {
        us.push_back(startOnce(self));
        pause(pauseMs);
    }
    printTimes(us);
}

// How late a timerfd is that was set to a point of the wall clock.
void timerLateness(int count, int everyMs)
{
    const int timer = timerfd_create(CLOCK_REALTIME, TFD_CLOEXEC);
    if (timer < 0)
        fail("timerfd_create");
    std::vector<std::int64_t> us;
    const std::int64_t step = everyMs * std::int64_t(1'000'000);
    std::int64_t due = (clockNs(CLOCK_REALTIME) / step + 2) * step;
    for (int i = 0; i < count; ++i, due += step) {
        const itimerspec at{{}, {due / second, due % second}};
        if (timerfd_settime(timer, TFD_TIMER_ABSTIME, &at, nullptr) != 0)
            fail("timerfd_settime");
        std::uint64_t fired = 0;
        if (read(timer, &fired, sizeof fired) != ssize_t(sizeof fired))
            fail("read of a timerfd");
        us.push_back((clockNs(CLOCK_REALTIME) - due) / 1000);
    }
    close(timer);
    printTimes(us);
}

void writeAll(int file, const char *bytes, std::size_t size)
{
    while (size > 0) {
        const ssize_t written = write(file, bytes, size);
        if (written < 0 && errno == EINTR)
            continue;
        if (written < 0)
            fail("write");
        bytes += written;
        size -= std::size_t(written);
    }
}

// Job: tells when its main began, which run it is and which occasion it is for.
void stamp(std::int64_t now, const char *target)
{
    const char *run = std::getenv("BELFRY_RUN");
    const char *occasion = std::getenv("BELFRY_OCCASION");
    const std::string line
        = std::to_string(now) + ' ' + (run ? run : "-") + ' ' + (occasion && *occasion ? occasion : "-") + '\n';
    const bool standard = std::string_view(target) == "-";
    const int file = standard ? 1 : open(target, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
    if (file < 0)
        fail(target);
    writeAll(file, line.data(), line.size());
}

// Job: this many bytes as lines of 100 bytes.
void spew(std::int64_t bytes)
{
    std::string block;
    for (int line = 0; block.size() < 64'000; ++line) {
        char text[101];
        std::snprintf(text, sizeof text, "line %08d %.*s\n", line % 640, 85,
            "abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz0123456789abcdefghijklmnopqrstuvwxyz");
        block += text;
    }
    for (; bytes > 0; bytes -= std::int64_t(block.size()))
        writeAll(1, block.data(), std::min(block.size(), std::size_t(bytes)));
}

// Job: a line with its time, so many times.
void tick(int count, int everyMs)
{
    for (int i = 0; i < count; ++i) {
        pause(everyMs);
        const std::string line = std::to_string(clockNs(CLOCK_REALTIME)) + '\n';
        writeAll(1, line.data(), line.size());
    }
}

// Burns one processor.
void burn(std::int64_t ms)
{
    volatile std::uint64_t sum = 0;
    for (const std::int64_t from = clockNs(CLOCK_MONOTONIC); clockNs(CLOCK_MONOTONIC) - from < ms * 1'000'000;)
        for (int i = 0; i < 100'000; ++i)
            sum = sum + std::uint64_t(i);
}

constexpr const char *usage = R"(usage: bench-raw WHAT
  spawn MS            processes started and ended one after the other
  start COUNT PAUSE   from posix_spawn to the child's main, PAUSE ms between
  timer COUNT EVERY   lateness of a timerfd, one each EVERY ms
  stamp FILE          job: appends when it began
  spew BYTES          job: prints lines of 100 bytes
  tick COUNT EVERY    job: prints a line with its time each EVERY ms
  burn MS             keeps one processor busy
)";

} // namespace

int main(int argc, char **argv)
{
    const std::int64_t began = clockNs(CLOCK_REALTIME);
    const std::string_view what = argc > 1 ? argv[1] : "";
    const auto number = [&](int at) { return std::atoll(argv[at]); };
    if (what == "stamp" && argc == 3)
        stamp(began, argv[2]);
    else if (what == "spawn" && argc == 3)
        spawnRate(number(2));
    else if (what == "start" && argc == 4)
        startLatency(argv[0], int(number(2)), int(number(3)));
    else if (what == "timer" && argc == 4)
        timerLateness(int(number(2)), int(number(3)));
    else if (what == "spew" && argc == 3)
        spew(number(2));
    else if (what == "tick" && argc == 4)
        tick(int(number(2)), int(number(3)));
    else if (what == "burn" && argc == 3)
        burn(number(2));
    else {
        std::fputs(usage, stderr);
        return 2;
    }
    return 0;
}
