// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/codec/codec.h"

namespace belfry {

struct MovedOccasion {
    Instant at; // where it is today
    Instant to;

    bool operator==(const MovedOccasion &) const = default;
};
constexpr auto describe(const MovedOccasion *)
{
    return fields(required(1, "at", &MovedOccasion::at), required(2, "to", &MovedOccasion::to));
}

// How the instants at which one job is due differ, over all its rules; an instant of two rules counts once. Where one
// instant goes and another comes next to it, that is one moved occasion.
struct OccasionDiff {
    QString job; // full name: the new one, or that of a job that goes
    qint64 added = 0;
    qint64 removed = 0;
    qint64 moved = 0;
    Instant until; // exclusive: compared up to here
    bool complete = true; // false: so many occasions that `until` is earlier than it was asked for
    std::vector<Instant> firstAdded; // the ten earliest of each kind
    std::vector<Instant> firstRemoved;
    std::vector<MovedOccasion> firstMoved;

    bool isEmpty() const { return added == 0 && removed == 0 && moved == 0; }
    bool operator==(const OccasionDiff &) const = default;
};
constexpr auto describe(const OccasionDiff *)
{
    return fields(required(1, "job", &OccasionDiff::job), field(2, "added", &OccasionDiff::added),
        field(3, "removed", &OccasionDiff::removed), field(4, "moved", &OccasionDiff::moved),
        required(5, "until", &OccasionDiff::until), field(6, "complete", &OccasionDiff::complete),
        field(7, "first_added", &OccasionDiff::firstAdded), field(8, "first_removed", &OccasionDiff::firstRemoved),
        field(9, "first_moved", &OccasionDiff::firstMoved));
}

} // namespace belfry
