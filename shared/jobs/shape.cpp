// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/jobs/shape.h"

#include "shared/expr/interpolation.h"
#include "shared/jobs/jobfile.h"

#include <QJsonArray>
#include <QRegularExpression>

namespace belfry::shape {

using namespace Qt::StringLiterals;

namespace {

// A plain number or boolean is taken for the text that it is.
QJsonObject textSchema(int most, int least)
{
    QJsonObject schema{{u"type"_s, QJsonArray{u"string"_s, u"number"_s, u"boolean"_s}}, {u"maxLength"_s, most}};
    if (least > 0)
        schema.insert(u"minLength"_s, least);
    return schema;
}

bool readText(Reading &reading, const YamlNode &node, int most, int least, QString &out)
{
    const auto text = asText(node);
    if (!text)
        return reading.error(node, text.error().message);
    if (text->size() > most)
        return reading.error(node, u"at most %1 characters can stand here"_s.arg(most));
    if (text->size() < least)
        return reading.error(node, u"the text is empty"_s);
    out = *text;
    return true;
}

template <class T> bool put(Reading &reading, const YamlNode &node, const Result<T> &result, T &out)
{
    if (!result)
        return reading.error(node, result.error().message);
    out = *result;
    return true;
}

} // namespace

Shape<QString> text(int most, int least)
{
    return {[most, least](Reading &reading, const YamlNode &node, QString &out) {
                if (!readText(reading, node, most, least, out))
                    return false;
                const qsizetype found = out.indexOf(u"${{"_s);
                return found < 0
                    || reading.errorInside(node, found, u"${{ }} has no meaning here"_s,
                        u"it works in command, env, defaults of parameters and params of a rule"_s);
            },
        textSchema(most, least)};
}

Shape<QString> expressionText(int most)
{
    return {
        [most](Reading &reading, const YamlNode &node, QString &out) { return readText(reading, node, most, 0, out); },
        textSchema(most, 0)};
}

Shape<QString> script()
{
    return {[](Reading &reading, const YamlNode &node, QString &out) {
                if (!readText(reading, node, int(largestJob), 1, out))
                    return false;
                const qsizetype found = out.indexOf(u"${{"_s);
                return found < 0
                    || reading.errorInside(node, found,
                        u"${{ }} is not allowed in a script, where its value would be read as code"_s,
                        u"use \"$BELFRY_PARAM_NAME\", or a variable of env"_s);
            },
        textSchema(int(largestJob), 1)};
}

QString nameHint()
{
    return u"use up to 64 of a-z 0-9 _ -, the first a letter or digit"_s;
}

Shape<QString> name(const QString &what)
{
    const QJsonObject schema{{u"type"_s, QJsonArray{u"string"_s, u"number"_s, u"boolean"_s}},
        {u"pattern"_s, u"^%1$"_s.arg(QLatin1StringView(namePattern))}};
    return {[what](Reading &reading, const YamlNode &node, QString &out) {
                if (!readText(reading, node, 1024, 0, out))
                    return false;
                return isName(out) || reading.error(node, u"%1 must not be '%2'"_s.arg(what, out.left(80)), nameHint());
            },
        schema};
}

Shape<QString> absolutePath()
{
    QJsonObject schema{{u"type"_s, u"string"_s}, {u"pattern"_s, u"^/"_s}, {u"maxLength"_s, 4096}};
    const auto inner = text(4096);
    return {[inner](Reading &reading, const YamlNode &node, QString &out) {
                if (!inner.read(reading, node, out))
                    return false;
                return out.startsWith(u'/')
                    || reading.error(node, u"'%1' is not an absolute path"_s.arg(out.left(80)), u"start it with '/'"_s);
            },
        schema};
}

Shape<bool> boolean()
{
    return {[](Reading &reading, const YamlNode &node, bool &out) { return put(reading, node, asBool(node), out); },
        {{u"type"_s, u"boolean"_s}}};
}

Shape<int> integer(int min, int max)
{
    return {[min, max](Reading &reading, const YamlNode &node, int &out) {
                qint64 wide = 0;
                if (!put(reading, node, asInteger(node, min, max), wide))
                    return false;
                out = int(wide);
                return true;
            },
        {{u"type"_s, u"integer"_s}, {u"minimum"_s, min}, {u"maximum"_s, max}}};
}

Shape<double> number(double min, double max)
{
    return {[min, max](Reading &reading, const YamlNode &node, double &out) {
                return put(reading, node, asNumber(node, min, max), out);
            },
        {{u"type"_s, u"number"_s}, {u"minimum"_s, min}, {u"maximum"_s, max}}};
}

Shape<Duration> duration(Duration min, Duration max)
{
    return {[min, max](Reading &reading, const YamlNode &node, Duration &out) {
                if (!put(reading, node, asDuration(node), out))
                    return false;
                return (out >= min && out <= max)
                    || reading.error(node,
                        u"%1 is out of range, %2 to %3"_s.arg(node.text, formatDuration(min), formatDuration(max)));
            },
        {{u"type"_s, u"string"_s}, {u"pattern"_s, u"^([0-9]+(ms|[smhdw]))+$"_s}}};
}

Shape<qint64> size(qint64 min, qint64 max)
{
    return {[min, max](Reading &reading, const YamlNode &node, qint64 &out) {
                if (!put(reading, node, asSize(node), out))
                    return false;
                return (out >= min && out <= max)
                    || reading.error(
                        node, u"%1 is out of range, %2 to %3"_s.arg(node.text, formatSize(min), formatSize(max)));
            },
        {{u"type"_s, QJsonArray{u"string"_s, u"integer"_s}}, {u"pattern"_s, u"^[0-9]+([kMGT]i?B|KiB|B)?$"_s}}};
}

Shape<Instant> instant()
{
    return {
        [](Reading &reading, const YamlNode &node, Instant &out) { return put(reading, node, asInstant(node), out); },
        {{u"type"_s, u"string"_s},
            {u"pattern"_s, u"^[0-9]{4}-[0-9]{2}-[0-9]{2}[Tt ][0-9:.]+([Zz]|[+-][0-9]{2}:[0-9]{2})$"_s}}};
}

Shape<QString> choice(const QStringList &choices)
{
    return {[choices](Reading &reading, const YamlNode &node, QString &out) {
                return put(reading, node, asChoice(node, choices), out);
            },
        {{u"enum"_s, QJsonArray::fromStringList(choices)}}};
}

bool expectList(Reading &reading, const YamlNode &node, int least, int most)
{
    if (!node.isList())
        return reading.error(node, u"expected a list, found %1"_s.arg(describeNode(node)),
            node.isScalar() ? u"write it in [brackets]"_s : QString());
    const int size = int(node.items.size());
    if (size < least)
        return reading.error(
            node, size == 0 ? u"the list is empty"_s : u"the list needs at least %1 entries"_s.arg(least));
    return size <= most
        || reading.error(node.items[std::size_t(most)], u"a list here has at most %1 entries"_s.arg(most));
}

bool expectMap(Reading &reading, const YamlNode &node)
{
    return node.isMap() || reading.error(node, u"expected a map, found %1"_s.arg(describeNode(node)));
}

QJsonObject listSchema(const QJsonObject &items, int least, int most)
{
    QJsonObject schema{{u"type"_s, u"array"_s}, {u"items"_s, items}, {u"maxItems"_s, most}};
    if (least > 0)
        schema.insert(u"minItems"_s, least);
    return schema;
}

bool goodKey(Reading &reading, const YamlEntry &entry, const KeyRule &rule)
{
    const QRegularExpression pattern(u"\\A(?:%1)\\z"_s.arg(rule.pattern));
    return pattern.match(entry.key).hasMatch()
        || reading.error(entry.mark, u"'%1' is not %2"_s.arg(entry.key.left(80), rule.what), rule.hint);
}

QJsonObject mapSchema(const QJsonObject &values, const KeyRule &rule)
{
    return {{u"type"_s, u"object"_s}, {u"propertyNames"_s, QJsonObject{{u"pattern"_s, u"^(%1)$"_s.arg(rule.pattern)}}},
        {u"additionalProperties"_s, values}};
}

} // namespace belfry::shape
