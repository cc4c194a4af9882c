// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/runwords.h"

namespace belfry {

// How much a class of states calls for somebody, where one mark stands for many runs: the worst is shown.
constexpr int gravityOf(Look look)
{
    switch (look) {
    case Look::Failed:
        return 5;
    case Look::Unknown:
        return 4;
    case Look::Warning:
        return 3;
    case Look::Running:
        return 2;
    case Look::Waiting:
        return 1;
    case Look::Success:
        break;
    }
    return 0;
}

} // namespace belfry
