// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/cli/cells.h"
#include "console/cli/output.h"
#include "shared/wire/api.h"

namespace belfry {

// How the nouns look in lists.
ListLook<wire::RunRow> liveRunsLook(const View &view);
ListLook<wire::RunRow> runsLook(const View &view);
ListLook<wire::JobRow> jobsLook(const View &view);
ListLook<Agent> agentsLook(const View &view);
ListLook<Occasion> ledgerLook(const View &view);
ListLook<wire::AttentionRow> attentionLook(const View &view);
ListLook<wire::DayRow> daysLook();
// Without a job (`next --cron`) the columns and keys of the job are left out.
ListLook<wire::NextEntry> nextLook(const View &view, bool ofJobs);

} // namespace belfry
