// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/hiddenlines.h"

#include <algorithm>
#include <bit>

namespace belfry {

void HiddenLines::setIn(Part &part, qint64 from, qint64 until, bool hidden)
{
    if (!part.bits) {
        if (!hidden)
            return;
        part.bits = std::make_unique<Bits>();
    }
    while (from < until) {
        quint64 &word = (*part.bits)[std::size_t(from / 64)];
        const qint64 end = std::min(until, (from / 64 + 1) * 64);
        const int width = int(end - from);
        const quint64 mask = (width == 64 ? ~quint64(0) : (quint64(1) << width) - 1) << from % 64;
        const quint64 old = word;
        word = hidden ? word | mask : word & ~mask;
        part.size += std::popcount(word) - std::popcount(old);
        from = end;
    }
    if (part.size == 0)
        part.bits.reset();
}

void HiddenLines::set(qint64 from, qint64 until, bool hidden)
{
    from = std::max<qint64>(0, from);
    if (hidden && until > from)
        m_parts.resize(std::max(m_parts.size(), std::size_t((until - 1) / span + 1)));
    until = std::min(until, qint64(m_parts.size()) * span);
    if (from >= until)
        return;
    // What the first one has before it stays.
    m_counted = std::min(m_counted, std::size_t(from / span) + 1);
    while (from < until) {
        const qint64 first = from / span * span;
        const qint64 end = std::min(until, first + span);
        setIn(m_parts[std::size_t(from / span)], from - first, end - first, hidden);
        from = end;
    }
}

void HiddenLines::clear()
{
    m_parts.clear();
    m_counted = 0;
}

void HiddenLines::countUp() const
{
    for (; m_counted < m_parts.size(); ++m_counted) {
        const Part *last = m_counted == 0 ? nullptr : &m_parts[m_counted - 1];
        m_parts[m_counted].before = last ? last->before + last->size : 0;
    }
}

bool HiddenLines::contains(qint64 line) const
{
    const auto number = std::size_t(line / span);
    if (line < 0 || number >= m_parts.size() || !m_parts[number].bits)
        return false;
    return (*m_parts[number].bits)[std::size_t(line % span / 64)] >> line % 64 & 1;
}

qint64 HiddenLines::before(qint64 line) const
{
    if (m_parts.empty() || line <= 0)
        return 0;
    countUp();
    const auto number = std::size_t(line / span);
    if (number >= m_parts.size())
        return m_parts.back().before + m_parts.back().size;
    const Part &part = m_parts[number];
    qint64 found = part.before;
    if (!part.bits)
        return found;
    const qint64 inPart = line % span;
    for (qint64 i = 0; i < inPart / 64; ++i)
        found += std::popcount((*part.bits)[std::size_t(i)]);
    if (inPart % 64 != 0)
        found += std::popcount((*part.bits)[std::size_t(inPart / 64)] << (64 - inPart % 64));
    return found;
}

qint64 HiddenLines::shownAt(qint64 position) const
{
    countUp();
    // The part with it: the last one that has no more shown lines before it.
    std::size_t low = 0, high = m_parts.size();
    while (low < high) {
        const std::size_t middle = low + (high - low) / 2;
        if (qint64(middle) * span - m_parts[middle].before <= position)
            low = middle + 1;
        else
            high = middle;
    }
    if (low == 0)
        return position;
    const Part &part = m_parts[low - 1];
    const qint64 first = qint64(low - 1) * span;
    qint64 left = position - (first - part.before);
    if (!part.bits || left >= span - part.size)
        return first + left + (part.bits ? part.size : 0);
    for (std::size_t i = 0;; ++i) {
        quint64 shown = ~(*part.bits)[i];
        if (const int here = std::popcount(shown); left >= here) {
            left -= here;
            continue;
        }
        for (; left > 0; --left)
            shown &= shown - 1;
        return first + qint64(i) * 64 + std::countr_zero(shown);
    }
}

} // namespace belfry
