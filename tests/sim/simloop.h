// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/instant.h"
#include "shared/base/random.h"

#include <functional>
#include <map>

namespace belfry::sim {

// Virtual time. What is to happen at the same moment happens in the order in which it was asked for.
class SimLoop
{
public:
    explicit SimLoop(quint64 seed)
        : random(seed)
    { }

    Duration now() const { return m_now; }
    void after(Duration delay, std::function<void()> what)
    {
        m_waiting.emplace(std::pair(m_now + delay, m_next++), std::move(what));
    }
    // Does what is next, at its time, unless that is after `end`.
    bool step(Duration end)
    {
        if (m_waiting.empty() || m_waiting.begin()->first.first > end)
            return false;
        const auto next = m_waiting.extract(m_waiting.begin());
        m_now = next.key().first;
        next.mapped()();
        return true;
    }

    // Uniform in [from, to].
    Duration between(Duration from, Duration to)
    {
        return from + Duration(qint64(random.below(quint64((to - from).count()) + 1)));
    }
    bool chance(double probability) { return random.unit() < probability; }

    SeededRandom random;

private:
    Duration m_now{1'000};
    quint64 m_next = 0;
    std::map<std::pair<Duration, quint64>, std::function<void()>> m_waiting;
};

} // namespace belfry::sim
