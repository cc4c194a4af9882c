// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/cli/logprinter.h"

#include <QRegularExpression>

namespace belfry {

// What stands between a log as it comes and what is printed of it: only lines that match, and not the first so many of
// these. Holds one line at most, and of that no more than `longest`.
class LogLines
{
public:
    // Bytes by which a longer line is judged; it goes through or is dropped as a whole all the same.
    static constexpr qsizetype longest = 1 << 20;

    struct Wish {
        std::optional<QRegularExpression> pattern; // on each line without its line break, as UTF-8
        qint64 skip = 0; // lines left out first
    };
    explicit LogLines(Wish wish)
        : m_wish(std::move(wish))
    { }

    // What of it can be judged now.
    LogBytes take(const LogBytes &log);
    // The end: what stands behind the last line break is a line as well.
    LogBytes finish();
    // Lines that matched, skipped ones included; one that is not over yet counts.
    qint64 lines() const { return m_lines; }

private:
    enum class Fate { Open, Through, Dropped };
    void takePart(QByteArrayView part, Instant at, LogBytes &out);
    void judge(LogBytes &out);
    static void append(LogBytes &to, QByteArrayView bytes, Instant at);

    Wish m_wish;
    LogBytes m_line; // the beginning of a line that is not judged yet
    Fate m_fate = Fate::Open; // of the line in hand
    qint64 m_lines = 0;
};

} // namespace belfry
