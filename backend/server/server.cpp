// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/server.h"

#include "backend/engine/engine.h"
#include "backend/store/examination.h"

#include <QFile>
#include <QJsonDocument>
#include <QTimeZone>
#include <QWebSocket>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int goingAway = 1001;

// The release of the zone data on this host, as `2026a`; empty when the host does not say.
QString zoneDataVersion()
{
    for (const QString &name : {u"/usr/share/zoneinfo/tzdata.zi"_s, u"/usr/share/zoneinfo/+VERSION"_s}) {
        QFile file(name);
        if (!file.open(QIODevice::ReadOnly))
            continue;
        const QByteArray line = file.readLine(64).trimmed();
        return QString::fromLatin1(line.startsWith("# version ") ? line.sliced(10) : line);
    }
    return {};
}

} // namespace

Server::Server(Core &core, const Snapshot &snapshot, ServerSettings settings, QObject *parent)
    : QObject(parent)
    , m_core(core)
    , m_settings(std::move(settings))
    , m_live(core, snapshot)
    , m_attention(core)
    , m_access(core.store(), core.clock())
    , m_watches(core, m_live, [this] { return status(); })
    , m_logs(core)
    , m_parts{core, m_live, m_watches, m_access, m_logs, m_side, m_examiner, [this] { return status(); },
          [this](const QString &token) { return connectionsOf(token); }, [this] { return isInsecure(); }}
    , m_agents(core, m_settings.agents)
    , m_listener(m_access, m_settings.listen, [this](const HttpRequest &request) { return answerPlain(request); })
{
    connect(&core, &Core::committed, &m_live, &LiveView::apply);
    connect(&m_attention, &AttentionCount::changed, &core, &Core::healthChanged);
    connect(&m_live, &LiveView::attemptChanged, &m_logs, &LogBoard::attemptChanged);
    connect(&m_access, &Access::gone, this, &Server::dismiss);
    connect(&m_listener, &Listener::clientUpgraded, this, &Server::addClient);
    connect(&m_listener, &Listener::agentUpgraded, this, &Server::addAgent);
    if (!core.store().isChecked())
        m_examiner.run(
            this, [folder = core.store().folder()] { return store::damageOf(folder); },
            [this](const QString &damage) {
                if (!damage.isEmpty())
                    m_core.store().noteDamage(damage);
            });
    connect(&core.store(), &Store::notesChanged, &m_live, &LiveView::setNotes);
    core.store().ask(
        store::FindNotes{m_live.liveAttempts()}, this, [this](Result<std::map<AttemptKey, AttemptNotes>> all) {
            if (!all)
                qWarning("the progress of live runs is not known: %s", qUtf8Printable(all.error().message));
            else
                for (const auto &[key, notes] : *all)
                    m_live.setNotes(key, notes);
        });
    std::vector<JobId> jobs;
    for (const auto &[name, id] : m_live.jobNames())
        jobs.push_back(id);
    core.store().ask(store::ListLastRuns{jobs}, this, [this](Result<std::map<JobId, store::LastRun>> last) {
        if (last)
            m_live.fillLastRuns(*last);
        else
            qWarning("the last runs of jobs are not known: %s", qUtf8Printable(last.error().message));
    });
}

Server::~Server()
{
    qDeleteAll(std::exchange(m_clients, {}));
}

void Server::start(const QString &folder, std::function<void(Status)> done)
{
    m_access.load(folder, [this, done](Status loaded) { done(loaded ? m_listener.start() : loaded); });
}

void Server::stop()
{
    m_listener.stop();
    for (ClientSession *client : m_clients)
        client->close(goingAway, u"the backend is stopping"_s);
    m_agents.closeAll(goingAway, u"the backend is stopping"_s);
}

void Server::addClient(QWebSocket *socket, const Identity &identity)
{
    const LinkLimits limits{.incomingMessage = wire::maxApplyMessage};
    auto *link = new WebSocketLink(socket, limits, m_settings.clientLife);
    auto *client = new ClientSession(link, identity, m_parts, this);
    m_clients.insert(client);
    m_access.noteUse(identity.token);
    connect(client, &QObject::destroyed, this, [this, client] { m_clients.erase(client); });
}

void Server::addAgent(QWebSocket *socket, const Identity &identity)
{
    m_access.noteUse(identity.token);
    const Liveness life{.silence = m_settings.agentSilence};
    m_agents.add(new WebSocketLink(socket, LinkLimits{}, life), identity.token);
}

void Server::dismiss(const QString &token)
{
    for (ClientSession *client : m_clients)
        if (client->identity().token == token)
            client->dismiss();
    m_agents.dismiss(token);
}

bool Server::isInsecure() const
{
    return !m_listener.settings().tls && !m_listener.serverAddress().isLoopback();
}

int Server::connectionsOf(const QString &token) const
{
    const auto clients = std::count_if(m_clients.begin(), m_clients.end(),
        [&](const ClientSession *client) { return client->identity().token == token; });
    return int(clients) + m_agents.connectionsOf(token);
}

HttpResponse Server::answerPlain(const HttpRequest &request) const
{
    if (request.path == "/healthz") {
        const auto checks = m_core.health();
        const bool well
            = std::all_of(checks.begin(), checks.end(), [](const wire::HealthCheck &each) { return each.ok; });
        return {.body = well ? "ok\n" : "degraded\n"};
    }
    if (request.path == "/readyz")
        return readiness();
    return {.status = 404, .body = "There is nothing here.\n"};
}

HttpResponse Server::readiness() const
{
    QJsonArray checks;
    bool ready = true;
    for (const wire::HealthCheck &check : m_core.health()) {
        checks.append(toJson(check));
        ready = ready && check.ok;
    }
    const QJsonObject body{{u"ready"_s, ready}, {u"checks"_s, checks}};
    return {.status = ready ? 200 : 503,
        .body = QJsonDocument(body).toJson(QJsonDocument::Compact) + '\n',
        .type = "application/json"};
}

wire::StatusReply Server::status()
{
    static const QString zoneData = zoneDataVersion();
    wire::StatusReply reply{.version = QStringLiteral(BELFRY_VERSION),
        .epoch = m_core.epoch(),
        .now = m_core.clock().now(),
        .startedAt = m_core.startedAt(),
        .jobs = int(m_live.jobNames().size()),
        .waiting = m_live.waiting(),
        .live = m_live.live(),
        .agentsOnline = m_live.agentsOnline(),
        .agents = int(m_live.agents().size()),
        .checks = m_core.health(),
        .tzdata = zoneData,
        .attention = m_attention.value()};
    const engine::Engine *engine = m_core.engine();
    for (const auto &[name, id] : m_live.jobNames()) {
        const auto next = engine ? engine->nextOccasion(id) : std::nullopt;
        if (next && (!reply.next || *next < reply.next->at))
            reply.next = wire::NextEntry{.job = name, .at = *next, .local = toRfc3339(*next)};
    }
    return reply;
}

} // namespace belfry
