// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/run.h"

namespace belfry {

// What a project says of one of its limits: either units that live attempts hold (1 is a lock, more a pool), or how
// many units may be taken within any span of `per`.
struct LimitSpec {
    int units = 0; // 0: it is a rate
    int rate = 0; // 0: it has units
    Duration per{0}; // with rate

    bool isRate() const { return units == 0; }
    // The most that one attempt can ask for.
    int most() const { return isRate() ? rate : units; }
    bool operator==(const LimitSpec &) const = default;
};
constexpr auto describe(const LimitSpec *)
{
    return fields(
        field(1, "units", &LimitSpec::units), field(2, "rate", &LimitSpec::rate), field(3, "per", &LimitSpec::per));
}

struct Limit {
    QString project;
    QString name;
    LimitSpec spec;

    bool operator==(const Limit &) const = default;
};

// Units of a rate that an attempt took when it was assigned.
struct RateUse {
    QString project;
    QString limit;
    AttemptKey key;
    int units = 0; // as asked for
    Instant at;

    bool operator==(const RateUse &) const = default;
};

} // namespace belfry
