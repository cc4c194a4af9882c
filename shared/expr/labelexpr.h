// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/result.h"
#include "shared/expr/fault.h"

#include <QStringList>

#include <map>
#include <optional>
#include <vector>

namespace belfry {

// Which agents may take a job: `linux && !gpu`, `os == linux || (arch != arm64 && name == db1)`.
//
//     or = and {"||" and}   and = not {"&&" not}   not = "!" not | "(" or ")" | WORD [("==" | "!=") VALUE]
//
// A bare word is true where the agent has that label, whatever its value. `!=` is true also where the label is absent.
// WORD is letters, digits and _ . : / @ + - (not first); VALUE is a WORD or anything in quotes. The empty text matches
// every agent. At most 1024 characters, nested at most 64 deep.
class LabelExpr
{
public:
    LabelExpr() = default;
    // Errors are Invalid and name the column.
    static Result<LabelExpr> parse(QStringView text);
    static std::optional<ExprFault> fault(QStringView text);

    // The caller puts `name` among the labels.
    bool matches(const std::map<QString, QString> &labels) const;
    // What the labels lack, as a part of a sentence: `no label gpu`, `os is linux, not windows`; empty when they match.
    QString whyNot(const std::map<QString, QString> &labels) const;
    // One spelling: single blanks, no parentheses but those that matter.
    QString toString() const;
    // The labels it names, each once, sorted.
    QStringList labels() const;
    bool isEmpty() const { return m_terms.empty(); }

private:
    friend class LabelParser;
    enum class Op { Has, Equal, Unequal, Not, And, Or };
    struct Term {
        Op op = Op::Has;
        int left = -1;
        int right = -1;
        QString label;
        QString value;
    };

    bool matches(int index, const std::map<QString, QString> &labels) const;
    QString whyNot(int index, const std::map<QString, QString> &labels) const;
    QString print(int index, Op outside) const;

    std::vector<Term> m_terms; // children before parents; the last is the root
};

} // namespace belfry
