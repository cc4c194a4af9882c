// SPDX-License-Identifier: GPL-3.0-or-later
// bench-agents: many light agents in one process, and a bare WebSocket server to compare with.
#include "shared/wire/limits.h"
#include "tests/bench/lightagent.h"
#include "tests/bench/report.h"

#include <QCoreApplication>
#include <QHash>
#include <QSocketNotifier>
#include <QTimer>
#include <QWebSocket>
#include <QWebSocketServer>

#include <cstdio>
#include <unistd.h>

using namespace belfry;
using namespace belfry::bench;
using namespace Qt::StringLiterals;

namespace {

// A backend takes no more unfinished handshakes of one address than 256.
constexpr int handshakesAtOnce = 200;
constexpr Duration retryPause = 20ms;

// Standard input rules it, a word a line. connect: connects all that are not; answered with the time until the last one
// was welcomed. orders: tells which orders have come, and forgets them. The end of standard input is the end.
class Fleet : public QObject
{
public:
    Fleet(int count, const QString &prefix, LightAgent::Settings settings, QObject *parent)
        : QObject(parent)
        , m_settings(std::move(settings))
        , m_input(STDIN_FILENO, QSocketNotifier::Read)
    {
        for (int i = 0; i < count; ++i) {
            auto *agent = new LightAgent(u"%1%2"_s.arg(prefix).arg(i, 5, 10, '0'_L1), m_settings, m_orders, this);
            m_agents.push_back(agent);
            connect(agent, &LightAgent::connected, this, [this, agent] { onConnected(agent); });
            connect(agent, &LightAgent::lost, this, [this, agent](const QString &why) { onLost(agent, why); });
        }
        connect(&m_input, &QSocketNotifier::activated, this, &Fleet::onInput);
        // Each agent pings once in its period, and they do it one after the other.
        connect(&m_ping, &QTimer::timeout, this, [this] {
            for (int i = 0; i < int(m_agents.size()) / 100 + 1; ++i)
                m_agents[m_nextPing++ % m_agents.size()]->ping();
        });
        m_ping.start(wire::agentPing / 100);
    }

private:
    void onInput()
    {
        char text[256];
        const ssize_t size = ::read(STDIN_FILENO, text, sizeof text);
        if (size <= 0) {
            m_input.setEnabled(false);
            m_ending = true;
            QCoreApplication::quit();
            return;
        }
        m_words += QByteArray(text, size);
        for (qsizetype end = m_words.indexOf('\n'); end >= 0; end = m_words.indexOf('\n')) {
            const QByteArray word = m_words.first(end);
            m_words.remove(0, end + 1);
            if (word == "connect")
                connectAll();
            else if (word == "orders")
                tellOrders();
            else
                fail(u"bench-agents: there is no word '%1'"_s.arg(QString::fromUtf8(word)));
        }
    }

    void connectAll()
    {
        m_waiting.clear();
        for (LightAgent *each : m_agents)
            if (!each->isConnected())
                m_waiting.push_back(each);
        m_wanted = m_left = int(m_waiting.size());
        m_retries = 0;
        m_times.clear();
        m_from = monotonicUs();
        openMore();
    }

    void openMore()
    {
        while (!m_waiting.empty() && m_opening.size() < handshakesAtOnce) {
            LightAgent *agent = m_waiting.back();
            m_waiting.pop_back();
            m_opening.insert(agent, monotonicUs());
            agent->open();
        }
    }

    void onConnected(LightAgent *agent)
    {
        const qint64 now = monotonicUs();
        m_times.push_back(now - m_opening.take(agent));
        openMore();
        if (--m_left > 0)
            return;
        print({{u"count"_s, m_wanted}, {u"us"_s, now - m_from}, {u"retries"_s, m_retries},
            {u"last_failure"_s, m_lastFailure}, {u"times"_s, toJson(m_times)}});
    }

    void onLost(LightAgent *agent, const QString &why)
    {
        if (m_ending)
            return;
        if (!m_opening.remove(agent))
            return; // it was connected; the next `connect` brings it back
        ++m_retries;
        m_lastFailure = why;
        m_waiting.push_back(agent);
        QTimer::singleShot(retryPause, this, [this] { openMore(); });
    }

    void tellOrders()
    {
        QJsonArray all;
        for (const Order &each : std::exchange(m_orders, {}))
            all.append(QJsonArray{each.run.value, each.occasion, each.at});
        print({{u"orders"_s, all}});
    }

    LightAgent::Settings m_settings;
    std::vector<Order> m_orders;
    std::vector<LightAgent *> m_agents;
    std::vector<LightAgent *> m_waiting;
    QHash<LightAgent *, qint64> m_opening; // since when
    int m_wanted = 0;
    int m_left = 0;
    int m_retries = 0;
    QString m_lastFailure;
    qint64 m_from = 0;
    std::vector<qint64> m_times;
    bool m_ending = false;
    QByteArray m_words;
    QSocketNotifier m_input;
    QTimer m_ping;
    std::size_t m_nextPing = 0;
};

// Takes every connection and says nothing: what handshakes cost alone.
void serve(QWebSocketServer &server, QSocketNotifier &input)
{
    server.setSupportedSubprotocols({QLatin1StringView(wire::agentSubprotocol)});
    server.setMaxPendingConnections(10'000);
    QObject::connect(&server, &QWebSocketServer::newConnection, &server, [&server] {
        while (QWebSocket *socket = server.nextPendingConnection())
            QObject::connect(socket, &QWebSocket::disconnected, socket, &QObject::deleteLater);
    });
    if (!server.listen(QHostAddress::LocalHost))
        fail(server.errorString());
    QObject::connect(&input, &QSocketNotifier::activated, &server, [] { QCoreApplication::quit(); });
    print({{u"port"_s, server.serverPort()}});
}

constexpr const char *usage = R"(usage: bench-agents serve
       bench-agents run --url URL --token-file FILE [--count N] [--slots N] [--prefix NAME] [--start 0|1] [--end 0|1]
       bench-agents bare --url URL [--count N]
)";

} // namespace

int main(int argc, char **argv)
{
    const QCoreApplication app(argc, argv);
    const QString what = app.arguments().value(1);
    if (what == u"serve") {
        QWebSocketServer server(u"bench"_s, QWebSocketServer::NonSecureMode);
        QSocketNotifier input(STDIN_FILENO, QSocketNotifier::Read);
        serve(server, input);
        return QCoreApplication::exec();
    }
    if (what != u"run" && what != u"bare") {
        std::fputs(usage, stderr);
        return 2;
    }
    const Options options(app.arguments().mid(2));
    LightAgent::Settings settings{.url = QUrl(options.text(u"url"_s) + u"/agent"_s),
        .token = {},
        .slotCount = options.number(u"slots"_s, 1),
        .bare = what == u"bare",
        .starts = options.number(u"start"_s, 1) != 0,
        .ends = options.number(u"end"_s, 1) != 0};
    if (!settings.bare)
        settings.token = readToken(options.text(u"token-file"_s));
    Fleet fleet(options.number(u"count"_s, 1), options.text(u"prefix"_s, u"light-"_s), settings, nullptr);
    return QCoreApplication::exec();
}
