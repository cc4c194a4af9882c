// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/agentengine/scene.h"

#include "shared/wire/limits.h"

#include <QTest>

using namespace belfry;
using namespace belfry::agentengine;
using namespace Qt::StringLiterals;

// The connection: hello, welcome, refusals, silence, draining.
class TestEngine : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void saysHelloOnceSpoolAndConnectionAreThere()
    {
        Scene s;
        const auto spool = {running(1, 10), ended(2, exited(3)), ordered(3)};
        COMPARE_EFFECTS(s.tell(SpoolScanned{spool}));
        COMPARE_EFFECTS(s.tell(Connected{}), SendMessage{s.hello(spool)});

        Scene late;
        COMPARE_EFFECTS(late.tell(Connected{}));
        COMPARE_EFFECTS(late.tell(SpoolScanned{spool}), SendMessage{late.hello(spool)});
        QVERIFY(!late.engine.welcomed());
    }

    void aHelloIsCompleteAfterEachReconnect()
    {
        Scene s;
        s.welcome();
        s.hear(order(1));
        s.tell(Disconnected{1006, u"cut"_s});
        s.tell(agentengine::AttemptStarted{key(1), 71, Instant(1'000)});
        s.tell(OutputGrew{key(1), 5});
        COMPARE_EFFECTS(s.tell(Connected{}), SendMessage{s.hello({running(1, 5)})});
        s.tell(Disconnected{1006, u"cut"_s});
        s.tell(agentengine::AttemptEnded{key(1), exited(0, 7)});
        COMPARE_EFFECTS(s.tell(Connected{}), SendMessage{s.hello({ended(1, exited(0, 7))})});
    }

    void aWelcomeGoesOnWhereTheBackendStands()
    {
        Scene s;
        s.tell(
            SpoolScanned{{running(1, 100), ended(2, exited(3, 50)), ended(3, exited(0, 9)), ended(4, exited(0, 9))}});
        s.tell(Connected{});
        const wire::AgentWelcome welcome{
            .epoch = anEpoch, .attempts = {standing(1, 40), standing(2), standing(3, 9, true), standing(4, 8, true)}};
        COMPARE_EFFECTS(s.hear(welcome), SendMessage{endOf(2, exited(3, 50))}, DeleteEntry{key(3)},
            SendLog{key(1), anEpoch, 40, 60}, SendLog{key(2), anEpoch, 0, 50}, SendLog{key(4), anEpoch, 8, 1});
        QVERIFY(s.engine.welcomed());
        COMPARE_EFFECTS(s.hear(wire::LogAck{RunId(4), 1, 9, 9}), DeleteEntry{key(4)});
        QCOMPARE(s.engine.attempts().size(), std::size_t(2));
    }

    void newsBetweenHelloAndWelcomeIsToldAfterIt()
    {
        Scene s;
        s.tell(SpoolScanned{{ordered(1), running(2)}});
        s.tell(Connected{});
        COMPARE_EFFECTS(s.tell(agentengine::AttemptStarted{key(1), 71, Instant(1'000)}));
        COMPARE_EFFECTS(s.tell(agentengine::AttemptEnded{key(2), exited(0)}));
        COMPARE_EFFECTS(s.hear(wire::AgentWelcome{.attempts = {standing(1), standing(2)}}),
            SendMessage{wire::AttemptStarted{RunId(1), 1, anEpoch, 71, Instant(1'000)}},
            SendMessage{endOf(2, exited(0))});
    }

    void attemptsTheBackendDoesNotKnowAreKeptAndReported()
    {
        Scene s;
        s.tell(SpoolScanned{{running(1, 10), ended(2, exited(0, 5)), running(3)}});
        s.tell(Connected{});
        COMPARE_EFFECTS(s.hear(wire::AgentWelcome{.attempts = {unknown(1), unknown(2)}}),
            warned(u"the backend does not know 3 attempts of this agent's spool; kept as they are: 1-1, 2-1, 3-1"_s));
        // Nothing of them is sent, and no acknowledgement frees them.
        COMPARE_EFFECTS(s.tell(OutputGrew{key(1), 20}));
        COMPARE_EFFECTS(s.tell(agentengine::AttemptEnded{key(1), exited(0, 20)}));
        COMPARE_EFFECTS(s.hear(wire::ResultCommitted{RunId(2), 1}),
            warned(u"the backend acknowledges a result of run 2, attempt 1 that it was not sent: ignored"_s));
        COMPARE_EFFECTS(s.hear(wire::LogAck{RunId(2), 1, 5, 5}));
        QCOMPARE(s.engine.attempts().size(), std::size_t(3));
    }

    void anAttemptThatWasGivenUpGoesOnAndItsResultIsTold()
    {
        Scene s;
        s.tell(SpoolScanned{{running(1)}});
        s.tell(Connected{});
        COMPARE_EFFECTS(s.hear(wire::AgentWelcome{.attempts = {standing(1, 0, true)}}),
            warned(
                u"the backend has given up run 1, attempt 1, which is still alive here: it goes on until it ends or is "
                u"cancelled"_s));
        COMPARE_EFFECTS(s.tell(agentengine::AttemptEnded{key(1), exited(0)}), SendMessage{endOf(1, exited(0))});
        COMPARE_EFFECTS(s.hear(wire::ResultCommitted{RunId(1), 1}), DeleteEntry{key(1)});
    }

    void aRefusalSaysWhenToComeBack_data()
    {
        QTest::addColumn<qint64>("retryAfterMs");
        QTest::addColumn<qint64>("waitMs");
        QTest::newRow("somebody must act") << qint64(-1) << qint64(60'000);
        QTest::newRow("named") << qint64(3'000) << qint64(3'000);
        QTest::newRow("at once") << qint64(0) << qint64(0);
        QTest::newRow("absurd") << qint64(1'000'000'000) << qint64(3'600'000);
    }
    void aRefusalSaysWhenToComeBack()
    {
        QFETCH(qint64, retryAfterMs);
        QFETCH(qint64, waitMs);
        Scene s;
        s.tell(SpoolScanned{});
        s.tell(Connected{});
        wire::AgentRefused refused{u"the name is taken"_s, {}};
        if (retryAfterMs >= 0)
            refused.retryAfter = Duration(retryAfterMs);
        COMPARE_EFFECTS(s.hear(refused),
            warned(u"the backend refuses this agent: the name is taken. Next try in "_s
                + formatDuration(Duration(waitMs))),
            Reconnect{Duration(waitMs)});
        COMPARE_EFFECTS(s.tell(Disconnected{1000, u""_s}));
        COMPARE_EFFECTS(s.tell(Connected{}), SendMessage{s.hello()});
    }

    void aBadTokenAndATwinAreTriedAgainSlowly()
    {
        Scene s;
        s.tell(SpoolScanned{});
        COMPARE_EFFECTS(s.tell(Disconnected{wire::closeAuth, u"unknown token"_s}),
            warned(u"the backend does not accept this agent's token (unknown token): give the agent a valid one"_s),
            Reconnect{15s});
        s.tell(Connected{});
        COMPARE_EFFECTS(s.tell(Disconnected{wire::closeReplaced, u"replaced"_s}),
            warned(u"the backend has a newer connection of this agent's identity (instance i-1): two agents must not "
                   u"share one "
                   u"data folder or a copy of it"_s),
            Reconnect{1min});
    }

    void aBackendOfAnotherProtocolIsLeft()
    {
        Scene s;
        s.tell(SpoolScanned{});
        s.tell(Connected{});
        COMPARE_EFFECTS(s.hear(wire::AgentWelcome{.protocol = 2, .version = u"9"_s}),
            warned(u"the backend (version 9) speaks protocol 2, this agent 1: update the older one"_s),
            Reconnect{1min});
        QVERIFY(!s.engine.welcomed());
    }

    void messagesOutOfTurnAreIgnored()
    {
        Scene s;
        s.tell(SpoolScanned{{running(1)}});
        COMPARE_EFFECTS(s.hear(order(5)));
        s.tell(Connected{});
        COMPARE_EFFECTS(
            s.hear(order(5)), warned(u"a message of the backend came out of turn and is ignored (number 2)"_s));
        s.hear(wire::AgentWelcome{.attempts = {standing(1)}});
        COMPARE_EFFECTS(s.hear(wire::AgentWelcome{.attempts = {unknown(1)}}),
            warned(u"a message of the backend came out of turn and is ignored (number 0)"_s));
        s.tell(Disconnected{1000, u""_s});
        COMPARE_EFFECTS(s.hear(order(5)));
        QCOMPARE(s.engine.attempts().size(), std::size_t(1));
    }

    void pingsAndNoticesSilence()
    {
        Scene s;
        QVERIFY(!s.engine.nextDue());
        s.welcome();
        QCOMPARE(*s.engine.nextDue(), s.monotonic + 10s);
        s.pass(9'999ms);
        COMPARE_EFFECTS(s.tell(TimePassed{}));
        s.pass(1ms);
        COMPARE_EFFECTS(s.tell(TimePassed{}), SendMessage{wire::AgentPing{s.now, s.bootTime}});
        COMPARE_EFFECTS(s.tell(TimePassed{}));
        s.pass(10s);
        s.hear(wire::BackendPing{});
        s.pass(29s);
        COMPARE_EFFECTS(s.tell(TimePassed{}), SendMessage{wire::AgentPing{s.now, s.bootTime}});
        s.pass(1s);
        COMPARE_EFFECTS(
            s.tell(TimePassed{}), warned(u"the backend has been silent for 30s: connecting anew"_s), Reconnect{0ms});
        QVERIFY(!s.engine.nextDue());
    }

    void aHelloWithoutAnAnswerIsSilenceToo()
    {
        Scene s;
        s.tell(SpoolScanned{});
        s.tell(Connected{});
        QCOMPARE(*s.engine.nextDue(), s.monotonic + 30s);
        s.pass(30s);
        COMPARE_EFFECTS(
            s.tell(TimePassed{}), warned(u"the backend has been silent for 30s: connecting anew"_s), Reconnect{0ms});
    }

    void aFullSpoolRefusesStartsAndIsTold()
    {
        const QString full = u"ENOSPC: agent disk full: 2MiB free in /data"_s;
        Scene s;
        s.welcome();
        COMPARE_EFFECTS(s.tell(SpoolChecked{}));
        COMPARE_EFFECTS(s.tell(SpoolChecked{full}), warned(u"no new attempt is started: "_s + full),
            SendMessage{wire::AgentDraining{full}});
        COMPARE_EFFECTS(s.tell(SpoolChecked{full}));
        wire::AttemptResult result = s.nothingRan();
        result.notStarted = full;
        COMPARE_EFFECTS(s.hear(order(1)), SendMessage{endOf(1, result)});
        // A replay gets the same answer, and so does the next backend until it has been committed.
        COMPARE_EFFECTS(s.hear(order(1)), SendMessage{endOf(1, result)});
        s.tell(Disconnected{1006, u""_s});
        s.tell(Connected{});
        COMPARE_EFFECTS(s.hear(wire::AgentWelcome{.attempts = {standing(1)}}), SendMessage{endOf(1, result)},
            SendMessage{wire::AgentDraining{full}});
        // Room again: a new hello ends the draining, and still nothing starts what was refused.
        COMPARE_EFFECTS(s.tell(SpoolChecked{}), said(u"new attempts are started again"_s), Reconnect{0ms});
        s.tell(Connected{});
        COMPARE_EFFECTS(s.hear(wire::AgentWelcome{.attempts = {standing(1, 0, true)}}));
        COMPARE_EFFECTS(
            s.hear(order(1)), said(u"run 1, attempt 1 was ordered again; its result was acknowledged long ago"_s));
        COMPARE_EFFECTS(s.hear(order(2)), StartOrder{order(2)});
    }

    void aStopTellsTheBackendAndLeavesOrdersToTheNextAgent()
    {
        Scene s;
        s.welcome();
        s.hear(order(1));
        COMPARE_EFFECTS(s.tell(StopRequested{}), SendMessage{wire::AgentDraining{u"the agent is stopping"_s}});
        COMPARE_EFFECTS(s.tell(StopRequested{}));
        COMPARE_EFFECTS(s.hear(order(2)), said(u"run 2, attempt 1 is not started: the agent is stopping"_s));
        QCOMPARE(s.engine.attempts().size(), std::size_t(1));
        // News of what runs still goes out.
        COMPARE_EFFECTS(s.tell(agentengine::AttemptEnded{key(1), exited(0)}), SendMessage{endOf(1, exited(0))});
    }

    void anotherIdentityNeedsANewHello()
    {
        Scene s;
        s.welcome();
        Identity identity = Scene::identity();
        COMPARE_EFFECTS(s.tell(IdentityChanged{identity}));
        identity.slots = 8;
        COMPARE_EFFECTS(s.tell(IdentityChanged{identity}), Reconnect{0ms});
        COMPARE_EFFECTS(s.tell(Connected{}), SendMessage{s.hello()});
        QCOMPARE(s.engine.identity().slots, 8);
    }

    void aHelloStaysBoundedAndTheRestOfTheResultsFollow()
    {
        wire::AttemptResult big = exited(0), small = exited(0);
        big.outputs[u"k"_s] = QString(800 << 10, u'x');
        small.outputs[u"k"_s] = u"v"_s;
        Scene s;
        s.tell(SpoolScanned{{ended(1, big), ended(2, big), ended(3, small), ended(4, exited(1))}});
        COMPARE_EFFECTS(s.tell(Connected{}),
            SendMessage{s.hello({ended(1, big), running(2), ended(3, small), ended(4, exited(1))})});
        COMPARE_EFFECTS(s.hear(wire::AgentWelcome{.attempts
                            = {standing(1, 0, true), standing(2), standing(3, 0, true), standing(4, 0, true)}}),
            DeleteEntry{key(1)}, SendMessage{endOf(2, big)}, DeleteEntry{key(3)}, DeleteEntry{key(4)});
    }

    void whatALaterScanFindsIsTold()
    {
        Scene s;
        s.welcome({running(1, 5)}, {standing(1, 5)});
        COMPARE_EFFECTS(s.tell(SpoolScanned{{running(1, 8)}}), SendLog{key(1), anEpoch, 5, 3});
        COMPARE_EFFECTS(s.tell(SpoolScanned{{ended(1, exited(0, 8)), running(2)}}), SendMessage{endOf(1, exited(0, 8))},
            Reconnect{0ms});
    }
};

QTEST_GUILESS_MAIN(TestEngine)
#include "tst_engine.moc"
