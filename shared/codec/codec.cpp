// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/codec/codec.h"

#include <cmath>

namespace belfry {

using namespace Qt::StringLiterals;

namespace codec {

namespace {

QString kindOf(const QCborValue &value)
{
    if (value.isNull())
        return u"null"_s;
    if (value.isBool())
        return u"a boolean"_s;
    if (value.isInteger())
        return u"an integer"_s;
    if (value.isDouble())
        return u"a number"_s;
    if (value.isString())
        return u"a text"_s;
    if (value.isByteArray())
        return u"bytes"_s;
    if (value.isArray())
        return u"a list"_s;
    if (value.isMap())
        return u"an object"_s;
    return u"something else"_s;
}

} // namespace

tl::unexpected<Error> wrongType(const char *expected, const QCborValue &found)
{
    return fail(ErrorKind::Invalid, u"expected %1, found %2"_s.arg(QLatin1StringView(expected), kindOf(found)));
}

tl::unexpected<Error> unknownField(const QString &name, const QStringList &known)
{
    const QString near = nearestName(name, known);
    const QString hint = near.isEmpty() ? u"known are: "_s + known.join(u", "_s) : u"did you mean '%1'?"_s.arg(near);
    return fail(ErrorKind::Invalid, u"'%1' is unknown; %2"_s.arg(name.left(64), hint));
}

Result<qint64> integer(const QCborValue &value, qint64 min, qint64 max)
{
    qint64 number = 0;
    if (value.isInteger()) {
        number = value.toInteger();
    } else if (value.isDouble() && std::trunc(value.toDouble()) == value.toDouble() && std::abs(value.toDouble()) < 0x1p53) {
        number = qint64(value.toDouble()); // JSON has one kind of number; 3.0 is 3
    } else {
        return wrongType("an integer", value);
    }
    if (number < min || number > max)
        return fail(ErrorKind::Invalid, u"%1 is out of range, %2 to %3"_s.arg(number).arg(min).arg(max));
    return number;
}

QString mapKeyText(const QCborValue &key)
{
    return key.isString() ? key.toString() : key.isInteger() ? QString::number(key.toInteger()) : u"?"_s;
}

} // namespace codec

Result<bool> Codec<bool>::decode(const QCborValue &value, DecodeStyle)
{
    if (!value.isBool())
        return codec::wrongType("true or false", value);
    return value.toBool();
}

Result<double> Codec<double>::decode(const QCborValue &value, DecodeStyle)
{
    if (!value.isDouble() && !value.isInteger())
        return codec::wrongType("a number", value);
    return value.isInteger() ? double(value.toInteger()) : value.toDouble();
}

Result<QString> Codec<QString>::decode(const QCborValue &value, DecodeStyle)
{
    if (!value.isString())
        return codec::wrongType("a text", value);
    return value.toString();
}

Result<QByteArray> Codec<QByteArray>::decode(const QCborValue &value, DecodeStyle)
{
    if (value.isByteArray())
        return value.toByteArray();
    if (!value.isString())
        return codec::wrongType("bytes", value);
    auto decoded = QByteArray::fromBase64Encoding(value.toString().toLatin1(), QByteArray::Base64UrlEncoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!decoded)
        return fail(ErrorKind::Invalid, u"expected base64url text"_s);
    return std::move(decoded.decoded);
}

QJsonObject Codec<QByteArray>::schema() { return {{u"type"_s, u"string"_s}, {u"contentEncoding"_s, u"base64"_s}}; }

QCborValue Codec<Instant>::encode(Instant value, Keys keys)
{
    return keys == Keys::Names ? QCborValue(toRfc3339(value)) : QCborValue(value.ms);
}

Result<Instant> Codec<Instant>::decode(const QCborValue &value, DecodeStyle style)
{
    if (value.isString())
        return parseRfc3339(value.toString());
    if (style.keys == Keys::Names || !value.isInteger())
        return codec::wrongType("an RFC 3339 time", value);
    return Instant(value.toInteger());
}

QJsonObject Codec<Instant>::schema() { return {{u"type"_s, u"string"_s}, {u"format"_s, u"date-time"_s}}; }

QCborValue Codec<Duration>::encode(Duration value, Keys keys)
{
    return keys == Keys::Names ? QCborValue(formatDuration(value)) : QCborValue(qint64(value.count()));
}

Result<Duration> Codec<Duration>::decode(const QCborValue &value, DecodeStyle style)
{
    if (value.isString())
        return parseDuration(value.toString());
    if (style.keys == Keys::Names || !value.isInteger())
        return codec::wrongType("a duration like 15m", value);
    return Duration(value.toInteger());
}

} // namespace belfry
