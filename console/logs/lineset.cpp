// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/lineset.h"

#include <algorithm>
#include <bit>

namespace belfry {

namespace {

constexpr std::size_t mostFew = 4096; // as large as the bits would be

} // namespace

void LineSet::Part::add(quint16 line)
{
    ++size;
    if (!bits && few.size() < mostFew) {
        few.push_back(line);
        return;
    }
    if (!bits) {
        bits = std::make_unique<Bits>();
        for (const quint16 each : few)
            (*bits)[each / 64] |= quint64(1) << each % 64;
        few = {};
    }
    (*bits)[line / 64] |= quint64(1) << line % 64;
}

int LineSet::Part::rank(int line) const
{
    if (!bits)
        return int(std::lower_bound(few.begin(), few.end(), line) - few.begin());
    int found = 0;
    for (int i = 0; i < line / 64; ++i)
        found += std::popcount((*bits)[std::size_t(i)]);
    if (line % 64 != 0)
        found += std::popcount((*bits)[std::size_t(line / 64)] << (64 - line % 64));
    return found;
}

int LineSet::Part::at(int position) const
{
    if (!bits)
        return few[std::size_t(position)];
    for (std::size_t i = 0; i < bits->size(); ++i) {
        quint64 word = (*bits)[i];
        if (const int here = std::popcount(word); position >= here) {
            position -= here;
            continue;
        }
        for (; position > 0; --position)
            word &= word - 1;
        return int(i) * 64 + std::countr_zero(word);
    }
    return 0;
}

void LineSet::add(const std::vector<qint64> &lines)
{
    const std::lock_guard lock(m_guard);
    for (const qint64 line : lines) {
        const qint64 first = line / span * span;
        if (m_parts.empty() || m_parts.back().first != first) {
            m_parts.emplace_back();
            m_parts.back().first = first;
            m_parts.back().before = m_count;
        }
        m_parts.back().add(quint16(line - first));
        ++m_count;
    }
}

void LineSet::cutFrom(qint64 line)
{
    const std::lock_guard lock(m_guard);
    while (!m_parts.empty() && m_parts.back().first >= line) {
        m_count = m_parts.back().before;
        m_parts.pop_back();
    }
    if (m_parts.empty() || line - m_parts.back().first >= span)
        return;
    const Part &last = m_parts.back();
    Part kept;
    kept.first = last.first;
    kept.before = last.before;
    const int size = last.rank(int(line - last.first));
    for (int i = 0; i < size; ++i)
        kept.add(quint16(last.at(i)));
    m_count = kept.before + kept.size;
    m_parts.back() = std::move(kept);
}

void LineSet::clear()
{
    const std::lock_guard lock(m_guard);
    m_parts.clear();
    m_count = 0;
}

qint64 LineSet::count() const
{
    const std::lock_guard lock(m_guard);
    return m_count;
}

qint64 LineSet::at(qint64 position) const
{
    const std::lock_guard lock(m_guard);
    if (position < 0 || position >= m_count)
        return -1;
    const auto after = std::upper_bound(m_parts.begin(), m_parts.end(), position,
        [](qint64 wanted, const Part &part) { return wanted < part.before; });
    const Part &part = *(after - 1);
    return part.first + part.at(int(position - part.before));
}

std::vector<qint64> LineSet::members(qint64 position, qint64 most) const
{
    const std::lock_guard lock(m_guard);
    std::vector<qint64> found;
    auto part = std::upper_bound(m_parts.begin(), m_parts.end(), position,
        [](qint64 wanted, const Part &each) { return wanted < each.before; });
    if (part == m_parts.begin())
        return found;
    --part;
    qint64 skipped = position - part->before;
    for (; part != m_parts.end() && qint64(found.size()) < most; ++part, skipped = 0) {
        const qint64 until = std::min<qint64>(part->size, skipped + most - qint64(found.size()));
        if (!part->bits) {
            for (qint64 i = skipped; i < until; ++i)
                found.push_back(part->first + part->few[std::size_t(i)]);
            continue;
        }
        qint64 number = 0; // of the next member
        for (std::size_t i = 0; i < part->bits->size() && number < until; ++i) {
            quint64 word = (*part->bits)[i];
            if (const int here = std::popcount(word); number + here <= skipped) {
                number += here;
                continue;
            }
            for (; word != 0 && number < until; word &= word - 1, ++number)
                if (number >= skipped)
                    found.push_back(part->first + qint64(i) * 64 + std::countr_zero(word));
        }
    }
    return found;
}

qint64 LineSet::position(qint64 line) const
{
    const std::lock_guard lock(m_guard);
    const auto after = std::upper_bound(
        m_parts.begin(), m_parts.end(), line, [](qint64 wanted, const Part &part) { return wanted < part.first; });
    if (after == m_parts.begin())
        return 0;
    const Part &part = *(after - 1);
    return part.before + (line - part.first >= span ? part.size : part.rank(int(line - part.first)));
}

bool LineSet::contains(qint64 line) const
{
    return at(position(line)) == line;
}

} // namespace belfry
