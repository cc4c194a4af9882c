// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/instant.h"
#include "shared/base/result.h"

#include <QStringList>

namespace belfry::store {

// Things that were counted, and the first ten by name.
struct Counted {
    qint64 count = 0;
    QStringList first;
    void add(const QString &name);
    bool operator==(const Counted &) const = default;
};

// What a look at the whole data folder found. Sizes in bytes, -1 where they are unknown.
struct Examination {
    QStringList damage; // sentences of the integrity check; empty: whole
    qint64 databaseBytes = 0;
    qint64 walBytes = 0; // of the write-ahead log
    qint64 freeBytes = -1; // of the file system, for this process
    qint64 totalBytes = -1;
    bool reserve = false; // the file that is set aside for a full disk stands
    int schema = 0;
    QString sqlite; // version
    Counted filesWithoutAttempt; // log files that no attempt knows
    Counted attemptsWithoutFile; // attempts whose stored log has no file
    Counted heldByAgents; // attempts over for an hour whose log is not whole here: `agent` of each
    qint64 heldBytes = 0;
    Counted open; // files that other users can read or write
};

// Both read everything once, in any thread, with a connection of their own beside all other work; seconds at a million
// runs. `folder` is the data folder of an open store.
Result<Examination> examine(const QString &folder, Instant now);
// Of the database alone: what is damaged, and what to do; empty when it is whole.
QString damageOf(const QString &folder);

} // namespace belfry::store
