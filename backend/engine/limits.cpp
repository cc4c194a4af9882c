// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/limits.h"

namespace belfry::engine {

namespace {

int asked(const LimitSpec &spec, int units)
{
    return std::min(units, spec.most());
}

} // namespace

Limits::Limits(const std::vector<Limit> &limits, const std::vector<RateUse> &uses, Instant now)
{
    for (const Limit &limit : limits)
        m_specs[{limit.project, limit.name}] = limit.spec;
    for (const RateUse &use : uses) // one from the future was made before the clock was set back
        m_uses[{use.project, use.limit}].insert({std::min(use.at, now), use.units});
}

void Limits::set(const LimitKey &key, const LimitSpec &spec)
{
    m_specs[key] = spec;
    if (!spec.isRate())
        m_uses.erase(key);
    m_eased.insert(key);
}

void Limits::remove(const LimitKey &key)
{
    m_specs.erase(key);
    m_uses.erase(key);
    m_eased.insert(key);
}

const LimitSpec *Limits::find(const LimitKey &key) const
{
    const auto found = m_specs.find(key);
    return found == m_specs.end() ? nullptr : &found->second;
}

std::map<QString, LimitSpec> Limits::of(const QString &project) const
{
    std::map<QString, LimitSpec> limits;
    for (auto at = m_specs.lower_bound({project, {}}); at != m_specs.end() && at->first.project == project; ++at)
        limits[at->first.name] = at->second;
    return limits;
}

void Limits::hold(const Demand &demand, RunId run, Instant since)
{
    for (const auto &[name, units] : demand.limits)
        m_holders[{demand.project, name}][run] = {units, since};
}

void Limits::release(const Demand &demand, RunId run)
{
    for (const auto &[name, units] : demand.limits) {
        const LimitKey key{demand.project, name};
        if (const auto found = m_holders.find(key); found != m_holders.end() && found->second.erase(run) > 0) {
            m_eased.insert(key);
            if (found->second.empty())
                m_holders.erase(found);
        }
    }
}

std::vector<RateUse> Limits::spend(const Demand &demand, AttemptKey key, Instant at)
{
    std::vector<RateUse> uses;
    for (const auto &[name, units] : demand.limits) {
        const LimitSpec *spec = find({demand.project, name});
        if (!spec || !spec->isRate())
            continue;
        m_uses[{demand.project, name}].insert({at, units});
        uses.push_back({demand.project, name, key, units, at});
    }
    return uses;
}

std::optional<Instant> Limits::expire(const LimitKey &key, Instant now)
{
    const LimitSpec *spec = find(key);
    const auto found = m_uses.find(key);
    if (!spec || found == m_uses.end())
        return std::nullopt;
    auto &uses = found->second;
    const auto end = uses.upper_bound({now - spec->per, 0});
    if (end == uses.begin())
        return std::nullopt;
    const Instant until = std::prev(end)->at;
    uses.erase(uses.begin(), end);
    return until;
}

void Limits::shiftUses(Duration by)
{
    for (auto &[key, uses] : m_uses) {
        std::multiset<Use> shifted;
        for (const Use &use : uses)
            shifted.insert(shifted.end(), {use.at + by, use.units});
        uses = std::move(shifted);
    }
    noteTime();
}

std::vector<Shortage> Limits::lacking(const Demand &demand, QueueKey key, Instant now) const
{
    std::vector<Shortage> shortages;
    for (const auto &[name, units] : demand.limits) {
        const LimitKey limit{demand.project, name};
        const LimitSpec *spec = find(limit);
        if (!spec)
            continue;
        Shortage shortage{.limit = limit,
            .spec = *spec,
            .need = asked(*spec, units),
            .used = used(limit, now),
            .claimed = claimed(limit, *spec, key),
            .freeAt = {}};
        const int missing = shortage.need + shortage.used + shortage.claimed - spec->most();
        if (missing <= 0)
            continue;
        if (spec->isRate())
            shortage.freeAt = freeAt(limit, *spec, missing, now);
        shortages.push_back(std::move(shortage));
    }
    return shortages;
}

void Limits::claim(const Demand &demand, QueueKey key, const std::vector<Shortage> &lacking)
{
    Claim &claim = m_claims.try_emplace(key, Claim{key, {}, demand}).first->second;
    for (const Shortage &shortage : lacking)
        claim.limits.insert(shortage.limit);
}

void Limits::dropClaim(QueueKey key)
{
    const auto found = m_claims.find(key);
    if (found == m_claims.end())
        return;
    m_eased.insert(found->second.limits.begin(), found->second.limits.end());
    m_claims.erase(found);
}

const std::map<RunId, Limits::Holder> &Limits::holders(const LimitKey &key) const
{
    static const std::map<RunId, Holder> none;
    const auto found = m_holders.find(key);
    return found == m_holders.end() ? none : found->second;
}

int Limits::used(const LimitKey &key, Instant now) const
{
    const LimitSpec *spec = find(key);
    qint64 sum = 0; // limits may shrink below what is held
    if (!spec)
        return 0;
    if (!spec->isRate()) {
        for (const auto &[run, holder] : holders(key))
            sum += asked(*spec, holder.units);
    } else if (const auto uses = m_uses.find(key); uses != m_uses.end()) {
        for (auto at = uses->second.upper_bound({now - spec->per, 0}); at != uses->second.end(); ++at)
            sum += asked(*spec, at->units);
    }
    return int(std::min<qint64>(sum, std::numeric_limits<int>::max() / 4));
}

int Limits::claimed(const LimitKey &limit, const LimitSpec &spec, QueueKey before) const
{
    qint64 sum = 0;
    for (auto at = m_claims.begin(); at != m_claims.end() && at->first < before; ++at) {
        if (at->second.limits.count(limit) != 0)
            sum += asked(spec, at->second.demand.limits.at(limit.name));
    }
    return int(std::min<qint64>(sum, std::numeric_limits<int>::max() / 4));
}

// When so many units will have left the span, if nothing is taken meanwhile.
std::optional<Instant> Limits::freeAt(const LimitKey &limit, const LimitSpec &spec, int missing, Instant now) const
{
    const auto uses = m_uses.find(limit);
    if (uses == m_uses.end())
        return std::nullopt;
    for (auto at = uses->second.upper_bound({now - spec.per, 0}); at != uses->second.end(); ++at) {
        missing -= asked(spec, at->units);
        if (missing <= 0)
            return at->at + spec.per;
    }
    return std::nullopt; // those with a claim go first
}

void Limits::noteTime()
{
    for (const auto &[key, uses] : m_uses)
        m_eased.insert(key);
}

} // namespace belfry::engine
