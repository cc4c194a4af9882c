// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/clock.h"

#include <time.h>

namespace belfry {

namespace {

qint64 milliseconds(clockid_t id)
{
    timespec value {};
    clock_gettime(id, &value);
    return qint64(value.tv_sec) * 1000 + value.tv_nsec / 1'000'000;
}

} // namespace

Instant SystemClock::now() const { return Instant(milliseconds(CLOCK_REALTIME)); }

Duration SystemClock::monotonic() const { return Duration(milliseconds(CLOCK_MONOTONIC)); }

} // namespace belfry
