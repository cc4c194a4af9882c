// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/gate.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

HttpResponse refusal(int status, const QByteArray &sentence)
{
    HttpResponse response{.status = status, .body = sentence + '\n'};
    if (status == 401)
        response.headers.emplace_back("WWW-Authenticate", "Bearer");
    return response;
}

Admission respond(HttpResponse response)
{
    return {.kind = Admission::Kind::Respond, .response = std::move(response)};
}

// The name of `host`, `host:port` or `[address]:port`; empty when it is none of these.
QByteArray hostName(const QByteArray &host)
{
    QByteArray name = host;
    QByteArray port;
    if (host.startsWith('[')) {
        const qsizetype end = host.indexOf(']');
        if (end < 0 || (end + 1 < host.size() && host[end + 1] != ':'))
            return {};
        name = host.sliced(1, end - 1);
        port = host.sliced(std::min(end + 2, host.size()));
    } else if (const qsizetype colon = host.indexOf(':'); colon >= 0) {
        name = host.first(colon);
        port = host.sliced(colon + 1);
    }
    bool ok = port.isEmpty() && !host.endsWith(':');
    if (!port.isEmpty())
        port.toUShort(&ok);
    return ok ? name.toLower() : QByteArray();
}

bool hasToken(const QByteArray &list, QByteArrayView wanted)
{
    for (const QByteArray &each : list.split(','))
        if (each.trimmed().toLower() == wanted)
            return true;
    return false;
}

// The secret of `Bearer <secret>`; the scheme may be in any case.
QByteArray bearer(const QByteArray &authorization)
{
    const qsizetype space = authorization.indexOf(' ');
    if (space < 0 || authorization.first(space).toLower() != "bearer")
        return {};
    return authorization.sliced(space + 1).trimmed();
}

} // namespace

const std::vector<Gate::Route> &Gate::routes()
{
    static const std::vector<Route> table{
        {"/healthz", std::nullopt, Admission::Kind::Respond, ""},
        {"/readyz", Role::Viewer, Admission::Kind::Respond, ""},
        {"/ws", Role::Viewer, Admission::Kind::Clients, wire::clientSubprotocol},
        {"/agent", Role::Agent, Admission::Kind::Agents, wire::agentSubprotocol},
    };
    return table;
}

Admission Gate::admit(const HttpRequest &request) const
{
    if (auto wrong = checkHost(request))
        return respond(*wrong);
    if (auto wrong = checkOrigin(request))
        return respond(*wrong);
    const auto &table = routes();
    const auto route
        = std::find_if(table.begin(), table.end(), [&](const Route &each) { return request.path == each.path; });
    if (route == table.end())
        return respond(refusal(404, "There is nothing here."));

    Admission admission{.kind = route->kind};
    if (route->needs) {
        const QByteArray secret = bearer(request.header("authorization"));
        if (secret.isEmpty())
            return respond(refusal(401, "A token is needed: send Authorization: Bearer <token>."));
        const Result<Identity> identity = m_access.identify(secret);
        if (!identity) {
            Admission denied = respond(refusal(401, "The token is not valid."));
            denied.badToken = true;
            return denied;
        }
        if (!includes(identity->role, *route->needs))
            return respond(refusal(403,
                "The role " + nameOf(identity->role).toLatin1() + " may not come in here; it takes "
                    + nameOf(*route->needs).toLatin1() + '.'));
        admission.identity = *identity;
    }
    if (request.method != "GET" && (request.method != "HEAD" || route->kind != Admission::Kind::Respond)) {
        HttpResponse response = refusal(405, "Only GET is known here.");
        response.headers.emplace_back("Allow", "GET");
        return respond(response);
    }
    if (route->kind == Admission::Kind::Respond)
        return admission;
    if (auto wrong = checkUpgrade(request, *route))
        return respond(*wrong);
    return admission;
}

// A page on another name that resolves to this address (DNS rebinding) gives itself away here.
std::optional<HttpResponse> Gate::checkHost(const HttpRequest &request) const
{
    const QByteArray name = hostName(request.header("host"));
    const QString text = QString::fromLatin1(name);
    if (name == "localhost" || QHostAddress(text).isLoopback() || m_settings.hosts.contains(text, Qt::CaseInsensitive))
        return std::nullopt;
    return refusal(421, "This backend does not answer to that Host; add the name to `hosts` of its configuration.");
}

std::optional<HttpResponse> Gate::checkOrigin(const HttpRequest &request) const
{
    if (request.count("origin") == 0 || m_settings.origins.contains(QString::fromLatin1(request.header("origin"))))
        return std::nullopt;
    return refusal(403, "Web pages of that Origin may not connect; list it in `origins` of the configuration.");
}

std::optional<HttpResponse> Gate::checkUpgrade(const HttpRequest &request, const Route &route) const
{
    if (!request.http11 || !request.upgrade || request.header("upgrade").toLower() != "websocket") {
        HttpResponse response = refusal(426, "This is a WebSocket.");
        response.headers.emplace_back("Upgrade", "websocket");
        return response;
    }
    if (request.header("sec-websocket-version") != "13") {
        HttpResponse response = refusal(426, "Only version 13 of the WebSocket protocol is spoken here.");
        response.headers.emplace_back("Sec-WebSocket-Version", "13");
        return response;
    }
    const auto key = QByteArray::fromBase64Encoding(
        request.header("sec-websocket-key"), QByteArray::Base64Encoding | QByteArray::AbortOnBase64DecodingErrors);
    if (!key || key.decoded.size() != 16)
        return refusal(400, "Sec-WebSocket-Key is not 16 bytes of base64.");
    if (request.count("content-length") > 0 || request.count("transfer-encoding") > 0)
        return refusal(400, "An upgrade has no body.");
    for (const auto &[name, value] : request.headers)
        if (name == "sec-websocket-protocol" && hasToken(value, route.subprotocol))
            return std::nullopt;
    return refusal(400, QByteArray("The sub-protocol ") + route.subprotocol + " must be offered.");
}

} // namespace belfry
