// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/models/estimates.h"
#include "console/models/lanes.h"
#include "console/models/liveruns.h"
#include "console/models/upcoming.h"

namespace belfry {

// The runs of a piece of time and what is due in it, kept up to date. It asks for more than the piece, so that little
// moves ask nothing.
class Timeline final : public QObject
{
    Q_OBJECT

public:
    static constexpr int mostRuns = 20'000;
    static constexpr int mostOccasions = 5000;

    struct Sources {
        Session *session = nullptr;
        const Times *times = nullptr;
        const Jobs *jobs = nullptr;
        const LiveRuns *liveRuns = nullptr;
        const Estimates *estimates = nullptr;
    };
    explicit Timeline(const Sources &sources, QObject *parent = nullptr);

    // Nothing is asked before the first window.
    void setWindow(Instant from, Instant until);
    // Of these jobs; nullopt: of all.
    void setJobs(const std::optional<QStringList> &jobs);
    void reload();

    const std::vector<TimelineBar> &bars() const { return m_bars; }
    // nullptr where it is not among them.
    const wire::RunRow *run(RunId id) const;
    // Whether all answers about the present window are here.
    bool isComplete() const { return m_asked && !m_runsUnderWay && !m_nextUnderWay; }
    // Older runs of the window are not among the bars.
    bool isCut() const { return m_cut; }
    // There is more planned in it than is among the bars.
    bool isForecastCut() const { return int(m_next.size()) >= mostOccasions; }

Q_SIGNALS:
    void changed();
    void failed(const QString &why);

private:
    void ask();
    void askRuns(std::optional<RunId> after);
    void askNext();
    void onRuns(const wire::RunListReply &reply);
    void gather();
    void build();
    bool isWanted(const QString &job) const { return !m_jobs || m_jobs->contains(job); }

    Sources m_sources;
    Instant m_wantedFrom, m_wantedUntil;
    Instant m_from, m_until; // of what was asked for
    bool m_asked = false;
    int m_asking = 0; // counts ask(): answers to an older one are dropped
    int m_askingNext = 0;
    bool m_runsUnderWay = false;
    bool m_nextUnderWay = false;
    bool m_cut = false;
    std::optional<std::set<QString>> m_jobs;
    std::map<RunId, wire::RunRow> m_runs;
    std::vector<wire::NextEntry> m_next;
    std::vector<TimelineBar> m_bars;
    QTimer m_soon; // to ask
    QTimer m_later; // to build
    Instant m_nextAsked;
};

TimelineBar barOf(const wire::RunRow &run);

} // namespace belfry
