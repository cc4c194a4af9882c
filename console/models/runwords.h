// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/model/agent.h"
#include "shared/model/occasion.h"
#include "shared/wire/api.h"

// How states are told: a word, a shape and a class of colour each (docs/console.md).
namespace belfry {

enum class Look { Success, Failed, Running, Waiting, Warning, Unknown };
constexpr auto enumNames(const Look *)
{
    return names<Look>({{Look::Success, "success"}, {Look::Failed, "failed"}, {Look::Running, "running"},
        {Look::Waiting, "waiting"}, {Look::Warning, "warning"}, {Look::Unknown, "unknown"}});
}

struct StateLook {
    Look look = Look::Waiting;
    QString icon; // name of an icon, e.g. `state-running`
    QString word;
    QString meaning; // a sentence

    bool operator==(const StateLook &) const = default;
};

StateLook lookOf(RunState state);
// Being out of reach is a flag beside the state, and what an operator has to see first.
StateLook lookOf(const wire::RunRow &run);
StateLook lookOf(const Agent &agent);
StateLook lookOf(const wire::JobRow &job);
StateLook lookOf(Fate fate);

// `exit 2`, `signal 9 (KILL)`, or nothing.
QString exitWords(const std::optional<int> &exitCode, const std::optional<int> &signal);
QString causeWords(Cause cause);
// `date=2026-01-31 mode=full`
QString paramWords(const Params &params);
// One line that says how the run stands: `failed (exit 2)`, `running on db1`.
QString runSummary(const wire::RunRow &run);

} // namespace belfry
