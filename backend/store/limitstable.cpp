// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/limitstable.h"

using namespace Qt::StringLiterals;

namespace belfry::store {

LimitsTable::LimitsTable(Database &database)
    : m_save(database, uR"(
        INSERT INTO limits (project, name, units, rate, per) VALUES (?, ?, ?, ?, ?)
        ON CONFLICT (project, name) DO UPDATE SET units = excluded.units, rate = excluded.rate, per = excluded.per)"_s)
    , m_remove(database, u"DELETE FROM limits WHERE project = ? AND name = ?"_s)
    , m_all(database, u"SELECT project, name, units, rate, per FROM limits ORDER BY project, name"_s)
{ }

void LimitsTable::save(const Limit &limit)
{
    m_save.run(limit.project, limit.name, limit.spec.units, limit.spec.rate, limit.spec.per);
}

void LimitsTable::remove(const QString &project, const QString &name)
{
    m_remove.run(project, name);
}

std::vector<Limit> LimitsTable::all()
{
    std::vector<Limit> limits;
    for (Statement::Rows rows = m_all.select(); rows.next();) {
        Limit &each = limits.emplace_back();
        rows.into(each.project, each.name, each.spec.units, each.spec.rate, each.spec.per);
    }
    return limits;
}

RateUsesTable::RateUsesTable(Database &database)
    : m_save(database, uR"(
        INSERT INTO rate_uses (project, name, at, run, attempt, units) VALUES (?, ?, ?, ?, ?, ?)
        ON CONFLICT (project, name, at, run, attempt) DO UPDATE SET units = excluded.units)"_s)
    , m_remove(database, u"DELETE FROM rate_uses WHERE project = ? AND name = ? AND at <= ?"_s)
    , m_all(database, u"SELECT project, name, at, run, attempt, units FROM rate_uses"_s)
{ }

void RateUsesTable::save(const RateUse &use)
{
    m_save.run(use.project, use.limit, use.at, use.key.run, use.key.attempt, use.units);
}

void RateUsesTable::remove(const QString &project, const QString &name, Instant until)
{
    m_remove.run(project, name, until);
}

std::vector<RateUse> RateUsesTable::all()
{
    std::vector<RateUse> uses;
    for (Statement::Rows rows = m_all.select(); rows.next();) {
        RateUse &each = uses.emplace_back();
        rows.into(each.project, each.limit, each.at, each.key.run, each.key.attempt, each.units);
    }
    return uses;
}

} // namespace belfry::store
