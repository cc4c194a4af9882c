// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/cli/cells.h"
#include "console/cli/output.h"
#include "shared/wire/api.h"

namespace belfry {

// What apply would change: definitions, then the occasions of each job with the first ones.
Sheet diffSheet(const wire::DiffReply &reply, const View &view, const TableStyle &style);

} // namespace belfry
