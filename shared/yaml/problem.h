// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include <QString>

#include <compare>
#include <map>
#include <vector>

namespace belfry {

// A place in a text: both 1-based, columns in characters (code points). 0 is no place: the file as a whole.
struct Mark {
    int line = 0;
    int column = 0;

    auto operator<=>(const Mark &) const = default;
};

enum class Severity { Error, Warning };

// What is wrong at one place of a file, and how to put it right. Both sentences are without a full stop.
struct Problem {
    Severity severity = Severity::Error;
    QString file;
    int line = 0;
    int column = 0;
    QString message;
    QString hint; // may be empty

    Mark mark() const { return {line, column}; }
    bool operator==(const Problem &) const = default;
};

// By file and place, an error before a warning there; what says the same of the same place is there once.
void sortProblems(std::vector<Problem> &problems);
bool hasErrors(const std::vector<Problem> &problems);

// `file:line:column: error: message; hint`, then the line of the source and a caret under the column. Without a source
// (or a place in it) just the first line. No trailing line break.
QString formatProblem(const Problem &problem, QStringView source);
// All of them; sources by file name.
QString formatProblems(const std::vector<Problem> &problems, const std::map<QString, QString> &sources);

} // namespace belfry
