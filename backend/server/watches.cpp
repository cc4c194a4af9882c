// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/watches.h"

#include "backend/engine/engine.h"
#include "backend/store/store.h"

#include <QJsonDocument>
#include <QPointer>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t maxHistory = 512; // changes of a feed
constexpr qint64 maxHistoryBytes = 1 << 20;
constexpr Duration keepIdle = 2min; // long enough for a client that was cut off to be back
constexpr std::size_t maxFeeds = 10'000;
constexpr Duration statusEvery = 1s;

QByteArray textOf(const QJsonObject &row)
{
    return QJsonDocument(row).toJson(QJsonDocument::Compact);
}

QString projectOf(const QString &job)
{
    return job.section(u'/', 0, 0);
}

} // namespace

Watches::Watches(Core &core, LiveView &live, std::function<wire::StatusReply()> status, QObject *parent)
    : QObject(parent)
    , m_core(core)
    , m_live(live)
    , m_status(std::move(status))
{
    using wire::Topic;
    connect(&live, &LiveView::runChanged, this, [this](const wire::RunRow &run) {
        told(
            {.topic = Topic::Runs, .run = run.id, .job = run.jobName}, [&] { return toJson(run); }, false);
    });
    connect(&live, &LiveView::agentChanged, this, [this](const Agent &agent, bool removed) {
        told(
            {.topic = Topic::Agents}, [&] { return toJson(agent); }, removed);
    });
    connect(&live, &LiveView::jobChanged, this, [this](const wire::JobRow &job, bool removed) {
        told(
            {.topic = Topic::Jobs, .job = job.job}, [&] { return toJson(job); }, removed);
    });
    connect(&live, &LiveView::occasionChanged, this, [this](const Occasion &occasion, bool removed) {
        told(
            {.topic = Topic::Occasions, .run = occasion.run, .job = occasion.jobName}, [&] { return toJson(occasion); },
            removed);
    });
    m_statusSoon.setSingleShot(true);
    m_statusSoon.setInterval(statusEvery);
    connect(&m_statusSoon, &QTimer::timeout, this, &Watches::statusChanged);
    const auto soon = [this] {
        if (m_feeds.contains({.topic = Topic::Server}) && !m_statusSoon.isActive())
            m_statusSoon.start();
    };
    connect(&core, &Core::healthChanged, this, soon);
    connect(&core, &Core::committed, this, soon);
    m_sweep.setInterval(keepIdle / 4);
    connect(&m_sweep, &QTimer::timeout, this, &Watches::dropIdle);
}

Watches::~Watches() = default;

void Watches::open(const wire::WatchOpen &wanted, int watch, Watcher *watcher, QObject *context,
    std::function<void(Result<wire::WatchOpenReply>)> done)
{
    const Result<Filter> filter = resolve(wanted);
    if (!filter) {
        done(fail(filter.error()));
        return;
    }
    if (m_feeds.size() >= maxFeeds && !m_feeds.contains(*filter)) {
        done(fail(ErrorKind::Unavailable, u"too many different watches are open"_s));
        return;
    }
    const Feed &feed = feedOf(*filter);
    if (canResume(feed, wanted.since)) {
        wire::WatchOpenReply reply = subscribe(*filter, wanted.since->n, watch, watcher);
        reply.resumed = true;
        done(reply);
        return;
    }
    if (filter->run && !m_live.runs().contains(*filter->run)) {
        openEndedRun(*filter, watch, watcher, context, std::move(done));
        return;
    }
    wire::WatchOpenReply reply = subscribe(*filter, feed.n, watch, watcher);
    fillSnapshot(*filter, reply);
    done(reply);
}

// A run that is over changes no more: its one row is all there is to see.
void Watches::openEndedRun(const Filter &filter, int watch, Watcher *watcher, QObject *context,
    std::function<void(Result<wire::WatchOpenReply>)> done)
{
    m_core.store().ask(store::FindRun{*filter.run}, context,
        [this, alive = QPointer(this), filter, watch, watcher, done](Result<store::RunWithAttempts> found) {
            if (!alive)
                return;
            if (!found) {
                done(fail(found.error()));
                return;
            }
            wire::WatchOpenReply reply = subscribe(filter, feedOf(filter).n, watch, watcher);
            reply.snapshot.push_back(toJson(m_live.row(found->run)));
            done(reply);
        });
}

Result<Watches::Filter> Watches::resolve(const wire::WatchOpen &wanted) const
{
    using wire::Topic;
    const wire::WatchFilter &given = wanted.filter;
    Filter filter{.topic = wanted.topic, .run = given.run, .job = {}, .project = given.project};
    if (given.run && wanted.topic != Topic::Runs)
        return fail(ErrorKind::Invalid, u"filter.run: only the topic runs has it"_s);
    if ((!given.job.isEmpty() || !given.project.isEmpty())
        && (wanted.topic == Topic::Agents || wanted.topic == Topic::Server))
        return fail(ErrorKind::Invalid, u"filter: this topic has no jobs to choose from"_s);
    if (given.project.size() > 64)
        return fail(ErrorKind::Invalid, u"filter.project: is no project's name"_s);
    if (given.job.isEmpty())
        return filter;
    const engine::Engine *engine = m_core.engine();
    if (!engine)
        return fail(ErrorKind::Unavailable, u"the store has failed; try again when it is well"_s);
    const Result<JobId> id = engine->jobNamed(given.job);
    if (!id)
        return fail(id.error());
    filter.job = engine->job(*id)->definition.fullName();
    return filter;
}

Watches::Feed &Watches::feedOf(const Filter &filter)
{
    const auto [place, made] = m_feeds.try_emplace(filter);
    if (made) {
        // Above every number ever given out, so that a number of an older feed of this name means nothing here.
        place->second.n = ++m_highest;
        place->second.idleSince = m_core.clock().monotonic();
        if (!m_sweep.isActive())
            m_sweep.start();
    }
    return place->second;
}

bool Watches::canResume(const Feed &feed, const std::optional<wire::WatchPoint> &since) const
{
    if (!since || since->epoch != m_core.epoch() || since->n > feed.n)
        return false;
    return since->n == feed.n || (!feed.history.empty() && feed.history.front().n <= since->n + 1);
}

wire::WatchOpenReply Watches::subscribe(const Filter &filter, qint64 from, int watch, Watcher *watcher)
{
    Feed &feed = feedOf(filter);
    feed.subscribers.push_back({watch, watcher, from});
    if (from < feed.n && !m_catchingUp) {
        m_catchingUp = true;
        QMetaObject::invokeMethod(this, &Watches::catchUp, Qt::QueuedConnection);
    }
    return {.watch = watch, .epoch = m_core.epoch(), .n = from};
}

void Watches::close(int watch, Watcher *watcher)
{
    for (auto &[filter, feed] : m_feeds) {
        const auto count = std::erase_if(
            feed.subscribers, [&](const Subscriber &each) { return each.watch == watch && each.watcher == watcher; });
        if (count > 0 && feed.subscribers.empty())
            feed.idleSince = m_core.clock().monotonic();
    }
}

void Watches::closeAll(Watcher *watcher)
{
    for (auto &[filter, feed] : m_feeds) {
        const auto count
            = std::erase_if(feed.subscribers, [&](const Subscriber &each) { return each.watcher == watcher; });
        if (count > 0 && feed.subscribers.empty())
            feed.idleSince = m_core.clock().monotonic();
    }
}

void Watches::fillSnapshot(const Filter &filter, wire::WatchOpenReply &reply) const
{
    const auto take = [&](const Filter &place, const auto &row) {
        if (!matches(filter, place))
            return;
        if (reply.snapshot.size() < maxRows)
            reply.snapshot.push_back(toJson(row()));
        else
            reply.partial = true;
    };
    switch (filter.topic) {
    case wire::Topic::Runs:
        for (auto run = m_live.runs().rbegin(); run != m_live.runs().rend(); ++run)
            take({.topic = filter.topic, .run = run->first, .job = run->second.jobName},
                [&] { return m_live.row(run->second); });
        break;
    case wire::Topic::Agents:
        for (const auto &[name, agent] : m_live.agents())
            take({.topic = filter.topic}, [&]() -> const Agent & { return agent; });
        break;
    case wire::Topic::Jobs:
        for (const auto &[name, id] : m_live.jobNames())
            take({.topic = filter.topic, .job = name}, [&, job = id] { return m_live.job(job); });
        break;
    case wire::Topic::Occasions:
        for (const Occasion &occasion : m_live.pending())
            take({.topic = filter.topic, .run = occasion.run, .job = occasion.jobName},
                [&]() -> const Occasion & { return occasion; });
        break;
    case wire::Topic::Server:
        take(filter, m_status);
        break;
    }
}

bool Watches::matches(const Filter &filter, const Filter &place)
{
    return filter.topic == place.topic && (!filter.run || filter.run == place.run)
        && (filter.job.isEmpty() || filter.job == place.job)
        && (filter.project.isEmpty() || filter.project == projectOf(place.job));
}

void Watches::told(const Filter &place, const std::function<QJsonObject()> &row, bool removed)
{
    QByteArray text; // made once, and only when somebody listens: most changes of a busy backend interest nobody
    for (auto &[filter, feed] : m_feeds) {
        if (!matches(filter, place))
            continue;
        if (text.isEmpty())
            text = textOf(row());
        add(feed, text, removed);
    }
}

void Watches::add(Feed &feed, const QByteArray &row, bool removed)
{
    m_highest = std::max(m_highest, ++feed.n);
    feed.history.push_back({feed.n, row, removed});
    feed.historyBytes += row.size();
    while (feed.history.size() > maxHistory || (feed.historyBytes > maxHistoryBytes && feed.history.size() > 1)) {
        feed.historyBytes -= feed.history.front().row.size();
        feed.history.pop_front();
    }
    for (Subscriber &subscriber : feed.subscribers)
        tell(feed, subscriber);
    std::erase_if(feed.subscribers, [](const Subscriber &each) { return !each.watcher; });
    if (feed.subscribers.empty())
        feed.idleSince = m_core.clock().monotonic();
}

void Watches::tell(Feed &feed, Subscriber &subscriber)
{
    const auto missing = std::min<qint64>(feed.n - subscriber.sent, qint64(feed.history.size()));
    for (auto each = feed.history.end() - missing; each != feed.history.end(); ++each) {
        const Change &change = *each;
        subscriber.sent = change.n;
        if (!subscriber.watcher->takeChange(subscriber.watch, change.n, change.row, change.removed)) {
            subscriber.watcher = nullptr;
            return;
        }
    }
}

void Watches::catchUp()
{
    m_catchingUp = false;
    for (auto &[filter, feed] : m_feeds) {
        for (Subscriber &subscriber : feed.subscribers)
            if (subscriber.sent < feed.n)
                tell(feed, subscriber);
        std::erase_if(feed.subscribers, [](const Subscriber &each) { return !each.watcher; });
    }
}

void Watches::statusChanged()
{
    told(
        {.topic = wire::Topic::Server}, [this] { return toJson(m_status()); }, false);
}

void Watches::dropIdle()
{
    const Duration now = m_core.clock().monotonic();
    std::erase_if(m_feeds,
        [&](const auto &each) { return each.second.subscribers.empty() && now - each.second.idleSince >= keepIdle; });
    if (m_feeds.empty())
        m_sweep.stop();
}

} // namespace belfry
