// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/placement.h"

#include <algorithm>

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

// Below this many agents of a class it is quicker to look at each than to walk through all that are free.
constexpr std::size_t fewAgents = 32;

} // namespace

std::strong_ordering Placement::Load::compareFill(const Load &other) const
{
    return qint64(used) * other.slots <=> qint64(other.used) * slots;
}

bool Placement::Load::operator<(const Load &other) const
{
    const auto order = compareFill(other);
    return order != 0 ? order < 0 : agent < other.agent;
}

bool Placement::Load::isFullerThan(const Load &other) const
{
    const auto order = compareFill(other);
    return order != 0 ? order > 0 : agent < other.agent;
}

Result<Placement::ClassId> Placement::classOf(const QString &expression)
{
    if (const auto found = m_ids.find(expression); found != m_ids.end())
        return found->second;
    auto parsed = LabelExpr::parse(expression);
    if (!parsed)
        return fail(parsed.error());
    const ClassId id = int(m_classes.size());
    Class &added = m_classes.emplace_back(Class{std::move(*parsed), {}});
    m_ids[expression] = id;
    for (auto &[name, place] : m_places) {
        if (added.expression.matches(place.labels)) {
            added.agents.insert(name);
            place.classes.insert(id);
        }
    }
    return id;
}

bool Placement::update(const KnownAgent &known)
{
    const auto [found, isNew] = m_places.try_emplace(known.agent.name);
    Place &place = found->second;
    auto labels = known.agent.labels;
    labels[u"name"_s] = known.agent.name;
    const bool relabelled = isNew || labels != place.labels;
    if (relabelled) {
        place.labels = std::move(labels);
        match(place, known.agent.name);
    }
    const bool wasFree = place.free;
    if (wasFree)
        m_free.erase(place.load);
    place.load = {known.agent.used, known.agent.slots, known.agent.name};
    place.takesWork = known.takesWork();
    place.free = place.takesWork && known.agent.used < known.agent.slots;
    if (place.free)
        m_free.insert(place.load);
    return place.free && (relabelled || !wasFree);
}

void Placement::match(Place &place, const QString &agent)
{
    for (std::size_t i = 0; i < m_classes.size(); ++i) {
        if (m_classes[i].expression.matches(place.labels)) {
            m_classes[i].agents.insert(agent);
            place.classes.insert(int(i));
        } else {
            m_classes[i].agents.erase(agent);
            place.classes.erase(int(i));
        }
    }
}

void Placement::remove(const QString &agent)
{
    const auto found = m_places.find(agent);
    if (found == m_places.end())
        return;
    if (found->second.free)
        m_free.erase(found->second.load);
    for (const ClassId id : found->second.classes)
        m_classes[std::size_t(id)].agents.erase(agent);
    m_places.erase(found);
}

const std::set<Placement::ClassId> &Placement::classesOf(const QString &agent) const
{
    static const std::set<ClassId> none;
    const auto found = m_places.find(agent);
    return found == m_places.end() ? none : found->second.classes;
}

template <class Wanted> const Placement::Load *Placement::pick(ClassId id, bool fullest, Wanted wanted) const
{
    const auto &agents = m_classes[std::size_t(id)].agents;
    if (agents.size() <= fewAgents) {
        const Load *best = nullptr;
        for (const QString &name : agents) {
            const Place &place = m_places.at(name);
            if (!place.free || !wanted(place.load))
                continue;
            if (!best || (fullest ? place.load.isFullerThan(*best) : place.load < *best))
                best = &place.load;
        }
        return best;
    }
    const auto fits = [&](const Load &load) { return agents.count(load.agent) != 0 && wanted(load); };
    if (!fullest) {
        const auto found = std::find_if(m_free.begin(), m_free.end(), fits);
        return found == m_free.end() ? nullptr : &*found;
    }
    const Load *best = nullptr;
    for (auto at = m_free.rbegin(); at != m_free.rend(); ++at) {
        if (best && best->compareFill(*at) > 0)
            break;
        if (fits(*at) && (!best || at->isFullerThan(*best)))
            best = &*at;
    }
    return best;
}

template <class Wanted> const Placement::Load *Placement::pickBy(const Wish &wish, ClassId id, Wanted wanted) const
{
    using Strategy = ::belfry::Placement;
    if (wish.strategy == Strategy::Pack)
        return pick(id, true, wanted);
    if (wish.strategy == Strategy::Sticky) {
        const Load *last = pick(id, false, [&](const Load &load) { return load.agent == wish.last && wanted(load); });
        return last ? last : pick(id, false, wanted);
    }
    if (wish.strategy != Strategy::Spread || wish.live.empty())
        return pick(id, false, wanted);
    const auto liveOn = [&](const Load &load) {
        const auto found = wish.live.find(load.agent);
        return found == wish.live.end() ? 0 : found->second;
    };
    std::set<int> counts{0};
    for (const auto &[agent, count] : wish.live)
        counts.insert(count);
    for (const int count : counts) {
        const Load *found = pick(id, false, [&](const Load &load) { return liveOn(load) == count && wanted(load); });
        if (found)
            return found;
    }
    return nullptr;
}

bool Placement::isServed(ClassId id) const
{
    const auto &agents = m_classes[std::size_t(id)].agents;
    return std::any_of(
        agents.begin(), agents.end(), [this](const QString &name) { return m_places.at(name).takesWork; });
}

bool Placement::hasRoom(ClassId id) const
{
    return pick(id, false, [](const Load &) { return true; }) != nullptr;
}

std::optional<QString> Placement::choose(ClassId id, const Wish &wish) const
{
    const Load *best = pickBy(wish, id, [&](const Load &load) { return load.agent != wish.avoid; });
    if (!best)
        best = pick(id, false, [](const Load &) { return true; });
    return best ? std::optional(best->agent) : std::nullopt;
}

} // namespace belfry::engine
