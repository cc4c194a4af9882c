// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/expr/paramvalues.h"
#include "shared/model/run.h"

namespace belfry::engine {

// What `${{ }}` in a run's command and environment stands for: its parameters and its occasion, or the time of its
// trigger, in the job's zone.
NameValues namesOf(const Run &run, const JobDefinition &definition);

// The parameters of a manual run that is triggered at `now`.
Result<Params> paramsOfTrigger(const JobDefinition &definition, const Params &given, Instant now);
// The parameters of an occasion, whose rule sets `ofRule`.
Result<Params> paramsAt(const JobDefinition &definition, const Params &ofRule, Instant occasion);
// Whether an occasion's instant has a say in its parameters.
bool dependsOnOccasion(const JobDefinition &definition, const Params &ofRule);

} // namespace belfry::engine
