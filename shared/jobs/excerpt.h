// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/yaml/problem.h"

namespace belfry {

// Lines of a file: what is written of one job, with the comment right above it.
struct Excerpt {
    int first = 0; // 1-based, as `last`, which belongs to it
    int last = 0;
    QString text; // without a line break at its end
};

// The lines from a job's name to the next line that is indented no deeper than its own. A place outside of the text has
// no lines.
Excerpt excerptAt(const QString &text, const Mark &name);

} // namespace belfry
