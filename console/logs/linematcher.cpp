// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/logs/linematcher.h"

#include "console/logs/ansi.h"

#include <cstring>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// Steps of PCRE2 for one start in one line: some milliseconds.
constexpr auto limitSteps = "(*LIMIT_MATCH=50000)"_L1;
constexpr int mostSpans = 1000; // marked in a line
constexpr qsizetype window = 64 << 10; // of text that a regular expression is given at once

char small(char c)
{
    return c >= 'A' && c <= 'Z' ? char(c + ('a' - 'A')) : c;
}

QByteArray smallLetters(QByteArrayView text)
{
    QByteArray folded = text.toByteArray();
    for (char &c : folded)
        c = small(c);
    return folded;
}

// Whether such an expression finds the same in many lines at once as in each alone: not when it can look around, at the
// ends of the text, or without going back.
bool worksAcross(const QString &pattern)
{
    static const QRegularExpression risky(uR"(\(\?(?!:)|\(\*|\\[AzZGKXRCQ]|[*+?}]\+)"_s);
    return !risky.match(pattern).hasMatch();
}

// A view as long as its line, and where the next begins.
template <class Visit> void forEachLine(QByteArrayView text, const Visit &visit)
{
    qint64 number = 0;
    for (qsizetype at = 0; at < text.size(); ++number) {
        const qsizetype found = text.indexOf('\n', at);
        const qsizetype end = found < 0 ? text.size() : found;
        visit(number, text.sliced(at, end - at));
        at = end + 1;
    }
}

} // namespace

Result<LineMatcher> LineMatcher::make(const SearchSpec &spec)
{
    LineMatcher matcher;
    matcher.m_spec = spec;
    if (spec.pattern.isEmpty())
        return matcher;
    const bool ascii
        = std::all_of(spec.pattern.begin(), spec.pattern.end(), [](QChar c) { return c.unicode() < 0x80; });
    const bool replaced = std::any_of(spec.pattern.begin(), spec.pattern.end(), isReplacement);
    if (!spec.regex && !replaced && !spec.pattern.contains(u'\n') && (ascii || spec.caseSensitive)) {
        matcher.m_folds = !spec.caseSensitive;
        matcher.m_bytes = matcher.m_folds ? smallLetters(spec.pattern.toUtf8()) : spec.pattern.toUtf8();
        return matcher;
    }
    QRegularExpression::PatternOptions options = QRegularExpression::NoPatternOption;
    if (!spec.caseSensitive)
        options |= QRegularExpression::CaseInsensitiveOption;
    if (const QRegularExpression alone(spec.pattern, options); spec.regex && !alone.isValid())
        return fail(
            ErrorKind::Invalid, u"character %1: %2"_s.arg(alone.patternErrorOffset() + 1).arg(alone.errorString()));
    const QString pattern = limitSteps + (spec.regex ? spec.pattern : QRegularExpression::escape(spec.pattern));
    matcher.m_line = QRegularExpression(pattern, options);
    matcher.m_many = QRegularExpression(pattern, options | QRegularExpression::MultilineOption);
    if (!matcher.m_line.isValid()) // a verb of its own that may not follow another
        return fail(ErrorKind::Invalid, matcher.m_line.errorString());
    matcher.m_across = worksAcross(spec.pattern);
    return matcher;
}

std::vector<qint64> LineMatcher::find(QByteArrayView raw)
{
    std::vector<qint64> hits;
    if (m_spec.pattern.isEmpty()) {
        forEachLine(raw, [&](qint64 number, QByteArrayView) { hits.push_back(number); });
        return hits;
    }
    const bool isPlain = isPlainText(raw);
    const QByteArray stripped = isPlain ? QByteArray() : plainBytes(raw);
    const QByteArrayView plain = isPlain ? raw : QByteArrayView(stripped);
    if (m_bytes.isEmpty())
        findInText(plain, hits);
    else if (m_folds)
        findBytes(smallLetters(plain), hits);
    else
        findBytes(plain, hits);
    return hits;
}

void LineMatcher::findBytes(QByteArrayView plain, std::vector<qint64> &hits) const
{
    const char *at = plain.data();
    const char *const end = at + plain.size();
    qint64 line = 0;
    while (at < end) {
        const auto *found = static_cast<const char *>(
            ::memmem(at, std::size_t(end - at), m_bytes.constData(), std::size_t(m_bytes.size())));
        if (!found)
            break;
        line += std::count(at, found, '\n');
        hits.push_back(line);
        const auto *next = static_cast<const char *>(std::memchr(found, '\n', std::size_t(end - found)));
        if (!next)
            break;
        at = next + 1;
        ++line;
    }
}

bool LineMatcher::matches(const QString &line)
{
    const QRegularExpressionMatch match = m_line.match(line);
    if (!match.isValid())
        ++m_costly;
    return match.hasMatch();
}

void LineMatcher::findByLine(QByteArrayView plain, std::vector<qint64> &hits)
{
    forEachLine(plain, [&](qint64 number, QByteArrayView line) {
        if (matches(decodeText(line)))
            hits.push_back(number);
    });
}

// Matching a line costs microseconds, so lines are matched many at once, and alone only where something is found that
// goes beyond its line.
bool LineMatcher::findAcross(QByteArrayView plain, std::vector<qint64> &hits)
{
    QString text = decodeText(plain);
    if (!text.endsWith(u'\n'))
        text += u'\n';
    const std::size_t before = hits.size();
    qint64 line = 0;
    qsizetype at = 0;
    while (at < text.size()) {
        const QRegularExpressionMatch match = m_many.match(text, at);
        if (!match.isValid()) {
            hits.resize(before);
            return false;
        }
        if (!match.hasMatch() || match.capturedStart() >= text.size())
            break;
        const qsizetype begin = match.capturedStart();
        line += std::count(text.cbegin() + at, text.cbegin() + begin, u'\n');
        const qsizetype end = text.indexOf(u'\n', begin);
        const qsizetype lineAt = begin == 0 ? 0 : text.lastIndexOf(u'\n', begin - 1) + 1;
        if (match.capturedEnd() <= end || matches(text.sliced(lineAt, end - lineAt)))
            hits.push_back(line);
        at = end + 1;
        ++line;
    }
    return true;
}

void LineMatcher::findInText(QByteArrayView plain, std::vector<qint64> &hits)
{
    qint64 lines = 0;
    for (qsizetype at = 0; at < plain.size();) {
        qsizetype end = plain.size();
        if (end - at > window) {
            const qsizetype found = plain.indexOf('\n', at + window);
            end = found < 0 ? end : found + 1;
        }
        const QByteArrayView part = plain.sliced(at, end - at);
        std::vector<qint64> here;
        if (!m_across || !part.isValidUtf8() || !findAcross(part, here))
            findByLine(part, here);
        for (const qint64 each : here)
            hits.push_back(lines + each);
        lines += std::count(part.begin(), part.end(), '\n');
        at = end;
    }
}

std::vector<LineMatcher::Span> LineMatcher::spansIn(const QString &text) const
{
    std::vector<Span> spans;
    if (m_spec.pattern.isEmpty())
        return spans;
    if (m_bytes.isEmpty()) {
        auto matches = m_line.globalMatch(text);
        while (matches.hasNext() && spans.size() < mostSpans) {
            const QRegularExpressionMatch match = matches.next();
            if (match.capturedLength() > 0)
                spans.push_back({match.capturedStart(), match.capturedLength()});
        }
        return spans;
    }
    const Qt::CaseSensitivity sensitivity = m_folds ? Qt::CaseInsensitive : Qt::CaseSensitive;
    for (qsizetype at = text.indexOf(m_spec.pattern, 0, sensitivity); at >= 0 && spans.size() < mostSpans;
         at = text.indexOf(m_spec.pattern, at + m_spec.pattern.size(), sensitivity))
        spans.push_back({at, m_spec.pattern.size()});
    return spans;
}

} // namespace belfry
