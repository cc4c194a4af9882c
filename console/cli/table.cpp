// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/table.h"

#include "console/cli/text.h"

#include <algorithm>
#include <numeric>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int gapWidth = 2;
// A column is never cut to less: what is left would say nothing.
constexpr int leastWidth = 8;

QString sgrOf(Tone tone)
{
    switch (tone) {
    case Tone::Good:
        return u"32"_s;
    case Tone::Bad:
        return u"31"_s;
    case Tone::Warn:
        return u"33"_s;
    case Tone::Live:
        return u"36"_s;
    case Tone::Dim:
        return u"2"_s;
    case Tone::Strong:
        return u"1"_s;
    case Tone::Plain:
        break;
    }
    return {};
}

// Takes what is too wide from the shrinking columns, the last of them first.
void shrink(std::vector<int> &widths, const std::vector<ColumnLook> &columns, int available)
{
    int excess = std::accumulate(widths.begin(), widths.end(), gapWidth * (int(widths.size()) - 1)) - available;
    for (std::size_t i = widths.size(); i-- > 0 && excess > 0;) {
        if (!columns[i].shrinks)
            continue;
        const int cut = std::clamp(widths[i] - leastWidth, 0, excess);
        widths[i] -= cut;
        excess -= cut;
    }
}

} // namespace

QString toned(const QString &text, Tone tone, bool colour)
{
    const QString sgr = sgrOf(tone);
    return colour && !sgr.isEmpty() && !text.isEmpty() ? u"\x1b["_s + sgr + u'm' + text + u"\x1b[0m"_s : text;
}

QString tableText(
    const std::vector<ColumnLook> &columns, const std::vector<std::vector<Cell>> &rows, const TableStyle &style)
{
    std::vector<std::vector<Cell>> shown;
    shown.reserve(rows.size() + 1);
    shown.emplace_back();
    for (const ColumnLook &each : columns)
        shown.front().emplace_back(each.title, Tone::Strong);
    std::vector<int> widths(columns.size());
    for (const auto &row : rows) {
        shown.push_back(row);
        shown.back().resize(columns.size());
        for (Cell &cell : shown.back())
            cell.text = visible(cell.text);
    }
    for (const auto &row : shown)
        for (std::size_t i = 0; i < widths.size(); ++i)
            widths[i] = std::max(widths[i], textWidth(row[i].text));
    if (style.width > 0)
        shrink(widths, columns, style.width);

    QString text;
    for (const auto &row : shown) {
        std::size_t last = row.size(); // nothing is written behind the last cell with a text
        while (last > 0 && row[last - 1].text.isEmpty())
            --last;
        for (std::size_t i = 0; i < last; ++i) {
            const QString cut = elided(row[i].text, widths[i]);
            const int blanks = widths[i] - textWidth(cut);
            if (columns[i].right)
                text += QString(blanks, u' ');
            text += toned(cut, row[i].tone, style.colour);
            if (i + 1 < last)
                text += QString((columns[i].right ? 0 : blanks) + gapWidth, u' ');
        }
        text += u'\n';
    }
    return text;
}

QString sheetText(const std::vector<SheetLine> &lines, const TableStyle &style)
{
    int width = 0;
    for (const SheetLine &each : lines)
        width = std::max(width, textWidth(each.label));
    QString text;
    for (const SheetLine &each : lines) {
        QString label = padded(each.label, width);
        for (const QString &part : each.value.text.split(u'\n')) {
            QString line = toned(label, Tone::Dim, style.colour) + QString(gapWidth, u' ')
                + toned(visible(part), each.value.tone, style.colour);
            while (line.endsWith(u' '))
                line.chop(1);
            text += line + u'\n';
            label = QString(width, u' ');
        }
    }
    return text;
}

} // namespace belfry
