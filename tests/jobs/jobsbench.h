// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/jobs/jobfile.h"

#include <QStringList>

namespace belfry {

// The text of a file in tests/data/jobs.
QString jobsData(const QString &name);
// `line:column message`, with `; hint` where asked for.
QStringList linesOf(const std::vector<Problem> &problems, bool hints = false);
// The problems of one file; empty for a good one.
QStringList problemsOf(const QString &text);
// The project of a file that must be good.
ParsedProject projectOf(const QString &text);

} // namespace belfry
