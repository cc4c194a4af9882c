// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/ids.h"
#include "shared/base/instant.h"

#include <QString>

#include <optional>
#include <set>
#include <tuple>

namespace belfry::engine {

// What is to be looked at again, and when (wall clock). An entry may be out of date: whoever takes it checks.
class Timers
{
public:
    enum Kind {
        RunDue, // not_before has passed
        RunExpires, // start_by has passed
        RateEases, // so many uses of some rate have left its span that a run may start
        AgentForgotten, // an ephemeral agent has been away long enough
    };
    struct Timer {
        Instant at;
        Kind kind = RunDue;
        RunId run;
        QString agent;
        bool operator<(const Timer &other) const
        {
            return std::tie(at, kind, run, agent) < std::tie(other.at, other.kind, other.run, other.agent);
        }
    };

    void set(const Timer &timer) { m_timers.insert(timer); }
    std::optional<Instant> first() const
    {
        return m_timers.empty() ? std::nullopt : std::optional(m_timers.begin()->at);
    }
    // The earliest one that is due at `now`; it is taken out.
    std::optional<Timer> take(Instant now)
    {
        if (m_timers.empty() || m_timers.begin()->at > now)
            return std::nullopt;
        return m_timers.extract(m_timers.begin()).value();
    }

private:
    std::set<Timer> m_timers;
};

} // namespace belfry::engine
