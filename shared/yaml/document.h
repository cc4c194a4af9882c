// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/yaml/node.h"

#include <QByteArray>

namespace belfry {

// What a file may cost. A job of the example file has about 100 nodes and 2 KiB: ten thousand of them have to pass, and
// the socket's limit for one apply is 16 MiB. Deeper nesting than 64 has no meaning in any file of ours. Aliases may
// add `aliasNodes` nodes in all, which no hand-written file reaches and no alias bomb stays below.
struct YamlLimits {
    qsizetype bytes = 16 << 20;
    int nodes = 2'000'000;
    int aliasNodes = 100'000;
    int depth = 64;
};

// One strict YAML 1.2 document: UTF-8, no tags, no `<<`, no duplicate keys, no second document. Whatever can be seen
// at once is reported at once; after an error of syntax there is no root to trust.
class YamlDocument
{
public:
    static YamlDocument parse(const QString &file, const QByteArray &utf8, const YamlLimits &limits = {});
    static YamlDocument parse(const QString &file, const QString &text, const YamlLimits &limits = {});

    const QString &file() const { return m_file; }
    const YamlNode &root() const { return m_root; }
    const std::vector<Problem> &problems() const { return m_problems; }
    // Whether the root holds the whole file: there was no error of syntax and no limit was reached.
    bool isComplete() const { return m_complete; }

    // The place of the `offset`-th UTF-16 unit of a scalar's text. Exact for plain and quoted scalars on one line and
    // for block scalars without folding; the scalar's own place where that cannot be told (escapes, folded lines).
    Mark inside(const YamlNode &scalar, qsizetype offset) const;

private:
    QString m_file;
    QByteArray m_text;
    std::vector<qsizetype> m_lineStarts; // byte offsets
    YamlNode m_root;
    std::vector<Problem> m_problems;
    bool m_complete = false;

    QString line(int number) const;
};

// The first byte that is not UTF-8 and the first control character that no YAML file may hold, as a problem each.
std::vector<Problem> checkCharacters(const QString &file, const QByteArray &bytes);

} // namespace belfry
