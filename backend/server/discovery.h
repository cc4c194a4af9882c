// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/discoverapi.h"

namespace belfry {

// The whole API, computed from its structs and the table of permissions. Made once.
const wire::DiscoverReply &discovery();

} // namespace belfry
