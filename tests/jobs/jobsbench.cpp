// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/jobs/jobsbench.h"

#include <QFile>

namespace belfry {

using namespace Qt::StringLiterals;

QString jobsData(const QString &name)
{
    QFile file(QStringLiteral(BELFRY_SOURCE_DIR "/tests/data/jobs/") + name);
    if (!file.open(QIODevice::ReadOnly))
        qFatal("cannot open %s", qPrintable(file.fileName()));
    return QString::fromUtf8(file.readAll());
}

QStringList linesOf(const std::vector<Problem> &problems, bool hints)
{
    QStringList lines;
    for (const Problem &each : problems)
        lines += u"%1:%2 %3%4"_s.arg(each.line)
                     .arg(each.column)
                     .arg(each.message, hints && !each.hint.isEmpty() ? u"; "_s + each.hint : QString());
    return lines;
}

QStringList problemsOf(const QString &text)
{
    const auto result = parseJobFiles({{u"a.yaml"_s, text}});
    return result ? QStringList() : linesOf(result.error());
}

ParsedProject projectOf(const QString &text)
{
    auto result = parseJobFiles({{u"a.yaml"_s, text}});
    if (!result)
        qFatal("%s", qPrintable(linesOf(result.error()).join(u'\n')));
    return std::move(*result);
}

} // namespace belfry
