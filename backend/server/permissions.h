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
    const char *summary; // what it does, for rpc.discover; no full stop
};

constexpr std::array methodRules{
    MethodRule{wire::JobApply::method, Role::Editor, "make a release of a project's files and activate it"},
    MethodRule{wire::JobDiff::method, Role::Editor, "what job.apply would change"},
    MethodRule{wire::JobHistory::method, Role::Viewer, "the versions of a job's definition"},
    MethodRule{wire::JobSource::method, Role::Viewer, "a version of a job: its lines in the file, warnings, definition"},
    MethodRule{wire::ProjectReleases::method, Role::Viewer, "the releases of a project"},
    MethodRule{wire::ProjectRollback::method, Role::Editor, "activate an earlier release as a new one"},
    MethodRule{wire::JobList::method, Role::Viewer, "jobs by name"},
    MethodRule{wire::JobGet::method, Role::Viewer, "a job's definition as it is in force"},
    MethodRule{wire::JobPause::method, Role::Operator, "hold what is scheduled of a job or project"},
    MethodRule{wire::JobResume::method, Role::Operator, "end a pause"},
    MethodRule{wire::RunTrigger::method, Role::Operator, "make a run now"},
    MethodRule{wire::RunList::method, Role::Viewer, "runs, newest first or those that live"},
    MethodRule{wire::RunGet::method, Role::Viewer, "a run with its attempts"},
    MethodRule{wire::RunCancel::method, Role::Operator, "stop a run"},
    MethodRule{wire::RunRerun::method, Role::Operator, "run again with the same parameters and definition"},
    MethodRule{wire::RunDeclareLost::method, Role::Operator, "give up an attempt whose agent is away"},
    MethodRule{wire::RunHold::method, Role::Operator, "keep a waiting run from starting"},
    MethodRule{wire::RunRelease::method, Role::Operator, "let a held run start"},
    MethodRule{wire::RunPriority::method, Role::Operator, "change the priority of a waiting run"},
    MethodRule{wire::RunPreview::method, Role::Viewer, "what a trigger would do now"},
    MethodRule{wire::RunDays::method, Role::Viewer, "runs and missed occasions, counted day by day"},
    MethodRule{wire::ScheduleSkip::method, Role::Operator, "let an occasion that is to come be skipped"},
    MethodRule{wire::ScheduleUnskip::method, Role::Operator, "take that back"},
    MethodRule{wire::ScheduleNext::method, Role::Viewer, "what becomes due next"},
    MethodRule{wire::LedgerList::method, Role::Viewer, "occasions and their fates"},
    MethodRule{wire::AttentionList::method, Role::Viewer, "failures that nobody has acknowledged, newest first"},
    MethodRule{wire::AttentionAcknowledge::method, Role::Operator, "say that a failure was seen"},
    MethodRule{wire::AttentionReopen::method, Role::Operator, "let a failure ask for attention again"},
    MethodRule{wire::ExplainRun::method, Role::Viewer, "why a run waits or ended as it did"},
    MethodRule{wire::ExplainJob::method, Role::Viewer, "why a job did or did not run at a time"},
    MethodRule{wire::LedgerVerify::method, Role::Viewer, "recompute the ledger from the definitions"},
    MethodRule{wire::LogRead::method, Role::Viewer, "one piece of a log as it is now"},
    MethodRule{wire::LogOpen::method, Role::Viewer, "read a log in pieces, and follow it"},
    MethodRule{wire::LogCredit::method, Role::Viewer, "allow more bytes of an open log to be under way"},
    MethodRule{wire::AgentList::method, Role::Viewer, "all agents"},
    MethodRule{wire::AgentDrain::method, Role::Operator, "give an agent no new work"},
    MethodRule{wire::AgentResume::method, Role::Operator, "give a drained agent work again"},
    MethodRule{wire::AgentForget::method, Role::Admin, "forget an agent that will not come back"},
    MethodRule{wire::ServerStatus::method, Role::Viewer, "versions, counts and health"},
    MethodRule{wire::ServerDoctor::method, Role::Operator, "examine store, disk, clocks, versions and access"},
    MethodRule{wire::ServerBackup::method, Role::Admin, "copy the database into a new file on this host"},
    MethodRule{wire::TokenCreate::method, Role::Admin, "make a token; its secret is told once"},
    MethodRule{wire::TokenList::method, Role::Admin, "all tokens, without secrets"},
    MethodRule{wire::TokenRevoke::method, Role::Admin, "end a token and its connections"},
    MethodRule{wire::RpcDiscover::method, Role::Viewer, "this description"},
    MethodRule{wire::WatchOpen::method, Role::Viewer, "a snapshot, then each change"},
    MethodRule{wire::WatchClose::method, Role::Viewer, "end a watch or an open log"},
};

constexpr const MethodRule *ruleOf(std::string_view method)
{
    for (const MethodRule &rule : methodRules)
        if (rule.method == method)
            return &rule;
    return nullptr;
}

// A request without a rule or a summary does not compile.
template <class... Request> constexpr bool allHaveRules(const std::variant<Request...> *)
{
    return ((ruleOf(Request::method) && ruleOf(Request::method)->summary) && ...);
}
static_assert(allHaveRules(static_cast<const wire::ClientRequest *>(nullptr)));

} // namespace belfry
