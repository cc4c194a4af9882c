// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/limit.h"

namespace belfry {

// One apply (or rollback) of a project. What its jobs were is in the versions of their definitions, each of which knows
// the release that made it and the one that ended it.
struct Release {
    QString project;
    qint64 number = 0; // rises by one within the project
    Instant at;
    QString by;
    QString message;
    qint64 restores = 0; // the earlier release that a rollback brought back; 0: it came from files
    int added = 0; // jobs, against the release before
    int changed = 0; // renamed ones too
    int removed = 0;
    int unchanged = 0;
    std::map<QString, LimitSpec> limits; // all of the project from this release on
    std::map<QString, QString> files; // name as given to apply -> text

    bool operator==(const Release &) const = default;
};

} // namespace belfry
