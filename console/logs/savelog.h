// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/logspool.h"

namespace belfry {

// Writes the job's bytes as they are, without the notes about what is missing; as zstd where the name ends so. What was
// there before stays until all is written.
Status saveLog(const LogSpool &spool, const QString &path);

} // namespace belfry
