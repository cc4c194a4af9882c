// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/codec/codec.h"
#include "shared/jobs/reading.h"
#include "shared/yaml/scalar.h"

#include <QJsonObject>

#include <functional>

namespace belfry {

// How one kind of value is written in a job file: how it is read, with problems noted at their places, and the schema
// that says the same to editors. read() gives false, and leaves `out` in any state, where it noted a problem.
template <class V> struct Shape {
    using Value = V;
    std::function<bool(Reading &, const YamlNode &, V &out)> read;
    QJsonObject schema; // draft 7
};

namespace shape {

// A text of one meaning; `${{` is refused in it. At most `most` UTF-16 units, at least `least`.
Shape<QString> text(int most, int least = 0);
// A text that may hold `${{ }}`; what these name is judged once the whole job is read.
Shape<QString> expressionText(int most);
// The text of a script.
Shape<QString> script();
QString nameHint();
// A name as in namePattern; `what` begins the message: "a job's name".
Shape<QString> name(const QString &what);
// A text that starts with '/'.
Shape<QString> absolutePath();

Shape<bool> boolean();
Shape<int> integer(int min, int max);
Shape<double> number(double min, double max);
Shape<Duration> duration(Duration min, Duration max);
Shape<qint64> size(qint64 min, qint64 max);
Shape<Instant> instant();

Shape<QString> choice(const QStringList &choices);

// One of an enum's names.
template <NamedEnum E> Shape<E> choice()
{
    QStringList choices;
    for (const auto &row : enumNames(static_cast<const E *>(nullptr)))
        choices += QString::fromLatin1(row.name);
    const auto words = choice(choices);
    return {[words](Reading &reading, const YamlNode &node, E &out) {
                QString word;
                if (!words.read(reading, node, word))
                    return false;
                out = *enumOf<E>(word);
                return true;
            },
        words.schema};
}

template <class V> Shape<std::optional<V>> maybe(Shape<V> inner)
{
    return {[inner](Reading &reading, const YamlNode &node, std::optional<V> &out) {
                V value{};
                if (!inner.read(reading, node, value))
                    return false;
                out = std::move(value);
                return true;
            },
        inner.schema};
}

bool expectList(Reading &reading, const YamlNode &node, int least, int most);
bool expectMap(Reading &reading, const YamlNode &node);
QJsonObject listSchema(const QJsonObject &items, int least, int most);

// A list, as a QStringList or a std::vector.
template <class List, class V> Shape<List> list(Shape<V> inner, int least, int most)
{
    return {[inner, least, most](Reading &reading, const YamlNode &node, List &out) {
                if (!expectList(reading, node, least, most))
                    return false;
                out = {};
                bool good = true;
                for (const YamlNode &each : node.items) {
                    V value{};
                    good = inner.read(reading, each, value) && good;
                    out.push_back(std::move(value));
                }
                return good;
            },
        listSchema(inner.schema, least, most)};
}

// What keys of a free map may be.
struct KeyRule {
    QString pattern; // of the whole key, in the words both of JSON Schema and of QRegularExpression
    QString what; // "a label", ...: for messages
    QString hint;
};
bool goodKey(Reading &reading, const YamlEntry &entry, const KeyRule &rule);
QJsonObject mapSchema(const QJsonObject &values, const KeyRule &rule);

// A map with free keys. Entries are added to those that `out` has from `defaults`; of the same key, the later wins.
template <class V> Shape<std::map<QString, V>> map(Shape<V> inner, const KeyRule &rule)
{
    return {[inner, rule](Reading &reading, const YamlNode &node, std::map<QString, V> &out) {
                if (!expectMap(reading, node))
                    return false;
                bool good = true;
                for (const YamlEntry &each : node.entries) {
                    V value{};
                    good = goodKey(reading, each, rule) && good;
                    good = inner.read(reading, each.value, value) && good;
                    out.insert_or_assign(each.key, std::move(value));
                }
                return good;
            },
        mapSchema(inner.schema, rule)};
}

} // namespace shape

} // namespace belfry
