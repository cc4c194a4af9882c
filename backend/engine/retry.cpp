// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/retry.h"

#include <cmath>

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

QStringView outcomeName(RunState state)
{
    switch (state) {
    case RunState::Failed:
        return u"failed";
    case RunState::TimedOut:
        return u"timed_out";
    case RunState::NotStarted:
        return u"not_started";
    case RunState::Lost:
        return u"lost";
    default: // done, or ended by a person's wish: never again
        return {};
    }
}

bool isListed(const Retries &retries, const Outcome &outcome)
{
    const QStringView name = outcomeName(outcome.state);
    if (name.isEmpty())
        return false;
    if (outcome.retryCode || retries.on.contains(name))
        return true;
    return outcome.state == RunState::Failed && outcome.exitCode
        && retries.on.contains(u"exit:%1"_s.arg(*outcome.exitCode));
}

int allowedAttempts(const JobDefinition &definition, const Outcome &outcome)
{
    const int listed = isListed(definition.retries, outcome) ? definition.retries.max : 0;
    const bool rerun = outcome.state == RunState::Lost && definition.onLost == OnLost::Rerun;
    return 1 + (rerun ? std::max(1, definition.retries.max) : listed);
}

} // namespace

std::optional<Duration> retryDelay(const JobDefinition &definition, const Outcome &outcome, int attempts, Random &dice)
{
    if (attempts >= allowedAttempts(definition, outcome))
        return std::nullopt;
    const Retries &retries = definition.retries;
    const double longest = double(retries.maxDelay.count());
    double delay = double(retries.delay.count()) * std::pow(retries.backoff, attempts - 1);
    if (!(delay < longest)) // also when the power has left the range of numbers
        delay = longest;
    delay += delay * retries.jitter * dice.unit();
    return Duration(qint64(delay));
}

bool mayRunAgain(const JobDefinition &definition, const Run &run)
{
    return !run.cancelRequested && run.attempts < allowedAttempts(definition, {.state = RunState::Lost});
}

} // namespace belfry::engine
