// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/logs/ansi.h"
#include "console/logs/linemarks.h"

#include <mutex>
#include <optional>

namespace belfry {

// Where lines begin, in blocks: of each only its first line, offset and the style in force there are held, so that
// a gigabyte costs a few megabytes. A block ends with a line once it has 128 lines and 4 KiB, or 64 KiB. It grows in
// one thread and is asked in others.
class LineIndex
{
public:
    struct Block {
        qint64 line = 0; // its first
        qint64 offset = 0;
        TextStyle style; // at its beginning
    };
    struct Place {
        Block block;
        qint64 end = 0; // offset behind the block
        qint64 lines = 0; // in it
    };

    // The bytes that follow.
    void add(QByteArrayView bytes);
    void clear();

    // Lines that have begun: what follows the last line break counts when there is anything.
    qint64 lineCount() const;
    // Bytes that are indexed.
    qint64 size() const;
    // The block with this line, which has to be there.
    Place find(qint64 line) const;
    // The block with this byte, which has to be there.
    Place findOffset(qint64 offset) const;
    // The block that follows it; nullopt: it is the last one.
    std::optional<Place> after(const Place &place) const;
    // The lines that are marked. One may be known a moment before lineCount() has it.
    const LineMarks &marks() const { return m_marks; }

private:
    Place placeAt(std::size_t index) const;

    mutable std::mutex m_guard; // of all below
    std::vector<Block> m_blocks{Block{}};
    qint64 m_size = 0;
    qint64 m_breaks = 0; // line breaks so far
    qint64 m_lineAt = 0; // offset of the last line's beginning
    LineMarks m_marks; // guards itself
    // Of the adding thread alone:
    TextStyle m_style; // where m_unread begins
    QByteArray m_unread; // the beginning of a sequence that may go on
};

} // namespace belfry
