// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/yaml/node.h"

#include "shared/yaml/scalar.h"

#include <QJsonArray>
#include <QJsonObject>

namespace belfry {

const YamlEntry *YamlNode::find(QStringView key) const
{
    for (const YamlEntry &each : entries)
        if (each.key == key)
            return &each;
    return nullptr;
}

QJsonValue toJson(const YamlNode &node)
{
    switch (node.kind) {
    case YamlNode::Kind::Null:
        return QJsonValue::Null;
    case YamlNode::Kind::Scalar:
        return scalarToJson(node);
    case YamlNode::Kind::List: {
        QJsonArray array;
        for (const YamlNode &each : node.items)
            array.append(toJson(each));
        return array;
    }
    case YamlNode::Kind::Map:
        break;
    }
    QJsonObject object;
    for (const YamlEntry &each : node.entries)
        object.insert(each.key, toJson(each.value));
    return object;
}

} // namespace belfry
