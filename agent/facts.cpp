// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/facts.h"

#include <algorithm>

#include <sched.h>
#include <sys/utsname.h>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

const utsname &host()
{
    static const utsname names = [] {
        utsname read{};
        ::uname(&read); // fails only for a bad pointer
        return read;
    }();
    return names;
}

} // namespace

QString hostName()
{
    return QString::fromUtf8(host().nodename).section(u'.', 0, 0);
}

int cpuCount()
{
    cpu_set_t set;
    CPU_ZERO(&set);
    return ::sched_getaffinity(0, sizeof set, &set) == 0 ? std::max(CPU_COUNT(&set), 1) : 1;
}

std::map<QString, QString> hostFacts(const QString &agentName)
{
    const QString os = QString::fromUtf8(host().sysname).toLower();
    return {{u"os"_s, os}, {os, u""_s}, {u"arch"_s, QString::fromUtf8(host().machine)}, {u"host"_s, hostName()},
        {u"kernel"_s, QString::fromUtf8(host().release)}, {u"cpus"_s, QString::number(cpuCount())},
        {u"name"_s, agentName}};
}

} // namespace belfry
