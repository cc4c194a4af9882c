// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/agenttable.h"
#include "shared/expr/labelexpr.h"
#include "shared/model/job.h"

namespace belfry::engine {

// Which agent takes a run: one whose labels the run's expression matches and that has a free slot. Of several, by
// placement, and then by name:
//   least_loaded  the least used / slots
//   spread        the fewest live attempts of the same job, then the least loaded
//   pack          the most used / slots: the emptiest stay free for large work, or can be stopped
//   sticky        the one that had the job's newest attempt, if it has a free slot; else the least loaded
// Runs with the same expression form a class, so that a class that finds nothing is asked again only when one of its
// agents has gained room.
class Placement
{
public:
    using ClassId = int;
    struct Wish {
        ::belfry::Placement strategy = ::belfry::Placement::LeastLoaded;
        QString avoid; // taken only if there is no other
        QString last; // of the job, for sticky
        std::map<QString, int> live; // attempts of the job by agent, for spread
    };

    // Invalid for a text that is no label expression.
    Result<ClassId> classOf(const QString &expression);

    // Takes in labels, slots and load of an agent. True: there may be a place now where there was none.
    bool update(const KnownAgent &known);
    void remove(const QString &agent);
    // The classes that the agent's labels match.
    const std::set<ClassId> &classesOf(const QString &agent) const;
    // Names of the agents that a class matches, busy and absent ones too.
    const std::set<QString> &agentsOf(ClassId id) const { return m_classes[std::size_t(id)].agents; }

    // Some agent of the class is connected and takes work, busy or not.
    bool isServed(ClassId id) const;
    bool hasRoom(ClassId id) const;
    std::optional<QString> choose(ClassId id, const Wish &wish) const;

private:
    struct Load {
        int used = 0;
        int slots = 0;
        QString agent;
        std::strong_ordering compareFill(const Load &other) const;
        bool operator<(const Load &other) const; // the least loaded first, then by name
        bool isFullerThan(const Load &other) const; // then by name
    };
    struct Class {
        LabelExpr expression;
        std::set<QString> agents;
    };
    struct Place {
        std::map<QString, QString> labels;
        Load load;
        bool takesWork = false;
        bool free = false;
        std::set<ClassId> classes;
    };

    void match(Place &place, const QString &agent);
    // The first of the class that has room and is wanted, from the least loaded on, or from the most.
    template <class Wanted> const Load *pick(ClassId id, bool fullest, Wanted wanted) const;
    template <class Wanted> const Load *pickBy(const Wish &wish, ClassId id, Wanted wanted) const;

    std::map<QString, ClassId> m_ids;
    std::vector<Class> m_classes;
    std::map<QString, Place> m_places;
    std::set<Load> m_free; // only those with room
};

} // namespace belfry::engine
