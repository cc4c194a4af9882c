// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/server/liveview.h"

#include <QTimer>

#include <deque>
#include <list>

namespace belfry {

// Receives the changes of one watch.
class Watcher
{
public:
    virtual ~Watcher() = default;
    // `row` is JSON text. False: it cannot be taken, and the watch ends here.
    virtual bool takeChange(int watch, qint64 n, const QByteArray &row, bool removed) = 0;
};

// What clients watch. Watches with the same topic and filter share a feed: its changes are numbered without holes and
// the newest are kept for a while, so that a client that was cut off gets just what it missed. A snapshot and the
// number it stands at are taken in one turn of the event loop, hence atomic.
class Watches final : public QObject
{
    Q_OBJECT

public:
    // At most so many rows are in a snapshot.
    static constexpr std::size_t maxRows = 2000;

    Watches(Core &core, LiveView &live, std::function<wire::StatusReply()> status, QObject *parent = nullptr);
    ~Watches() override;

    // The changes that `since` misses are told through the watcher right after this returns, from the event loop. A run
    // that is over is asked of the store: `done` may come later.
    void open(const wire::WatchOpen &wanted, int watch, Watcher *watcher, QObject *context,
        std::function<void(Result<wire::WatchOpenReply>)> done);
    void close(int watch, Watcher *watcher);
    void closeAll(Watcher *watcher);

private:
    struct Change {
        qint64 n = 0;
        QByteArray row;
        bool removed = false;
    };
    struct Subscriber {
        int watch = 0;
        Watcher *watcher = nullptr;
        qint64 sent = 0; // n of the last change told
    };
    struct Filter {
        wire::Topic topic = wire::Topic::Runs;
        std::optional<RunId> run;
        QString job; // full name
        QString project;
        bool operator<(const Filter &other) const
        {
            return std::tie(topic, run, job, project) < std::tie(other.topic, other.run, other.job, other.project);
        }
    };
    struct Feed {
        qint64 n = 0;
        std::deque<Change> history; // the newest, up to n
        qint64 historyBytes = 0;
        std::vector<Subscriber> subscribers;
        Duration idleSince{0}; // without subscribers
    };

    Result<Filter> resolve(const wire::WatchOpen &wanted) const;
    Feed &feedOf(const Filter &filter);
    bool canResume(const Feed &feed, const std::optional<wire::WatchPoint> &since) const;
    wire::WatchOpenReply subscribe(const Filter &filter, qint64 from, int watch, Watcher *watcher);
    void fillSnapshot(const Filter &filter, wire::WatchOpenReply &reply) const;
    void openEndedRun(const Filter &filter, int watch, Watcher *watcher, QObject *context,
        std::function<void(Result<wire::WatchOpenReply>)> done);
    // Something changed that belongs to this run and job (as far as the topic has them).
    void told(const Filter &place, const std::function<QJsonObject()> &row, bool removed);
    static bool matches(const Filter &filter, const Filter &place);
    void add(Feed &feed, const QByteArray &row, bool removed);
    void tell(Feed &feed, Subscriber &subscriber);
    void catchUp();
    void statusChanged();
    void dropIdle();

    Core &m_core;
    LiveView &m_live;
    std::function<wire::StatusReply()> m_status;
    std::map<Filter, Feed> m_feeds;
    qint64 m_highest = 0; // of all numbers given out
    QTimer m_statusSoon;
    QTimer m_sweep;
    bool m_catchingUp = false;
};

} // namespace belfry
