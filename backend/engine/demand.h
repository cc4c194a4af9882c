// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/placement.h"

namespace belfry::engine {

// What a run needs to start, but for room of its job: a free slot of one of these agents, and units of these limits of
// its project.
struct Demand {
    Placement::ClassId agents = 0;
    QString project; // empty when there are no limits
    std::map<QString, int> limits;

    bool operator<(const Demand &other) const
    {
        return std::tie(agents, project, limits) < std::tie(other.agents, other.project, other.limits);
    }
};

// Runs that need the same stand in one line of the queue: what keeps the first of them waiting keeps them all.
using LineId = int;

class Lines
{
public:
    LineId of(const Demand &demand)
    {
        const auto [found, isNew] = m_ids.try_emplace(demand, LineId(m_demands.size()));
        if (isNew) {
            m_demands.push_back(demand);
            m_ofAgents[demand.agents].insert(found->second);
            for (const auto &[name, units] : demand.limits)
                m_ofLimit[{demand.project, name}].insert(found->second);
        }
        return found->second;
    }
    const Demand &demand(LineId line) const { return m_demands[std::size_t(line)]; }
    const std::set<LineId> &ofAgents(Placement::ClassId agents) const { return linesOf(m_ofAgents, agents); }
    const std::set<LineId> &ofLimit(const QString &project, const QString &name) const
    {
        return linesOf(m_ofLimit, std::pair(project, name));
    }

private:
    template <class K> static const std::set<LineId> &linesOf(const std::map<K, std::set<LineId>> &all, const K &key)
    {
        static const std::set<LineId> none;
        const auto found = all.find(key);
        return found == all.end() ? none : found->second;
    }

    std::vector<Demand> m_demands;
    std::map<Demand, LineId> m_ids;
    std::map<Placement::ClassId, std::set<LineId>> m_ofAgents;
    std::map<std::pair<QString, QString>, std::set<LineId>> m_ofLimit;
};

} // namespace belfry::engine
