// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/cli/verbs.h"

namespace belfry {

// What may stand where the cursor is.
struct Completion {
    struct Candidate {
        QString word;
        QString help; // empty: none
        bool operator==(const Candidate &) const = default;
    };
    std::vector<Candidate> candidates; // those that begin with what is typed
    Word word = Word::Text; // names that only a backend or the file system knows may stand here too
    QString prefix; // of each such name: `--job=`
    QString current; // what such a name begins with, without the prefix
};

// `before`: the words after the program's name that are complete; `current`: what is typed of the next one.
Completion completionOf(const QStringList &before, const QString &current);

// The script for a shell (bash, zsh, fish): it asks `belfry __complete`.
QString completionScript(const QString &shell);
QStringList completionShells();

} // namespace belfry
