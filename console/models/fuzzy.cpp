// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/fuzzy.h"

#include <algorithm>

namespace belfry {

int fuzzyScore(QStringView pattern, QStringView text)
{
    if (pattern.isEmpty())
        return 1;
    constexpr int atWordStart = 8;
    constexpr int inARow = 7; // together with `anywhere` as good as the start of a word
    constexpr int anywhere = 1;
    int score = 0;
    qsizetype at = 0;
    bool before = false; // the letter before was found too
    for (const QChar wanted : pattern) {
        if (wanted.isSpace()) {
            before = false;
            continue;
        }
        const QChar low = wanted.toLower();
        qsizetype found = at;
        while (found < text.size() && text[found].toLower() != low)
            ++found;
        if (found == text.size())
            return 0;
        const bool start = found == 0 || !text[found - 1].isLetterOrNumber();
        score += (start ? atWordStart : anywhere) + (before && found == at ? inARow : 0);
        before = true;
        at = found + 1;
    }
    return std::max(1, score * 100 - int(text.size()));
}

} // namespace belfry
