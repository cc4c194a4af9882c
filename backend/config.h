// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QString>
#include <QStringList>

#include <optional>

namespace belfry {

// What the backend is told at its start: built-in defaults < configuration file < command line.
struct BackendConfig {
    QString file; // empty: none was given
    QString data; // folder
    QString listenHost = QStringLiteral("127.0.0.1");
    quint16 listenPort = 7410;
    QString zone = QStringLiteral("UTC"); // for job files that name none
    QStringList hosts; // names under which clients may reach it, beside loopback
    QStringList origins; // web origins that may open /ws; none as a rule
    QString tlsCertificate; // PEM files; both or neither
    QString tlsKey;
    bool allowInsecureNetwork = false; // listen beyond loopback without TLS
};

enum class ConfigAction { Run, Check, Print, Done };

struct ParsedCommandLine {
    BackendConfig config;
    ConfigAction action = ConfigAction::Run;
    int exitCode = 0; // with Done: --help, --version, or a bad call (2)
};

// Reads the command line and the file it names. What is wrong is printed to standard error, with the place.
ParsedCommandLine parseBackendCommandLine(int argc, char **argv);
// The file again, over the same command line. Invalid: the sentence names each place.
Result<BackendConfig> readBackendConfig(const QString &file, const BackendConfig &defaults);
// As YAML that --config takes.
QString printConfig(const BackendConfig &config);
// Rules that no single key can break: loopback unless TLS, certificate with key.
Status checkConfig(const BackendConfig &config);

} // namespace belfry
