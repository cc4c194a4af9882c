// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/liveruns.h"
#include "console/models/session.h"

namespace belfry {

struct RunTimes {
    Instant queued;
    std::optional<Instant> started;
    std::optional<Instant> ended;
};
struct LoadMinute {
    Instant until; // of the minute
    int started = 0; // runs that began to work within it
    int waiting = 0; // runs that had been queued and had not begun at its end
    bool operator==(const LoadMinute &) const = default;
};
// The minutes up to now, oldest first. A retry counts as begun.
std::vector<LoadMinute> loadOf(const std::vector<RunTimes> &runs, Instant now, int minutes);

// How much was started and how much waited in the last hour, from the backend's runs and their changes.
class RecentLoad final : public QObject
{
    Q_OBJECT

public:
    static constexpr int minutesShown = 60;

    RecentLoad(Session *session, const Times *times, const LiveRuns *liveRuns, QObject *parent = nullptr);

    bool isComplete() const { return m_complete; }
    // There were more runs than are counted.
    bool isCut() const { return m_cut; }
    std::vector<LoadMinute> minutes() const;

Q_SIGNALS:
    void changed();
    void failed(const QString &why);

private:
    void ask();
    void askPage(std::optional<RunId> after);
    void put(const wire::RunRow &run);
    void forgetOld();

    Session *m_session;
    const Times *m_times;
    const LiveRuns *m_liveRuns;
    std::map<RunId, RunTimes> m_runs;
    QTimer m_again;
    int m_asking = 0; // answers to an older question are dropped
    bool m_complete = false;
    bool m_cut = false;
};

} // namespace belfry
