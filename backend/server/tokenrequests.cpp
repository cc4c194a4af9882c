// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/requests.h"

#include <QLoggingCategory>

namespace belfry {

wire::TokenRow ServerParts::tokenRow(const store::AccessToken &token) const
{
    return {.id = token.id,
        .name = token.name,
        .role = enumOf<Role>(token.role).value_or(Role::Viewer),
        .created = token.created,
        .createdBy = token.createdBy,
        .expires = token.expires,
        .revoked = token.revoked,
        .lastUsed = token.lastUsed,
        .connections = connections(token.id),
        .valid = access.isValid(token.id)};
}

std::vector<wire::TokenRow> ServerParts::tokenRows() const
{
    std::vector<wire::TokenRow> rows;
    for (const store::AccessToken &token : access.tokens())
        rows.push_back(tokenRow(token));
    return rows;
}

} // namespace belfry

namespace belfry::requests {

using namespace Qt::StringLiterals;

namespace {

Q_LOGGING_CATEGORY(logTokens, "belfry.tokens")

constexpr qsizetype mostName = 64;
constexpr Duration userLife = 24h * 90;
constexpr Duration agentLife = 24h * 365;

Status checkCreate(const wire::TokenCreate &request, Instant now)
{
    if (const Status good = checkLength("name", request.name, mostName); !good)
        return good;
    // The name goes into lists, logs and `by`.
    if (std::any_of(request.name.begin(), request.name.end(), [](QChar each) { return !each.isPrint(); }))
        return fail(ErrorKind::Invalid, u"name: it may have printable characters only"_s);
    if (request.expires && request.neverExpires)
        return fail(ErrorKind::Invalid, u"expires: not together with never_expires"_s);
    if (request.expires && *request.expires <= now)
        return fail(ErrorKind::Invalid, u"expires: %1 has passed"_s.arg(toRfc3339(*request.expires)));
    return {};
}

} // namespace

void handle(ClientSession &session, const wire::TokenCreate &request, const Respond<wire::TokenCreateReply> &respond)
{
    const Instant now = session.parts().core.clock().now();
    if (const Status good = checkCreate(request, now); !good) {
        respond(fail(good.error()));
        return;
    }
    std::optional<Instant> expires = request.expires;
    if (!expires && !request.neverExpires)
        expires = now + (request.role == Role::Agent ? agentLife : userLife);
    NewToken token = makeToken(request.name, request.role, now, expires);
    token.row.createdBy = session.identity().name;
    qCInfo(logTokens, "%s makes token %s (%s), role %s", qUtf8Printable(session.identity().name),
        qUtf8Printable(token.row.id), qUtf8Printable(token.row.name), qUtf8Printable(token.row.role));
    session.parts().access.add(token.row, &session, [&session, token, respond](const Status &saved) {
        if (saved)
            respond(wire::TokenCreateReply{session.parts().tokenRow(token.row), QString::fromLatin1(token.secret)});
        else
            respond(fail(saved.error()));
    });
}

void handle(ClientSession &session, const wire::TokenList &, const Respond<wire::TokenListReply> &respond)
{
    respond(wire::TokenListReply{session.parts().tokenRows()});
}

void handle(ClientSession &session, const wire::TokenRevoke &request, const Respond<wire::TokenRow> &respond)
{
    Access &access = session.parts().access;
    qCInfo(logTokens, "%s revokes token %s", qUtf8Printable(session.identity().name),
        qUtf8Printable(request.id.left(64)));
    access.revoke(request.id, &session, [&session, id = request.id, respond](const Status &revoked) {
        const store::AccessToken *token = session.parts().access.token(id);
        if (revoked && token)
            respond(session.parts().tokenRow(*token));
        else
            respond(fail(revoked ? Error{ErrorKind::NotFound, u"there is no token '%1'"_s.arg(id)} : revoked.error()));
    });
}

} // namespace belfry::requests
