// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/cli/verbs.h"

namespace belfry {

// Parts of the verb table.
std::vector<VerbSpec> agentVerbs();
std::vector<VerbSpec> serverVerbs();
std::vector<VerbSpec> localVerbs();

// `--NAME T`
OptionSpec timeOption(const QString &name, const QString &help);

} // namespace belfry
