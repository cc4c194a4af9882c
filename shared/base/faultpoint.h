// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

// Crash points for the tests: BELFRY_CRASH_AT=name[:n] in the environment ends the process as SIGKILL would, at the
// n-th pass (default 1) of FAULT_POINT("name"). With BELFRY_CRASH_ONCE=file only the first process that gets there does
// so, and leaves the file. Compiled only into test builds. Standard library only.

#ifdef BELFRY_FAULT_POINTS

#include <csignal>
#include <cstdlib>
#include <cstring>
#include <fcntl.h>
#include <unistd.h>

namespace belfry {

inline void passFaultPoint(const char *name)
{
    static const char *const wanted = std::getenv("BELFRY_CRASH_AT");
    if (!wanted)
        return;
    const std::size_t length = std::strlen(name);
    if (std::strncmp(wanted, name, length) != 0 || (wanted[length] != '\0' && wanted[length] != ':'))
        return;
    static long left = wanted[length] == ':' ? std::atol(wanted + length + 1) : 1;
    if (--left != 0)
        return;
    if (const char *const mark = std::getenv("BELFRY_CRASH_ONCE")) {
        const int fd = ::open(mark, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
        if (fd < 0)
            return;
        ::close(fd);
    }
    ::kill(::getpid(), SIGKILL);
}

} // namespace belfry

#define FAULT_POINT(name) ::belfry::passFaultPoint(name)
#else
#define FAULT_POINT(name) static_cast<void>(0)
#endif
