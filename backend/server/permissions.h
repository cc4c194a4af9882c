// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/server/access.h"
#include "shared/wire/api.h"

namespace belfry {

// The role that each method of the API needs. A method that is not in here is refused: deny by default. (Routes of the
// port are in Gate::routes().)
struct MethodRule {
    std::string_view method;
    Role needs;
};

constexpr std::array methodRules{
    MethodRule{wire::JobApply::method, Role::Editor},
    MethodRule{wire::JobDiff::method, Role::Editor},
    MethodRule{wire::JobHistory::method, Role::Viewer},
    MethodRule{wire::ProjectReleases::method, Role::Viewer},
    MethodRule{wire::ProjectRollback::method, Role::Editor},
    MethodRule{wire::JobList::method, Role::Viewer},
    MethodRule{wire::JobGet::method, Role::Viewer},
    MethodRule{wire::JobPause::method, Role::Operator},
    MethodRule{wire::JobResume::method, Role::Operator},
    MethodRule{wire::RunTrigger::method, Role::Operator},
    MethodRule{wire::RunList::method, Role::Viewer},
    MethodRule{wire::RunGet::method, Role::Viewer},
    MethodRule{wire::RunCancel::method, Role::Operator},
    MethodRule{wire::RunRerun::method, Role::Operator},
    MethodRule{wire::RunDeclareLost::method, Role::Operator},
    MethodRule{wire::ScheduleNext::method, Role::Viewer},
    MethodRule{wire::LedgerList::method, Role::Viewer},
    MethodRule{wire::ExplainRun::method, Role::Viewer},
    MethodRule{wire::ExplainJob::method, Role::Viewer},
    MethodRule{wire::LedgerVerify::method, Role::Viewer},
    MethodRule{wire::LogOpen::method, Role::Viewer},
    MethodRule{wire::LogCredit::method, Role::Viewer},
    MethodRule{wire::AgentList::method, Role::Viewer},
    MethodRule{wire::AgentDrain::method, Role::Operator},
    MethodRule{wire::AgentResume::method, Role::Operator},
    MethodRule{wire::AgentForget::method, Role::Admin},
    MethodRule{wire::ServerStatus::method, Role::Viewer},
    MethodRule{wire::WatchOpen::method, Role::Viewer},
    MethodRule{wire::WatchClose::method, Role::Viewer},
};

constexpr const MethodRule *ruleOf(std::string_view method)
{
    for (const MethodRule &rule : methodRules)
        if (rule.method == method)
            return &rule;
    return nullptr;
}

// A request without a rule does not compile.
template <class... Request> constexpr bool allHaveRules(const std::variant<Request...> *)
{
    return ((ruleOf(Request::method) != nullptr) && ...);
}
static_assert(allHaveRules(static_cast<const wire::ClientRequest *>(nullptr)));

} // namespace belfry
