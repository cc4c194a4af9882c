// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/lineindex.h"

#include <cstring>

namespace belfry {

namespace {

constexpr qint64 blockLines = 128;
constexpr qint64 leastBlock = 4 << 10;
constexpr qint64 fullBlock = 64 << 10;
constexpr qsizetype longestSequence = 4096; // of one that is cut by the end of a piece; a longer one is none

} // namespace

void LineIndex::add(QByteArrayView bytes)
{
    if (bytes.isEmpty())
        return;
    std::vector<Block> fresh;
    Block last = m_blocks.back(); // only this thread changes them
    qint64 breaks = m_breaks;
    qint64 lineAt = m_lineAt;
    const auto style = [this](QByteArrayView passed) {
        if (m_unread.isEmpty()) {
            passLine(passed, m_style);
        } else {
            m_unread.append(passed.data(), passed.size());
            passLine(m_unread, m_style);
            m_unread.clear();
        }
    };
    const char *const begin = bytes.data();
    const char *const end = begin + bytes.size();
    const char *styled = begin; // the style is known up to here
    if (m_lineAt == m_size)
        m_marks.begin(m_breaks, bytes);
    else
        m_marks.goOn(bytes);
    for (const char *at = begin; at < end;) {
        const auto *lineBreak = static_cast<const char *>(std::memchr(at, '\n', std::size_t(end - at)));
        if (!lineBreak)
            break;
        at = lineBreak + 1;
        ++breaks;
        lineAt = m_size + (at - begin);
        if (at < end)
            m_marks.begin(breaks, {at, end});
        const qint64 blockSize = lineAt - last.offset;
        if ((breaks - last.line < blockLines || blockSize < leastBlock) && blockSize < fullBlock)
            continue;
        style({styled, at});
        styled = at;
        last = {breaks, lineAt, m_style};
        fresh.push_back(last);
    }
    // What is left may end within a sequence.
    const QByteArrayView rest(styled, end);
    const qsizetype sequence = rest.lastIndexOf('\x1b');
    if (sequence >= 0 && rest.size() - sequence < longestSequence && !rest.sliced(sequence).contains('\n')) {
        style(rest.first(sequence));
        m_unread = rest.sliced(sequence).toByteArray();
    } else if (sequence < 0 && !m_unread.isEmpty() && m_unread.size() + rest.size() < longestSequence
        && !rest.contains('\n')) {
        m_unread.append(rest.data(), rest.size());
    } else {
        style(rest);
    }
    m_marks.publish();
    const std::lock_guard lock(m_guard);
    m_blocks.insert(m_blocks.end(), fresh.begin(), fresh.end());
    m_size += bytes.size();
    m_breaks = breaks;
    m_lineAt = lineAt;
}

void LineIndex::clear()
{
    const std::lock_guard lock(m_guard);
    m_blocks.assign(1, Block{});
    m_size = m_breaks = m_lineAt = 0;
    m_style = {};
    m_unread.clear();
    m_marks.clear();
}

qint64 LineIndex::lineCount() const
{
    const std::lock_guard lock(m_guard);
    return m_breaks + (m_lineAt < m_size ? 1 : 0);
}

qint64 LineIndex::size() const
{
    const std::lock_guard lock(m_guard);
    return m_size;
}

LineIndex::Place LineIndex::placeAt(std::size_t index) const
{
    const Block &block = m_blocks[index];
    if (index + 1 < m_blocks.size())
        return {block, m_blocks[index + 1].offset, m_blocks[index + 1].line - block.line};
    return {block, m_size, m_breaks + (m_lineAt < m_size ? 1 : 0) - block.line};
}

LineIndex::Place LineIndex::find(qint64 line) const
{
    const std::lock_guard lock(m_guard);
    const auto after = std::upper_bound(
        m_blocks.begin(), m_blocks.end(), line, [](qint64 wanted, const Block &block) { return wanted < block.line; });
    return placeAt(std::size_t(after - m_blocks.begin()) - 1);
}

LineIndex::Place LineIndex::findOffset(qint64 offset) const
{
    const std::lock_guard lock(m_guard);
    const auto after = std::upper_bound(m_blocks.begin(), m_blocks.end(), offset,
        [](qint64 wanted, const Block &block) { return wanted < block.offset; });
    return placeAt(std::size_t(after - m_blocks.begin()) - 1);
}

std::optional<LineIndex::Place> LineIndex::after(const Place &place) const
{
    const std::lock_guard lock(m_guard);
    const auto next = std::upper_bound(m_blocks.begin(), m_blocks.end(), place.block.line,
        [](qint64 wanted, const Block &block) { return wanted < block.line; });
    if (next == m_blocks.end())
        return std::nullopt;
    return placeAt(std::size_t(next - m_blocks.begin()));
}

} // namespace belfry
