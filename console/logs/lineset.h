// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QtGlobal>

#include <array>
#include <memory>
#include <mutex>
#include <vector>

namespace belfry {

// A rising set of line numbers that ten million cost little more than a bit each. One thread adds, others ask.
class LineSet
{
public:
    // Larger than all before.
    void add(const std::vector<qint64> &lines);
    // Takes out this line and all behind it.
    void cutFrom(qint64 line);
    void clear();

    qint64 count() const;
    // The line of that position, 0..count()-1; -1 beyond.
    qint64 at(qint64 position) const;
    // So many from that position on, or as many as there are.
    std::vector<qint64> members(qint64 position, qint64 most) const;
    // How many lines come before this one: the position of the first that does not.
    qint64 position(qint64 line) const;
    bool contains(qint64 line) const;

private:
    static constexpr int span = 1 << 16; // lines of a part
    using Bits = std::array<quint64, span / 64>;
    struct Part {
        qint64 first = 0; // a multiple of span
        qint64 before = 0; // members of the parts before
        std::vector<quint16> few; // while there are few
        std::unique_ptr<Bits> bits; // when there are many
        int size = 0;

        void add(quint16 line);
        int rank(int line) const; // members below
        int at(int position) const;
    };

    mutable std::mutex m_guard;
    std::vector<Part> m_parts;
    qint64 m_count = 0;
};

} // namespace belfry
