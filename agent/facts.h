// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <map>

namespace belfry {

QString hostName(); // up to the first dot
int cpuCount(); // that this process may use, at least 1
// Labels that the host itself gives: os, arch, host, kernel, cpus, name, and the os as a bare label (`linux`).
std::map<QString, QString> hostFacts(const QString &agentName);

} // namespace belfry
