// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/random.h"
#include "shared/wire/limits.h"

#include <optional>

namespace belfry {

// How long to wait before the next try: between half and all of a bound that doubles from `first` to `last`, so that
// peers that lost the same server do not come back in step.
class Backoff
{
public:
    explicit Backoff(Duration first = wire::firstRetry, Duration last = wire::lastRetry)
        : m_first(first)
        , m_last(last)
    { }

    Duration next(Random &random);
    // The connection proved good: start from the first bound again.
    void reset() { m_bound = Duration(0); }

private:
    Duration m_first;
    Duration m_last;
    Duration m_bound{0};
};

// A server under load says when to come back in the reason of its close: "...; retry after 7s".
QString withRetryAfter(const QString &reason, Duration wait);
// At most one hour; empty when the reason names none.
std::optional<Duration> retryAfterOf(const QString &reason);

} // namespace belfry
