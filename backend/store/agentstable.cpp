// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/agentstable.h"

using namespace Qt::StringLiterals;

namespace belfry::store {

AgentsTable::AgentsTable(Database &database)
    : m_save(database, uR"(
        INSERT INTO agents (name, instance, boot_id, state, drained, labels, slots, skew_ms, last_seen, version,
            ephemeral, kill_set)
        VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?, ?)
        ON CONFLICT (name) DO UPDATE SET instance = excluded.instance, boot_id = excluded.boot_id,
            state = excluded.state, drained = excluded.drained, labels = excluded.labels, slots = excluded.slots,
            skew_ms = excluded.skew_ms, last_seen = excluded.last_seen, version = excluded.version,
            ephemeral = excluded.ephemeral, kill_set = excluded.kill_set)"_s)
    , m_remove(database, u"DELETE FROM agents WHERE name = ?"_s)
    , m_all(database, uR"(
        SELECT name, instance, boot_id, state, drained, labels, slots, skew_ms, last_seen, version, ephemeral, kill_set
        FROM agents ORDER BY name)"_s)
{ }

void AgentsTable::save(const Agent &agent)
{
    m_save.run(agent.name, agent.instance, agent.bootId, agent.state, agent.drained, agent.labels, agent.slots,
        agent.skewMs, agent.lastSeen, agent.version, agent.ephemeral, agent.killSet);
}

void AgentsTable::remove(const QString &name)
{
    m_remove.run(name);
}

std::vector<Agent> AgentsTable::all()
{
    std::vector<Agent> agents;
    for (Statement::Rows rows = m_all.select(); rows.next();) {
        Agent &each = agents.emplace_back();
        rows.into(each.name, each.instance, each.bootId, each.state, each.drained, each.labels, each.slots, each.skewMs,
            each.lastSeen, each.version, each.ephemeral, each.killSet);
    }
    return agents;
}

} // namespace belfry::store
