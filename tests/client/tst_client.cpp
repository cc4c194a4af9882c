// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/client/client.h"

#include "shared/wire/limits.h"
#include "tests/client/fakebackend.h"
#include "tests/patience.h"

#include <QJsonArray>
#include <QSignalSpy>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

Address addressOf(const FakeBackend &backend)
{
    return {.url = backend.url(), .token = "secret"};
}

template <class T> struct Answers {
    std::vector<Answer<T>> all;
    auto collect()
    {
        return [this](const Answer<T> &answer) { all.push_back(answer); };
    }
};

} // namespace

// A Client and a scripted backend over a real WebSocket on loopback.
class TestClient : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void greetsAndAnswersEachRequestOnce()
    {
        FakeBackend backend;
        QVERIFY(backend.isListening());
        Client client(addressOf(backend));
        Answers<wire::RunDetail> answers;
        client.ask(wire::RunGet{RunId(7)}, this, answers.collect()); // before there is a connection
        client.start();
        QTRY_COMPARE(client.state(), Client::State::Ready);
        QCOMPARE(client.server().version, u"9.9"_s);
        QCOMPARE(backend.authorization, QByteArray("Bearer secret"));
        QTRY_COMPARE(backend.requests.size(), 1u);
        QJsonValue id;
        QCOMPARE(backend.take<wire::RunGet>(&id).run, RunId(7));
        wire::RunDetail detail;
        detail.id = RunId(7);
        backend.answer(id, detail);
        backend.answer(id, detail); // one too many is nobody's
        QTRY_COMPARE(answers.all.size(), 1u);
        QCOMPARE(*answers.all[0], detail);
        client.ask(wire::RunGet{RunId(8)}, this, answers.collect());
        QTRY_COMPARE(backend.requests.size(), 1u);
        QCOMPARE(answers.all.size(), 1u);
    }

    void refusalsCarryTheirKindAndTheProblems()
    {
        FakeBackend backend;
        Client client(addressOf(backend));
        client.start();
        Answers<wire::ApplyReply> answers;
        client.ask(wire::JobApply{.files = {{u"a.yaml"_s, u"x"_s}}}, this, answers.collect());
        QTRY_COMPARE(backend.requests.size(), 1u);
        const QJsonObject problem{{u"file"_s, u"a.yaml"_s}, {u"line"_s, 3}, {u"column"_s, 5}, {u"message"_s, u"bad"_s},
            {u"hint"_s, u"good"_s}, {u"severity"_s, u"error"_s}};
        backend.refuse(backend.take().id, {ErrorKind::Invalid, u"no"_s}, {problem, QJsonObject(), 5});
        QTRY_COMPARE(answers.all.size(), 1u);
        QVERIFY(!answers.all[0]);
        QCOMPARE(answers.all[0].error().kind, ErrorKind::Invalid);
        QCOMPARE(answers.all[0].error().message, u"no"_s);
        QCOMPARE(answers.all[0].error().problems,
            (std::vector<Problem>{{Severity::Error, u"a.yaml"_s, 3, 5, u"bad"_s, u"good"_s}}));
        for (const ErrorKind kind :
            {ErrorKind::NotFound, ErrorKind::Denied, ErrorKind::Conflict, ErrorKind::Unavailable}) {
            client.ask(wire::JobApply{}, this, answers.collect());
            QTRY_COMPARE(backend.requests.size(), 1u);
            backend.refuse(backend.take().id, {kind, u"x"_s});
            const std::size_t before = answers.all.size();
            QTRY_COMPARE(answers.all.size(), before + 1);
            QCOMPARE(answers.all.back().error().kind, kind);
        }
    }

    void anAnswerThatCannotBeReadIsAnError()
    {
        FakeBackend backend;
        Client client(addressOf(backend));
        client.start();
        Answers<wire::TriggerReply> answers;
        client.ask(wire::RunTrigger{.job = u"j"_s}, this, answers.collect());
        QTRY_COMPARE(backend.requests.size(), 1u);
        backend.sendText(rpc::response(backend.take().id, QJsonObject{{u"run"_s, u"seven"_s}}));
        QTRY_COMPARE(answers.all.size(), 1u);
        QCOMPARE(answers.all[0].error().kind, ErrorKind::Internal);
    }

    void nobodyIsCalledWhoseContextIsGone()
    {
        FakeBackend backend;
        Client client(addressOf(backend));
        client.start();
        Answers<wire::StatusReply> answers;
        Answers<wire::StatusReply> others;
        auto context = std::make_unique<QObject>();
        client.ask(wire::ServerStatus{}, context.get(), answers.collect());
        client.ask(wire::ServerStatus{}, this, others.collect());
        QTRY_COMPARE(backend.requests.size(), 2u);
        context.reset();
        backend.answer(backend.take().id, wire::StatusReply());
        backend.answer(backend.take().id, wire::StatusReply());
        QTRY_COMPARE(others.all.size(), 1u);
        QVERIFY(answers.all.empty());
    }

    void aTriggerWhoseAnswerWasLostIsSentAgainWithItsKey()
    {
        FakeBackend backend;
        Client client(addressOf(backend));
        client.start();
        Answers<wire::TriggerReply> answers;
        client.ask(wire::RunTrigger{.job = u"p/j"_s, .params = {{u"a"_s, u"1"_s}}}, this, answers.collect());
        QTRY_COMPARE(backend.requests.size(), 1u);
        const wire::RunTrigger first = backend.take<wire::RunTrigger>();
        QVERIFY(first.key.size() >= 20);
        backend.cut(); // it was committed, and the answer never came
        QTRY_COMPARE(backend.connections, 2);
        QTRY_COMPARE(backend.requests.size(), 1u);
        QJsonValue id;
        const wire::RunTrigger second = backend.take<wire::RunTrigger>(&id);
        QCOMPARE(second.key, first.key);
        QCOMPARE(second.params, first.params);
        backend.answer(id, wire::TriggerReply{RunId(4), true});
        QTRY_COMPARE(answers.all.size(), 1u);
        QCOMPARE(answers.all[0]->run, RunId(4));
        client.ask(wire::RunTrigger{.job = u"p/j"_s}, this, answers.collect());
        QTRY_COMPARE(backend.requests.size(), 1u);
        QVERIFY(backend.take<wire::RunTrigger>().key != first.key);
    }

    void whatMayNotBeRepeatedIsAnsweredWhenTheConnectionBreaks()
    {
        FakeBackend backend;
        Client client(addressOf(backend));
        client.start();
        Answers<wire::Nothing> credits;
        Answers<wire::StatusReply> answers;
        QTRY_COMPARE(client.state(), Client::State::Ready);
        backend.ignored.clear();
        client.ask(wire::LogCredit{1, 5}, this, credits.collect());
        client.ask(wire::ServerStatus{}, this, answers.collect());
        QTRY_COMPARE(backend.requests.size(), 2u);
        backend.cut();
        QTRY_COMPARE(credits.all.size(), 1u);
        QCOMPARE(credits.all[0].error().kind, ErrorKind::Unavailable);
        QTRY_COMPARE(backend.requests.size(), 1u);
        QCOMPARE(backend.take().method, u"server.status"_s);
        QVERIFY(answers.all.empty());
    }

    void keepsTheOrderOfRequestsOverAReconnect()
    {
        FakeBackend backend;
        Client client(addressOf(backend));
        client.start();
        Answers<wire::RunDetail> answers;
        for (int i = 1; i <= 20; ++i)
            client.ask(wire::RunGet{RunId(i)}, this, answers.collect());
        QTRY_COMPARE(backend.requests.size(), 20u);
        backend.cut();
        QTRY_COMPARE(backend.requests.size(), 20u);
        for (int i = 1; i <= 20; ++i)
            QCOMPARE(backend.take<wire::RunGet>().run, RunId(i));
    }

    void tellsWhereItStands()
    {
        FakeBackend backend;
        Client client(addressOf(backend));
        QSignalSpy states(&client, &Client::stateChanged);
        client.start();
        QTRY_COMPARE(states.size(), 1);
        backend.close(1001, u"going away"_s);
        QTRY_COMPARE(states.size(), 3);
        QCOMPARE(states[1][0].value<Client::State>(), Client::State::Reconnecting);
        QCOMPARE(client.state(), Client::State::Ready);
        backend.stopListening();
        backend.close(1001, u"going away for longer"_s);
        QTRY_COMPARE(client.state(), Client::State::Reconnecting);
        QVERIFY(client.trouble().message.contains(u"going away for longer"_s));
        QVERIFY(backend.listen());
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), Client::State::Ready, 20'000);
    }

    void aRevokedTokenIsTheEnd()
    {
        FakeBackend backend;
        Client client(addressOf(backend));
        client.start();
        Answers<wire::StatusReply> answers;
        client.ask(wire::ServerStatus{}, this, answers.collect());
        QTRY_COMPARE(backend.requests.size(), 1u);
        backend.close(wire::closeAuth, u"the token was revoked"_s);
        QTRY_COMPARE(client.state(), Client::State::Failed);
        QTRY_COMPARE(answers.all.size(), 1u);
        QCOMPARE(answers.all[0].error().kind, ErrorKind::Denied);
        client.ask(wire::ServerStatus{}, this, answers.collect());
        QCOMPARE(answers.all.size(), 1u); // never from within ask()
        QTRY_COMPARE(answers.all.size(), 2u);
        QCOMPARE(backend.connections, 1);
    }

    void aFirstConnectionIsTriedForAWhile()
    {
        FakeBackend backend;
        const Address address = addressOf(backend);
        backend.stopListening();
        Client client(address, {.firstConnection = 600ms});
        client.start();
        Answers<wire::StatusReply> answers;
        client.ask(wire::ServerStatus{}, this, answers.collect());
        QTRY_COMPARE(client.state(), Client::State::Failed);
        QTRY_COMPARE(answers.all.size(), 1u);
        QCOMPARE(answers.all[0].error().kind, ErrorKind::Unavailable);
        QVERIFY(answers.all[0].error().message.contains(address.url.toString()));
    }

    void aBackendThatStartsLaterIsFound()
    {
        FakeBackend backend;
        const Address address = addressOf(backend);
        backend.stopListening();
        Client client(address);
        client.start();
        QTRY_VERIFY(
            client.trouble().message.contains(u"127.0.0.1"_s) && !client.trouble().message.startsWith(u"connecting"_s));
        QVERIFY(backend.listen());
        QTRY_COMPARE_WITH_TIMEOUT(client.state(), Client::State::Ready, 20'000);
    }

    void anotherProtocolIsTheEnd()
    {
        FakeBackend backend;
        backend.hello.protocol = 2;
        Client client(addressOf(backend));
        client.start();
        QTRY_COMPARE(client.state(), Client::State::Failed);
        QVERIFY2(client.trouble().message.contains(u"protocol 2"_s), qPrintable(client.trouble().message));
    }

    void survivesWhatIsNoMessage_data()
    {
        QTest::addColumn<QByteArray>("bytes");
        QTest::addColumn<bool>("binary");
        QTest::newRow("no json") << QByteArray("hello") << false;
        QTest::newRow("an array") << QByteArray("[]") << false;
        QTest::newRow("deep") << QByteArray(100'000, '[') << false;
        QTest::newRow("no cbor") << QByteArray("\xff\xff\xff") << true;
        QTest::newRow("cbor of something else") << QCborValue(5).toCbor() << true;
        QTest::newRow("huge declared length") << QByteArray::fromHex("5bffffffffffffff00") << true;
    }
    void survivesWhatIsNoMessage()
    {
        QFETCH(QByteArray, bytes);
        QFETCH(bool, binary);
        FakeBackend backend;
        Client client(addressOf(backend));
        client.start();
        QTRY_COMPARE(client.state(), Client::State::Ready);
        if (binary)
            backend.sendBytes(bytes);
        else
            backend.sendText(QString::fromUtf8(bytes));
        QTRY_COMPARE_WITH_TIMEOUT(backend.connections, 2, 20'000);
        QTRY_COMPARE(client.state(), Client::State::Ready);
    }

    void aRequestThatIsTooLargeIsRefusedHere()
    {
        FakeBackend backend;
        Client client(addressOf(backend));
        client.start();
        Answers<wire::ApplyReply> applies;
        Answers<wire::TriggerReply> triggers;
        const QString large(wire::maxMessage + 1, u'x');
        client.ask(wire::RunTrigger{.job = large}, this, triggers.collect());
        QVERIFY(triggers.all.empty());
        QTRY_COMPARE(triggers.all.size(), 1u);
        QCOMPARE(triggers.all[0].error().kind, ErrorKind::Invalid);
        client.ask(wire::JobApply{.files = {{u"a"_s, large}}}, this, applies.collect());
        backend.ignored = {};
        QTRY_COMPARE_WITH_TIMEOUT(backend.requests.size(), 1u, 20'000);
        QCOMPARE(backend.take<wire::JobApply>().files.at(u"a"_s), large);
    }

    void mayDieInAnAnswer()
    {
        FakeBackend backend;
        auto client = std::make_unique<Client>(addressOf(backend));
        client->start();
        int answers = 0;
        for (int i = 0; i < 3; ++i)
            client->ask(wire::ServerStatus{}, this, [&](const Answer<wire::StatusReply> &) {
                ++answers;
                client.reset();
            });
        QTRY_COMPARE(backend.requests.size(), 3u);
        for (int i = 0; i < 3; ++i)
            backend.answer(backend.take().id, wire::StatusReply());
        QTRY_COMPARE(answers, 1);
        QVERIFY(!client);
    }

    void mayDieWhenItFails()
    {
        FakeBackend backend;
        auto client = std::make_unique<Client>(addressOf(backend));
        connect(client.get(), &Client::stateChanged, this, [&](Client::State state) {
            if (state == Client::State::Failed)
                client.release()->deleteLater();
        });
        client->start();
        int answers = 0;
        client->ask(wire::ServerStatus{}, this, [&](const Answer<wire::StatusReply> &) { ++answers; });
        QTRY_COMPARE(backend.requests.size(), 1u);
        backend.close(wire::closeAuth, u"no"_s);
        QTRY_VERIFY(!client);
        QTRY_COMPARE(answers, 1);
    }
};

QTEST_GUILESS_MAIN(TestClient)
#include "tst_client.moc"
