// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/codec/codec.h"
#include "shared/model/occasion.h"
#include "tests/policy/timeline.h"

namespace belfry::policy {

// An attempt that was started, by the backend's clock.
struct Start {
    QString job;
    RunId run;
    int attempt = 1;
    Instant at;
    Cause cause = Cause::Schedule;
    std::optional<Instant> occasion;
};
constexpr auto describe(const Start *)
{
    return fields(field(1, "job", &Start::job), field(2, "run", &Start::run), field(3, "attempt", &Start::attempt),
        field(4, "at", &Start::at), field(5, "cause", &Start::cause), field(6, "occasion", &Start::occasion));
}

struct Played {
    std::vector<Occasion> rows; // by time, job, rule
    std::vector<Start> starts; // in order
};

// Plays a timeline through the engine, with a store in memory and one agent. Invalid: `FILE:LINE: what went wrong`;
// Internal: the engine broke a law of its store, or
// the ledger is not what the definitions owe.
enum class Refusals { Fail, Ignore }; // of what the timeline asks for and the engine does not grant
Result<Played> play(const Timeline &timeline, Refusals refusals = Refusals::Fail);

// As `expect` writes them.
QStringList ledgerLines(const Played &played, Instant start);
QStringList startLines(const Played &played, Instant start);
// `FILE:LINE: expected ..., found ...` for each difference from what the timeline expects.
QStringList differences(const Timeline &timeline, const Played &played);
// {"rows": [as `ledger -o json`], "starts": [...]}
QJsonObject playedJson(const Played &played);

} // namespace belfry::policy
