// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/discovery.h"

#include "backend/server/permissions.h"
#include "backend/server/requests.h"
#include "shared/wire/limits.h"
#include "shared/wire/rpc.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// A default that a reader would guess is not said.
bool isTelling(const QJsonValue &value)
{
    if (value.isNull() || value.isArray() || value.isObject())
        return false;
    return value != QJsonValue(u""_s) && value != QJsonValue(false);
}

template <class Request> QJsonObject paramsSchema()
{
    QJsonObject schema = Codec<Request>::schema();
    const QJsonArray needed = schema.value(u"required"_s).toArray();
    const QJsonObject defaults = toJson(Request{});
    QJsonObject properties = schema.value(u"properties"_s).toObject();
    for (const QString &name : properties.keys()) {
        if (needed.contains(name) || !isTelling(defaults.value(name)))
            continue;
        QJsonObject property = properties.value(name).toObject();
        property.insert(u"default"_s, defaults.value(name));
        properties.insert(name, property);
    }
    schema.insert(u"properties"_s, properties);
    schema.insert(u"additionalProperties"_s, false);
    return schema;
}

template <class Request> wire::MethodSchema methodSchema()
{
    const MethodRule *rule = ruleOf(Request::method);
    return {.method = QLatin1StringView(Request::method),
        .needs = rule->needs,
        .summary = QLatin1StringView(rule->summary),
        .params = paramsSchema<Request>(),
        .result = Codec<typename Request::Reply>::schema()};
}

template <class... Request> std::vector<wire::MethodSchema> methodsOf(const std::variant<Request...> *)
{
    std::vector<wire::MethodSchema> all{methodSchema<Request>()...};
    std::sort(all.begin(), all.end(), [](const auto &a, const auto &b) { return a.method < b.method; });
    return all;
}

std::vector<wire::ErrorCode> errorCodes()
{
    std::vector<wire::ErrorCode> all{
        {rpc::parseErrorCode, u"invalid"_s, u"the text is no JSON"_s},
        {rpc::invalidRequestCode, u"invalid"_s, u"no JSON-RPC 2.0 request; batches are refused"_s},
        {rpc::methodNotFoundCode, u"invalid"_s, u"there is no such method"_s},
        {rpc::invalidParamsCode, u"invalid"_s, u"a parameter is unknown, missing or of a wrong type"_s},
        {rpc::internalErrorCode, u"internal"_s, u"the backend made a mistake"_s},
    };
    const auto add = [&](ErrorKind kind, const QString &summary) {
        all.push_back({rpc::toRpcError({kind, {}}).code, errorCodeName(kind), summary});
    };
    add(ErrorKind::Invalid, u"a value, file or expression is wrong; of files with data.problems"_s);
    add(ErrorKind::NotFound, u"what was named is not there"_s);
    add(ErrorKind::Denied, u"the role of the token is not enough"_s);
    add(ErrorKind::Conflict, u"it goes against what is there, or a policy refuses it"_s);
    add(ErrorKind::Unavailable, u"the store has failed or too much is under way; try again"_s);
    add(ErrorKind::Internal, u"the backend made a mistake"_s);
    return all;
}

wire::DiscoverReply discover()
{
    return {.subprotocol = QLatin1StringView(wire::clientSubprotocol),
        .methods = methodsOf(static_cast<const wire::ClientRequest *>(nullptr)),
        .notifications = {{u"hello"_s, u"the server's first message"_s, Codec<wire::ServerHello>::schema()},
            {u"watch.changed"_s, u"a row of a watch, or with removed its identity; n rises by one"_s,
                Codec<wire::WatchChanged>::schema()},
            {u"watch.closed"_s, u"the last of a watch: open it again"_s, Codec<wire::WatchClosed>::schema()},
            {u"log.end"_s, u"the last of a log that was opened"_s, Codec<wire::LogEnd>::schema()}},
        .frames = {{u"log"_s, u"bytes of a log at their offset, with index entries of exactly these bytes"_s,
            Codec<wire::LogPiece>::schema()}},
        .errors = errorCodes(),
        .closes = {{1009, u"a message is larger than it may be"_s},
            {wire::closeOverload, u"too much waits for this client"_s},
            {wire::closeAuth, u"the token was revoked or has expired"_s},
            {wire::closeReplaced, u"a newer connection of the same agent"_s}}};
}

} // namespace

const wire::DiscoverReply &discovery()
{
    static const wire::DiscoverReply all = discover();
    return all;
}

void requests::handle(ClientSession &, const wire::RpcDiscover &, const Respond<wire::DiscoverReply> &respond)
{
    respond(discovery());
}

} // namespace belfry
