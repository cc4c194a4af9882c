// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <array>
#include <memory>
#include <vector>

namespace belfry {

// Which lines are hidden, and how the others are counted: a bit for a line where some are hidden, nothing elsewhere.
// Any stretch is hidden or shown again in the time that its bits take. For one thread.
class HiddenLines
{
public:
    // The lines [from, until).
    void set(qint64 from, qint64 until, bool hidden);
    void clear();

    bool contains(qint64 line) const;
    qint64 count() const { return before(qint64(m_parts.size()) * span); }
    // Hidden ones with a smaller number.
    qint64 before(qint64 line) const;
    // The line that has so many shown ones before it and is shown itself.
    qint64 shownAt(qint64 position) const;

private:
    static constexpr qint64 span = 1 << 16; // lines of a part
    using Bits = std::array<quint64, std::size_t(span / 64)>;
    struct Part {
        std::unique_ptr<Bits> bits; // null: none is hidden
        qint64 size = 0; // hidden ones
        qint64 before = 0; // hidden ones of the parts before, where it is counted
    };

    void setIn(Part &part, qint64 from, qint64 until, bool hidden);
    void countUp() const;

    mutable std::vector<Part> m_parts; // from line 0 on, without gaps
    mutable std::size_t m_counted = 0; // parts whose `before` holds
};

} // namespace belfry
