// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/time/calendar.h"
#include "shared/time/cron.h"
#include "shared/time/occurrence.h"
#include "shared/time/rulespec.h"
#include "shared/time/zone.h"

#include <vector>

namespace belfry {

// Gaps from this size on are not made up: that is a skipped civil day, not a clock change.
constexpr Duration longGap = 3h;

// 0001-01-03 and the end of 9999: between them every zone's local time has a date that RFC 3339 can write.
constexpr Instant firstRuleInstant{-62'135'424'000'000};
constexpr Instant lastRuleInstant{253'402'214'400'000};

// The rule's name or, without one, the first 12 hex digits of SHA-256 over what it says in one spelling. Rules that say
// the same have the same key; nothing but the spec goes into it, so a file's default zone does not.
QString ruleKey(const RuleSpec &spec);

// A rule that was found good, and the only judge of when it is due. Pure: the same question has the same answer. Every
// search is bounded to 400 years from its start and to the years 1 to 9999.
class Rule
{
public:
    // Invalid with the fix, beginning with the key at fault (`cron`, `every`, `zone`, ...). `seed` is the job's id, for
    // H and jitter. A cron that never fires is good here: see neverFires().
    static Result<Rule> make(
        const RuleSpec &spec, const Zone &defaultZone, const Calendars &calendars, const QString &seed);

    const RuleSpec &spec() const { return m_spec; }
    const QString &key() const { return m_key; }
    const Zone &zone() const { return m_zone; }
    const std::optional<Cron> &cron() const { return m_cron; }
    const std::optional<Calendar> &calendar() const { return m_calendar; }
    // Clock changes drop and repeat its local times; gap and fold say nothing to it.
    bool isElapsed() const { return m_cron ? m_cron->isElapsed() : m_spec.every.has_value(); }
    // `after` has no instants of its own: see nextAfterEnd().
    bool hasInstants() const { return !m_spec.after; }
    // It has instants but none of them ever fires, counted from `from` or 1970.
    bool neverFires() const;
    // English, without a full stop.
    QString describe() const;

    // The first firing entry at or after `from`.
    std::optional<Occurrence> next(Instant from) const;
    // The last firing entry before `before`.
    std::optional<Occurrence> previous(Instant before) const;
    // Entries in [from, until) in order, up to and including the `count`-th firing one, with the skipped ones between.
    // After 100 000 skipped ones it ends.
    std::vector<Occurrence> list(Instant from, std::optional<Instant> until, qsizetype count) const;
    // For `after`: when it is due after a run that ended then; nullopt for other rules and from `until` on.
    std::optional<Instant> nextAfterEnd(Instant ended) const;
    // A delay in [0, jitter), always the same for the same job, rule and instant. The occasion stays that of `at`.
    Duration jitterAt(Instant at) const;

private:
    friend class RuleWalk;
    Rule(const RuleSpec &spec, Zone zone, const QString &seed)
        : m_spec(spec)
        , m_zone(std::move(zone))
        , m_key(ruleKey(spec))
        , m_seed(seed)
    { }

    RuleSpec m_spec;
    Zone m_zone;
    QString m_key;
    QString m_seed;
    std::optional<Cron> m_cron;
    std::optional<Calendar> m_calendar;
};

} // namespace belfry
