// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/codec/describe.h"

namespace belfry {

// Each role may do what those before it may; an agent only speaks the agent protocol.
enum class Role { Viewer, Operator, Editor, Admin, Agent };
constexpr auto enumNames(const Role *)
{
    return names<Role>({{Role::Viewer, "viewer"}, {Role::Operator, "operator"}, {Role::Editor, "editor"},
        {Role::Admin, "admin"}, {Role::Agent, "agent"}});
}

// Whether `held` includes `needed`.
constexpr bool includes(Role held, Role needed)
{
    return held == needed || (held != Role::Agent && needed != Role::Agent && held > needed);
}

} // namespace belfry
