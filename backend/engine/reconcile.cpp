// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/reconcile.h"

#include <set>

namespace belfry::engine {

namespace {

using Reports = std::map<AttemptKey, const wire::AttemptReport *>;

Finding present(const Believed &mine, const wire::AttemptReport &report, const QString &bootNow)
{
    Finding finding{.key = mine.key, .report = &report};
    if (report.phase == wire::AttemptPhase::Ended) {
        finding.kind = report.result ? Finding::Ended : Finding::Keep;
    } else if (mine.bootId != bootNow) {
        finding.kind = Finding::HostRebooted;
    } else if (report.phase == wire::AttemptPhase::Ordered) {
        finding.kind = mine.cancelRequested ? Finding::Keep : Finding::SendAgain;
        finding.cancel = mine.cancelRequested;
    } else {
        finding.kind = mine.state == RunState::Assigned ? Finding::Started : Finding::Keep;
        finding.cancel = mine.cancelRequested;
    }
    return finding;
}

Finding absent(const Believed &mine, const QString &bootNow)
{
    Finding finding{.key = mine.key};
    if (mine.bootId != bootNow)
        finding.kind = Finding::HostRebooted;
    else if (mine.state == RunState::Running)
        finding.kind = Finding::ExitUnseen;
    else
        finding.kind = mine.cancelRequested ? Finding::Gone : Finding::SendAgain;
    return finding;
}

bool ends(Finding::Kind kind)
{
    return kind == Finding::Ended || kind == Finding::ExitUnseen || kind == Finding::HostRebooted;
}

} // namespace

Reconciled reconcile(
    const std::vector<Believed> &believed, const wire::AgentHello &hello, const std::vector<StoredAttempt> &stored)
{
    Reports reports;
    for (const wire::AttemptReport &report : hello.attempts)
        reports.try_emplace({report.run, report.attempt}, &report);
    std::map<AttemptKey, StoredAttempt> known;
    for (const StoredAttempt &attempt : stored)
        known.try_emplace(attempt.key, attempt);

    Reconciled result;
    std::map<AttemptKey, Finding::Kind> mine;
    std::set<AttemptKey> others; // live here, but reported with another epoch
    for (const Believed &attempt : believed) {
        const auto report = reports.find(attempt.key);
        const bool named = report != reports.end() && report->second->epoch == attempt.epoch;
        result.findings.push_back(
            named ? present(attempt, *report->second, hello.bootId) : absent(attempt, hello.bootId));
        if (named)
            mine[attempt.key] = result.findings.back().kind;
        else
            others.insert(attempt.key);
    }
    for (const wire::AttemptReport &report : hello.attempts) {
        const AttemptKey key{report.run, report.attempt};
        wire::AttemptStanding standing{.run = report.run, .attempt = report.attempt};
        const auto store = known.find(key);
        const auto live = mine.find(key);
        if (store != known.end())
            standing.logDurable = store->second.logDurable;
        if (live != mine.end()) {
            standing.resultCommitted = ends(live->second);
        } else if (store != known.end() && store->second.known && others.count(key) == 0) {
            standing.resultCommitted = true;
        } else {
            standing.known = false;
            standing.logDurable = 0;
            result.strangers.push_back(key);
        }
        result.standings.push_back(standing);
    }
    return result;
}

} // namespace belfry::engine
