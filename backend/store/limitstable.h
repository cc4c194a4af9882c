// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/sql.h"
#include "shared/model/limit.h"

namespace belfry::store {

class LimitsTable
{
public:
    explicit LimitsTable(Database &database);
    void save(const Limit &limit);
    void remove(const QString &project, const QString &name);
    std::vector<Limit> all(); // by project, then name

private:
    Statement m_save;
    Statement m_remove;
    Statement m_all;
};

class RateUsesTable
{
public:
    explicit RateUsesTable(Database &database);
    void save(const RateUse &use);
    void remove(const QString &project, const QString &name, Instant until); // those at or before
    std::vector<RateUse> all();

private:
    Statement m_save;
    Statement m_remove;
    Statement m_all;
};

} // namespace belfry::store
