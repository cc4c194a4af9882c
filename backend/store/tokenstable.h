// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/queries.h"
#include "backend/store/sql.h"

namespace belfry::store {

class TokensTable
{
public:
    explicit TokensTable(Database &database);
    void save(const AccessToken &token);
    bool revoke(const QString &id, Instant at); // false for an unknown one
    void noteUse(const QString &id, Instant at);
    std::optional<AccessToken> find(const QString &id);
    std::vector<AccessToken> all();

private:
    Statement m_save;
    Statement m_revoke;
    Statement m_use;
    Statement m_find;
    Statement m_all;
};

} // namespace belfry::store
