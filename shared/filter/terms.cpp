// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/filter/terms.h"

#include "shared/base/nearestname.h"

using namespace Qt::StringLiterals;

namespace belfry::filter {

namespace {

class Parser
{
public:
    explicit Parser(QStringView text)
        : m_text(text)
    { }

    Result<std::vector<Term>> all()
    {
        std::vector<Term> terms;
        for (skipSpace(); !atEnd(); skipSpace()) {
            if (terms.size() == mostTerms)
                return refuse(column(), u"at most %1 terms are taken"_s.arg(mostTerms));
            Result<Term> term = one();
            if (!term)
                return fail(term.error());
            terms.push_back(std::move(*term));
        }
        return terms;
    }

private:
    bool atEnd() const { return m_at == m_text.size(); }
    QChar peek() const { return atEnd() ? QChar() : m_text[m_at]; }
    int column() const { return int(m_at) + 1; }
    bool take(QChar wanted)
    {
        const bool there = !atEnd() && m_text[m_at] == wanted;
        m_at += there;
        return there;
    }
    void skipSpace()
    {
        while (!atEnd() && m_text[m_at].isSpace())
            ++m_at;
    }

    Result<Term> one()
    {
        Term term{.key = {}, .negated = false, .values = {}, .column = column()};
        term.negated = take(u'-') || take(u'!');
        term.key = key();
        if (term.key.isEmpty() && peek() == u':')
            return refuse(column(), u"a key is missing before ':'"_s);
        do {
            Result<Value> value = this->value(term.key);
            if (!value)
                return fail(value.error());
            term.values.push_back(std::move(*value));
        } while (!term.key.isEmpty() && take(u','));
        if (!atEnd() && !peek().isSpace())
            return refuse(
                column(), u"a space is missing before '%1'; put quotes around a text that holds it"_s.arg(peek()));
        return term;
    }

    // Letters and `_` up to a colon; else nothing is taken.
    QString key()
    {
        qsizetype end = m_at;
        while (end < m_text.size() && (m_text[end].isLetter() || m_text[end] == u'_'))
            ++end;
        if (end == m_at || end == m_text.size() || m_text[end] != u':')
            return {};
        const QString key = m_text.sliced(m_at, end - m_at).toString();
        m_at = end + 1;
        return key;
    }

    std::optional<Relation> comparison()
    {
        if (take(u'>'))
            return take(u'=') ? Relation::AtLeast : Relation::Greater;
        if (take(u'<'))
            return take(u'=') ? Relation::AtMost : Relation::Less;
        return take(u'=') ? std::optional(Relation::Equal) : std::nullopt;
    }

    Result<Value> value(const QString &key)
    {
        Value value{.comparison = {}, .text = {}, .column = column()};
        if (!key.isEmpty())
            value.comparison = comparison();
        Result<QString> text = peek() == u'"' ? quoted() : Result<QString>(bare(key.isEmpty()));
        if (!text)
            return fail(text.error());
        value.text = std::move(*text);
        if (value.text.isEmpty())
            return refuse(value.column, key.isEmpty() ? u"a word is missing"_s : u"'%1:' needs a value"_s.arg(key));
        return value;
    }

    QString bare(bool isWord)
    {
        const qsizetype from = m_at;
        while (!atEnd() && !peek().isSpace() && peek() != u'"' && (isWord || peek() != u','))
            ++m_at;
        return m_text.sliced(from, m_at - from).toString();
    }

    Result<QString> quoted()
    {
        const int from = column();
        take(u'"');
        QString text;
        while (!take(u'"')) {
            take(u'\\');
            if (atEnd())
                return refuse(from, u"the quote is not closed"_s);
            text += m_text[m_at++];
        }
        return text;
    }

    QStringView m_text;
    qsizetype m_at = 0;
};

} // namespace

Result<std::vector<Term>> parseTerms(QStringView text)
{
    if (text.size() > mostCharacters)
        return refuse(int(mostCharacters) + 1, u"a filter may have at most %1 characters"_s.arg(mostCharacters));
    return Parser(text).all();
}

tl::unexpected<Error> refuse(int column, const QString &what)
{
    return fail(ErrorKind::Invalid, u"filter, column %1: %2"_s.arg(column).arg(what));
}

Status checkKey(const Term &term, const QStringList &known)
{
    if (known.contains(term.key))
        return {};
    const QString near = nearestName(term.key, known);
    return refuse(term.column + term.negated,
        near.isEmpty() ? u"there is no key '%1'; known are %2"_s.arg(term.key, known.join(u", "_s))
                       : u"there is no key '%1'; did you mean '%2'?"_s.arg(term.key, near));
}

bool globMatches(QStringView pattern, QStringView text)
{
    // On a mismatch the last star takes one character more; what came before it need not be tried again.
    qsizetype p = 0, t = 0, star = -1, starText = 0;
    while (t < text.size()) {
        if (p < pattern.size() && pattern[p] == u'*') {
            star = p++;
            starText = t;
        } else if (p < pattern.size() && (pattern[p] == u'?' || pattern[p] == text[t])) {
            ++p;
            ++t;
        } else if (star >= 0) {
            p = star + 1;
            t = ++starText;
        } else {
            return false;
        }
    }
    while (p < pattern.size() && pattern[p] == u'*')
        ++p;
    return p == pattern.size();
}

bool compare(Relation comparison, qint64 left, qint64 right)
{
    switch (comparison) {
    case Relation::Equal:
        return left == right;
    case Relation::Less:
        return left < right;
    case Relation::AtMost:
        return left <= right;
    case Relation::Greater:
        return left > right;
    case Relation::AtLeast:
        return left >= right;
    }
    return false;
}

} // namespace belfry::filter
