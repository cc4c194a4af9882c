// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/ids.h"
#include "shared/base/instant.h"
#include "shared/base/nearestname.h"
#include "shared/codec/describe.h"

#include <QCborArray>
#include <QCborMap>
#include <QCborStreamWriter>
#include <QCborValue>
#include <QJsonArray>
#include <QJsonObject>
#include <QJsonValue>

#include <map>
#include <optional>
#include <vector>

namespace belfry {

// Names: text keys, instants as RFC 3339, durations as `15m`; for people, scripts and JSON.
// Numbers: integer keys, instants and durations as milliseconds; for agents.
enum class Keys { Names, Numbers };

// Unknown fields: ignored between versions of our own programs, refused in what people write.
enum class Unknown { Ignore, Refuse };

struct DecodeStyle {
    Keys keys = Keys::Names;
    Unknown unknown = Unknown::Ignore;
};

// How a type looks outside. encode() makes the value, write() streams the compact form without building it,
// decode() takes either form and fails with the path of the wrong field, schema() is JSON Schema draft 7 of the named
// form.
template <class T> struct Codec;

namespace codec {

tl::unexpected<Error> wrongType(const char *expected, const QCborValue &found);
tl::unexpected<Error> unknownField(const QString &name, const QStringList &known);
Result<qint64> integer(const QCborValue &value, qint64 min, qint64 max);
QString mapKeyText(const QCborValue &key);

} // namespace codec

template <> struct Codec<bool> {
    static QCborValue encode(bool value, Keys) { return value; }
    static void write(QCborStreamWriter &writer, bool value) { writer.append(value); }
    static Result<bool> decode(const QCborValue &value, DecodeStyle);
    static QJsonObject schema() { return {{QStringLiteral("type"), QStringLiteral("boolean")}}; }
};

template <class T>
requires(std::is_integral_v<T> && !std::is_same_v<T, bool>) struct Codec<T> {
    static QCborValue encode(T value, Keys) { return QCborValue(qint64(value)); }
    static void write(QCborStreamWriter &writer, T value) { writer.append(qint64(value)); }
    static Result<T> decode(const QCborValue &value, DecodeStyle)
    {
        constexpr qint64 max
            = std::is_same_v<T, quint64> ? std::numeric_limits<qint64>::max() : qint64(std::numeric_limits<T>::max());
        const auto number = codec::integer(value, qint64(std::numeric_limits<T>::min()), max);
        if (!number)
            return fail(number.error());
        return T(*number);
    }
    static QJsonObject schema() { return {{QStringLiteral("type"), QStringLiteral("integer")}}; }
};

template <> struct Codec<double> {
    static QCborValue encode(double value, Keys) { return value; }
    static void write(QCborStreamWriter &writer, double value) { writer.append(value); }
    static Result<double> decode(const QCborValue &value, DecodeStyle);
    static QJsonObject schema() { return {{QStringLiteral("type"), QStringLiteral("number")}}; }
};

template <> struct Codec<QString> {
    static QCborValue encode(const QString &value, Keys) { return value; }
    static void write(QCborStreamWriter &writer, const QString &value) { writer.append(value); }
    static Result<QString> decode(const QCborValue &value, DecodeStyle);
    static QJsonObject schema() { return {{QStringLiteral("type"), QStringLiteral("string")}}; }
};

// Bytes are byte strings in CBOR and base64url in JSON.
template <> struct Codec<QByteArray> {
    static QCborValue encode(const QByteArray &value, Keys) { return value; }
    static void write(QCborStreamWriter &writer, const QByteArray &value) { writer.append(value); }
    static Result<QByteArray> decode(const QCborValue &value, DecodeStyle);
    static QJsonObject schema();
};

template <> struct Codec<Instant> {
    static QCborValue encode(Instant value, Keys keys);
    static void write(QCborStreamWriter &writer, Instant value) { writer.append(value.ms); }
    static Result<Instant> decode(const QCborValue &value, DecodeStyle);
    static QJsonObject schema();
};

template <> struct Codec<Duration> {
    static QCborValue encode(Duration value, Keys keys);
    static void write(QCborStreamWriter &writer, Duration value) { writer.append(qint64(value.count())); }
    static Result<Duration> decode(const QCborValue &value, DecodeStyle);
    static QJsonObject schema() { return {{QStringLiteral("type"), QStringLiteral("string")}}; }
};

// Any JSON value, passed through as it is.
template <> struct Codec<QJsonValue> {
    static QCborValue encode(const QJsonValue &value, Keys) { return QCborValue::fromJsonValue(value); }
    static void write(QCborStreamWriter &writer, const QJsonValue &value)
    {
        QCborValue::fromJsonValue(value).toCbor(writer);
    }
    static Result<QJsonValue> decode(const QCborValue &value, DecodeStyle) { return value.toJsonValue(); }
    static QJsonObject schema() { return {}; }
};

template <class Tag> struct Codec<Id<Tag>> {
    static QCborValue encode(Id<Tag> value, Keys) { return value.value; }
    static void write(QCborStreamWriter &writer, Id<Tag> value) { writer.append(value.value); }
    static Result<Id<Tag>> decode(const QCborValue &value, DecodeStyle)
    {
        const auto number = codec::integer(value, 0, std::numeric_limits<qint64>::max());
        if (!number)
            return fail(number.error());
        return Id<Tag>(*number);
    }
    static QJsonObject schema() { return {{QStringLiteral("type"), QStringLiteral("integer")}}; }
};

template <NamedEnum E> struct Codec<E> {
    static QCborValue encode(E value, Keys) { return nameOf(value); }
    static void write(QCborStreamWriter &writer, E value) { writer.append(nameOf(value)); }
    static Result<E> decode(const QCborValue &value, DecodeStyle)
    {
        if (!value.isString())
            return codec::wrongType("a text", value);
        const QString name = value.toString();
        if (const auto found = enumOf<E>(name))
            return *found;
        return fail(ErrorKind::Invalid, QStringLiteral("'%1' is none of %2").arg(name.left(64), enumChoices<E>()));
    }
    static QJsonObject schema()
    {
        QJsonArray choices;
        for (const auto &row : enumNames(static_cast<const E *>(nullptr)))
            choices.append(QString::fromLatin1(row.name));
        return {{QStringLiteral("enum"), choices}};
    }
};

// Absent or null when empty.
template <class T> struct Codec<std::optional<T>> {
    static QCborValue encode(const std::optional<T> &value, Keys keys)
    {
        return value ? Codec<T>::encode(*value, keys) : QCborValue(nullptr);
    }
    static void write(QCborStreamWriter &writer, const std::optional<T> &value)
    {
        if (value)
            Codec<T>::write(writer, *value);
        else
            writer.append(nullptr);
    }
    static Result<std::optional<T>> decode(const QCborValue &value, DecodeStyle style)
    {
        if (value.isNull() || value.isUndefined())
            return std::optional<T>();
        auto inner = Codec<T>::decode(value, style);
        if (!inner)
            return fail(inner.error());
        return std::optional<T>(std::move(*inner));
    }
    static QJsonObject schema()
    {
        return {{QStringLiteral("anyOf"),
            QJsonArray{Codec<T>::schema(), QJsonObject{{QStringLiteral("type"), QStringLiteral("null")}}}}};
    }
};

template <class List, class T> struct ListCodec {
    static QCborValue encode(const List &list, Keys keys)
    {
        QCborArray array;
        for (const T &each : list)
            array.append(Codec<T>::encode(each, keys));
        return array;
    }
    static void write(QCborStreamWriter &writer, const List &list)
    {
        writer.startArray(quint64(list.size()));
        for (const T &each : list)
            Codec<T>::write(writer, each);
        writer.endArray();
    }
    static Result<List> decode(const QCborValue &value, DecodeStyle style)
    {
        if (!value.isArray())
            return codec::wrongType("a list", value);
        List list;
        qsizetype index = 0;
        for (const QCborValue &each : value.toArray()) {
            auto decoded = Codec<T>::decode(each, style);
            if (!decoded)
                return fail(decoded.error().within(QStringLiteral("[%1]").arg(index)));
            list.push_back(std::move(*decoded));
            ++index;
        }
        return list;
    }
    static QJsonObject schema()
    {
        return {{QStringLiteral("type"), QStringLiteral("array")}, {QStringLiteral("items"), Codec<T>::schema()}};
    }
};

template <class T> struct Codec<std::vector<T>> : ListCodec<std::vector<T>, T> { };
template <class T> struct Codec<QList<T>> : ListCodec<QList<T>, T> { };

template <class T> struct Codec<std::map<QString, T>> {
    static QCborValue encode(const std::map<QString, T> &map, Keys keys)
    {
        QCborMap out;
        for (const auto &[key, value] : map)
            out.insert(key, Codec<T>::encode(value, keys));
        return out;
    }
    static void write(QCborStreamWriter &writer, const std::map<QString, T> &map)
    {
        writer.startMap(quint64(map.size()));
        for (const auto &[key, value] : map) {
            writer.append(key);
            Codec<T>::write(writer, value);
        }
        writer.endMap();
    }
    static Result<std::map<QString, T>> decode(const QCborValue &value, DecodeStyle style)
    {
        if (!value.isMap())
            return codec::wrongType("an object", value);
        std::map<QString, T> map;
        for (const auto &[key, each] : value.toMap()) {
            auto decoded = Codec<T>::decode(each, style);
            if (!decoded)
                return fail(decoded.error().within(codec::mapKeyText(key)));
            map.insert_or_assign(codec::mapKeyText(key), std::move(*decoded));
        }
        return map;
    }
    static QJsonObject schema()
    {
        return {{QStringLiteral("type"), QStringLiteral("object")},
            {QStringLiteral("additionalProperties"), Codec<T>::schema()}};
    }
};

template <Described T> struct Codec<T> {
    static constexpr auto all = describe(static_cast<const T *>(nullptr));

    static QCborValue encode(const T &value, Keys keys)
    {
        QCborMap map;
        all.apply([&](const auto &...each) {
            (map.insert(keys == Keys::Numbers ? QCborValue(each.key) : QCborValue(QLatin1StringView(each.name)),
                 encodeMember(value.*each.member, keys)),
                ...);
        });
        return map;
    }
    static void write(QCborStreamWriter &writer, const T &value)
    {
        writer.startMap(all.size);
        all.apply([&](const auto &...each) { (writeField(writer, each.key, value.*each.member), ...); });
        writer.endMap();
    }
    static Result<T> decode(const QCborValue &value, DecodeStyle style)
    {
        if (!value.isMap())
            return codec::wrongType("an object", value);
        const QCborMap map = value.toMap();
        T out{};
        Status status;
        qsizetype found = 0;
        all.apply([&](const auto &...each) { (void)((status = decodeField(map, each, style, out, found)) && ...); });
        if (!status)
            return fail(status.error());
        if (style.unknown == Unknown::Refuse && found != map.size())
            return refuseUnknown(map);
        return out;
    }
    static QJsonObject schema()
    {
        QJsonObject properties;
        QJsonArray needed;
        all.apply([&](const auto &...each) {
            ((properties.insert(QLatin1StringView(each.name), memberSchema(each)),
                 each.required ? needed.append(QString::fromLatin1(each.name)) : void()),
                ...);
        });
        QJsonObject schema{
            {QStringLiteral("type"), QStringLiteral("object")}, {QStringLiteral("properties"), properties}};
        if (!needed.isEmpty())
            schema.insert(QStringLiteral("required"), needed);
        return schema;
    }

private:
    template <class M> static QCborValue encodeMember(const M &member, Keys keys)
    {
        return Codec<M>::encode(member, keys);
    }
    template <class M> static void writeField(QCborStreamWriter &writer, int key, const M &member)
    {
        writer.append(key);
        Codec<M>::write(writer, member);
    }
    // B is T or a base of it: a struct may extend another one's fields with `with`.
    template <class B, class M> static QJsonObject memberSchema(const Field<B, M> &) { return Codec<M>::schema(); }
    template <class B, class M>
    static Status decodeField(const QCborMap &map, const Field<B, M> &each, DecodeStyle style, T &out, qsizetype &found)
    {
        const QCborValue value
            = style.keys == Keys::Numbers ? map.value(each.key) : map.value(QLatin1StringView(each.name));
        if (value.isUndefined()) {
            if (each.required)
                return fail(ErrorKind::Invalid, QStringLiteral("%1: is missing").arg(QLatin1StringView(each.name)));
            return {};
        }
        ++found;
        auto decoded = Codec<M>::decode(value, style);
        if (!decoded)
            return fail(decoded.error().within(QString::fromLatin1(each.name)));
        out.*each.member = std::move(*decoded);
        return {};
    }
    static Result<T> refuseUnknown(const QCborMap &map)
    {
        QStringList known;
        all.apply([&](const auto &...each) { (known.append(QString::fromLatin1(each.name)), ...); });
        for (const auto &[key, value] : map)
            if (!known.contains(codec::mapKeyText(key)))
                return codec::unknownField(codec::mapKeyText(key), known);
        return fail(ErrorKind::Internal, QStringLiteral("a field is there twice"));
    }
};

template <class T> QCborValue toCbor(const T &value, Keys keys)
{
    return Codec<T>::encode(value, keys);
}
template <class T> QJsonObject toJson(const T &value)
{
    return Codec<T>::encode(value, Keys::Names).toMap().toJsonObject();
}
template <class T> Result<T> fromCbor(const QCborValue &value, DecodeStyle style)
{
    return Codec<T>::decode(value, style);
}
template <class T> Result<T> fromJson(const QJsonValue &value, Unknown unknown = Unknown::Ignore)
{
    return Codec<T>::decode(QCborValue::fromJsonValue(value), {Keys::Names, unknown});
}

} // namespace belfry
