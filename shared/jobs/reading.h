// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/yaml/document.h"

#include <set>

namespace belfry {

// The problems found while one file is read. Errors that say "not supported yet" come last: where a value is wrong as
// such, that is the one thing to say about it.
class Reading
{
public:
    Reading(const YamlDocument &document, std::vector<Problem> &problems)
        : m_document(document)
        , m_problems(problems)
    { }

    const YamlDocument &document() const { return m_document; }

    // Always false, so that a reader can end with `return reading.error(...)`.
    bool error(Mark mark, const QString &message, const QString &hint = {});
    bool error(const YamlNode &node, const QString &message, const QString &hint = {});
    // At the place of the offset inside a scalar's text.
    bool errorInside(const YamlNode &scalar, qsizetype offset, const QString &message, const QString &hint = {});
    // `what` is `pipelines`, `overlap: skip`, ... ; shown at `at`, unless there is an error at `at` or `value`.
    void unsupported(Mark at, Mark value, const QString &what);
    // A node about which there is an error already, so that no other check speaks about it again.
    void markBad(const YamlNode &node) { m_bad.insert(&node); }
    bool isBad(const YamlNode &node) const { return m_bad.contains(&node); }
    // Adds the deferred ones; the last call for a file.
    void finish();

private:
    struct Deferred {
        Mark at;
        Mark value;
        QString what;
    };
    const YamlDocument &m_document;
    std::vector<Problem> &m_problems;
    std::vector<Deferred> m_deferred;
    std::set<const YamlNode *> m_bad;
};

} // namespace belfry
