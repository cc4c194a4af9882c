// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logcopy.h"

#include <QStringList>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// `base` is 30 for the ink and 40 for the ground.
void addColor(QStringList &codes, const TextColor &color, int base)
{
    const int value = int(color.value);
    switch (color.kind) {
    case TextColor::Default:
        return;
    case TextColor::Indexed:
        codes += value < 8 ? QString::number(base + value)
            : value < 16   ? QString::number(base + 60 + value - 8)
                           : u"%1;5;%2"_s.arg(base + 8).arg(value);
        return;
    default:
        codes += u"%1;2;%2;%3;%4"_s.arg(base + 8).arg(value >> 16 & 0xff).arg(value >> 8 & 0xff).arg(value & 0xff);
    }
}

QString sequenceOf(const TextStyle &style)
{
    struct Code {
        TextStyle::Flag flag;
        int code;
    };
    static constexpr auto flags
        = std::to_array<Code>({{TextStyle::Bold, 1}, {TextStyle::Faint, 2}, {TextStyle::Italic, 3},
            {TextStyle::Underline, 4}, {TextStyle::Inverse, 7}, {TextStyle::Hidden, 8}, {TextStyle::Struck, 9}});
    QStringList codes;
    for (const Code &each : flags)
        if (style.flags & each.flag)
            codes += QString::number(each.code);
    addColor(codes, style.ink, 30);
    addColor(codes, style.ground, 40);
    return u"\x1b["_s + codes.join(u';') + u'm';
}

StyledText cutOut(const StyledText &text, qsizetype from, qsizetype until)
{
    StyledText part{.text = text.text.sliced(from, until - from), .runs = {}};
    for (const StyledRun &run : text.runs) {
        const qsizetype begin = std::max(run.from, from);
        const qsizetype end = std::min(run.from + run.length, until);
        if (begin < end)
            part.runs.push_back({begin - from, end - begin, run.style});
    }
    return part;
}

} // namespace

QString toAnsi(const StyledText &text)
{
    QString all;
    for (const StyledRun &run : text.runs) {
        const QString piece = text.text.sliced(run.from, run.length);
        all += run.style == TextStyle() ? piece : sequenceOf(run.style) + piece + u"\x1b[0m"_s;
    }
    return all;
}

LogCopy copyLog(LogText &text, const LogRows &rows, LogPosition from, LogPosition until, LogCopy::Form form)
{
    LogCopy copy{.text = {}, .isCut = false, .firstLine = from.line, .lastLine = from.line};
    const bool all = rows.showsAll();
    qint64 row = all ? 0 : rows.rowOf(from.line);
    for (qint64 line = from.line; line >= 0 && line <= std::min(until.line, text.lineCount() - 1);
         line = all ? line + 1 : rows.lineOf(++row)) {
        const StyledText whole = text.whole(line, LogCopy::most);
        const qsizetype size = whole.text.size();
        const qsizetype begin = line == from.line ? std::min(from.column, size) : 0;
        const qsizetype end = line == until.line ? std::clamp(until.column, begin, size) : size;
        const StyledText part = cutOut(whole, begin, end);
        if (line != from.line)
            copy.text += u'\n';
        copy.text += form == LogCopy::Form::Ansi ? toAnsi(part) : part.text;
        copy.lastLine = line;
        if (copy.text.size() > LogCopy::most) {
            copy.text.truncate(LogCopy::most);
            copy.isCut = true;
            break;
        }
    }
    return copy;
}

QString toMarkdown(const QString &title, const QString &link, const QString &text)
{
    qsizetype longest = 0, here = 0; // backticks in a row
    for (const QChar c : text) {
        here = c == u'`' ? here + 1 : 0;
        longest = std::max(longest, here);
    }
    const QString fence(std::max<qsizetype>(3, longest + 1), u'`');
    QString label;
    for (const QChar c : title)
        label += u"\\[]*_`<"_s.contains(c) ? QString(u'\\') + c : QString(c);
    return u"[%1](%2)\n\n"_s.arg(label, link) + fence + u"text\n"_s + text + u'\n' + fence + u'\n';
}

} // namespace belfry
