// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/instant.h"

namespace belfry {

// The two clocks of a process. Due times use now(); durations, time-outs and silence use monotonic().
class Clock
{
public:
    virtual ~Clock() = default;
    virtual Instant now() const = 0;
    // CLOCK_MONOTONIC: only differences mean anything.
    virtual Duration monotonic() const = 0;
};

class SystemClock final : public Clock
{
public:
    Instant now() const override;
    Duration monotonic() const override;
};

// For tests and simulation: stands still until told otherwise.
class ManualClock final : public Clock
{
public:
    explicit ManualClock(Instant start) : m_now(start) { }
    Instant now() const override { return m_now; }
    Duration monotonic() const override { return m_monotonic; }
    void advance(Duration by)
    {
        m_now = m_now + by;
        m_monotonic += by;
    }
    // The wall clock alone: what NTP or an operator does.
    void step(Duration by) { m_now = m_now + by; }

private:
    Instant m_now;
    Duration m_monotonic {1'000'000};
};

} // namespace belfry
