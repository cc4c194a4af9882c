// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/yaml/problem.h"

#include <QJsonValue>

namespace belfry {

struct YamlEntry;

// One value of a YAML file with its place. A scalar keeps its text as written; what it means is decided where it is
// read (shared/yaml/scalar.h). Null is `~`, `null` or nothing at all, unquoted.
struct YamlNode {
    enum class Kind { Null, Scalar, List, Map };

    Kind kind = Kind::Null;
    bool gaps
        = false; // a map from which an entry was dropped for a mistake (noted), so that a key may seem to be missing
    bool quoted = false; // a scalar in quotes or a block: always a text
    Mark mark;
    QString text; // of a scalar
    std::vector<YamlNode> items; // of a list
    std::vector<YamlEntry> entries; // of a map, in the order of the file; each key once

    bool isNull() const { return kind == Kind::Null; }
    bool isScalar() const { return kind == Kind::Scalar; }
    bool isList() const { return kind == Kind::List; }
    bool isMap() const { return kind == Kind::Map; }
    // The entry of a map with this key; nullptr for none or where this is no map.
    const YamlEntry *find(QStringView key) const;
};

struct YamlEntry {
    QString key;
    Mark mark; // of the key
    YamlNode value;
};

// As JSON by the YAML 1.2 core rules: for schemas and tests. Integers beyond 64 bits become doubles.
QJsonValue toJson(const YamlNode &node);

} // namespace belfry
