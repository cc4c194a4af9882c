// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/linemarks.h"

#include <algorithm>

namespace belfry {

namespace {

constexpr qsizetype longestHead = 256; // colours and a mark: a line that is undecided beyond it has none

struct Word {
    QByteArrayView text;
    LineMark mark;
};
constexpr auto words = std::to_array<Word>({{"##[group]", LineMark::Group}, {"##[endgroup]", LineMark::EndGroup},
    {"##[warning]", LineMark::Warning}, {"##[error]", LineMark::Error}});

// The length of the colours before the text; nullopt: they may go on.
std::optional<qsizetype> colorsBefore(QByteArrayView line)
{
    qsizetype at = 0;
    while (at < line.size() && line[at] == '\x1b') {
        qsizetype end = at + 1;
        if (end < line.size() && line[end] != '[')
            return at;
        while (++end < line.size() && ((line[end] >= '0' && line[end] <= '9') || line[end] == ';' || line[end] == ':'))
            ;
        if (end >= line.size())
            return std::nullopt;
        if (line[end] != 'm')
            return at;
        at = end + 1;
    }
    return at;
}

} // namespace

std::optional<LineMark> markOf(QByteArrayView beginning)
{
    const QByteArrayView head = beginning.first(std::min(beginning.size(), longestHead));
    const bool isWhole = head.size() == longestHead;
    const auto colors = colorsBefore(head);
    if (!colors)
        return isWhole ? std::optional(LineMark::None) : std::nullopt;
    const QByteArrayView text = head.sliced(*colors);
    for (const Word &word : words) {
        if (text.startsWith(word.text))
            return word.mark;
        if (!isWhole && word.text.startsWith(text))
            return std::nullopt;
    }
    return LineMark::None;
}

void LineMarks::judge(qint64 line, QByteArrayView beginning)
{
    const auto mark = markOf(beginning);
    if (!mark) {
        m_head = beginning.toByteArray();
        m_headLine = line;
    } else if (*mark != LineMark::None) {
        m_fresh[std::size_t(*mark)].push_back(line);
    }
}

void LineMarks::goOn(QByteArrayView bytes)
{
    if (m_head.isEmpty())
        return;
    const qsizetype wanted = std::min(bytes.size(), longestHead);
    const QByteArray head = std::exchange(m_head, {}) + bytes.first(wanted).toByteArray();
    judge(m_headLine, head);
}

void LineMarks::publish()
{
    for (std::size_t kind = 0; kind < kinds; ++kind) {
        if (m_fresh[kind].empty())
            continue;
        m_lines[kind].add(m_fresh[kind]);
        m_fresh[kind].clear();
    }
}

void LineMarks::clear()
{
    for (std::size_t kind = 0; kind < kinds; ++kind) {
        m_lines[kind].clear();
        m_fresh[kind].clear();
    }
    m_head.clear();
}

LineMark LineMarks::of(qint64 line) const
{
    for (const LineMark mark : {LineMark::Group, LineMark::EndGroup, LineMark::Warning, LineMark::Error})
        if (lines(mark).contains(line))
            return mark;
    return LineMark::None;
}

} // namespace belfry
