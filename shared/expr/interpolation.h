// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/expr/fault.h"
#include "shared/model/job.h"
#include "shared/time/zone.h"

#include <optional>
#include <vector>

namespace belfry {

// What `${{ }}` may name at a place of a job file.
struct KnownNames {
    // The job's parameters; nullopt where parameters have no meaning (their own defaults, a rule's values).
    std::optional<QStringList> params;
};

// What the names stand for when a run is made.
struct NameValues {
    Params params;
    std::map<QString, QString> occasion; // see occasionNames()
};

// The names that an occasion has, in the job's zone: `occasion` (RFC 3339 with the offset, to the second),
// `occasion.date` (2026-03-29), `occasion.time` (02:30:00), `occasion.year month day hour minute second` (two digits,
// the year four), `occasion.weekday` (mon..sun), `occasion.unix` (seconds), `occasion.utc` (RFC 3339 with Z, to the
// second).
QStringList occasionNameList();
// Their values for an occasion, or for a manual run at the time of its trigger.
std::map<QString, QString> occasionNames(Instant at, const Zone &zone);

// A text with `${{ name }}` in it. A name stands for a text that is put in its place once and never read again, so that
// no value can be an expression, an option or a second word. `${{ 'text' }}` is that text ('' for a quote inside).
class Interpolation
{
public:
    // All faults of syntax and all names that are not known.
    static std::vector<ExprFault> faults(QStringView text, const KnownNames &known);
    // Whether the text has a `${{`.
    static bool isIn(QStringView text) { return text.contains(u"${{"); }
    // Invalid for a fault of syntax or a name without a value; a parameter that has none is the empty text.
    static Result<QString> evaluate(QStringView text, const NameValues &values);
};

} // namespace belfry
