// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/instant.h"

#include <QString>

#include <optional>

namespace belfry {

// What a wall rule does with a local time that a clock change leaves out: run at the first instant after it, or skip.
enum class GapPolicy { Run, Skip };
// Which pass of a local time that a clock change repeats a wall rule takes.
enum class FoldPolicy { First, Second, Both };
// What becomes of an occasion on a day that the rule's calendar does not hold: left out, or moved to the nearest day it
// holds.
enum class OnClosed { Skip, Next, Previous };

// One rule of a schedule as it was written, unchecked: Rule::make() judges it. Exactly one of cron, every, after, at is
// given.
struct RuleSpec {
    QString cron{}; // empty: not a cron rule
    std::optional<Duration> every{};
    std::optional<Duration> after{};
    std::optional<Instant> at{};
    QString name{}; // empty: the rule key is a hash of what the rule says
    QString zone{}; // IANA; empty: the file's zone
    std::optional<Instant> from{}; // inclusive; also the anchor of `every`
    std::optional<Instant> until{}; // exclusive
    GapPolicy gap = GapPolicy::Run;
    FoldPolicy fold = FoldPolicy::First;
    QString calendar{}; // empty: every day is open
    OnClosed onClosed = OnClosed::Skip;
    Duration jitter{0};

    bool operator==(const RuleSpec &) const = default;
};

// The words of job files and of the command line; nullopt for a text that is none of them.
QString gapPolicyName(GapPolicy policy);
QString foldPolicyName(FoldPolicy policy);
QString onClosedName(OnClosed policy);
std::optional<GapPolicy> gapPolicyOf(QStringView name);
std::optional<FoldPolicy> foldPolicyOf(QStringView name);
std::optional<OnClosed> onClosedOf(QStringView name);

} // namespace belfry
