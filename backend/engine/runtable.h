// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/occasion.h"

#include <map>
#include <memory>
#include <optional>
#include <set>
#include <vector>

namespace belfry::engine {

using DefinitionPtr = std::shared_ptr<const JobDefinition>;

// A run that is not final.
struct OpenRun {
    Run run;
    DefinitionPtr definition; // the version it pins
    std::optional<Attempt> attempt; // the live one
    std::vector<Occasion> pending; // rows of the ledger that wait for its first attempt, by time
};

// The runs that are not final.
class RunTable
{
public:
    const std::map<RunId, OpenRun> &open() const { return m_open; }
    OpenRun *find(RunId id);
    const OpenRun *find(RunId id) const;
    OpenRun &add(OpenRun run);
    void remove(RunId id);

    void setAttempt(OpenRun &open, const Attempt &attempt);
    void clearAttempt(OpenRun &open);
    int live() const { return int(m_live.size()); }
    // Open runs of a job, by number.
    const std::set<RunId> &ofJob(JobId job) const;

private:
    std::map<RunId, OpenRun> m_open;
    std::set<RunId> m_live; // those with an attempt
    std::map<JobId, std::set<RunId>> m_ofJob;
};

} // namespace belfry::engine
