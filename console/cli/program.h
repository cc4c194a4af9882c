// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace belfry {

// The whole program after its start: reads the words of the command line, does what they say, and gives the exit code.
int runProgram(const QStringList &words);

} // namespace belfry
