// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArray>
#include <QString>

#include <map>

namespace belfry {

// What the agent is told at its start: built-in defaults < configuration file < environment < command line.
struct AgentConfig {
    QString file; // empty: none was given
    QString backend = QStringLiteral("ws://127.0.0.1:7410");
    QString tokenFile;
    QByteArray token; // from BELFRY_TOKEN; wins over tokenFile when that is empty
    QString name; // default: the host's
    std::map<QString, QString> labels; // configured ones alone; a bare label has an empty value
    int slots = 1; // default: the host's cpus
    QString data; // folder, absolute
    bool ephemeral = false;
    int attemptsPerSupervisor = 64;
    bool allowInsecureNetwork = false; // ws:// to a host that is not loopback

    bool operator==(const AgentConfig &) const = default;
};

enum class AgentAction { Run, Check, Print, Done };

struct AgentCommandLine {
    AgentConfig config;
    AgentAction action = AgentAction::Run;
    int exitCode = 0; // with Done: --help, --version, or a bad call (2)
};

// Reads command line, environment and the file they name. What is wrong is printed to standard error, with the place.
AgentCommandLine parseAgentCommandLine(int argc, char **argv);
// The same anew, for SIGHUP. Invalid: the sentence names each place.
Result<AgentConfig> readAgentConfig(int argc, char **argv);

// `a,b=c` as labels. Invalid for names that a label expression could not say, and for those of the host's own facts.
Result<std::map<QString, QString>> parseLabels(const QString &text);
// Rules over the whole: the backend's address, names, ranges, a token at all.
Status checkConfig(const AgentConfig &config);
// The token in force now. Invalid when its file is missing, empty, or open to other users.
Result<QByteArray> readToken(const AgentConfig &config);
// As YAML that --config takes; never a token.
QString printConfig(const AgentConfig &config);

} // namespace belfry
