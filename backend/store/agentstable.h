// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/store/sql.h"
#include "shared/model/agent.h"

namespace belfry::store {

class AgentsTable
{
public:
    explicit AgentsTable(Database &database);
    void save(const Agent &agent); // all but `used`, which is derived
    void remove(const QString &name);
    std::vector<Agent> all(); // by name

private:
    Statement m_save;
    Statement m_remove;
    Statement m_all;
};

} // namespace belfry::store
