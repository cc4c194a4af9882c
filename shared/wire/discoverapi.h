// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/codec/codec.h"
#include "shared/model/role.h"

// What the API says of itself. Schemas are JSON Schema draft 7, computed from the described structs.
namespace belfry::wire {

struct MethodSchema {
    QString method;
    Role needs = Role::Viewer; // the least role that may call it
    QString summary;
    QJsonValue params; // with defaults where they mean something
    QJsonValue result;
};
constexpr auto describe(const MethodSchema *)
{
    return fields(required(1, "method", &MethodSchema::method), required(2, "role", &MethodSchema::needs),
        field(3, "summary", &MethodSchema::summary), field(4, "params", &MethodSchema::params),
        field(5, "result", &MethodSchema::result));
}
// A notification of the server, or a binary frame (CBOR of the same structs, with the names as keys).
struct NewsSchema {
    QString name;
    QString summary;
    QJsonValue params;
};
constexpr auto describe(const NewsSchema *)
{
    return fields(required(1, "name", &NewsSchema::name), field(2, "summary", &NewsSchema::summary),
        field(3, "params", &NewsSchema::params));
}
struct ErrorCode {
    int code = 0; // of JSON-RPC
    QString name; // data.code
    QString summary;
};
constexpr auto describe(const ErrorCode *)
{
    return fields(required(1, "code", &ErrorCode::code), required(2, "name", &ErrorCode::name),
        field(3, "summary", &ErrorCode::summary));
}
struct CloseCode {
    int code = 0; // of WebSocket
    QString summary;
};
constexpr auto describe(const CloseCode *)
{
    return fields(required(1, "code", &CloseCode::code), field(2, "summary", &CloseCode::summary));
}
struct DiscoverReply {
    QString subprotocol;
    std::vector<MethodSchema> methods; // by name
    std::vector<NewsSchema> notifications;
    std::vector<NewsSchema> frames;
    std::vector<ErrorCode> errors;
    std::vector<CloseCode> closes;
};
constexpr auto describe(const DiscoverReply *)
{
    return fields(required(1, "subprotocol", &DiscoverReply::subprotocol),
        required(2, "methods", &DiscoverReply::methods), field(3, "notifications", &DiscoverReply::notifications),
        field(4, "frames", &DiscoverReply::frames), field(5, "errors", &DiscoverReply::errors),
        field(6, "closes", &DiscoverReply::closes));
}
struct RpcDiscover {
    static constexpr auto method = "rpc.discover";
    using Reply = DiscoverReply;
};
constexpr auto describe(const RpcDiscover *)
{
    return fields();
}

} // namespace belfry::wire
