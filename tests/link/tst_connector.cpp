// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/link/connector.h"
#include "tests/patience.h"

#include <QSignalSpy>
#include <QTcpServer>
#include <QTcpSocket>
#include <QWebSocket>
#include <QWebSocketServer>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

// Answers every connection with a fixed text and closes it.
class Answering : public QTcpServer
{
public:
    explicit Answering(QByteArray answer)
        : m_answer(std::move(answer))
    {
        if (!listen(QHostAddress::LocalHost))
            qFatal("cannot listen");
        connect(this, &QTcpServer::newConnection, this, [this] {
            QTcpSocket *socket = nextPendingConnection();
            connect(socket, &QTcpSocket::readyRead, socket, [this, socket] {
                heads.append(socket->readAll());
                socket->write(m_answer);
                socket->disconnectFromHost();
            });
        });
    }
    QList<QByteArray> heads;

private:
    QByteArray m_answer;
};

struct Fixture {
    SeededRandom random{1};
    SystemClock clock;

    ConnectorSettings settings(quint16 port)
    {
        return {.url = *backendUrl(u"ws://127.0.0.1:%1"_s.arg(port)),
            .path = u"/ws"_s,
            .subprotocol = u"belfry.v1"_s,
            .token = [] { return Result<QByteArray>("secret"); },
            .connectTimeout = 2s};
    }
};

} // namespace

class TestConnector : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsAddresses_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("url"); // empty: refused
        QTest::newRow("full") << u"ws://127.0.0.1:7411"_s << u"ws://127.0.0.1:7411"_s;
        QTest::newRow("default port") << u"wss://belfry.example"_s << u"wss://belfry.example:7410"_s;
        QTest::newRow("path ignored") << u"ws://localhost:1/ws?x=1#y"_s << u"ws://localhost:1"_s;
        QTest::newRow("IPv6") << u"ws://[::1]:7410/"_s << u"ws://[::1]:7410"_s;
        QTest::newRow("clear over a network") << u"ws://belfry.example"_s << QString();
        QTest::newRow("looks like loopback") << u"ws://127.0.0.1.evil.example"_s << QString();
        QTest::newRow("http") << u"http://127.0.0.1"_s << QString();
        QTest::newRow("password inside") << u"wss://u:p@belfry.example"_s << QString();
        QTest::newRow("no scheme") << u"127.0.0.1:7410"_s << QString();
        QTest::newRow("nothing") << QString() << QString();
        QTest::newRow("port too high") << u"ws://127.0.0.1:99999"_s << QString();
    }
    void readsAddresses()
    {
        QFETCH(QString, text);
        QFETCH(QString, url);
        const Result<QUrl> read = backendUrl(text);
        QCOMPARE(read.has_value(), !url.isEmpty());
        if (read)
            QCOMPARE(read->toString(), url);
    }

    void connectsWithTokenAndSubprotocol()
    {
        Fixture fixture;
        QWebSocketServer server(u"t"_s, QWebSocketServer::NonSecureMode);
        server.setSupportedSubprotocols({u"belfry.v1"_s});
        QVERIFY(server.listen(QHostAddress::LocalHost));
        Connector connector(fixture.settings(server.serverPort()), fixture.random, fixture.clock);
        QSignalSpy connected(&connector, &Connector::connected);
        connector.start();
        QTRY_COMPARE(connected.count(), 1);
        std::unique_ptr<QWebSocket> peer(server.nextPendingConnection());
        QCOMPARE(peer->request().rawHeader("Authorization"), QByteArray("Bearer secret"));
        QCOMPARE(peer->subprotocol(), u"belfry.v1"_s);
        QCOMPARE(peer->requestUrl().path(), u"/ws"_s);

        QSignalSpy gone(peer.get(), &QWebSocket::disconnected);
        connector.stop();
        QTRY_COMPARE(gone.count(), 1);
        QCOMPARE(peer->closeCode(), QWebSocketProtocol::CloseCodeNormal);
    }

    void comesBackAfterALoss()
    {
        Fixture fixture;
        QWebSocketServer server(u"t"_s, QWebSocketServer::NonSecureMode);
        server.setSupportedSubprotocols({u"belfry.v1"_s});
        QVERIFY(server.listen(QHostAddress::LocalHost));
        Connector connector(fixture.settings(server.serverPort()), fixture.random, fixture.clock);
        QSignalSpy connected(&connector, &Connector::connected);
        QSignalSpy lost(&connector, &Connector::disconnected);
        connector.start();
        QTRY_COMPARE(connected.count(), 1);
        std::unique_ptr<QWebSocket>(server.nextPendingConnection())->close(QWebSocketProtocol::CloseCode(4409));
        QTRY_COMPARE(lost.count(), 1);
        QCOMPARE(lost[0][0].toInt(), 4409);
        QVERIFY(!connector.link());
        QTRY_COMPARE(connected.count(), 2);
        QVERIFY(connector.link());
    }

    void waitsAsLongAsTheServerAsks()
    {
        Fixture fixture;
        QWebSocketServer server(u"t"_s, QWebSocketServer::NonSecureMode);
        server.setSupportedSubprotocols({u"belfry.v1"_s});
        QVERIFY(server.listen(QHostAddress::LocalHost));
        Connector connector(fixture.settings(server.serverPort()), fixture.random, fixture.clock);
        Duration wait(0);
        connect(&connector, &Connector::disconnected, this,
            [&](int, const QString &, Duration retryIn) { wait = retryIn; });
        QSignalSpy connected(&connector, &Connector::connected);
        connector.start();
        QTRY_COMPARE(connected.count(), 1);
        std::unique_ptr<QWebSocket> peer(server.nextPendingConnection());
        peer->close(QWebSocketProtocol::CloseCode(4000), withRetryAfter(u"full"_s, 60s));
        QTRY_COMPARE(wait, Duration(60s));
    }

    // Qt 6.4 does not know the code.
    void tellsOfAnOverloadedServer()
    {
        Fixture fixture;
        QWebSocketServer server(u"t"_s, QWebSocketServer::NonSecureMode);
        server.setSupportedSubprotocols({u"belfry.v1"_s});
        QVERIFY(server.listen(QHostAddress::LocalHost));
        Connector connector(fixture.settings(server.serverPort()), fixture.random, fixture.clock);
        QSignalSpy connected(&connector, &Connector::connected);
        QSignalSpy lost(&connector, &Connector::disconnected);
        connector.start();
        QTRY_COMPARE(connected.count(), 1);
        std::unique_ptr<QWebSocket>(server.nextPendingConnection())->close(QWebSocketProtocol::CloseCode(1013));
        QTRY_COMPARE(lost.count(), 1);
        QCOMPARE(lost[0][0].toInt(), wire::closeOverload);
    }

    void sortsRefusals_data()
    {
        QTest::addColumn<QByteArray>("answer");
        QTest::addColumn<int>("kind");
        const QByteArray end = "\r\nContent-Length: 0\r\nConnection: close\r\n";
        QTest::newRow("401") << "HTTP/1.1 401 Unauthorized" + end + "WWW-Authenticate: Bearer\r\n\r\n"
                             << int(ErrorKind::Denied);
        QTest::newRow("403") << "HTTP/1.1 403 Forbidden" + end + "\r\n" << int(ErrorKind::Denied);
        QTest::newRow("404") << "HTTP/1.1 404 Not Found" + end + "\r\n" << int(ErrorKind::Invalid);
        QTest::newRow("400") << "HTTP/1.1 400 Bad Request" + end + "\r\n" << int(ErrorKind::Unavailable);
        QTest::newRow("503") << "HTTP/1.1 503 Service Unavailable" + end + "\r\n" << int(ErrorKind::Unavailable);
        QTest::newRow("no HTTP") << QByteArray("SSH-2.0-OpenSSH_9.2\r\n\r\n") << int(ErrorKind::Unavailable);
        QTest::newRow("nothing") << QByteArray() << int(ErrorKind::Unavailable);
    }
    void sortsRefusals()
    {
        QFETCH(QByteArray, answer);
        QFETCH(int, kind);
        Fixture fixture;
        Answering server(answer);
        Connector connector(fixture.settings(server.serverPort()), fixture.random, fixture.clock);
        QList<Error> errors;
        connect(&connector, &Connector::failed, this, [&](const Error &error, Duration) { errors.append(error); });
        connector.start();
        QTRY_VERIFY_WITH_TIMEOUT(errors.size() >= 1, 4000);
        QCOMPARE(int(errors[0].kind), kind);
        QVERIFY2(!errors[0].message.contains(u"secret"_s), qPrintable(errors[0].message));
        QTRY_VERIFY_WITH_TIMEOUT(errors.size() >= 2, 8000); // it goes on trying
        QVERIFY(server.heads.size() >= 2);
    }

    void givesUpOnAServerThatSaysNothing()
    {
        Fixture fixture;
        QTcpServer server;
        QVERIFY(server.listen(QHostAddress::LocalHost));
        ConnectorSettings settings = fixture.settings(server.serverPort());
        settings.connectTimeout = 200ms;
        Connector connector(settings, fixture.random, fixture.clock);
        QList<Error> errors;
        connect(&connector, &Connector::failed, this, [&](const Error &error, Duration) { errors.append(error); });
        connector.start();
        QTRY_VERIFY_WITH_TIMEOUT(!errors.isEmpty(), 3000);
        QCOMPARE(errors[0].kind, ErrorKind::Unavailable);
        QVERIFY(errors[0].message.contains(u"did not answer"_s));
    }

    void refusesAnotherSubprotocol()
    {
        Fixture fixture;
        QWebSocketServer server(u"t"_s, QWebSocketServer::NonSecureMode);
        QVERIFY(server.listen(QHostAddress::LocalHost));
        Connector connector(fixture.settings(server.serverPort()), fixture.random, fixture.clock);
        QSignalSpy connected(&connector, &Connector::connected);
        QList<Error> errors;
        connect(&connector, &Connector::failed, this, [&](const Error &error, Duration) { errors.append(error); });
        connector.start();
        QTRY_VERIFY(!errors.isEmpty());
        QCOMPARE(connected.count(), 0);
    }

    void readsTheTokenAnewForEachTry()
    {
        Fixture fixture;
        Answering server("HTTP/1.1 401 Unauthorized\r\nContent-Length: 0\r\n\r\n");
        ConnectorSettings settings = fixture.settings(server.serverPort());
        int n = 0;
        settings.token = [&]() -> Result<QByteArray> {
            if (++n == 1)
                return fail(ErrorKind::NotFound, u"no token file"_s);
            return "t" + QByteArray::number(n);
        };
        Connector connector(settings, fixture.random, fixture.clock);
        QList<Error> errors;
        connect(&connector, &Connector::failed, this, [&](const Error &error, Duration) { errors.append(error); });
        connector.start();
        QTRY_VERIFY_WITH_TIMEOUT(server.heads.size() >= 2, 8000);
        QCOMPARE(errors[0].message, u"no token file"_s);
        QVERIFY(server.heads[0].contains("Bearer t2\r\n"));
        QVERIFY(server.heads[1].contains("Bearer t3\r\n"));
    }
};

QTEST_GUILESS_MAIN(TestConnector)
#include "tst_connector.moc"
