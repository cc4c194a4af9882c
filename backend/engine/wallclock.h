// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/instant.h"

#include <optional>

namespace belfry::engine {

// Watches the wall clock against the monotonic one.
class WallClock
{
public:
    static constexpr Duration smallestStep = 2s; // less is slewing, and jitter of reading two clocks
    static constexpr Duration suspectStep = 1h; // a step forward beyond it is believed only after
    static constexpr Duration holdTime = 60s;

    WallClock(Instant now, Duration monotonic);

    // How far the wall clock was stepped since the last reading; nullopt: not at all.
    std::optional<Duration> observe(Instant now, Duration monotonic);

    Instant now() const { return m_now; }
    Duration monotonic() const { return m_monotonic; }
    // The clock is suspect: nothing becomes due and nothing is started.
    bool isHeld() const { return m_heldUntil.has_value(); }
    // When the hold ends, as far as is known.
    std::optional<Instant> heldUntil() const;

private:
    Instant m_now;
    Duration m_monotonic;
    std::optional<Duration> m_heldUntil; // monotonic
    Duration m_suspect{0}; // what was stepped since the hold began; a hold ends when this is undone
};

} // namespace belfry::engine
