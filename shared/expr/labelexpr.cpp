// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/expr/labelexpr.h"

#include <algorithm>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostCharacters = 1024;
constexpr int deepest = 64;

bool isFirst(QChar c)
{
    return (c.unicode() < 0x80 && c.isLetterOrNumber()) || c == u'_';
}
bool isWord(QChar c)
{
    return isFirst(c) || QStringView(u".:/@+-").contains(c);
}

QString quoteIfNeeded(const QString &value)
{
    const bool word = !value.isEmpty() && isFirst(value[0]) && std::all_of(value.begin(), value.end(), isWord);
    return word ? value : (value.contains(u'\'') ? u'"' + value + u'"' : u'\'' + value + u'\'');
}

} // namespace

// Recursive descent; the first fault ends it.
class LabelParser
{
public:
    explicit LabelParser(QStringView text)
        : m_text(text)
    { }

    std::optional<ExprFault> fault;
    LabelExpr result;

    void run()
    {
        if (m_text.size() > mostCharacters)
            return stop(mostCharacters, u"an agent expression has at most %1 characters"_s.arg(mostCharacters));
        skip();
        if (m_at == m_text.size())
            return;
        parseOr();
        if (!fault && m_at < m_text.size())
            stop(m_at, m_text[m_at] == u')' ? u"')' without a '('"_s : u"expected && or || here"_s, joinHint());
    }

private:
    using Op = LabelExpr::Op;

    QStringView m_text;
    qsizetype m_at = 0;
    int m_depth = 0;

    void stop(qsizetype offset, const QString &message, const QString &hint = {})
    {
        if (!fault)
            fault = ExprFault{offset, message, hint};
    }
    void skip()
    {
        while (m_at < m_text.size() && m_text[m_at].isSpace())
            ++m_at;
    }
    bool eat(QStringView token)
    {
        if (!m_text.mid(m_at).startsWith(token))
            return false;
        m_at += token.size();
        skip();
        return true;
    }
    QString joinHint() const
    {
        const QStringView rest = m_text.mid(m_at);
        if (rest.startsWith(u'='))
            return u"equality is written =="_s;
        if (rest.startsWith(u'&') || rest.startsWith(u"and ", Qt::CaseInsensitive))
            return u"write &&"_s;
        return rest.startsWith(u'|') || rest.startsWith(u"or ", Qt::CaseInsensitive) || rest.startsWith(u',')
            ? u"write ||"_s
            : QString();
    }
    int push(LabelExpr::Term term)
    {
        result.m_terms.push_back(std::move(term));
        return int(result.m_terms.size()) - 1;
    }

    int parseOr() { return parseChain(u"||", Op::Or); }

    int parseChain(QStringView token, Op op)
    {
        const auto next = [&] { return op == Op::Or ? parseChain(u"&&", Op::And) : parseNot(); };
        int left = next();
        while (!fault && eat(token)) {
            const int right = next();
            left = push({op, left, right, {}, {}});
        }
        return left;
    }

    int parseNot()
    {
        if (++m_depth > deepest)
            stop(m_at, u"nested deeper than %1 levels"_s.arg(deepest));
        int term = -1;
        if (!fault) {
            if (eat(u"!"))
                term = push({Op::Not, parseNot(), -1, {}, {}});
            else if (m_at < m_text.size() && m_text[m_at] == u'(')
                term = parseGroup();
            else
                term = parseTerm();
        }
        --m_depth;
        return term;
    }

    int parseGroup()
    {
        const qsizetype open = m_at;
        eat(u"(");
        const int inside = parseOr();
        if (!fault && !eat(u")"))
            m_at == m_text.size() ? stop(open, u"this '(' has no ')'"_s)
                                  : stop(m_at, u"expected &&, || or ) here"_s, joinHint());
        return inside;
    }

    int parseTerm()
    {
        const QString label = word();
        if (fault)
            return -1;
        const bool equal = eat(u"==");
        if (!equal && !eat(u"!="))
            return push({Op::Has, -1, -1, label, {}});
        const QString value
            = m_at < m_text.size() && (m_text[m_at] == u'\'' || m_text[m_at] == u'"') ? quoted() : word();
        return push({equal ? Op::Equal : Op::Unequal, -1, -1, label, value});
    }

    QString word()
    {
        if (m_at == m_text.size())
            stop(m_at, u"the expression ends where a label is expected"_s);
        else if (!isFirst(m_text[m_at]))
            stop(m_at, u"expected a label, found '%1'"_s.arg(m_text[m_at]));
        const qsizetype start = m_at;
        while (!fault && m_at < m_text.size() && isWord(m_text[m_at]))
            ++m_at;
        const QString found = m_text.mid(start, m_at - start).toString();
        skip();
        return found;
    }

    QString quoted()
    {
        const qsizetype end = m_text.indexOf(m_text[m_at], m_at + 1);
        if (end < 0) {
            stop(m_at, u"this quote is not closed"_s);
            return {};
        }
        const QString found = m_text.mid(m_at + 1, end - m_at - 1).toString();
        m_at = end + 1;
        skip();
        return found;
    }
};

Result<LabelExpr> LabelExpr::parse(QStringView text)
{
    LabelParser parser(text);
    parser.run();
    if (parser.fault)
        return belfry::fail(ErrorKind::Invalid, parser.fault->sentence());
    return std::move(parser.result);
}

std::optional<ExprFault> LabelExpr::fault(QStringView text)
{
    LabelParser parser(text);
    parser.run();
    return parser.fault;
}

bool LabelExpr::matches(const std::map<QString, QString> &labels) const
{
    return m_terms.empty() || matches(int(m_terms.size()) - 1, labels);
}

bool LabelExpr::matches(int index, const std::map<QString, QString> &labels) const
{
    const Term &term = m_terms[std::size_t(index)];
    const auto found = labels.find(term.label);
    switch (term.op) {
    case Op::Has:
        return found != labels.end();
    case Op::Equal:
        return found != labels.end() && found->second == term.value;
    case Op::Unequal:
        return found == labels.end() || found->second != term.value;
    case Op::Not:
        return !matches(term.left, labels);
    case Op::And:
        return matches(term.left, labels) && matches(term.right, labels);
    case Op::Or:
        break;
    }
    return matches(term.left, labels) || matches(term.right, labels);
}

QString LabelExpr::whyNot(const std::map<QString, QString> &labels) const
{
    return matches(labels) ? QString() : whyNot(int(m_terms.size()) - 1, labels);
}

// Of a term that does not match.
QString LabelExpr::whyNot(int index, const std::map<QString, QString> &labels) const
{
    const Term &term = m_terms[std::size_t(index)];
    const auto found = labels.find(term.label);
    switch (term.op) {
    case Op::Has:
        return u"no label "_s + term.label;
    case Op::Equal:
        return found == labels.end() ? u"no label "_s + term.label
                                     : u"%1 is %2, not %3"_s.arg(term.label, found->second, term.value);
    case Op::Unequal:
        return u"%1 is %2"_s.arg(term.label, term.value);
    case Op::Not: {
        const Term &inner = m_terms[std::size_t(term.left)];
        return inner.op == Op::Has ? u"it has label "_s + inner.label : u"it matches "_s + print(term.left, Op::Or);
    }
    case Op::And: {
        QStringList missing;
        for (const int side : {term.left, term.right})
            if (!matches(side, labels))
                missing += whyNot(side, labels);
        return missing.join(u", "_s);
    }
    case Op::Or:
        break;
    }
    return whyNot(term.left, labels) + u" and "_s + whyNot(term.right, labels);
}

QString LabelExpr::toString() const
{
    return m_terms.empty() ? QString() : print(int(m_terms.size()) - 1, Op::Or);
}

QString LabelExpr::print(int index, Op outside) const
{
    const Term &term = m_terms[std::size_t(index)];
    switch (term.op) {
    case Op::Has:
        return term.label;
    case Op::Equal:
    case Op::Unequal: {
        const QString text = term.label + (term.op == Op::Equal ? u" == "_s : u" != "_s) + quoteIfNeeded(term.value);
        return outside == Op::Not ? u'(' + text + u')' : text;
    }
    case Op::Not:
        return u'!' + print(term.left, Op::Not);
    case Op::And:
    case Op::Or:
        break;
    }
    const QString text
        = print(term.left, term.op) + (term.op == Op::And ? u" && "_s : u" || "_s) + print(term.right, term.op);
    // And within Or needs none; the other ways round do.
    const bool plain = outside == term.op || (outside == Op::Or && term.op == Op::And);
    return plain ? text : u'(' + text + u')';
}

QStringList LabelExpr::labels() const
{
    QStringList names;
    for (const Term &each : m_terms)
        if (each.op == Op::Has || each.op == Op::Equal || each.op == Op::Unequal)
            names += each.label;
    names.sort();
    names.removeDuplicates();
    return names;
}

} // namespace belfry
