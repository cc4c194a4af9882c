// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <string>
#include <vector>

namespace belfry {

// Adds PATH (this process's), HOME USER LOGNAME SHELL (of the user that this process runs as), and LANG=C.UTF-8 where
// the environment has no such name, and removes BELFRY_COOKIE, which is the supervisor's alone.
void completeEnvironment(std::vector<std::string> &environment);
// Adds NAME=value unless the name is there.
void addToEnvironment(std::vector<std::string> &environment, const std::string &name, const std::string &value);

} // namespace belfry
