// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/theme.h"

namespace belfry {

// How a backend's colour looks in the theme in force; invalid where it has none.
QColor profileColor(const Theme &theme, const QString &color);
QString profileColorWord(const QString &color);
// A disc in that colour, or a ring where there is none.
QIcon profileIcon(const Theme &theme, const QString &color);
// The console's icon with that disc on it, for the window list.
QIcon windowIcon(const Theme &theme, const QString &color);

} // namespace belfry
