// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/codec/codec.h"

#include <optional>

// The envelope of `/ws`: JSON-RPC 2.0, one message a text frame, parameters by name. Batches are refused.
namespace belfry::rpc {

constexpr int parseErrorCode = -32700;
constexpr int invalidRequestCode = -32600;
constexpr int methodNotFoundCode = -32601;
constexpr int invalidParamsCode = -32602;
constexpr int internalErrorCode = -32603;

// Belfry's own codes are -32001 (invalid), -32002 (not_found), -32003 (denied), -32004 (conflict), -32005 (unavailable)
// and -32006 (internal); `data.code` carries the name in every error, so that nobody needs the numbers.
struct RpcError {
    int code = internalErrorCode;
    QString message;
    QJsonObject data; // {code: "not_found", ...}

    bool operator==(const RpcError &) const = default;
};
RpcError toRpcError(const Error &error);
// The error a peer told: its kind from data.code, from the standard codes where that is missing.
Error fromRpcError(const RpcError &error);

struct Message {
    enum class Kind { Request, Notification, Response };
    Kind kind = Kind::Notification;
    QJsonValue id; // of requests and responses: an integer, or a text of at most 64 characters
    QString method;
    QJsonObject params;
    QJsonValue result;
    std::optional<RpcError> error; // of a failed response

    bool operator==(const Message &) const = default;
};

// Why a text is no message, with the id to answer (null when it could not be read).
struct Refused {
    QJsonValue id;
    RpcError error;
};

// Refuses what is no JSON, nests deeper than wire::maxDepth, has a key twice in an object, or is no JSON-RPC 2.0.
tl::expected<Message, Refused> parse(const QString &text);

QString request(const QJsonValue &id, const QString &method, const QJsonObject &params);
QString notification(const QString &method, const QJsonObject &params);
QString response(const QJsonValue &id, const QJsonValue &result);
QString failure(const QJsonValue &id, const RpcError &error);

// A described request (wire/api.h) as a text.
template <class Request> QString request(const QJsonValue &id, const Request &each)
{
    return request(id, QLatin1StringView(Request::method), toJson(each));
}

// Walks a JSON text without building it: the first place where it nests deeper than `maxDepth` or names a key twice in
// one object. Whether it is JSON is for the parser to say.
Status checkShape(QStringView json, int maxDepth);

} // namespace belfry::rpc
