// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/outcome.h"

#include <algorithm>

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxReason = 1000; // characters of an agent's text that are kept

bool holds(const std::vector<int> &codes, int code)
{
    return std::find(codes.begin(), codes.end(), code) != codes.end();
}

QString withKill(const QString &text, const wire::AttemptResult &result, const JobDefinition &definition)
{
    return result.killed ? text + u" (killed after %1)"_s.arg(formatDuration(definition.grace)) : text;
}

Outcome ofExit(int code, const JobDefinition &definition)
{
    Outcome outcome{.state = code == 0 ? RunState::Succeeded : RunState::Failed, .exitCode = code};
    if (code == 0)
        return outcome;
    if (holds(definition.exitCodes.warning, code))
        outcome.state = RunState::Warning;
    else if (holds(definition.exitCodes.skip, code))
        outcome.state = RunState::Skipped;
    else
        outcome.retryCode = holds(definition.exitCodes.retry, code);
    return outcome;
}

} // namespace

Outcome judge(const wire::AttemptResult &result, const JobDefinition &definition)
{
    Outcome outcome{.exitCode = result.exitCode, .signal = result.signal};
    if (result.cancelled) {
        outcome.state = RunState::Cancelled;
        outcome.reason = withKill(u"cancelled"_s, result, definition);
    } else if (result.leaseExpired) {
        outcome.state = RunState::Lost;
        outcome.reason = reasonLeaseExpired.toString();
    } else if (result.timedOut || result.stalled) {
        const auto limit = result.timedOut ? definition.timeout : definition.stallTimeout;
        const QString text = result.timedOut ? u"timed out"_s : u"stalled: no output"_s;
        outcome.state = RunState::TimedOut;
        outcome.reason = withKill(limit ? text + u" after "_s + formatDuration(*limit) : text, result, definition);
    } else if (result.exitUnseen) {
        outcome.state = RunState::Lost;
        outcome.reason = reasonExitUnseen.toString();
    } else if (!result.notStarted.isEmpty()) {
        outcome.state = RunState::NotStarted;
        outcome.reason = u"not started: "_s + result.notStarted.left(maxReason);
    } else if (result.signal) {
        outcome.reason = u"killed by signal %1"_s.arg(*result.signal);
    } else if (result.exitCode) {
        return ofExit(*result.exitCode, definition);
    } else {
        outcome.state = RunState::Lost;
        outcome.reason = u"the agent reported an end without a result"_s;
    }
    return outcome;
}

Outcome lostOutcome(QStringView reason)
{
    return {.state = RunState::Lost, .reason = reason.toString()};
}

} // namespace belfry::engine
