// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/contexts.h"
#include "shared/base/result.h"

#include <QByteArray>
#include <QMap>
#include <QStringList>
#include <QUrl>

namespace belfry {

// Where a backend is, and what to show it.
struct Address {
    QUrl url;
    QString urlSource; // for messages: `--url`, `BELFRY_URL`, `context prod`, `the local backend`
    QByteArray token;
    // Without a token: the first of these that exists is read, anew for each connection.
    QStringList tokenFiles;
    bool tokenFileRequired = false; // somebody named the file, so that it is an error when it is not there

    bool operator==(const Address &) const = default;

    bool isLocal() const; // a loopback address

    // What goes after `Bearer`; empty where there is no token at all. Denied with the path when a file cannot be read
    // or holds no token, and so when the token given is none.
    Result<QByteArray> bearer() const;
};

// What the command line says about the backend. There is no option for the token itself: the process list shows it.
struct AddressFlags {
    QString url;
    QString tokenFile;
    QString context;
};

Environment processEnvironment();

// Each of URL and token comes from the first of: flags, BELFRY_URL BELFRY_TOKEN BELFRY_TOKEN_FILE BELFRY_CONTEXT,
// $XDG_CONFIG_HOME/belfry/config.yaml, the local backend (ws://127.0.0.1:7410 and the admin.token in its data folder).
// Naming a context counts as giving its URL and token at that place. A token is sent nowhere but where it belongs: a
// context's token to the context's URL, the local admin.token to loopback addresses.
//
// `systemData` is the packaged service's folder. Invalid with the place for a bad file or URL and an unknown context.
Result<Address> findAddress(const AddressFlags &flags, const Environment &environment,
    const QString &systemData = QStringLiteral("/var/lib/belfry"));

} // namespace belfry
