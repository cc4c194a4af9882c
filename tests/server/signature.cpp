// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/server/signature.h"

#include <QJsonArray>
#include <QJsonDocument>
#include <QStringList>

#include <functional>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int longLine = 110;

QString jsonOf(const QJsonValue &value)
{
    const QByteArray list = QJsonDocument(QJsonArray{value}).toJson(QJsonDocument::Compact);
    return QString::fromUtf8(list.mid(1, list.size() - 2));
}

QString joined(const QJsonArray &values, const std::function<QString(const QJsonValue &)> &text)
{
    QStringList parts;
    for (const QJsonValue &each : values)
        parts += text(each);
    return parts.join(u" | "_s);
}

QString objectOf(const QJsonObject &schema, int indent)
{
    if (const QJsonValue values = schema[u"additionalProperties"_s]; values.isObject())
        return u"{[name]: %1}"_s.arg(signatureOf(values.toObject(), indent));
    const QJsonObject properties = schema[u"properties"_s].toObject();
    const QJsonArray needed = schema[u"required"_s].toArray();
    QStringList parts;
    for (const QString &name : properties.keys()) {
        const QJsonObject property = properties[name].toObject();
        QString part = name + (needed.contains(name) ? u": "_s : u"?: "_s) + signatureOf(property, indent + 2);
        if (property.contains(u"default"_s))
            part += u" = "_s + jsonOf(property[u"default"_s]);
        parts += part;
    }
    const QString line = u'{' + parts.join(u", "_s) + u'}';
    if (line.size() + indent <= longLine && !line.contains(u'\n'))
        return line;
    const QString space = u'\n' + QString(indent + 2, u' ');
    return u'{' + space + parts.join(u',' + space) + u'\n' + QString(indent, u' ') + u'}';
}

} // namespace

QString signatureOf(const QJsonObject &schema, int indent)
{
    if (schema.contains(u"enum"_s))
        return joined(schema[u"enum"_s].toArray(), jsonOf);
    if (schema.contains(u"anyOf"_s))
        return joined(schema[u"anyOf"_s].toArray(),
            [indent](const QJsonValue &each) { return signatureOf(each.toObject(), indent); });
    const QString type = schema[u"type"_s].toString();
    if (type == u"array"_s)
        return u'[' + signatureOf(schema[u"items"_s].toObject(), indent) + u']';
    if (type == u"object"_s)
        return objectOf(schema, indent);
    const QString format = schema[u"format"_s].toString();
    return type.isEmpty() ? u"any"_s : format.isEmpty() ? type : format;
}

} // namespace belfry
