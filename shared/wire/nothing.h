// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/codec/describe.h"

namespace belfry::wire {

struct Nothing {
    bool operator==(const Nothing &) const = default;
};
constexpr auto describe(const Nothing *)
{
    return fields();
}

} // namespace belfry::wire
