// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/leasetable.h"

namespace belfry::engine {

void LeaseTable::renew(AttemptKey key, Duration lostAfter, Duration now)
{
    drop(key);
    m_lostAt[key] = now + lostAfter;
    m_order.insert({now + lostAfter, key});
}

void LeaseTable::drop(AttemptKey key)
{
    const auto found = m_lostAt.find(key);
    if (found == m_lostAt.end())
        return;
    m_order.erase({found->second, key});
    m_lostAt.erase(found);
}

void LeaseTable::sleep(Duration slept)
{
    m_order.clear();
    for (auto &[key, at] : m_lostAt) {
        at += slept;
        m_order.insert({at, key});
    }
}

std::optional<Duration> LeaseTable::lostAt(AttemptKey key) const
{
    const auto found = m_lostAt.find(key);
    return found == m_lostAt.end() ? std::nullopt : std::optional(found->second);
}

std::optional<Duration> LeaseTable::first() const
{
    return m_order.empty() ? std::nullopt : std::optional(m_order.begin()->first);
}

std::vector<AttemptKey> LeaseTable::lost(Duration now) const
{
    std::vector<AttemptKey> keys;
    for (const auto &[at, key] : m_order) {
        if (at > now)
            break;
        keys.push_back(key);
    }
    return keys;
}

} // namespace belfry::engine
