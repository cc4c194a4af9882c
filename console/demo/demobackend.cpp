// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/demo/demobackend.h"

#include "shared/base/random.h"
#include "shared/filter/jobfilter.h"
#include "shared/filter/runfilter.h"
#include "shared/wire/limits.h"

#include <QNetworkRequest>
#include <QWebSocket>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration past = 36h;
constexpr std::size_t mostSnapshot = 2000;

// Decodes, calls and encodes; a refusal goes to `refusal`.
template <class Request, class Handle>
std::optional<QJsonValue> handled(const rpc::Message &message, Error *refusal, Handle handle)
{
    if (message.method != QLatin1StringView(Request::method))
        return std::nullopt;
    const auto request = fromJson<Request>(message.params, Unknown::Refuse);
    if (!request) {
        *refusal = request.error();
        return QJsonValue();
    }
    return QJsonValue(toJson(handle(*request)));
}

} // namespace

DemoBackend::DemoBackend(quint64 seed, const Clock &clock, QObject *parent)
    : QObject(parent)
    , m_clock(clock)
    , m_started(clock.now())
    , m_token(randomToken(32))
    , m_world(seed, clock.now(), past)
    , m_server(u"belfry demo"_s, QWebSocketServer::NonSecureMode)
{
    connect(&m_server, &QWebSocketServer::newConnection, this, &DemoBackend::onConnection);
    connect(&m_tick, &QTimer::timeout, this, &DemoBackend::advance);
    m_server.setSupportedSubprotocols({QString::fromLatin1(wire::clientSubprotocol)});
    m_tick.start(500ms);
}

DemoBackend::~DemoBackend()
{
    // The sockets outlive m_peers by a moment, and say that they are disconnected when they go.
    for (const auto &[socket, peer] : m_peers)
        socket->disconnect(this);
}

Status DemoBackend::listen()
{
    if (m_server.listen(QHostAddress::LocalHost))
        return {};
    return fail(
        ErrorKind::Unavailable, u"the demonstration cannot listen on loopback: %1"_s.arg(m_server.errorString()));
}

QUrl DemoBackend::url() const
{
    return QUrl(u"ws://127.0.0.1:%1"_s.arg(m_server.serverPort()));
}

void DemoBackend::onConnection()
{
    QWebSocket *socket = m_server.nextPendingConnection();
    socket->setParent(this);
    if (socket->request().rawHeader("Authorization") != "Bearer " + m_token) {
        socket->close(
            QWebSocketProtocol::CloseCode(wire::closeAuth), u"the demonstration is for the console that began it"_s);
        socket->deleteLater();
        return;
    }
    socket->setMaxAllowedIncomingMessageSize(wire::maxMessage);
    m_peers[socket];
    connect(
        socket, &QWebSocket::textMessageReceived, this, [this, socket](const QString &text) { onText(socket, text); });
    connect(socket, &QWebSocket::disconnected, this, [this, socket] {
        m_peers.erase(socket);
        socket->deleteLater();
    });
    const wire::ServerHello hello{.version = QStringLiteral(BELFRY_VERSION),
        .features = {u"demo"_s},
        .epoch = 1,
        .role = u"admin"_s,
        .maxMessage = wire::maxMessage,
        .maxBacklog = wire::maxBacklog};
    socket->sendTextMessage(rpc::notification(u"hello"_s, toJson(hello)));
}

void DemoBackend::onText(QWebSocket *socket, const QString &text)
{
    const auto message = rpc::parse(text);
    if (!message) {
        socket->sendTextMessage(rpc::failure(message.error().id, message.error().error));
        return;
    }
    if (message->kind != rpc::Message::Kind::Request)
        return;
    advance(); // what is asked for sees the world of now
    Error refusal{ErrorKind::Internal, {}};
    const QJsonValue result = answer(m_peers[socket], *message, &refusal);
    socket->sendTextMessage(refusal.message.isEmpty() ? rpc::response(message->id, result)
                                                      : rpc::failure(message->id, rpc::toRpcError(refusal)));
    advance();
}

QJsonValue DemoBackend::answer(Peer &peer, const rpc::Message &message, Error *refusal)
{
    using namespace wire;
    DemoWorld &world = m_world;
    const auto done = [&](const Status &status) {
        if (!status)
            *refusal = status.error();
        return Nothing{};
    };
    const auto made = [&](const Result<RunId> &run) {
        if (!run)
            *refusal = run.error();
        return TriggerReply{.run = run.value_or(RunId())};
    };
    const auto runOf = [&](RunId id) {
        const RunRow *run = world.run(id);
        if (!run)
            *refusal = {ErrorKind::NotFound, u"there is no run %1"_s.arg(id.value)};
        return run;
    };
    const auto jobOf = [&](const QString &name) {
        const auto job = world.jobs().find(name);
        if (job == world.jobs().end())
            *refusal = {ErrorKind::NotFound, u"there is no job '%1'"_s.arg(name)};
        return job == world.jobs().end() ? nullptr : &job->second;
    };
    std::optional<QJsonValue> reply;
    const auto on = [&]<class Request>(const Request *, auto handle) {
        if (!reply)
            reply = handled<Request>(message, refusal, handle);
    };
    const auto as = []<class T>(std::type_identity<T>) { return static_cast<const T *>(nullptr); };
    using std::type_identity;
    on(as(type_identity<ServerStatus>{}), [&](const ServerStatus &) { return status(); });
    on(as(type_identity<WatchOpen>{}), [&](const WatchOpen &wanted) { return openWatch(peer, wanted); });
    on(as(type_identity<WatchClose>{}), [&](const WatchClose &each) {
        peer.watches.erase(each.watch);
        peer.logs.erase(each.watch);
        return Nothing{};
    });
    on(as(type_identity<RunList>{}), [&](const RunList &question) { return list(question, refusal); });
    on(as(type_identity<RunGet>{}),
        [&](const RunGet &each) { return runOf(each.run) ? world.detail(each.run) : RunDetail(); });
    on(as(type_identity<ExplainRun>{}), [&](const ExplainRun &each) {
        const RunRow *run = runOf(each.run);
        return run ? world.explainRun(*run) : Explanation();
    });
    on(as(type_identity<ExplainJob>{}),
        [&](const ExplainJob &each) { return jobOf(each.job) ? world.explainJob(each.job) : Explanation(); });
    on(as(type_identity<JobGet>{}), [&](const JobGet &each) {
        const Job *job = jobOf(each.job);
        return job ? *job : Job();
    });
    on(as(type_identity<JobHistory>{}), [&](const JobHistory &each) {
        const Job *job = jobOf(each.job);
        JobHistoryReply history;
        if (job)
            history.versions.push_back(
                {.job = each.job, .version = 1, .release = 1, .since = job->since, .by = u"demo"_s});
        return history;
    });
    on(as(type_identity<JobSource>{}),
        [&](const JobSource &each) { return jobOf(each.job) ? world.source(each.job) : JobSourceReply(); });
    on(as(type_identity<JobList>{}), [&](const JobList &question) {
        JobListReply jobs;
        const auto filter = filter::JobFilter::parse(question.filter);
        if (!filter)
            *refusal = filter.error();
        for (const auto &[name, job] : world.jobs())
            if (const JobRow row = world.jobRow(name);
                filter && name > question.after && filter->matches({job, row.lastState}))
                jobs.jobs.push_back(row);
        return jobs;
    });
    on(as(type_identity<RunDays>{}), [&](const RunDays &question) { return world.days(question); });
    on(as(type_identity<ScheduleNext>{}), [&](const ScheduleNext &question) {
        return NextReply{world.next(question.jobs, question.n, question.from.value_or(world.now()), question.until)};
    });
    on(as(type_identity<RunTrigger>{}), [&](const RunTrigger &trigger) {
        Params params;
        for (const auto &[name, value] : trigger.params)
            params[name] = value.toVariant().toString();
        return made(world.trigger(trigger.job, params, trigger.reason));
    });
    on(as(type_identity<RunRerun>{}), [&](const RunRerun &each) { return made(world.rerun(each.run, each.reason)); });
    on(as(type_identity<RunCancel>{}), [&](const RunCancel &each) { return done(world.cancel(each.run)); });
    on(as(type_identity<JobPause>{}), [&](const JobPause &each) {
        done(world.pause(each.name, each.until, each.then));
        return PauseReply{{each.name}};
    });
    on(as(type_identity<JobResume>{}), [&](const JobResume &each) {
        done(world.resume(each.name));
        return PauseReply{{each.name}};
    });
    on(as(type_identity<AttentionList>{}), [&](const AttentionList &question) {
        AttentionReply list;
        const int from = question.after.toInt(); // of the demonstration's own making: a number of rows
        const std::vector<AttentionRow> rows = world.attention();
        int at = 0;
        for (const AttentionRow &row : rows) {
            const bool wanted = (question.job.isEmpty() || row.job == question.job)
                && (question.concerns.empty() || std::ranges::count(question.concerns, row.concern) > 0);
            if (!wanted || at++ < from)
                continue;
            if (int(list.rows.size()) == question.limit) {
                list.next = QString::number(from + question.limit);
                break;
            }
            list.rows.push_back(row);
        }
        return list;
    });
    on(as(type_identity<AttentionAcknowledge>{}), [&](const AttentionAcknowledge &each) {
        done(world.acknowledge(each.run.value_or(RunId()), each.note, false));
        return AttentionMarked{1};
    });
    on(as(type_identity<AttentionReopen>{}), [&](const AttentionReopen &each) {
        done(world.acknowledge(each.run.value_or(RunId()), {}, true));
        return AttentionMarked{1};
    });
    on(as(type_identity<RunHold>{}),
        [&](const RunHold &each) { return done(world.hold(each.run, true, each.reason)); });
    on(as(type_identity<RunRelease>{}), [&](const RunRelease &each) { return done(world.hold(each.run, false, {})); });
    on(as(type_identity<RunPriority>{}),
        [&](const RunPriority &each) { return done(world.prioritize(each.run, each.priority)); });
    on(as(type_identity<RunPreview>{}), [&](const RunPreview &question) {
        Params params;
        for (const auto &[name, value] : question.params)
            params[name] = value.toVariant().toString();
        const auto preview = world.preview(question.job, params);
        if (!preview)
            *refusal = preview.error();
        return preview.value_or(PreviewReply());
    });
    const auto skipped = [&](const Result<SkipReply> &skip) {
        if (!skip)
            *refusal = skip.error();
        return skip.value_or(SkipReply());
    };
    on(as(type_identity<ScheduleSkip>{}),
        [&](const ScheduleSkip &each) { return skipped(world.skip(each.job, each.at, false)); });
    on(as(type_identity<ScheduleUnskip>{}),
        [&](const ScheduleUnskip &each) { return skipped(world.skip(each.job, each.at, true)); });
    on(as(type_identity<AgentDrain>{}), [&](const AgentDrain &each) { return done(world.drain(each.name, true)); });
    on(as(type_identity<AgentResume>{}), [&](const AgentResume &each) { return done(world.drain(each.name, false)); });
    on(as(type_identity<LogCredit>{}), [&](const LogCredit &) { return Nothing{}; });
    on(as(type_identity<LogOpen>{}), [&](const LogOpen &each) {
        const RunRow *run = runOf(each.run);
        LogOpenReply opened;
        if (run && !run->startedAt)
            *refusal
                = {ErrorKind::NotFound, u"run %1 has not been started yet, so it has no log"_s.arg(each.run.value)};
        if (!run || !run->startedAt)
            return opened;
        opened = {
            .watch = ++peer.lastWatch, .attempt = 1, .size = world.log(*run).size(), .complete = isFinal(run->state)};
        const qint64 from = each.offset >= 0 ? each.offset : std::max<qint64>(0, opened.size + each.offset);
        peer.logs[opened.watch] = {each.run, from, each.follow};
        return opened;
    });
    if (!reply)
        *refusal = {ErrorKind::Invalid, u"%1 is not part of the demonstration"_s.arg(message.method)};
    return reply.value_or(QJsonValue());
}

wire::RunListReply DemoBackend::list(const wire::RunList &question, Error *refusal) const
{
    wire::RunListReply reply;
    auto filter = filter::parseRunFilter(question.filter, m_world.now());
    if (!filter) {
        *refusal = filter.error();
        return reply;
    }
    for (RunCondition &condition : filter->conditions) {
        if (condition.field != RunField::Tag)
            continue;
        std::vector<RunTest> jobs;
        for (const auto &[name, job] : m_world.jobs())
            if (std::any_of(condition.anyOf.begin(), condition.anyOf.end(),
                    [&](const RunTest &test) { return filter::hasTag(job.definition, test.text); }))
                jobs.push_back({Relation::Equal, {}, job.id.value});
        condition.field = RunField::OfJobs;
        condition.anyOf = std::move(jobs);
    }
    const auto take = [&](const wire::RunRow &run) {
        const bool state = question.states.empty()
            || std::find(question.states.begin(), question.states.end(), run.state) != question.states.end();
        if (!state || (question.live && isFinal(run.state)) || (!question.job.isEmpty() && run.jobName != question.job)
            || (question.since && run.queuedAt < *question.since) || !filter::matches(*filter, run))
            return true;
        if (int(reply.runs.size()) == question.limit) {
            reply.next = reply.runs.back().id;
            return false;
        }
        reply.runs.push_back(run);
        return true;
    };
    const auto &runs = m_world.runs();
    if (question.live) {
        for (auto each = question.after ? runs.upper_bound(*question.after) : runs.begin();
             each != runs.end() && take(each->second); ++each) { }
        return reply;
    }
    for (auto each = question.after ? runs.lower_bound(*question.after) : runs.end();
         each != runs.begin() && take(std::prev(each)->second); --each) { }
    return reply;
}

wire::StatusReply DemoBackend::status() const
{
    const auto count = [this](auto what) {
        return int(std::count_if(
            m_world.runs().begin(), m_world.runs().end(), [&](const auto &each) { return what(each.second.state); }));
    };
    const int online = int(std::count_if(m_world.agents().begin(), m_world.agents().end(),
        [](const auto &each) { return each.second.state != AgentState::Unreachable; }));
    return {.version = QStringLiteral(BELFRY_VERSION),
        .epoch = 1,
        .now = m_clock.now(),
        .startedAt = m_started,
        .jobs = int(m_world.jobs().size()),
        .waiting = count(isWaiting),
        .live = count(isLive),
        .agentsOnline = online,
        .agents = int(m_world.agents().size()),
        .attention = qint64(m_world.attention().size())};
}

wire::WatchOpenReply DemoBackend::openWatch(Peer &peer, const wire::WatchOpen &wanted)
{
    wire::WatchOpenReply reply{.watch = ++peer.lastWatch, .epoch = 1};
    peer.watches[reply.watch] = {wanted.topic, 0};
    if (wanted.topic == wire::Topic::Runs) {
        for (auto run = m_world.runs().rbegin(); run != m_world.runs().rend() && reply.snapshot.size() < mostSnapshot;
             ++run)
            if (!isFinal(run->second.state))
                reply.snapshot.push_back(toJson(run->second));
    } else if (wanted.topic == wire::Topic::Jobs) {
        for (const auto &[name, job] : m_world.jobs())
            reply.snapshot.push_back(toJson(m_world.jobRow(name)));
    } else if (wanted.topic == wire::Topic::Agents) {
        for (const auto &[name, agent] : m_world.agents())
            reply.snapshot.push_back(toJson(agent));
    }
    return reply;
}

template <class Row> void DemoBackend::tell(wire::Topic topic, const Row &row)
{
    const QJsonObject json = toJson(row);
    for (auto &[socket, peer] : m_peers)
        for (auto &[watch, watching] : peer.watches)
            if (watching.topic == topic)
                socket->sendTextMessage(rpc::notification(
                    u"watch.changed"_s, toJson(wire::WatchChanged{.watch = watch, .n = ++watching.n, .row = json})));
}

void DemoBackend::advance()
{
    const DemoWorld::Changes changes = m_world.advance(m_clock.now());
    for (const RunId run : changes.runs)
        tell(wire::Topic::Runs, m_world.runs().at(run));
    for (const QString &job : changes.jobs)
        tell(wire::Topic::Jobs, m_world.jobRow(job));
    for (const QString &agent : changes.agents)
        tell(wire::Topic::Agents, m_world.agents().at(agent));
    for (auto &[socket, peer] : m_peers)
        tellLogs(socket, peer);
}

void DemoBackend::tellLogs(QWebSocket *socket, Peer &peer)
{
    for (auto each = peer.logs.begin(); each != peer.logs.end();) {
        auto &[watch, log] = *each;
        const wire::RunRow &run = m_world.runs().at(log.run);
        const QByteArray text = m_world.log(run);
        if (text.size() > log.sent) {
            const QByteArray bytes = text.mid(log.sent, wire::maxLogBlock);
            const wire::LogPiece piece{.watch = watch,
                .run = log.run,
                .attempt = 1,
                .offset = log.sent,
                .index = {{log.sent, int(bytes.size()), 1, m_world.now()}},
                .bytes = bytes};
            socket->sendBinaryMessage(toCbor(piece, Keys::Names).toCbor());
            log.sent += bytes.size();
        }
        const bool over = log.sent == text.size() && (isFinal(run.state) || !log.follow);
        if (over)
            socket->sendTextMessage(rpc::notification(u"log.end"_s,
                toJson(wire::LogEnd{.watch = watch, .size = text.size(), .complete = isFinal(run.state)})));
        each = over ? peer.logs.erase(each) : std::next(each);
    }
}

} // namespace belfry
