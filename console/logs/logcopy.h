// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/logrows.h"
#include "console/logs/logtext.h"

namespace belfry {

struct LogPosition {
    qint64 line = 0;
    qsizetype column = 0;
    auto operator<=>(const LogPosition &) const = default;
};

// Text of a log for a clipboard.
struct LogCopy {
    enum class Form { Plain, Ansi };
    static constexpr qint64 most = 16 << 20; // characters

    QString text;
    bool isCut = false; // there is more than a clipboard bears
    qint64 firstLine = 0;
    qint64 lastLine = 0;
};
// From one position to another, with the lines that are folded away, but without those that are not shown at all.
LogCopy copyLog(LogText &text, const LogRows &rows, LogPosition from, LogPosition until, LogCopy::Form form);

// The text with its colours as SGR sequences and nothing else of what the job wrote: it does no harm in a terminal.
QString toAnsi(const StyledText &text);
// A link and a block of code that no line of the text ends.
QString toMarkdown(const QString &title, const QString &link, const QString &text);

} // namespace belfry
