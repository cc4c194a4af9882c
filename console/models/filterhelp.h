// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QStringList>

namespace belfry {

enum class FilterKind { Runs, Jobs };

// What is wrong with a filter expression, in a sentence with the column; empty when it is good.
QString filterFault(FilterKind kind, const QString &text);

// How the word at the cursor may go on: keys, and the values of keys that have few. Whole words, to replace the one
// that begins at wordStart().
QStringList filterCompletions(
    FilterKind kind, const QString &text, qsizetype cursor, const QStringList &jobs, const QStringList &agents);
qsizetype wordStart(const QString &text, qsizetype cursor);

} // namespace belfry
