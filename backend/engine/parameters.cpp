// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/parameters.h"

#include "shared/time/zone.h"

#include <algorithm>

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

// The zone passed Zone::make when the definition was applied; a name that the zone data has lost since is read as UTC
// here, while its rules no longer run.
Zone zoneOf(const JobDefinition &definition)
{
    const auto zone = Zone::make(definition.zone);
    return zone ? *zone : Zone::utc();
}

bool usesNames(const std::optional<QString> &text)
{
    return text && Interpolation::isIn(*text);
}

} // namespace

NameValues namesOf(const Run &run, const JobDefinition &definition)
{
    return {run.params, occasionNames(run.occasion.value_or(run.queuedAt), zoneOf(definition))};
}

Result<Params> paramsOfTrigger(const JobDefinition &definition, const Params &given, Instant now)
{
    return paramsOfRun(definition.params, given, occasionNames(now, zoneOf(definition)));
}

Result<Params> paramsAt(const JobDefinition &definition, const Params &ofRule, Instant occasion)
{
    return paramsOfOccasion(definition.params, ofRule, occasionNames(occasion, zoneOf(definition)));
}

bool dependsOnOccasion(const JobDefinition &definition, const Params &ofRule)
{
    return std::any_of(ofRule.begin(), ofRule.end(), [](const auto &param) { return usesNames(param.second); })
        || std::any_of(definition.params.begin(), definition.params.end(),
            [](const ParamDefinition &param) { return usesNames(param.defaultValue); });
}

} // namespace belfry::engine
