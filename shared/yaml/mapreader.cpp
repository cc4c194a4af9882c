// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/yaml/mapreader.h"

#include "shared/base/nearestname.h"
#include "shared/yaml/scalar.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

const YamlNode &emptyMap()
{
    static const YamlNode node = [] {
        YamlNode map;
        map.kind = YamlNode::Kind::Map;
        return map;
    }();
    return node;
}

} // namespace

MapReader::MapReader(const YamlDocument &document, std::vector<Problem> &problems)
    : MapReader(document.file(), document.root(), problems)
{ }

MapReader::MapReader(QString file, const YamlNode &map, std::vector<Problem> &problems)
    : m_file(std::move(file))
    , m_map(map.isMap() ? &map : &emptyMap())
    , m_problems(problems)
{
    if (!map.isMap() && !map.isNull())
        note(map.mark, u"expected a map, found %1"_s.arg(describeNode(map)));
}

const YamlNode *MapReader::find(const char *key)
{
    m_known += QString::fromLatin1(key);
    const YamlEntry *entry = m_map->find(m_known.last());
    return entry ? &entry->value : nullptr;
}

void MapReader::note(Mark mark, const QString &message, const QString &hint)
{
    m_problems.push_back({Severity::Error, m_file, mark.line, mark.column, message, hint});
}

template <class T, class Out> void MapReader::put(const YamlNode &value, Result<T> result, Out &out)
{
    if (result)
        out = std::move(*result);
    else
        note(value.mark, result.error().message);
}

template <class T>
bool MapReader::within(const YamlNode &value, const T &number, const T &min, const T &max, const QString &range)
{
    if (number >= min && number <= max)
        return true;
    note(value.mark, u"%1 is out of range, %2"_s.arg(value.text.left(64), range));
    return false;
}

void MapReader::take(const char *key, QString &out)
{
    if (const YamlNode *value = find(key))
        put(*value, asText(*value), out);
}

void MapReader::take(const char *key, std::optional<QString> &out)
{
    if (const YamlNode *value = find(key))
        put(*value, asText(*value), out);
}

void MapReader::take(const char *key, bool &out)
{
    if (const YamlNode *value = find(key))
        put(*value, asBool(*value), out);
}

void MapReader::take(const char *key, int &out, int min, int max)
{
    if (const YamlNode *value = find(key)) {
        const auto number = asInteger(*value, min, max);
        if (number)
            out = int(*number);
        else
            note(value->mark, number.error().message);
    }
}

void MapReader::take(const char *key, double &out, double min, double max)
{
    if (const YamlNode *value = find(key))
        put(*value, asNumber(*value, min, max), out);
}

void MapReader::take(const char *key, Duration &out, Duration min, Duration max)
{
    const YamlNode *value = find(key);
    if (!value)
        return;
    const auto duration = asDuration(*value);
    if (!duration)
        return note(value->mark, duration.error().message);
    const QString range = max == Duration::max() ? u"at least %1"_s.arg(formatDuration(min))
                                                 : u"%1 to %2"_s.arg(formatDuration(min), formatDuration(max));
    if (within(*value, *duration, min, max, range))
        out = *duration;
}

void MapReader::takeSize(const char *key, qint64 &out, qint64 min, qint64 max)
{
    const YamlNode *value = find(key);
    if (!value)
        return;
    const auto size = asSize(*value);
    if (!size)
        return note(value->mark, size.error().message);
    const QString range = max == std::numeric_limits<qint64>::max()
        ? u"at least %1"_s.arg(formatSize(min))
        : u"%1 to %2"_s.arg(formatSize(min), formatSize(max));
    if (within(*value, *size, min, max, range))
        out = *size;
}

void MapReader::takeChoice(const char *key, QString &out, const QStringList &choices)
{
    if (const YamlNode *value = find(key))
        put(*value, asChoice(*value, choices), out);
}

void MapReader::take(const char *key, QStringList &out)
{
    const YamlNode *value = find(key);
    if (!value)
        return;
    if (!value->isList())
        return note(value->mark, u"expected a list, found %1"_s.arg(describeNode(*value)));
    QStringList list;
    for (const YamlNode &each : value->items) {
        const auto text = asText(each);
        if (text)
            list += *text;
        else
            note(each.mark, text.error().message);
    }
    out = list;
}

void MapReader::take(const char *key, std::map<QString, QString> &out)
{
    const YamlNode *value = find(key);
    if (!value)
        return;
    if (!value->isMap())
        return note(value->mark, u"expected a map, found %1"_s.arg(describeNode(*value)));
    std::map<QString, QString> map;
    for (const YamlEntry &each : value->entries) {
        const auto text = asText(each.value);
        if (text)
            map.insert_or_assign(each.key, *text);
        else
            note(each.value.mark, text.error().message);
    }
    out = map;
}

MapReader MapReader::section(const char *key)
{
    const YamlNode *value = find(key);
    return MapReader(m_file, value ? *value : emptyMap(), m_problems);
}

void MapReader::refuse(const char *key, const QString &message, const QString &hint)
{
    const YamlEntry *entry = m_map->find(QString::fromLatin1(key));
    note(entry ? entry->value.mark : m_map->mark, message, hint);
}

void MapReader::finish()
{
    for (const YamlEntry &each : m_map->entries) {
        if (m_known.contains(each.key) || each.key.startsWith("x-"_L1))
            continue;
        const QString near = nearestName(each.key, m_known);
        note(each.mark, u"the key '%1' is unknown"_s.arg(each.key.left(64)),
            near.isEmpty() ? u"known are: "_s + m_known.join(u", "_s) : u"did you mean '%1'?"_s.arg(near));
    }
}

} // namespace belfry
