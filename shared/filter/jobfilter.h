// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/filter/terms.h"
#include "shared/model/job.h"
#include "shared/model/run.h"

namespace belfry::filter {

// What a filter of jobs sees of one.
struct JobFacts {
    const Job &job;
    std::optional<RunState> lastState; // of its newest run
};

// A filter expression over jobs (terms.h), e.g. `project:sales tag:team=fin -state:succeeded`.
class JobFilter
{
public:
    // Invalid with the column and the fix.
    static Result<JobFilter> parse(QStringView text);
    static QStringList keys(); // for completion and help
    bool matches(const JobFacts &facts) const;

private:
    std::vector<Term> m_terms;
};

// `key` or `key=value`, both globs.
bool hasTag(const JobDefinition &definition, const QString &tag);

} // namespace belfry::filter
