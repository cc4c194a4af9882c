// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/agentmessages.h"

// What the agent keeps in its data folder beside the spool.
namespace belfry {

// Who this agent is, made at the first start and kept in file `instance`. The folder is there and is ours alone
// (Supervisors::open). Conflict: written by a newer version; Invalid: damaged; Unavailable: cannot be read or made.
Result<QString> instanceId(const QString &dataFolder);

// Attempts whose entries were put aside earlier, by what their folders are called.
struct PutAside {
    AttemptKey key;
    QString path;
};
std::vector<PutAside> quarantine(const QString &dataFolder);

// Whether the folder can take new attempts: empty, or `ENOSPC: agent disk full: ...`. A part is kept in reserve for
// output and results of what runs. `strict` also tries to write, and asks for more room: for a disk that was full.
QString spoolTrouble(const QString &dataFolder, bool strict);

} // namespace belfry
