// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/tokenstable.h"

using namespace Qt::StringLiterals;

namespace belfry::store {

TokensTable::TokensTable(Database &database)
    : m_save(database, uR"(
        INSERT INTO tokens (id, name, role, hash, created, expires, revoked) VALUES (?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, hash = excluded.hash,
            created = excluded.created, expires = excluded.expires, revoked = excluded.revoked)"_s)
    , m_revoke(database, u"UPDATE tokens SET revoked = coalesce(revoked, ?) WHERE id = ?"_s)
    , m_find(database, u"SELECT id, name, role, hash, created, expires, revoked FROM tokens WHERE id = ?"_s)
    , m_all(database, u"SELECT id, name, role, hash, created, expires, revoked FROM tokens ORDER BY created, id"_s)
{ }

void TokensTable::save(const AccessToken &token)
{
    m_save.run(token.id, token.name, token.role, token.hash, token.created, token.expires, token.revoked);
}

bool TokensTable::revoke(const QString &id, Instant at)
{
    return m_revoke.run(at, id) > 0;
}

namespace {

AccessToken tokenOf(const Statement::Rows &rows)
{
    AccessToken token;
    rows.into(token.id, token.name, token.role, token.hash, token.created, token.expires, token.revoked);
    return token;
}

} // namespace

std::optional<AccessToken> TokensTable::find(const QString &id)
{
    Statement::Rows rows = m_find.select(id);
    if (!rows.next())
        return std::nullopt;
    return tokenOf(rows);
}

std::vector<AccessToken> TokensTable::all()
{
    std::vector<AccessToken> tokens;
    for (Statement::Rows rows = m_all.select(); rows.next();)
        tokens.push_back(tokenOf(rows));
    return tokens;
}

} // namespace belfry::store
