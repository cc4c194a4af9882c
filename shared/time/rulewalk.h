// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/time/cronwalk.h"
#include "shared/time/rule.h"

#include <variant>

namespace belfry {

// The entries of an `every` rule: instants at even distances, those of closed days skipped.
class EveryWalk
{
public:
    EveryWalk(const Rule &rule, Instant from, Instant end, Wanted wanted);
    std::optional<RawOccurrence> next();

private:
    const Rule &m_rule;
    Instant m_anchor;
    Instant m_pos;
    Instant m_end;
    Wanted m_wanted;
};

// The one entry of an `at` rule, if it lies in the walk's bounds.
class AtWalk
{
public:
    AtWalk(const Rule &rule, Instant from, Instant end);
    std::optional<RawOccurrence> next() { return std::exchange(m_entry, std::nullopt); }

private:
    std::optional<RawOccurrence> m_entry;
};

// An `after` rule has no entries.
class EmptyWalk
{
public:
    std::optional<RawOccurrence> next() { return std::nullopt; }
};

// The entries of any rule from an instant on, in rising order, each instant once; within the rule's `from` and `until`.
// The rule must outlive the walk. With Wanted::Firing, days that a calendar closes are passed over at once; a few
// skipped entries may still come.
class RuleWalk
{
public:
    // Entries in [from, end).
    RuleWalk(const Rule &rule, Instant from, Instant end, Wanted wanted);
    std::optional<Occurrence> next();
    std::optional<Occurrence> nextFiring();
    // Runs to the end.
    std::optional<Occurrence> lastFiring();

private:
    std::optional<RawOccurrence> nextRaw();
    Occurrence told(const RawOccurrence &raw) const;

    const Rule &m_rule;
    std::variant<EmptyWalk, AtWalk, EveryWalk, CronWalk> m_walk;
};

// The last firing entry in the rule's bounds that is before `before`.
std::optional<Occurrence> previousFiring(const Rule &rule, Instant before);

// The sentence of an entry, without full stop; empty for one without a note.
QString reasonOf(const RawOccurrence &raw, const Rule &rule);

} // namespace belfry
