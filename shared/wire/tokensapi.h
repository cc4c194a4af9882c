// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/instant.h"
#include "shared/codec/codec.h"
#include "shared/model/role.h"

// Requests about tokens: who may connect, and as what.
namespace belfry::wire {

// A token without its secret, of which the backend has only a hash.
struct TokenRow {
    QString id; // public; the secret begins with `bft_<id>_`
    QString name; // what `by` says of what was done with it
    Role role = Role::Viewer;
    Instant created;
    QString createdBy; // name of the token that asked for it; empty: the backend at its first start
    std::optional<Instant> expires; // none: never
    std::optional<Instant> revoked;
    std::optional<Instant> lastUsed; // last connection; after a restart of the backend up to a minute early
    int connections = 0; // open now
    bool valid = true; // neither revoked nor expired
    bool operator==(const TokenRow &) const = default;
};
constexpr auto describe(const TokenRow *)
{
    return fields(required(1, "id", &TokenRow::id), field(2, "name", &TokenRow::name),
        required(3, "role", &TokenRow::role), field(4, "created", &TokenRow::created),
        field(5, "created_by", &TokenRow::createdBy), field(6, "expires", &TokenRow::expires),
        field(7, "revoked", &TokenRow::revoked), field(8, "last_used", &TokenRow::lastUsed),
        field(9, "connections", &TokenRow::connections), field(10, "valid", &TokenRow::valid));
}

struct TokenCreateReply {
    TokenRow token;
    QString secret; // told here and never again
};
constexpr auto describe(const TokenCreateReply *)
{
    return fields(required(1, "token", &TokenCreateReply::token), required(2, "secret", &TokenCreateReply::secret));
}
struct TokenCreate {
    static constexpr auto method = "token.create";
    using Reply = TokenCreateReply;
    Role role = Role::Viewer;
    QString name; // at most 64 characters; default: role and id
    std::optional<Instant> expires; // default: in 90 days, for an agent in 365
    bool neverExpires = false;
};
constexpr auto describe(const TokenCreate *)
{
    return fields(required(1, "role", &TokenCreate::role), field(2, "name", &TokenCreate::name),
        field(3, "expires", &TokenCreate::expires), field(4, "never_expires", &TokenCreate::neverExpires));
}

struct TokenListReply {
    std::vector<TokenRow> tokens; // by creation; revoked and expired ones too
};
constexpr auto describe(const TokenListReply *)
{
    return fields(required(1, "tokens", &TokenListReply::tokens));
}
struct TokenList {
    static constexpr auto method = "token.list";
    using Reply = TokenListReply;
};
constexpr auto describe(const TokenList *)
{
    return fields();
}

// Its open connections are closed with 4401. A second time changes nothing. The last valid token of an admin is a
// conflict: nobody could make another one.
struct TokenRevoke {
    static constexpr auto method = "token.revoke";
    using Reply = TokenRow;
    QString id;
};
constexpr auto describe(const TokenRevoke *)
{
    return fields(required(1, "id", &TokenRevoke::id));
}

} // namespace belfry::wire
