// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/cli/cells.h"
#include "console/cli/output.h"
#include "shared/wire/api.h"

namespace belfry {

// How the history of projects and definitions looks.
ListLook<wire::ReleaseRow> releasesLook(const View &view);
ListLook<wire::VersionRow> versionsLook(const View &view);

} // namespace belfry
