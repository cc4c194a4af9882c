// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/demand.h"

namespace belfry::engine {

// Place in the queue: priority plus minutes waited, then the run's number. What was waited grows alike for all, so the
// order of two runs never changes and needs no clock.
struct QueueKey {
    qint64 score = 0; // smaller is sooner
    RunId run;

    static QueueKey of(const Run &run) { return {run.queuedAt.ms - run.priority * 60'000LL, run.id}; }
    auto operator<=>(const QueueKey &) const = default;
};

// The runs that wait for an agent. A job's runs take turns in its room (one live run, or max_running of them); a run
// between two attempts keeps its place there. What has room stands in line by what it needs (see Lines).
class RunQueue
{
public:
    struct Head {
        QueueKey key;
        LineId line = 0;
    };

    void setRoom(JobId job, int room);
    // A run without an attempt: it needs room; one that starts `alone` needs its job idle, and what comes after it
    // waits until it has started.
    void wait(JobId job, QueueKey key, LineId line, bool alone = false);
    // A run that holds room already and may be assigned again.
    void retry(QueueKey key, LineId line);
    // It is assigned, or waits for its next attempt: it holds room of its job, and is in line no more.
    void occupy(JobId job, RunId run);
    // It is final, or held back: it neither waits nor holds room.
    void leave(JobId job, RunId run);

    // Runs of a job that wait for their first attempt, in order.
    std::vector<RunId> waiting(JobId job) const;
    std::size_t waitingCount(JobId job) const;
    // Runs that hold room of the job.
    std::vector<RunId> occupants(JobId job) const;

    // How many runs of the job may hold room at once.
    int room(JobId job) const;

    // It has room of its job, and waits for what its line waits for.
    bool inLine(QueueKey key) const;
    // Those in line before it in its line, in order; empty when it is in none.
    std::vector<RunId> aheadInLine(QueueKey key) const;
    // The first whose line is not blocked.
    std::optional<Head> first() const;
    // Something that the line needs is not to be had; until unblocked its runs are passed over.
    void block(LineId line);
    void unblock(LineId line);
    void unblockAll();

private:
    struct Waiter {
        QueueKey key;
        LineId line = 0;
        bool alone = false;
        auto operator<=>(const Waiter &) const = default;
    };
    struct JobRoom {
        int room = 1;
        std::set<RunId> occupants;
        std::set<Waiter> waiting;
        std::set<Waiter> admitted; // the first of those waiting, as many as there is room
    };
    struct Line {
        std::set<QueueKey> keys;
        bool blocked = false;
    };

    void admit(JobRoom &job);
    void admitOne(JobRoom &job, const Waiter &waiter);
    void refuseLast(JobRoom &job);
    static bool mayBeAdmitted(const JobRoom &job, std::set<Waiter>::const_iterator waiter);
    void drop(JobRoom &job, RunId run);
    void enter(const Waiter &waiter);
    void withdraw(const Waiter &waiter);
    void present(LineId line);

    std::map<JobId, JobRoom> m_jobs;
    std::map<RunId, Waiter> m_waiters; // in a job's room or in line
    std::map<LineId, Line> m_lines;
    std::map<QueueKey, LineId> m_heads; // the first of each line that is not blocked
    std::map<LineId, QueueKey> m_presented; // the same the other way round
};

} // namespace belfry::engine
