// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/cli/verbs.h"

namespace belfry {

// All verbs, a line each.
QString overviewHelp();
// One verb: usage, what it does, options, examples.
QString verbHelp(const VerbSpec &verb);
// The verbs that begin with these words (`agent`), a line each; empty where there are none.
QString groupHelp(const QString &words);

} // namespace belfry
