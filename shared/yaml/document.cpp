// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/yaml/document.h"

#include "shared/base/instant.h"
#include "shared/yaml/builder.h"

#include <yaml-cpp/exceptions.h>
#include <yaml-cpp/parser.h>

#include <algorithm>
#include <sstream>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// A junk file has a mistake in each line; nobody reads more.
constexpr std::size_t mostProblems = 1000;

bool isContinuation(char byte)
{
    return (byte & 0xc0) == 0x80;
}

int codePoints(const char *from, const char *to)
{
    return int(std::count_if(from, to, [](char byte) { return !isContinuation(byte); }));
}

std::vector<qsizetype> lineStartsOf(const QByteArray &text)
{
    std::vector<qsizetype> starts{0};
    for (qsizetype at = text.indexOf('\n'); at >= 0; at = text.indexOf('\n', at + 1))
        starts.push_back(at + 1);
    return starts;
}

// Byte offsets to places. Offsets mostly rise, so that counting goes on from the last one: a file may be one long line.
class Places
{
public:
    Places(const QByteArray &text, const std::vector<qsizetype> &lineStarts)
        : m_text(text)
        , m_lineStarts(lineStarts)
    { }

    Mark at(qsizetype offset)
    {
        offset = std::clamp<qsizetype>(offset, 0, m_text.size());
        const auto next = std::upper_bound(m_lineStarts.begin(), m_lineStarts.end(), offset);
        const qsizetype start = *(next - 1);
        if (m_last < start || m_last > offset) {
            m_last = start;
            m_column = 1;
        }
        m_column += codePoints(m_text.data() + m_last, m_text.data() + offset);
        m_last = offset;
        return {int(next - m_lineStarts.begin()), m_column};
    }

private:
    const QByteArray &m_text;
    const std::vector<qsizetype> &m_lineStarts;
    qsizetype m_last = 0;
    int m_column = 1;
};

// How many bytes the UTF-8 sequence at the start of the bytes has; 0 for none that is well formed (RFC 3629).
int sequenceLength(const uchar *bytes, qsizetype size)
{
    const uchar first = bytes[0];
    const int length = first < 0x80      ? 1
        : first >= 0xc2 && first <= 0xdf ? 2
        : (first & 0xf0) == 0xe0         ? 3
        : first >= 0xf0 && first <= 0xf4 ? 4
                                         : 0;
    if (length == 0 || length > size)
        return 0;
    for (int i = 1; i < length; ++i)
        if (!isContinuation(char(bytes[i])))
            return 0;
    const bool overlong = (first == 0xe0 && bytes[1] < 0xa0) || (first == 0xf0 && bytes[1] < 0x90);
    const bool outside = (first == 0xed && bytes[1] > 0x9f) || (first == 0xf4 && bytes[1] > 0x8f);
    return overlong || outside ? 0 : length;
}

bool isForbidden(uchar byte)
{
    return (byte < 0x20 && byte != '\t' && byte != '\n' && byte != '\r') || byte == 0x7f;
}

// What yaml-cpp's sentences mean to someone who writes a job file.
QString inPlainWords(const std::string &message)
{
    const QString text = QString::fromStdString(message);
    if (text == u"illegal map value"_s)
        return u"a ':' where no value can stand; check the indentation, or quote a text that holds ': '"_s;
    if (text.startsWith(u"end of map not found"_s))
        return u"a key does not line up with the keys above it, or a '}' is missing"_s;
    if (text.startsWith(u"end of sequence not found"_s))
        return u"an entry does not line up with the entries above it, or a ']' is missing"_s;
    if (text == u"illegal flow end"_s)
        return u"this bracket closes nothing that is open here; look for one that is missing before"_s;
    if (text == u"the referenced anchor is not defined"_s || text.startsWith(u"alias not found after"_s))
        return u"a text that starts with '*' must be quoted; unquoted, it names an anchor, and there is none like this"_s;
    if (text == u"unknown token"_s)
        return u"a text must not start with this character; quote it"_s;
    return text.left(200);
}

} // namespace

std::vector<Problem> checkCharacters(const QString &file, const QByteArray &bytes)
{
    std::vector<Problem> problems;
    bool control = false;
    Mark mark{1, 1};
    const auto *data = reinterpret_cast<const uchar *>(bytes.constData());
    for (qsizetype at = 0; at < bytes.size();) {
        const int length = sequenceLength(data + at, bytes.size() - at);
        if (length == 0) {
            problems.push_back({Severity::Error, file, mark.line, mark.column, u"the file is not UTF-8 here"_s,
                u"save it as UTF-8"_s});
            return problems;
        }
        const uchar byte = data[at];
        const bool loneReturn = byte == '\r' && (at + 1 == bytes.size() || data[at + 1] != '\n');
        if ((isForbidden(byte) || loneReturn) && !control) {
            control = true;
            problems.push_back({Severity::Error, file, mark.line, mark.column,
                u"the control character 0x%1 is not allowed"_s.arg(uint(byte), 2, 16, QChar(u'0')), {}});
        }
        mark = byte == '\n' ? Mark{mark.line + 1, 1} : Mark{mark.line, mark.column + 1};
        at += length;
    }
    return problems;
}

YamlDocument YamlDocument::parse(const QString &file, const QString &text, const YamlLimits &limits)
{
    if (text.isValidUtf16())
        return parse(file, text.toUtf8(), limits);
    YamlDocument document;
    document.m_file = file;
    document.m_problems.push_back(
        {Severity::Error, file, 1, 1, u"the file is not valid Unicode"_s, u"save it as UTF-8"_s});
    return document;
}

YamlDocument YamlDocument::parse(const QString &file, const QByteArray &utf8, const YamlLimits &limits)
{
    YamlDocument document;
    document.m_file = file;
    document.m_text = utf8.startsWith("\xef\xbb\xbf") ? utf8.mid(3) : utf8;
    document.m_lineStarts = lineStartsOf(document.m_text);
    if (utf8.size() > limits.bytes) {
        document.m_problems.push_back({Severity::Error, file, 1, 1,
            u"the file has %1, the limit is %2"_s.arg(formatSize(utf8.size()), formatSize(limits.bytes)),
            u"split it"_s});
        return document;
    }
    document.m_problems = checkCharacters(file, document.m_text);
    if (!document.m_problems.empty())
        return document;

    Places places(document.m_text, document.m_lineStarts);
    const auto report = [&](Mark mark, const QString &message, const QString &hint) {
        if (document.m_problems.size() < mostProblems)
            document.m_problems.push_back({Severity::Error, file, mark.line, mark.column, message, hint});
    };
    const auto place = [&](const YAML::Mark &mark) { return places.at(mark.pos); };
    YamlBuilder builder(document.m_text, limits, place, report);
    try {
        std::istringstream stream(document.m_text.toStdString());
        YAML::Parser parser(stream);
        while (parser.HandleNextDocument(builder)) { }
        document.m_root = builder.takeRoot();
        document.m_complete = true;
    } catch (const YamlAbort &) {
        // Already reported; the tree so far is not worth judging.
    } catch (const YAML::Exception &error) {
        const Mark at = place(error.mark);
        const QString indentation = document.line(at.line);
        const auto tab = std::find_if(indentation.begin(), indentation.end(), [](QChar c) { return c != u' '; });
        if (tab != indentation.end() && *tab == u'\t')
            report({at.line, int(tab - indentation.begin()) + 1}, u"a tab indents this line"_s, u"use spaces"_s);
        else
            report(at, inPlainWords(error.msg), {});
    }
    return document;
}

QString YamlDocument::line(int number) const
{
    if (number < 1 || std::size_t(number) > m_lineStarts.size())
        return {};
    const qsizetype start = m_lineStarts[std::size_t(number) - 1];
    const qsizetype end
        = std::size_t(number) < m_lineStarts.size() ? m_lineStarts[std::size_t(number)] - 1 : m_text.size();
    QString text = QString::fromUtf8(m_text.mid(start, end - start));
    if (text.endsWith(u'\r'))
        text.chop(1);
    return text;
}

Mark YamlDocument::inside(const YamlNode &scalar, qsizetype offset) const
{
    // Code points before a place in a UTF-16 text.
    const auto points = [](QStringView text) { return int(text.toUcs4().size()); };
    const QString first = line(scalar.mark.line);
    qsizetype start = 0;
    for (int left = scalar.mark.column - 1; left > 0 && start < first.size(); --left)
        start += first[start].isHighSurrogate() ? 2 : 1;
    const QStringView here = QStringView(first).mid(start);
    if (here.startsWith(u'|')) {
        const QStringView before = QStringView(scalar.text).left(offset);
        const int row = int(before.count(u'\n'));
        const QStringView inRow = before.mid(before.lastIndexOf(u'\n') + 1);
        const QString wanted = scalar.text.section(u'\n', row, row);
        const QString source = line(scalar.mark.line + 1 + row);
        if (source.endsWith(wanted))
            return {scalar.mark.line + 1 + row, points(QStringView(source).chopped(wanted.size())) + points(inRow) + 1};
        return scalar.mark;
    }
    const int quote = here.startsWith(u'\'') || here.startsWith(u'"') ? 1 : 0;
    // Up to the offset is enough: what comes later cannot move it.
    const QStringView before = QStringView(scalar.text).left(offset);
    if (!here.mid(quote).startsWith(before))
        return scalar.mark;
    return {scalar.mark.line, scalar.mark.column + quote + points(before)};
}

} // namespace belfry
