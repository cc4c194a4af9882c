// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/daemon.h"
#include "shared/base/log.h"

#include <cstdio>

int main(int argc, char **argv)
{
    using namespace belfry;
    installLogging();
    const ParsedCommandLine parsed = parseBackendCommandLine(argc, argv);
    switch (parsed.action) {
    case ConfigAction::Done:
        return parsed.exitCode;
    case ConfigAction::Check:
        std::puts("belfry-backend: the configuration is good");
        return 0;
    case ConfigAction::Print:
        std::fputs(qUtf8Printable(printConfig(parsed.config)), stdout);
        return 0;
    case ConfigAction::Run:
        break;
    }
    return runBackend(argc, argv, parsed.config);
}
