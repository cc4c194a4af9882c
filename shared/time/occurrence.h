// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/time/localtime.h"

#include <QString>

namespace belfry {

// What became of one instant of a rule, in the words of `next`. Moved: several wall times may have come together there.
// Merged: moved onto one that was due there anyway. Repeated: the second pass of a local time. Skipped: it does not
// fire.
enum class OccurrenceNote { None, Moved, Merged, Repeated, Skipped };
enum class SkipCause { None, Gap, Calendar };

// One entry of a rule's future or past; no two of a rule have the same instant. What a gap left out stands at the first
// instant after it or, where something fires there, a millisecond before.
struct Occurrence {
    Instant at{};
    Duration offset{0}; // of the rule's zone at that instant
    OccurrenceNote note = OccurrenceNote::None;
    SkipCause cause = SkipCause::None;
    QString reason{}; // a sentence without full stop; empty without a note

    bool fires() const { return note != OccurrenceNote::Skipped; }
    LocalTime local() const { return LocalTime(at.ms) + offset; }
    bool operator==(const Occurrence &) const = default;
};

// moved, merged, repeated, skipped; empty for None.
QString noteName(OccurrenceNote note);
// gap, calendar: the reason code of a skipped occasion; empty for None.
QString skipCauseName(SkipCause cause);

} // namespace belfry
