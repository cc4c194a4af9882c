// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/time/occurrence.h"
#include "shared/time/rulespec.h"

#include <optional>
#include <vector>

namespace belfry {

// What `next --cron` asks; the texts as they were written.
struct PreviewRequest {
    QString cron{};
    QString zone{}; // empty: UTC
    QString gap{}; // empty: run
    QString fold{}; // empty: first
    QString id{}; // the text that H is hashed from; empty: H is refused
    Instant from{}; // inclusive
    std::optional<Instant> until{}; // exclusive
    qsizetype count = 10; // firing entries
};

struct Preview {
    QString key{};
    QString description{};
    bool neverFires = false; // no entry at all, at no time
    std::vector<Occurrence> entries{};
};

// The entries of an expression without a job: the same that a rule with that text has. Invalid (exit 6) with place and
// fix.
Result<Preview> preview(const PreviewRequest &request);

} // namespace belfry
