// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringView>

namespace belfry {

// How well the letters of `pattern` are found in order in `text`, any case; 0: they are not. Beginnings of words, runs
// of letters and short texts count more. An empty pattern is found everywhere.
int fuzzyScore(QStringView pattern, QStringView text);

} // namespace belfry
