// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/wire/rpc.h"

#include "shared/wire/limits.h"

#include <QJsonDocument>

#include <array>

namespace belfry::rpc {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxIdText = 64;
constexpr qsizetype maxMethod = 64;

int codeOf(ErrorKind kind)
{
    switch (kind) {
    case ErrorKind::Invalid:
        return -32001;
    case ErrorKind::NotFound:
        return -32002;
    case ErrorKind::Denied:
        return -32003;
    case ErrorKind::Conflict:
        return -32004;
    case ErrorKind::Unavailable:
        return -32005;
    case ErrorKind::Internal:
        break;
    }
    return -32006;
}

RpcError invalid(int code, const QString &message)
{
    return {code, message, {{u"code"_s, errorCodeName(ErrorKind::Invalid)}}};
}

QString compact(const QJsonObject &object)
{
    return QString::fromUtf8(QJsonDocument(object).toJson(QJsonDocument::Compact));
}

QJsonObject envelope()
{
    return {{u"jsonrpc"_s, u"2.0"_s}};
}

bool isId(const QJsonValue &id)
{
    if (id.isString())
        return id.toString().size() <= maxIdText;
    return id.isDouble() && id.toInteger(-1) == id.toInteger(0); // an integer has no use for the default
}

// Reads a response's error object; anything that is none becomes an internal error that shows it.
RpcError readError(const QJsonValue &value)
{
    const QJsonObject object = value.toObject();
    if (!object[u"code"].isDouble() || !object[u"message"].isString())
        return {internalErrorCode, u"the peer answered with an error that cannot be read"_s, {}};
    return {object[u"code"].toInt(internalErrorCode), object[u"message"].toString(), object[u"data"].toObject()};
}

tl::expected<Message, Refused> readResponse(const QJsonObject &object, const QJsonValue &id)
{
    const bool failed = object.contains(u"error");
    if (failed == object.contains(u"result"))
        return tl::unexpected(Refused{id, invalid(invalidRequestCode, u"a response has either result or error"_s)});
    Message message{.kind = Message::Kind::Response, .id = id};
    if (failed)
        message.error = readError(object[u"error"]);
    else
        message.result = object[u"result"];
    return message;
}

tl::expected<Message, Refused> readMessage(const QJsonObject &object)
{
    const QJsonValue id = object[u"id"];
    const bool hasId = object.contains(u"id");
    const auto bad = [&](int code, const QString &why) {
        return tl::unexpected(Refused{isId(id) ? id : QJsonValue(), invalid(code, why)});
    };
    if (object[u"jsonrpc"].toString() != u"2.0")
        return bad(invalidRequestCode, u"jsonrpc: expected \"2.0\""_s);
    static const QStringList known{u"jsonrpc"_s, u"id"_s, u"method"_s, u"params"_s, u"result"_s, u"error"_s};
    for (const QString &key : object.keys())
        if (!known.contains(key))
            return bad(invalidRequestCode, u"'%1' does not belong into a message"_s.arg(key.left(64)));
    if (!object.contains(u"method")) {
        if (!hasId || (!isId(id) && !id.isNull()))
            return bad(invalidRequestCode, u"method: is missing"_s);
        return readResponse(object, id);
    }
    if (hasId && !isId(id))
        return bad(invalidRequestCode, u"id: expected an integer or a text of at most %1 characters"_s.arg(maxIdText));
    const QJsonValue method = object[u"method"];
    if (!method.isString() || method.toString().isEmpty() || method.toString().size() > maxMethod)
        return bad(invalidRequestCode, u"method: expected a text of at most %1 characters"_s.arg(maxMethod));
    if (object.contains(u"result") || object.contains(u"error"))
        return bad(invalidRequestCode, u"a request has no result and no error"_s);
    const QJsonValue params = object[u"params"];
    if (!params.isUndefined() && !params.isObject())
        return bad(invalidParamsCode, u"params: expected an object; parameters go by name"_s);
    return Message{.kind = hasId ? Message::Kind::Request : Message::Kind::Notification,
        .id = hasId ? id : QJsonValue(),
        .method = method.toString(),
        .params = params.toObject()};
}

} // namespace

RpcError toRpcError(const Error &error)
{
    return {codeOf(error.kind), error.message, {{u"code"_s, errorCodeName(error.kind)}}};
}

Error fromRpcError(const RpcError &error)
{
    const QString name = error.data[u"code"].toString();
    if (!name.isEmpty())
        return {errorKindOf(name), error.message};
    const bool ours
        = error.code <= invalidRequestCode && error.code >= parseErrorCode && error.code != internalErrorCode;
    return {ours ? ErrorKind::Invalid : ErrorKind::Internal, error.message};
}

tl::expected<Message, Refused> parse(const QString &text)
{
    if (const Status shape = checkShape(text, wire::maxDepth); !shape)
        return tl::unexpected(Refused{{}, invalid(parseErrorCode, shape.error().message)});
    QJsonParseError error;
    const QJsonDocument document = QJsonDocument::fromJson(text.toUtf8(), &error);
    if (error.error != QJsonParseError::NoError)
        return tl::unexpected(Refused{{},
            invalid(parseErrorCode, u"it is not JSON: %1 at byte %2"_s.arg(error.errorString()).arg(error.offset))});
    if (document.isArray())
        return tl::unexpected(
            Refused{{}, invalid(invalidRequestCode, u"batches are not supported; send each message on its own"_s)});
    return readMessage(document.object());
}

QString request(const QJsonValue &id, const QString &method, const QJsonObject &params)
{
    QJsonObject object = envelope();
    object.insert(u"id"_s, id);
    object.insert(u"method"_s, method);
    object.insert(u"params"_s, params);
    return compact(object);
}

QString notification(const QString &method, const QJsonObject &params)
{
    QJsonObject object = envelope();
    object.insert(u"method"_s, method);
    object.insert(u"params"_s, params);
    return compact(object);
}

QString response(const QJsonValue &id, const QJsonValue &result)
{
    QJsonObject object = envelope();
    object.insert(u"id"_s, id);
    object.insert(u"result"_s, result);
    return compact(object);
}

QString failure(const QJsonValue &id, const RpcError &error)
{
    QJsonObject object = envelope();
    object.insert(u"id"_s, id.isUndefined() ? QJsonValue() : id);
    object.insert(
        u"error"_s, QJsonObject{{u"code"_s, error.code}, {u"message"_s, error.message}, {u"data"_s, error.data}});
    return compact(object);
}

} // namespace belfry::rpc
