// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/logtext.h"

namespace belfry {

namespace {

constexpr std::size_t mostPages = 32;
constexpr qint64 longest = 64 << 10; // bytes of a line that are read to draw it
constexpr qint64 tail = 16 << 10; // of a long line, to see whether it is a progress bar
constexpr qsizetype mostDrawn = 8 << 10; // characters of a line that are drawn

} // namespace

LogText::LogText(std::shared_ptr<LogSpool> spool)
    : m_spool(std::move(spool))
{ }

const LogSpool::Page *LogText::pageOf(qint64 number, QString &fault)
{
    const qint64 size = m_spool->size();
    for (auto each = m_pages.begin(); each != m_pages.end(); ++each) {
        if (number < each->first || number >= each->first + qint64(each->lines.size()))
            continue;
        // The last block goes on growing.
        const bool grown = each->end < size && m_spool->index().find(each->first).end != each->end;
        if (grown) {
            m_pages.erase(each);
            break;
        }
        m_pages.splice(m_pages.begin(), m_pages, each);
        return &m_pages.front();
    }
    auto page = m_spool->page(number);
    if (!page) {
        fault = page.error().message;
        return nullptr;
    }
    const auto same = [&](const LogSpool::Page &each) { return each.first == page->first; };
    m_pages.remove_if(same);
    m_pages.push_front(std::move(*page));
    if (m_pages.size() > mostPages)
        m_pages.pop_back();
    return &m_pages.front();
}

LogText::Line LogText::line(qint64 number)
{
    Line line;
    if (number < 0 || number >= lineCount())
        return line;
    const LogSpool::Page *page = pageOf(number, line.fault);
    const auto index = page ? std::size_t(number - page->first) : 0;
    if (!page || index >= page->lines.size())
        return line;
    const LogSpool::Line place = page->lines[index];
    TextStyle style = page->styles[index];
    line.stamp = m_spool->stampAt(place.offset);
    qint64 from = place.offset;
    qint64 length = place.length;
    if (length > longest) {
        // A progress bar: what was drawn last. Else the beginning.
        const auto end = m_spool->read(place.offset + length - tail, tail);
        const qsizetype visible = end ? QByteArrayView(*end).trimmed().lastIndexOf('\r') : -1;
        if (visible >= 0) {
            from += length - tail + visible;
            length = tail - visible;
        } else {
            line.hidden = length - longest;
            length = longest;
        }
    }
    const auto bytes = m_spool->read(from, length);
    if (!bytes) {
        line.fault = bytes.error().message;
        return line;
    }
    line.styled = styledLine(*bytes, style);
    StyledText &styled = line.styled;
    if (styled.text.size() > mostDrawn) {
        line.hidden += styled.text.size() - mostDrawn;
        styled.text.truncate(mostDrawn);
        while (!styled.runs.empty() && styled.runs.back().from >= mostDrawn)
            styled.runs.pop_back();
        styled.runs.back().length = mostDrawn - styled.runs.back().from;
    }
    return line;
}

StyledText LogText::whole(qint64 number, qint64 limit)
{
    QString fault;
    const LogSpool::Page *page = number >= 0 && number < lineCount() ? pageOf(number, fault) : nullptr;
    const auto index = page ? std::size_t(number - page->first) : 0;
    if (!page || index >= page->lines.size())
        return {};
    const LogSpool::Line place = page->lines[index];
    TextStyle style = page->styles[index];
    const auto bytes = m_spool->read(place.offset, std::min(place.length, limit));
    return bytes ? styledLine(*bytes, style) : StyledText();
}

qint64 LogText::lineAtTime(Instant at) const
{
    // Times rise with the lines, but for steps of the agent's clock.
    qint64 low = 0, high = std::max<qint64>(0, lineCount() - 1);
    while (low < high) {
        const qint64 middle = low + (high - low) / 2;
        const auto page = m_spool->page(middle);
        const auto index = page ? std::size_t(middle - page->first) : 0;
        if (!page || index >= page->lines.size())
            return middle;
        if (m_spool->stampAt(page->lines[index].offset).at < at)
            low = middle + 1;
        else
            high = middle;
    }
    return low;
}

} // namespace belfry
