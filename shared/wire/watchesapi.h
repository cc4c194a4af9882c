// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/ids.h"
#include "shared/wire/nothing.h"

#include <QJsonValue>

// Changes come as notification `watch.changed`; a gap in n, or another epoch, means watch again.
namespace belfry::wire {

enum class Topic { Runs, Agents, Jobs, Occasions, Server };
constexpr auto enumNames(const Topic *)
{
    return names<Topic>({{Topic::Runs, "runs"}, {Topic::Agents, "agents"}, {Topic::Jobs, "jobs"},
        {Topic::Occasions, "occasions"}, {Topic::Server, "server"}});
}
struct WatchFilter {
    std::optional<RunId> run;
    QString job;
    QString project;
};
constexpr auto describe(const WatchFilter *)
{
    return fields(field(1, "run", &WatchFilter::run), field(2, "job", &WatchFilter::job),
        field(3, "project", &WatchFilter::project));
}
struct WatchPoint {
    qint64 epoch = 0;
    qint64 n = 0;
};
constexpr auto describe(const WatchPoint *)
{
    return fields(required(1, "epoch", &WatchPoint::epoch), required(2, "n", &WatchPoint::n));
}
struct WatchOpenReply {
    int watch = 0;
    qint64 epoch = 0;
    qint64 n = 0;
    std::vector<QJsonValue> snapshot; // rows of the topic: RunRow, Agent, JobRow, Occasion, StatusReply
    bool resumed = false; // `since` was near enough: the missing changes follow and there is no snapshot
    bool partial = false; // the snapshot has only the newest rows; there are too many, page through the others
};
constexpr auto describe(const WatchOpenReply *)
{
    return fields(required(1, "watch", &WatchOpenReply::watch), required(2, "epoch", &WatchOpenReply::epoch),
        required(3, "n", &WatchOpenReply::n), field(4, "snapshot", &WatchOpenReply::snapshot),
        field(5, "resumed", &WatchOpenReply::resumed), field(6, "partial", &WatchOpenReply::partial));
}
struct WatchOpen {
    static constexpr auto method = "watch.open";
    using Reply = WatchOpenReply;
    Topic topic = Topic::Runs;
    WatchFilter filter;
    std::optional<WatchPoint> since;
};
constexpr auto describe(const WatchOpen *)
{
    return fields(required(1, "topic", &WatchOpen::topic), field(2, "filter", &WatchOpen::filter),
        field(3, "since", &WatchOpen::since));
}
struct WatchClose {
    static constexpr auto method = "watch.close";
    using Reply = Nothing;
    int watch = 0;
};
constexpr auto describe(const WatchClose *)
{
    return fields(required(1, "watch", &WatchClose::watch));
}
struct WatchChanged { // notification watch.changed
    int watch = 0;
    qint64 n = 0;
    QJsonValue row; // with removed: its identity only
    bool removed = false;
};
constexpr auto describe(const WatchChanged *)
{
    return fields(required(1, "watch", &WatchChanged::watch), required(2, "n", &WatchChanged::n),
        field(3, "row", &WatchChanged::row), field(4, "removed", &WatchChanged::removed));
}

// Notification watch.closed, the last of a watch: it cannot be served any more (its receiver is too slow). Open it
// again.
struct WatchClosed {
    int watch = 0;
    QString reason;
};
constexpr auto describe(const WatchClosed *)
{
    return fields(required(1, "watch", &WatchClosed::watch), field(2, "reason", &WatchClosed::reason));
}

} // namespace belfry::wire
