// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/daemon.h"
#include "shared/base/log.h"

#include <cstdio>

int main(int argc, char **argv)
{
    using namespace belfry;
    installLogging();
    const AgentCommandLine parsed = parseAgentCommandLine(argc, argv);
    switch (parsed.action) {
    case AgentAction::Done:
        return parsed.exitCode;
    case AgentAction::Check:
        std::puts("belfry-agent: the configuration is good");
        return 0;
    case AgentAction::Print:
        std::fputs(qUtf8Printable(printConfig(parsed.config)), stdout);
        return 0;
    case AgentAction::Run:
        break;
    }
    return runAgent(argc, argv, parsed.config);
}
