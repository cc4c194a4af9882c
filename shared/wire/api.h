// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/attentionapi.h"
#include "shared/wire/daysapi.h"
#include "shared/wire/discoverapi.h"
#include "shared/wire/explain.h"
#include "shared/wire/jobsapi.h"
#include "shared/wire/logsapi.h"
#include "shared/wire/runsapi.h"
#include "shared/wire/scheduleapi.h"
#include "shared/wire/serverapi.h"
#include "shared/wire/tokensapi.h"
#include "shared/wire/watchesapi.h"

#include <variant>

// The requests of `/ws` (sub-protocol belfry.v1, JSON-RPC 2.0) that exist so far. A request names its method and its
// reply. A job is named `project/job`, or by its bare name where that is unique.
namespace belfry::wire {

using ClientRequest = std::variant<JobApply, JobDiff, JobList, JobGet, JobHistory, JobSource, JobPause, JobResume,
    ProjectReleases, ProjectRollback, RunTrigger, RunList, RunGet, RunCancel, RunRerun, RunDeclareLost, ScheduleNext,
    LedgerList, LedgerVerify, ExplainRun, ExplainJob, LogRead, LogOpen, LogCredit, AgentList, AgentDrain, AgentResume,
    AgentForget, ServerStatus, ServerDoctor, ServerBackup, TokenCreate, TokenList, TokenRevoke, WatchOpen, WatchClose,
    RpcDiscover, AttentionList, AttentionAcknowledge, AttentionReopen, ScheduleSkip, ScheduleUnskip, RunHold,
    RunRelease, RunPriority, RunPreview, RunDays>;

} // namespace belfry::wire
