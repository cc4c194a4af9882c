// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QMap>
#include <QString>

#include <vector>

namespace belfry {

// Environment variables by name. Only what is looked up has to be there.
using Environment = QMap<QString, QString>;

// A backend that the user has given a name.
struct Context {
    QString name; // letters, digits, `.`, `_`, `-`; at most 64
    QString url;
    QString tokenFile; // `~/` is the home folder; empty: none
    bool insecure = false; // ws:// to another host
    bool operator==(const Context &) const = default;
};

//     current: prod
//     contexts:
//       prod: {url: "wss://belfry.example:7410", token_file: "~/.config/belfry/prod.token"}
struct Contexts {
    QString current; // empty: none
    std::vector<Context> all; // in the file's order
    bool operator==(const Contexts &) const = default;

    const Context *find(const QString &name) const;
};

// $XDG_CONFIG_HOME/belfry/config.yaml
QString configFile(const Environment &environment);

// None where there is no file. Invalid with the place for one that is wrong or that other users can write.
Result<Contexts> readContexts(const QString &file);
// Replaces the file (0600), comments in it included.
Status writeContexts(const QString &file, const Contexts &contexts);

bool isContextName(const QString &name);
// Invalid with the known names and the nearest of them.
Result<const Context *> findContext(const Contexts &contexts, const QString &name);

} // namespace belfry
