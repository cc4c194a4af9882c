// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/model/runfilter.h"

// The outer form of a filter expression: terms with spaces between, all of which must hold.
//   key:value  key:a,b (either)  key:>10m (also >= < <= =)  -key:value (not)  word or "two words" (anywhere in the
//   text)
// A value with a space, a comma or a quote in it is put in double quotes, in which \" and \\ stand for themselves.
namespace belfry::filter {

constexpr qsizetype mostCharacters = 2000;
constexpr std::size_t mostTerms = 100;

struct Value {
    std::optional<Relation> comparison; // as written in front of it
    QString text;
    int column = 1; // of its first character, from 1
};
struct Term {
    QString key; // empty: a word
    bool negated = false;
    std::vector<Value> values; // at least one
    int column = 1;
};

// Invalid with the column: a key or a value missing, an open quote, too long.
Result<std::vector<Term>> parseTerms(QStringView text);

// "column 7: what"
tl::unexpected<Error> refuse(int column, const QString &what);
// Invalid for a key that is none of `known`, with the nearest of them.
Status checkKey(const Term &term, const QStringList &known);

bool globMatches(QStringView pattern, QStringView text);
bool compare(Relation comparison, qint64 left, qint64 right);

} // namespace belfry::filter
