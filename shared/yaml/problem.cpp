// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/yaml/problem.h"

#include <algorithm>
#include <tuple>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// Longer lines are shown as the part around the column.
constexpr qsizetype shownWidth = 160;

QStringView lineOf(QStringView source, int number)
{
    qsizetype start = 0;
    for (int line = 1; line < number; ++line) {
        start = source.indexOf(u'\n', start) + 1;
        if (start == 0)
            return {};
    }
    const qsizetype end = source.indexOf(u'\n', start);
    QStringView line = source.mid(start, end < 0 ? -1 : end - start);
    return line.endsWith(u'\r') ? line.chopped(1) : line;
}

// Where a code point of a line stands in its UTF-16 text.
qsizetype indexOf(QStringView line, int column)
{
    qsizetype index = 0;
    for (int left = column - 1; left > 0 && index < line.size(); --left)
        index += line[index].isHighSurrogate() && index + 1 < line.size() ? 2 : 1;
    return index;
}

// A text without what would move a terminal's cursor; tabs become one blank, so that the caret stays under its column.
QString printable(QStringView text)
{
    QString out;
    for (const QChar each : text)
        out += each == u'\t' ? QChar(u' ') : each.category() == QChar::Other_Control ? QChar(u'\ufffd') : each;
    return out;
}

QString excerpt(QStringView line, int column)
{
    const qsizetype at = indexOf(line, column);
    const qsizetype start = at > shownWidth / 2 && line.size() > shownWidth ? at - shownWidth / 2 : 0;
    const QString before = printable(line.mid(start, at - start));
    const QString after = printable(line.mid(at, shownWidth - before.size()));
    return u"    "_s + before + after + u"\n    "_s + QString(before.toUcs4().size(), u' ') + u'^';
}

} // namespace

void sortProblems(std::vector<Problem> &problems)
{
    const auto key
        = [](const Problem &each) { return std::tie(each.file, each.line, each.column, each.severity, each.message); };
    std::stable_sort(
        problems.begin(), problems.end(), [&](const Problem &a, const Problem &b) { return key(a) < key(b); });
    problems.erase(std::unique(problems.begin(), problems.end()), problems.end());
}

bool hasErrors(const std::vector<Problem> &problems)
{
    return std::any_of(
        problems.begin(), problems.end(), [](const Problem &each) { return each.severity == Severity::Error; });
}

QString formatProblem(const Problem &problem, QStringView source)
{
    QString text = printable(problem.file);
    if (problem.line > 0)
        text += u":%1:%2"_s.arg(problem.line).arg(problem.column);
    text += (problem.severity == Severity::Error ? u": error: "_s : u": warning: "_s) + printable(problem.message);
    if (!problem.hint.isEmpty())
        text += u"; "_s + printable(problem.hint);
    const QStringView line = problem.line > 0 ? lineOf(source, problem.line) : QStringView();
    return line.isEmpty() ? text : text + u'\n' + excerpt(line, problem.column);
}

QString formatProblems(const std::vector<Problem> &problems, const std::map<QString, QString> &sources)
{
    QStringList parts;
    for (const Problem &each : problems) {
        const auto source = sources.find(each.file);
        parts += formatProblem(each, source == sources.end() ? QStringView() : QStringView(source->second));
    }
    return parts.join(u'\n');
}

} // namespace belfry
