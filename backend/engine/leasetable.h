// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/run.h"

#include <map>
#include <optional>
#include <set>

namespace belfry::engine {

// What the clocks say of an attempt with a lease, if nothing is heard of its agent any more.
struct LeaseTimes {
    Instant ends; // the tree is told to end, at the latest
    Instant lost; // the attempt is counted as lost
    bool operator==(const LeaseTimes &) const = default;
};

// Since when nothing has renewed the lease of each live attempt, on the backend's monotonic clock. It is not stored:
// what was sent before a start of the backend was sent before that start, so all leases count from there.
class LeaseTable
{
public:
    // A lease goes out now.
    void renew(AttemptKey key, Duration lostAfter, Duration now);
    void drop(AttemptKey key);
    // The backend itself did not run for so long. Nobody could be heard meanwhile, and that is no agent's fault.
    void sleep(Duration slept);

    // When the attempt counts as lost. None: it has no lease.
    std::optional<Duration> lostAt(AttemptKey key) const;
    // The earliest such time.
    std::optional<Duration> first() const;
    // Those whose time has come, the longest over first.
    std::vector<AttemptKey> lost(Duration now) const;

private:
    std::map<AttemptKey, Duration> m_lostAt;
    std::set<std::pair<Duration, AttemptKey>> m_order;
};

} // namespace belfry::engine
