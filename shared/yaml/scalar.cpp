// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/yaml/scalar.h"

#include "shared/base/nearestname.h"

#include <algorithm>
#include <cmath>
#include <optional>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

bool isDigit(QChar c)
{
    return c >= u'0' && c <= u'9';
}

bool allDigits(QStringView text)
{
    return !text.isEmpty() && std::all_of(text.begin(), text.end(), isDigit);
}

QStringView withoutSign(QStringView text)
{
    return text.startsWith(u'-') || text.startsWith(u'+') ? text.mid(1) : text;
}

// [-+]?[0-9]+ | 0o[0-7]+ | 0x[0-9a-fA-F]+
bool looksInteger(QStringView text)
{
    if (text.startsWith("0o"_L1) || text.startsWith("0x"_L1)) {
        const bool hex = text[1] == u'x';
        text = text.mid(2);
        return !text.isEmpty() && std::all_of(text.begin(), text.end(), [hex](QChar c) {
            return hex ? isDigit(c) || (c.toLower() >= u'a' && c.toLower() <= u'f') : c >= u'0' && c <= u'7';
        });
    }
    return allDigits(withoutSign(text));
}

// [-+]?(\.[0-9]+|[0-9]+(\.[0-9]*)?)([eE][-+]?[0-9]+)?
bool looksNumber(QStringView text)
{
    text = withoutSign(text);
    qsizetype at = 0;
    const auto skipDigits = [&] {
        const qsizetype from = at;
        while (at < text.size() && isDigit(text[at]))
            ++at;
        return at - from;
    };
    const qsizetype whole = skipDigits();
    qsizetype fraction = 0;
    if (at < text.size() && text[at] == u'.') {
        ++at;
        fraction = skipDigits();
    }
    if (whole == 0 && fraction == 0)
        return false;
    if (at < text.size() && text[at].toLower() == u'e')
        return allDigits(withoutSign(text.mid(at + 1)));
    return at == text.size();
}

std::optional<qint64> integerOf(QStringView text)
{
    bool ok = false;
    const bool based = text.startsWith("0o"_L1) || text.startsWith("0x"_L1);
    const int base = !based ? 10 : text[1] == u'x' ? 16 : 8;
    const qint64 value = (based ? text.mid(2) : text).toLongLong(&ok, base);
    return ok ? std::optional(value) : std::nullopt;
}

QString quotedText(const QString &text)
{
    return u"'%1'"_s.arg(text.size() > 64 ? text.left(61) + u"..."_s : text).replace(u'\n', u' ');
}

tl::unexpected<Error> expected(const QString &what, const YamlNode &node, const QString &fix = {})
{
    return fail(ErrorKind::Invalid,
        u"expected %1, found %2"_s.arg(what, describeNode(node)) + (fix.isEmpty() ? fix : u"; "_s + fix));
}

// The boolean that YAML 1.1 readers and people take for a plain word.
QString meantBool(const QString &text)
{
    const QString word = text.toLower();
    if (QStringList{u"yes"_s, u"on"_s, u"y"_s, u"true"_s, u"1"_s}.contains(word))
        return u"true"_s;
    return QStringList{u"no"_s, u"off"_s, u"n"_s, u"false"_s, u"0"_s}.contains(word) ? u"false"_s : QString();
}

} // namespace

QString describeNode(const YamlNode &node)
{
    switch (node.kind) {
    case YamlNode::Kind::Null:
        return u"nothing"_s;
    case YamlNode::Kind::List:
        return u"a list"_s;
    case YamlNode::Kind::Map:
        return u"a map"_s;
    case YamlNode::Kind::Scalar:
        break;
    }
    if (node.quoted)
        return u"the text "_s + quotedText(node.text);
    if (node.text == u"true"_s || node.text == u"false"_s)
        return u"the boolean "_s + node.text;
    return (looksNumber(node.text) ? u"the number "_s : u"the text "_s) + quotedText(node.text);
}

Result<QString> asText(const YamlNode &node)
{
    if (!node.isScalar())
        return expected(u"a text"_s, node);
    return node.text;
}

Result<bool> asBool(const YamlNode &node)
{
    if (node.isScalar() && !node.quoted && (node.text == u"true"_s || node.text == u"false"_s))
        return node.text == u"true"_s;
    if (node.quoted && (node.text == u"true"_s || node.text == u"false"_s))
        return expected(u"true or false"_s, node, u"leave out the quotes"_s);
    const QString meant = node.isScalar() ? meantBool(node.text) : QString();
    return expected(u"true or false"_s, node, meant.isEmpty() ? meant : u"write %1"_s.arg(meant));
}

Result<qint64> asInteger(const YamlNode &node, qint64 min, qint64 max)
{
    if (!node.isScalar() || !looksInteger(node.text))
        return expected(u"an integer"_s, node);
    if (node.quoted)
        return expected(u"an integer"_s, node, u"leave out the quotes"_s);
    const auto value = integerOf(node.text);
    if (!value || *value < min || *value > max)
        return fail(ErrorKind::Invalid, u"%1 is out of range, %2 to %3"_s.arg(node.text.left(64)).arg(min).arg(max));
    return *value;
}

Result<double> asNumber(const YamlNode &node, double min, double max)
{
    if (!node.isScalar() || (!looksNumber(node.text) && !looksInteger(node.text)))
        return expected(u"a number"_s, node);
    if (node.quoted)
        return expected(u"a number"_s, node, u"leave out the quotes"_s);
    const auto integer = looksInteger(node.text) ? integerOf(node.text) : std::nullopt;
    const double value = integer ? double(*integer) : node.text.toDouble();
    if (!std::isfinite(value) || value < min || value > max)
        return fail(ErrorKind::Invalid, u"%1 is out of range, %2 to %3"_s.arg(node.text.left(64)).arg(min).arg(max));
    return value;
}

Result<Duration> asDuration(const YamlNode &node)
{
    if (!node.isScalar())
        return expected(u"a duration such as 15m"_s, node);
    return parseDuration(node.text);
}

Result<qint64> asSize(const YamlNode &node)
{
    if (!node.isScalar())
        return expected(u"a size such as 512MiB"_s, node);
    return parseSize(node.text);
}

Result<Instant> asInstant(const YamlNode &node)
{
    if (!node.isScalar())
        return expected(u"a time such as 2026-01-01T00:00:00Z"_s, node);
    return parseRfc3339(node.text);
}

Result<QString> asChoice(const YamlNode &node, const QStringList &choices)
{
    const QString all = choices.size() > 1
        ? choices.mid(0, choices.size() - 1).join(u", "_s) + u" or "_s + choices.last()
        : choices.value(0);
    if (!node.isScalar())
        return expected(all, node);
    if (choices.contains(node.text))
        return node.text;
    const QString near = nearestName(node.text, choices);
    return expected(all, node, near.isEmpty() ? near : u"did you mean '%1'?"_s.arg(near));
}

QJsonValue scalarToJson(const YamlNode &scalar)
{
    if (scalar.quoted)
        return scalar.text;
    if (scalar.text == u"true"_s || scalar.text == u"false"_s)
        return scalar.text == u"true"_s;
    if (looksInteger(scalar.text)) {
        const auto value = integerOf(scalar.text);
        return value ? QJsonValue(*value) : QJsonValue(scalar.text.toDouble());
    }
    return looksNumber(scalar.text) ? QJsonValue(scalar.text.toDouble()) : QJsonValue(scalar.text);
}

} // namespace belfry
