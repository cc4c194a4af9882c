// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/instant.h"
#include "shared/yaml/node.h"

#include <QStringList>

namespace belfry {

// What a node means where a certain type is expected: the core rules of YAML 1.2, and no others. Plain `true` and
// `false` are the only booleans; 012 is 12, 0o14 too. Errors are Invalid, their text is `expected ..., found ...`,
// with the fix where there is one.

// Any scalar as it is written: `8080`, `1.10` and `true` keep their letters. Null is no text.
Result<QString> asText(const YamlNode &node);
Result<bool> asBool(const YamlNode &node);
Result<qint64> asInteger(const YamlNode &node, qint64 min, qint64 max);
// Finite numbers only.
Result<double> asNumber(const YamlNode &node, double min, double max);
Result<Duration> asDuration(const YamlNode &node);
Result<qint64> asSize(const YamlNode &node);
Result<Instant> asInstant(const YamlNode &node);
// One of a few words; a near miss is named.
Result<QString> asChoice(const YamlNode &node, const QStringList &choices);

// "a list", "the text 'yes'", "nothing": for messages.
QString describeNode(const YamlNode &node);
QJsonValue scalarToJson(const YamlNode &scalar);

} // namespace belfry
