// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/definitiontext.h"

#include <QJsonArray>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

bool isPlain(const QString &text)
{
    return !text.isEmpty() && !text.contains(u'\n') && !text.contains(u": "_s) && !text.contains(u'#')
        && !QStringView(u"-?:,[]{}#&*!|>'\"%@` ").contains(text[0]);
}

QString scalar(const QJsonValue &value)
{
    if (value.isString())
        return isPlain(value.toString()) ? value.toString() : u'"' + value.toString().replace(u'"', u"\\\""_s) + u'"';
    if (value.isBool())
        return value.toBool() ? u"true"_s : u"false"_s;
    return value.isDouble() ? QString::number(value.toDouble(), 'g', 12) : u"null"_s;
}

bool saysNothing(const QJsonValue &value)
{
    return value.isNull() || value.isUndefined() || (value.isString() && value.toString().isEmpty())
        || (value.isArray() && value.toArray().isEmpty()) || (value.isObject() && value.toObject().isEmpty());
}

void write(QString &out, const QJsonValue &value, int depth);

void writePair(QString &out, const QString &key, const QJsonValue &value, int depth)
{
    const QString indent(depth * 2, u' ');
    if (value.isString() && value.toString().contains(u'\n')) {
        out += indent + key + u": |\n"_s;
        for (const QString &line : value.toString().split(u'\n'))
            out += indent + u"  "_s + line + u'\n';
        return;
    }
    if (value.isObject() || value.isArray()) {
        out += indent + key + u":\n"_s;
        write(out, value, depth + 1);
        return;
    }
    out += indent + key + u": "_s + scalar(value) + u'\n';
}

void write(QString &out, const QJsonValue &value, int depth)
{
    const QString indent(depth * 2, u' ');
    if (value.isArray()) {
        for (const QJsonValue &each : value.toArray()) {
            if (!each.isObject()) {
                out += indent + u"- "_s + scalar(each) + u'\n';
                continue;
            }
            QString item;
            write(item, each, depth + 1);
            out += indent + u"- "_s + item.mid((depth + 1) * 2);
        }
        return;
    }
    const QJsonObject object = value.toObject();
    for (auto each = object.begin(); each != object.end(); ++each)
        if (!saysNothing(each.value()))
            writePair(out, each.key(), each.value(), depth);
}

} // namespace

QString definitionText(const JobDefinition &definition)
{
    // In the order in which the struct says its fields; a JSON object would sort them.
    QString out;
    const QJsonObject object = toJson(definition);
    describe(static_cast<const JobDefinition *>(nullptr)).apply([&](const auto &...field) {
        for (const char *name : {field.name...})
            if (const QJsonValue value = object[QLatin1StringView(name)]; !saysNothing(value))
                writePair(out, QString::fromLatin1(name), value, 0);
    });
    return out;
}

} // namespace belfry
