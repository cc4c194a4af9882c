// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/jobs/excerpt.h"

#include <QStringList>

#include <algorithm>

namespace belfry {

namespace {

qsizetype indentOf(const QString &line)
{
    return std::distance(line.begin(), std::find_if(line.begin(), line.end(), [](QChar c) { return c != u' '; }));
}

bool isComment(const QString &line)
{
    return line.trimmed().startsWith(u'#');
}

bool saysNothing(const QString &line)
{
    return line.trimmed().isEmpty() || isComment(line);
}

} // namespace

Excerpt excerptAt(const QString &text, const Mark &name)
{
    const QStringList lines = text.split(u'\n');
    if (name.line < 1 || name.line > lines.size())
        return {};
    const qsizetype at = name.line - 1;
    const qsizetype indent = indentOf(lines[at]);
    qsizetype first = at;
    while (first > 0 && isComment(lines[first - 1]) && indentOf(lines[first - 1]) == indent)
        --first;
    // A block text may hold lines that look like comments, so only what follows tells whether one belongs to the job.
    qsizetype last = at;
    for (qsizetype i = at + 1; i < lines.size(); ++i) {
        if (!lines[i].trimmed().isEmpty() && indentOf(lines[i]) > indent)
            last = i;
        else if (!saysNothing(lines[i]))
            break;
    }
    return {int(first) + 1, int(last) + 1, lines.sliced(first, last - first + 1).join(u'\n')};
}

} // namespace belfry
