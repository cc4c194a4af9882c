// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

namespace belfry {

// Makes the bars of timelines known to screen readers, as a list of items. To be called once a program.
void installTimelineAccess();

} // namespace belfry
