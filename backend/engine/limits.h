// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/runqueue.h"
#include "shared/model/limit.h"

namespace belfry::engine {

struct LimitKey {
    QString project;
    QString name;

    bool operator==(const LimitKey &) const = default;
    bool operator<(const LimitKey &other) const
    {
        return std::tie(project, name) < std::tie(other.project, other.name);
    }
};

// What keeps a run from taking units of one limit.
struct Shortage {
    LimitKey limit;
    LimitSpec spec;
    int need = 0; // units
    int used = 0; // held by live attempts, or taken within the span
    int claimed = 0; // by runs that come before, see Limits
    std::optional<Instant> freeAt; // of a rate, when only time is in the way
};

// The limits of all projects, who holds units of them, and who waits for them.
//
// A run takes all its units at once, when it is assigned, or none. What it asks for beyond the whole limit (it pins an
// older definition) is not counted: it takes the whole limit. A limit that is gone asks for nothing.
//
// Runs of different needs pass each other, but not for ever: a run that has once found too little of a limit claims its
// units there until it is assigned, and those that come later in the queue take only what is left beside such claims.
// So each limit of a run can be taken from under it at most once.
class Limits
{
public:
    struct Holder {
        int units = 0; // as asked for
        Instant since;
    };
    struct Claim {
        QueueKey key;
        std::set<LimitKey> limits;
        Demand demand;
    };

    Limits(const std::vector<Limit> &limits, const std::vector<RateUse> &uses, Instant now);

    void set(const LimitKey &key, const LimitSpec &spec);
    void remove(const LimitKey &key);
    const LimitSpec *find(const LimitKey &key) const;
    std::map<QString, LimitSpec> of(const QString &project) const;

    // A live attempt of the run.
    void hold(const Demand &demand, RunId run, Instant since);
    void release(const Demand &demand, RunId run);
    // The uses of rates that an assignment makes; they count from now on.
    std::vector<RateUse> spend(const Demand &demand, AttemptKey key, Instant at);
    // Uses of a rate that count no more, up to when; none: all still count.
    std::optional<Instant> expire(const LimitKey &key, Instant now);
    // The clock was stepped: spans keep their length.
    void shiftUses(Duration by);

    // What the run lacks now, by name; empty: it can take all that it asks for.
    std::vector<Shortage> lacking(const Demand &demand, QueueKey key, Instant now) const;
    void claim(const Demand &demand, QueueKey key, const std::vector<Shortage> &lacking);
    void dropClaim(QueueKey key);
    const std::map<QueueKey, Claim> &claims() const { return m_claims; }

    // Live attempts that hold units, by run.
    const std::map<RunId, Holder> &holders(const LimitKey &key) const;
    // Units that are held, or were taken within the span.
    int used(const LimitKey &key, Instant now) const;

    // Limits of which there may be more than before since the last call; rates are named by noteTime().
    std::set<LimitKey> takeEased() { return std::exchange(m_eased, {}); }
    void noteTime();

private:
    struct Use {
        Instant at;
        int units = 0;
        bool operator<(const Use &other) const { return at < other.at; }
    };

    int claimed(const LimitKey &limit, const LimitSpec &spec, QueueKey before) const;
    std::optional<Instant> freeAt(const LimitKey &limit, const LimitSpec &spec, int missing, Instant now) const;

    std::map<LimitKey, LimitSpec> m_specs;
    std::map<LimitKey, std::map<RunId, Holder>> m_holders;
    std::map<LimitKey, std::multiset<Use>> m_uses;
    std::map<QueueKey, Claim> m_claims;
    std::set<LimitKey> m_eased;
};

} // namespace belfry::engine
