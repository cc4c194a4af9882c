// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/wallclock.h"

namespace belfry::engine {

WallClock::WallClock(Instant now, Duration monotonic)
    : m_now(now)
    , m_monotonic(monotonic)
{ }

std::optional<Duration> WallClock::observe(Instant now, Duration monotonic)
{
    const Duration step = (now - m_now) - (monotonic - m_monotonic);
    m_now = now;
    m_monotonic = monotonic;
    if (m_heldUntil && monotonic >= *m_heldUntil)
        m_heldUntil.reset();
    if (std::chrono::abs(step) <= smallestStep)
        return std::nullopt;
    m_suspect = (m_heldUntil ? m_suspect : 0s) + step;
    if (m_suspect <= suspectStep)
        m_heldUntil.reset();
    else
        m_heldUntil = monotonic + holdTime;
    return step;
}

std::optional<Instant> WallClock::heldUntil() const
{
    if (!m_heldUntil)
        return std::nullopt;
    return m_now + (*m_heldUntil - m_monotonic);
}

} // namespace belfry::engine
