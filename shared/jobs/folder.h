// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/yaml/problem.h"

#include <QStringList>

#include <tl/expected.hpp>

namespace belfry {

// Reads job files from disk: each path is a file, or a folder of which every *.yaml and *.yml below it is taken (hidden
// ones and linked folders are left out). Names are the paths as given, with what lies below a folder added. A path that
// is not there, cannot be read, is too large or is not UTF-8 is a problem.
using LoadedFiles = tl::expected<std::map<QString, QString>, std::vector<Problem>>;
[[nodiscard]] LoadedFiles loadJobFiles(const QStringList &paths);

} // namespace belfry
