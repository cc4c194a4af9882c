// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/spool/checked.h"

#include <cstring>

namespace belfry::spool {

std::string errnoText(int code)
{
    const char *name = strerrorname_np(code);
    const char *words = strerrordesc_np(code);
    return (name ? name : "error " + std::to_string(code)) + std::string(": ") + (words ? words : "unknown error");
}

std::string Failure::text() const
{
    std::string result = path.empty() ? why : path + ": " + why;
    if (code != 0)
        result += " (" + errnoText(code) + ")";
    return result;
}

} // namespace belfry::spool
