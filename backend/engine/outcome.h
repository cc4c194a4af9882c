// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/agentmessages.h"

namespace belfry::engine {

// What an attempt's facts amount to.
struct Outcome {
    RunState state = RunState::Failed; // final
    QString reason; // empty when the state and the code say it all
    std::optional<int> exitCode;
    std::optional<int> signal;
    bool retryCode = false; // ended with one of exit_codes.retry

    bool operator==(const Outcome &) const = default;
};

constexpr QStringView reasonExitUnseen = u"exit_unseen";
constexpr QStringView reasonHostRebooted = u"host_rebooted";
constexpr QStringView reasonLeaseExpired = u"lease_expired"; // the supervisor ended the tree, or started nothing
constexpr QStringView reasonLostAfter = u"lost_after"; // nobody could be asked for as long as that

// The backend's verdict on what an agent reports. A wish (cancel, time-out) that reached the supervisor while the main
// process lived outranks how that ended. Reports that say nothing are `lost`.
Outcome judge(const wire::AttemptResult &result, const JobDefinition &definition);
// An attempt that certainly lives no more and left no result.
Outcome lostOutcome(QStringView reason);

} // namespace belfry::engine
