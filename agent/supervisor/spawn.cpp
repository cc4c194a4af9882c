// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/supervisor/spawn.h"

#include "shared/spool/files.h"

#include <cerrno>
#include <csignal>
#include <cstring>
#include <string_view>

#include <fcntl.h>
#include <spawn.h>
#include <sys/stat.h>
#include <unistd.h>

namespace belfry::supervisor {

using spool::Checked;
using spool::Failure;

namespace {

Failure notStarted(int code, std::string why)
{
    return {code, {}, std::move(why)};
}

std::string_view pathOf(const spool::Order &order)
{
    for (const std::string &entry : order.environment)
        if (entry.starts_with("PATH="))
            return std::string_view(entry).substr(5);
    return "/usr/local/bin:/usr/bin:/bin";
}

bool isRunnable(const std::string &path)
{
    struct stat info { };
    return ::stat(path.c_str(), &info) == 0 && S_ISREG(info.st_mode) && ::access(path.c_str(), X_OK) == 0;
}

Checked<std::string> resolve(const std::string &program, const spool::Order &order)
{
    if (program.empty())
        return notStarted(ENOENT, "the command's first word is empty");
    if (program.find('/') != std::string::npos)
        return program;
    bool seen = false;
    for (std::string_view rest = pathOf(order); !rest.empty();) {
        const auto colon = std::min(rest.find(':'), rest.size());
        const std::string_view folder = rest.substr(0, colon);
        rest.remove_prefix(std::min(colon + 1, rest.size()));
        if (folder.empty() || folder.front() != '/')
            continue;
        const std::string candidate = std::string(folder) + '/' + program;
        if (isRunnable(candidate))
            return candidate;
        seen = seen || ::access(candidate.c_str(), F_OK) == 0;
    }
    if (seen)
        return notStarted(EACCES, "`" + program + "` is in PATH, but may not be executed");
    return notStarted(ENOENT, "`" + program + "` is not in PATH=" + std::string(pathOf(order)));
}

std::string interpreterOf(int directory, const std::string &program)
{
    const spool::Fd fd(::openat(directory, program.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK));
    char text[256];
    const ssize_t n = fd ? ::read(fd.get(), text, sizeof text) : 0;
    std::string_view line(text, std::size_t(n > 0 ? n : 0));
    if (!line.starts_with("#!"))
        return {};
    line.remove_prefix(2);
    line.remove_prefix(std::min(line.find_first_not_of(" \t"), line.size()));
    return std::string(line.substr(0, line.find_first_of(" \t\n\r")));
}

Failure explained(int code, int directory, const std::string &program)
{
    const bool present = ::faccessat(directory, program.c_str(), F_OK, 0) == 0;
    switch (code) {
    case ENOENT:
        if (present) {
            const std::string interpreter = interpreterOf(directory, program);
            return notStarted(code,
                "`" + program + "` is there, but its interpreter "
                    + (interpreter.empty() ? "(the dynamic loader)" : "`" + interpreter + "`") + " is missing");
        }
        return notStarted(code, "there is no `" + program + "`");
    case EACCES:
        return notStarted(code, "`" + program + "` may not be executed");
    case ENOEXEC:
        return notStarted(code, "`" + program + "` is no program, and does not begin with #!");
    case E2BIG:
        return notStarted(code, "the command line and the environment together are too long for the kernel");
    case EAGAIN:
    case ENOMEM:
        return notStarted(code, "the host has no room for another process");
    default:
        return notStarted(code, "`" + program + "` cannot be started");
    }
}

std::vector<char *> pointers(const std::vector<std::string> &texts)
{
    std::vector<char *> result;
    result.reserve(texts.size() + 1);
    for (const std::string &text : texts)
        result.push_back(const_cast<char *>(text.c_str())); // posix_spawn does not write to them
    result.push_back(nullptr);
    return result;
}

std::vector<std::string> commandOf(const spool::Order &order, const std::string &folderPath)
{
    std::vector<std::string> command = order.wrap;
    if (order.argv.empty()) {
        command.push_back(order.shell);
        command.push_back(folderPath + '/' + spool::name::script);
    } else {
        command.insert(command.end(), order.argv.begin(), order.argv.end());
    }
    return command;
}

// The job's directory, to be searched by fchdir in the child: opened here, so that its faults are told from exec's.
Checked<spool::Fd> openDirectory(const spool::Order &order, const SpawnPlace &place)
{
    constexpr int flags = O_PATH | O_DIRECTORY | O_CLOEXEC;
    if (order.directory.empty()) {
        if (::mkdirat(place.folder, spool::name::work, 0755) != 0 && errno != EEXIST)
            return notStarted(errno, "the work folder cannot be made");
        spool::Fd fd(::openat(place.folder, spool::name::work, flags | O_NOFOLLOW));
        return fd ? Checked<spool::Fd>(std::move(fd)) : notStarted(errno, "the work folder cannot be opened");
    }
    if (order.directory.front() != '/')
        return notStarted(EINVAL, "the directory `" + order.directory + "` is not absolute");
    spool::Fd fd(::open(order.directory.c_str(), flags));
    if (!fd || ::faccessat(fd.get(), ".", X_OK, 0) != 0)
        return notStarted(errno, "the directory `" + order.directory + "` cannot be entered");
    return fd;
}

// posix_spawn's two objects, which must be destroyed whatever happens.
class SpawnSettings
{
public:
    SpawnSettings()
    {
        ::posix_spawn_file_actions_init(&actions);
        ::posix_spawnattr_init(&attributes);
    }
    ~SpawnSettings()
    {
        ::posix_spawn_file_actions_destroy(&actions);
        ::posix_spawnattr_destroy(&attributes);
    }
    posix_spawn_file_actions_t actions;
    posix_spawnattr_t attributes;
};

int prepare(SpawnSettings &settings, const SpawnPlace &place, int directory)
{
    int bad = 0;
    const auto add = [&bad](int code) { bad = bad ? bad : code; };
    add(::posix_spawn_file_actions_adddup2(&settings.actions, place.in, 0));
    add(::posix_spawn_file_actions_adddup2(&settings.actions, place.out, 1));
    add(::posix_spawn_file_actions_adddup2(&settings.actions, place.err, 2));
    add(::posix_spawn_file_actions_addfchdir_np(&settings.actions, directory));
    add(::posix_spawn_file_actions_addclosefrom_np(&settings.actions, 3));
    sigset_t none, all;
    ::sigemptyset(&none);
    std::memset(&all, 0xff, sizeof all); // sigfillset leaves out two that the library would then have ignored
    add(::posix_spawnattr_setsigmask(&settings.attributes, &none));
    add(::posix_spawnattr_setsigdefault(&settings.attributes, &all));
    add(::posix_spawnattr_setflags(
        &settings.attributes, POSIX_SPAWN_SETSID | POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF));
    return bad;
}

} // namespace

Checked<std::int32_t> spawn(const spool::Order &order, const SpawnPlace &place)
{
    const std::vector<std::string> command = commandOf(order, place.folderPath);
    const auto program = resolve(command.front(), order);
    if (!program)
        return program.failure();
    const auto directory = openDirectory(order, place);
    if (!directory)
        return directory.failure();
    std::vector<std::string> environment = order.environment;
    environment.push_back("BELFRY_COOKIE=" + order.cookie);
    SpawnSettings settings;
    if (const int bad = prepare(settings, place, directory->get()))
        return notStarted(bad, "the start cannot be prepared");
    const auto arguments = pointers(command), variables = pointers(environment);
    pid_t pid = 0;
    const int bad = ::posix_spawn(
        &pid, program->c_str(), &settings.actions, &settings.attributes, arguments.data(), variables.data());
    if (bad)
        return explained(bad, directory->get(), *program);
    return std::int32_t(pid);
}

} // namespace belfry::supervisor
