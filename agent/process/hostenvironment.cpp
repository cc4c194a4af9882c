// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/process/hostenvironment.h"

#include <algorithm>
#include <cstdlib>

#include <pwd.h>
#include <unistd.h>

namespace belfry {

namespace {

struct User {
    std::string name, home = "/", shell = "/bin/sh";
};

// Asked once: the answer may come from a slow directory service.
const User &currentUser()
{
    static const User user = [] {
        User result;
        if (const passwd *entry = ::getpwuid(::geteuid())) {
            result.name = entry->pw_name;
            result.home = entry->pw_dir;
            if (entry->pw_shell && entry->pw_shell[0] == '/')
                result.shell = entry->pw_shell;
        } else {
            result.name = std::to_string(::geteuid());
        }
        return result;
    }();
    return user;
}

} // namespace

void addToEnvironment(std::vector<std::string> &environment, const std::string &name, const std::string &value)
{
    const std::string start = name + '=';
    const auto has = [&](const std::string &entry) { return entry.starts_with(start); };
    if (std::none_of(environment.begin(), environment.end(), has))
        environment.push_back(start + value);
}

void completeEnvironment(std::vector<std::string> &environment)
{
    std::erase_if(environment, [](const std::string &entry) { return entry.starts_with("BELFRY_COOKIE="); });
    const char *const path = std::getenv("PATH");
    addToEnvironment(
        environment, "PATH", path && *path ? path : "/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin");
    addToEnvironment(environment, "HOME", currentUser().home);
    addToEnvironment(environment, "USER", currentUser().name);
    addToEnvironment(environment, "LOGNAME", currentUser().name);
    addToEnvironment(environment, "SHELL", currentUser().shell);
    addToEnvironment(environment, "LANG", "C.UTF-8");
}

} // namespace belfry
