// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

namespace belfry {

// Columns that a text takes on a terminal: 2 for wide East Asian characters and emoji, 0 for combining marks.
int textWidth(QStringView text);

// A text that cannot move the cursor, change the terminal or reorder its neighbours: control characters, bidi controls
// and characters without width become visible (`\n`, `\x1b`, `<U+202E>`). For names, messages and cells.
QString visible(QStringView text);
// Whether visible() would change it: what a terminal must not be sent as it is.
bool isHidden(char32_t character);

// Cut to `width` columns, the last of them `…` where something was left out.
QString elided(const QString &text, int width);
// Filled with blanks to `width` columns, at the right, or with `right` at the left.
QString padded(const QString &text, int width, bool right = false);

// "1 run", "3 runs".
QString counted(qint64 number, const QString &noun);

} // namespace belfry
