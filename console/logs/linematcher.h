// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"

#include <QByteArrayView>
#include <QRegularExpression>

#include <functional>
#include <vector>

namespace belfry {

struct SearchSpec {
    QString pattern; // empty: every line
    bool regex = false;
    bool caseSensitive = false;
    // Bits of the streams that are wanted: 1 << LogSpool::Stream. Lines of an unknown stream and notes always are.
    int streams = 0xf;
    bool operator==(const SearchSpec &) const = default;
};

// Finds lines by their text as it is shown (console/logs/ansi.h). Without case, letters of ASCII fold with each other;
// others too when the pattern has some. A regular expression that needs too many steps on a line does not match it.
class LineMatcher
{
public:
    // Invalid with the place of the mistake.
    static Result<LineMatcher> make(const SearchSpec &spec);

    // The lines that match, counted from 0. `raw` is whole lines; the last may lack its line break.
    std::vector<qint64> find(QByteArrayView raw);
    // Where it is found in the text of a line.
    struct Span {
        qsizetype from = 0;
        qsizetype length = 0;
        bool operator==(const Span &) const = default;
    };
    std::vector<Span> spansIn(const QString &text) const;
    // Bytes of a pattern that is compared as bytes; 0: of a whole line is judged.
    qsizetype byteLength() const { return m_bytes.size(); }
    // Lines that were given up.
    qint64 costly() const { return m_costly; }

private:
    LineMatcher() = default;
    void findBytes(QByteArrayView plain, std::vector<qint64> &hits) const;
    void findInText(QByteArrayView plain, std::vector<qint64> &hits);
    void findByLine(QByteArrayView plain, std::vector<qint64> &hits);
    bool findAcross(QByteArrayView plain, std::vector<qint64> &hits);
    bool matches(const QString &line);

    SearchSpec m_spec;
    QByteArray m_bytes; // a literal that can be compared as bytes
    bool m_folds = false; // ... when both are in small letters
    QRegularExpression m_line; // of one line
    QRegularExpression m_many; // of many at once
    bool m_across = false; // m_many finds what m_line finds
    qint64 m_costly = 0;
};

} // namespace belfry
