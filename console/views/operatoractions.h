// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/views/bulk.h"

namespace belfry {

// The commands about what waits, what is to come and what failed: acknowledge, hold, release, priority, skip, and undo.
// They act on all that is selected; what can be taken back is offered so for ten seconds.
class OperatorActions final : public QObject
{
    Q_OBJECT

public:
    explicit OperatorActions(Desk *desk, QObject *parent = nullptr);

private:
    void addCommands();
    void update();
    void allowFailures();
    void allowQueue();
    void allowSkips();

    void acknowledge();
    void reopen();
    void holdOrRelease();
    void hold(const std::vector<wire::RunRow> &runs, const QString &reason);
    void release(const std::vector<wire::RunRow> &runs);
    void prioritize(const std::vector<wire::RunRow> &runs);
    void skip();
    void unskip();

    // What of the selection can be acknowledged, as the requests take it.
    struct Failure {
        QString name;
        std::optional<RunId> run;
        QString job;
        std::optional<Instant> at;
    };
    std::vector<Failure> failures() const;
    std::vector<wire::RunRow> acknowledgedRuns() const;
    std::vector<wire::RunRow> waitingRuns() const;

    Desk *m_desk;
};

} // namespace belfry
