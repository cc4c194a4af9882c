// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/cli/verbs.h"
#include "shared/base/result.h"

#include <map>

namespace belfry {

// A command line, taken apart by the verb table. Options by their key (`wait`, `param`).
class Arguments
{
public:
    // Words after the program's name. Invalid, with a sentence for the user, for what the table does not know, wrong
    // numbers of arguments and values that are none of an option's choices. With --help or --version the rest may be
    // incomplete.
    static Result<Arguments> parse(const QStringList &words);

    // The common options alone, wherever they stand; for words that may be incomplete or wrong.
    static Arguments common(const QStringList &words);

    // nullptr: only common options were given.
    const VerbSpec *verb() const { return m_verb; }
    const QStringList &positional() const { return m_positional; }
    QString positional(qsizetype index) const { return m_positional.value(index); }

    bool has(const QString &key) const { return m_options.contains(key); }
    // The last one given; empty for none.
    QString value(const QString &key) const;
    QStringList values(const QString &key) const;
    // `otherwise` where it was not given. Invalid outside min..max.
    Result<qint64> number(const QString &key, qint64 otherwise, qint64 min, qint64 max) const;

private:
    Status check() const;

    const VerbSpec *m_verb = nullptr;
    QStringList m_positional;
    std::map<QString, QStringList> m_options;
};

} // namespace belfry
