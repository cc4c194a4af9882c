// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/tokenstable.h"

using namespace Qt::StringLiterals;

namespace belfry::store {

namespace {

const QString columns = u"id, name, role, hash, created, expires, revoked, created_by, last_used"_s;

} // namespace

TokensTable::TokensTable(Database &database)
    : m_save(database, uR"(
        INSERT INTO tokens (id, name, role, hash, created, expires, revoked, created_by, last_used)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (id) DO UPDATE SET name = excluded.name, role = excluded.role, hash = excluded.hash,
            created = excluded.created, expires = excluded.expires, revoked = excluded.revoked,
            created_by = excluded.created_by, last_used = excluded.last_used)"_s)
    , m_revoke(database, u"UPDATE tokens SET revoked = coalesce(revoked, ?) WHERE id = ?"_s)
    , m_use(database, u"UPDATE tokens SET last_used = ? WHERE id = ?"_s)
    , m_find(database, u"SELECT "_s + columns + u" FROM tokens WHERE id = ?"_s)
    , m_all(database, u"SELECT "_s + columns + u" FROM tokens ORDER BY created, id"_s)
{ }

void TokensTable::save(const AccessToken &token)
{
    m_save.run(token.id, token.name, token.role, token.hash, token.created, token.expires, token.revoked,
        token.createdBy, token.lastUsed);
}

bool TokensTable::revoke(const QString &id, Instant at)
{
    return m_revoke.run(at, id) > 0;
}

void TokensTable::noteUse(const QString &id, Instant at)
{
    m_use.run(at, id);
}

namespace {

AccessToken tokenOf(const Statement::Rows &rows)
{
    AccessToken token;
    rows.into(token.id, token.name, token.role, token.hash, token.created, token.expires, token.revoked,
        token.createdBy, token.lastUsed);
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
