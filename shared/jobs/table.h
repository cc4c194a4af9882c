// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/nearestname.h"
#include "shared/jobs/shape.h"
#include "shared/jobs/unsupported.h"

#include <QJsonArray>

namespace belfry {

// One key of a map in the job file.
template <class T> struct Key {
    QString name;
    QString help;
    QJsonObject schema;
    std::function<bool(Reading &, const YamlNode &, T &out)> read; // empty: known, but of no use yet
    std::function<bool(const T &)> isDefault; // empty: there is no default
    QJsonValue byDefault = QJsonValue::Undefined; // the default as JSON, where it can be told
    bool required = false;
};

// All keys of a map in the job file: the only description of it. Reading, "did you mean" and the schema come from here.
template <class T> struct Table {
    QString name; // as in unsupported.cpp
    std::vector<Key<T>> keys;
    QJsonObject more; // further members of the schema

    bool read(Reading &reading, const YamlNode &node, T &out) const
    {
        if (!shape::expectMap(reading, node))
            return false;
        bool good = true;
        for (const YamlEntry &each : node.entries)
            good = readEntry(reading, each, out) && good;
        for (const Key<T> &each : keys)
            if (each.required && !node.gaps && !node.find(each.name) && !isMisspelled(node, each.name))
                good = reading.error(node, QStringLiteral("the key '%1' is missing").arg(each.name));
        return good;
    }

    QJsonObject schema() const
    {
        QJsonObject properties;
        QJsonArray required;
        for (const Key<T> &each : keys) {
            properties.insert(each.name, schemaOf(each));
            if (each.required)
                required.append(each.name);
        }
        QJsonObject schema = more;
        schema.insert(QStringLiteral("type"), QStringLiteral("object"));
        schema.insert(QStringLiteral("properties"), properties);
        schema.insert(QStringLiteral("patternProperties"), QJsonObject{{QStringLiteral("^x-"), QJsonObject()}});
        schema.insert(QStringLiteral("additionalProperties"), false);
        if (!required.isEmpty())
            schema.insert(QStringLiteral("required"), required);
        return schema;
    }

    Shape<T> shape() const
    {
        return {[this](Reading &reading, const YamlNode &node, T &out) { return read(reading, node, out); }, schema()};
    }

    // The key is absent, but there is an unknown one that is near to it: one mistake, not two.
    bool isMisspelled(const YamlNode &node, const QString &key) const
    {
        return !node.find(key) && std::any_of(node.entries.begin(), node.entries.end(), [&](const YamlEntry &each) {
            return !find(each.key) && !each.key.startsWith(u"x-") && nearestName(each.key, names()) == key;
        });
    }

    QStringList names() const
    {
        QStringList names;
        for (const Key<T> &each : keys)
            names += each.name;
        return names;
    }

    const Key<T> *find(QStringView key) const
    {
        for (const Key<T> &each : keys)
            if (each.name == key)
                return &each;
        return nullptr;
    }

private:
    QJsonObject schemaOf(const Key<T> &key) const
    {
        QJsonObject schema = key.schema;
        QString help = key.help;
        if (!isSupported(name, key.name)) {
            help = QStringLiteral("Not supported yet: ") + help;
            if (!key.read)
                schema = {{QStringLiteral("not"), QJsonObject()}};
            else if (key.byDefault.isDouble() || key.byDefault.isBool() || schema.contains(QStringLiteral("enum")))
                schema = {{QStringLiteral("enum"), QJsonArray{key.byDefault}}};
        }
        schema.insert(QStringLiteral("description"), help);
        if (!key.byDefault.isUndefined() && !key.byDefault.isNull())
            schema.insert(QStringLiteral("default"), key.byDefault);
        return schema;
    }

    bool readEntry(Reading &reading, const YamlEntry &entry, T &out) const
    {
        const Key<T> *key = find(entry.key);
        if (!key)
            return entry.key.startsWith(u"x-") || refuseUnknown(reading, entry);
        if (!key->read) {
            reading.unsupported(entry.mark, entry.value.mark, u'\'' + key->name + u'\'');
            return true;
        }
        if (!key->read(reading, entry.value, out))
            return false;
        if (!isSupported(name, key->name) && key->isDefault && !key->isDefault(out)) {
            // Where the value is a word, it is the word that is not supported.
            const bool word = key->schema.contains(QStringLiteral("enum"));
            reading.unsupported(word ? entry.value.mark : entry.mark, entry.value.mark,
                word ? QStringLiteral("'%1: %2'").arg(key->name, entry.value.text)
                     : QStringLiteral("'%1'").arg(key->name));
        }
        return true;
    }

    bool refuseUnknown(Reading &reading, const YamlEntry &entry) const
    {
        const QStringList known = names();
        const QString near = nearestName(entry.key, known);
        return reading.error(entry.mark, QStringLiteral("the key '%1' is unknown").arg(entry.key.left(64)),
            near.isEmpty() ? QStringLiteral("known are: ") + known.join(QStringLiteral(", "))
                           : QStringLiteral("did you mean '%1'?").arg(near));
    }
};

// A key of T whose value goes where `member` (a pointer to member, or a function from T & to a reference) says.
template <class T, class Member, class V> Key<T> key(const char *name, Member member, Shape<V> shape, const char *help)
{
    Key<T> key;
    key.name = QString::fromLatin1(name);
    key.help = QString::fromUtf8(help);
    key.schema = shape.schema;
    key.read = [shape, member](Reading &reading, const YamlNode &node, T &out) {
        return shape.read(reading, node, std::invoke(member, out));
    };
    key.isDefault = [member](const T &value) {
        // Static, as GCC 12 takes a local one for uninitialized at -O2.
        static T fresh{};
        T copy = value;
        return std::invoke(member, copy) == std::invoke(member, fresh);
    };
    if constexpr (requires(const V &value) { Codec<V>::encode(value, Keys::Names); }) {
        T fresh{};
        key.byDefault = Codec<V>::encode(std::invoke(member, fresh), Keys::Names).toJsonValue();
    }
    return key;
}

// A key that is known, and refused with "not supported yet".
template <class T> Key<T> reserved(const char *name, const char *help)
{
    Key<T> key;
    key.name = QString::fromLatin1(name);
    key.help = QString::fromUtf8(help);
    return key;
}

} // namespace belfry
