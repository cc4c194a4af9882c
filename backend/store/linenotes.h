// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/attemptnotes.h"

#include <array>

namespace belfry::store {

// Finds the lines of a log that speak to Belfry and keeps what they say, within bounds: what is malformed, too long or
// too much is just log. Their grammar is in docs/jobs.md. Costs no more than finding the line breaks.
class LineNotes
{
public:
    static constexpr qsizetype longestLine = 4096; // bytes
    static constexpr qsizetype longestMessage = 200; // characters
    static constexpr qsizetype maxOutputs = 64 << 10; // characters of all names and values
    static constexpr std::size_t maxMetrics = 100;

    explicit LineNotes(AttemptNotes notes = {})
        : m_notes(std::move(notes))
    { }

    // The next bytes of a stream (0 to 2).
    void feed(int stream, QByteArrayView bytes, Instant at);
    // The same for bytes that were understood before: only how the line in hand begins is learned.
    void recall(int stream, QByteArrayView bytes);

    const AttemptNotes &notes() const { return m_notes; }

private:
    struct Line {
        QByteArray begun;
        bool ordinary = false; // cannot be for us any more
    };
    void read(int stream, QByteArrayView bytes, const std::optional<Instant> &at);
    void understand(QByteArrayView line, Instant at);
    void takeProgress(QByteArrayView rest, Instant at);
    void takeOutput(QByteArrayView rest);
    void takeMetric(QByteArrayView rest);

    AttemptNotes m_notes;
    std::array<Line, 3> m_lines;
};

} // namespace belfry::store
