// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/spool/checked.h"
#include "shared/spool/order.h"

#include <cstdint>

namespace belfry::supervisor {

struct SpawnPlace {
    int folder = -1; // of the attempt
    const std::string &folderPath; // absolute
    int in = -1; // become the job's 0, 1, 2; it gets no other descriptor
    int out = -1;
    int err = -1;
};

// Starts the order's process in a session of its own with default signals. The Failure's code is an errno, and its text
// says which word of the order is at fault. A name without a slash is looked up in the absolute folders of the order's
// own PATH; the working directory is never searched.
spool::Checked<std::int32_t> spawn(const spool::Order &order, const SpawnPlace &place);

} // namespace belfry::supervisor
