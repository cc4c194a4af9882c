// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/job.h"

namespace belfry {

// A definition as a person reads it: the keys that say something, in the order of the job file.
QString definitionText(const JobDefinition &definition);

} // namespace belfry
