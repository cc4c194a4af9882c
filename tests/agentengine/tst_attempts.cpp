// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/agentengine/scene.h"

#include "shared/wire/limits.h"

#include <QTest>

using namespace belfry;
using namespace belfry::agentengine;
using namespace Qt::StringLiterals;
using Started = agentengine::AttemptStarted;
using Ended = agentengine::AttemptEnded;

// Orders, cancels, results, logs, and when an entry of the spool goes.
class TestAttempts : public QObject
{
    Q_OBJECT

    static wire::AttemptStarted startOf(qint64 run) { return {RunId(run), 1, anEpoch, 70 + run, Instant(1'000)}; }

private Q_SLOTS:
    void anAttemptLivesFromOrderToDeletion()
    {
        Scene s;
        s.welcome();
        COMPARE_EFFECTS(s.hear(order(1)), StartOrder{order(1)});
        COMPARE_EFFECTS(s.tell(Started{key(1), 71, Instant(1'000)}), SendMessage{startOf(1)});
        COMPARE_EFFECTS(s.tell(OutputGrew{key(1), 10}), SendLog{key(1), anEpoch, 0, 10});
        COMPARE_EFFECTS(s.hear(wire::LogAck{RunId(1), 1, 10, 0}));
        COMPARE_EFFECTS(s.tell(Ended{key(1), exited(0, 15)}), SendMessage{endOf(1, exited(0, 15))},
            SendLog{key(1), anEpoch, 10, 5});
        COMPARE_EFFECTS(s.hear(wire::ResultCommitted{RunId(1), 1}));
        COMPARE_EFFECTS(s.hear(wire::LogAck{RunId(1), 1, 15, 10}));
        COMPARE_EFFECTS(s.hear(wire::LogAck{RunId(1), 1, 15, 15}), DeleteEntry{key(1)});
        QVERIFY(s.engine.attempts().empty());
    }

    void theEntryGoesOnlyWithBothResultAndLogDurable()
    {
        Scene s;
        s.welcome({ended(1, exited(0, 15))}, {standing(1)});
        COMPARE_EFFECTS(s.hear(wire::LogAck{RunId(1), 1, 15, 15}));
        COMPARE_EFFECTS(s.hear(wire::ResultCommitted{RunId(1), 1}), DeleteEntry{key(1)});
        // All of it again: nothing.
        COMPARE_EFFECTS(s.hear(wire::ResultCommitted{RunId(1), 1}));
        COMPARE_EFFECTS(s.hear(wire::LogAck{RunId(1), 1, 15, 15}));
        COMPARE_EFFECTS(s.tell(Ended{key(1), exited(0, 15)}));
        COMPARE_EFFECTS(s.tell(OutputGrew{key(1), 99}));
        COMPARE_EFFECTS(s.hear(cancelOf(1)));
    }

    void aResultThatDoesNotExistCannotBeAcknowledged()
    {
        Scene s;
        s.welcome({running(1)}, {standing(1)});
        COMPARE_EFFECTS(s.hear(wire::ResultCommitted{RunId(1), 1}),
            warned(u"the backend acknowledges a result of run 1, attempt 1 that it was not sent: ignored"_s));
        COMPARE_EFFECTS(s.tell(Ended{key(1), exited(0)}), SendMessage{endOf(1, exited(0))});
    }

    void aReplayedOrderIsAnsweredFromTheSpool()
    {
        Scene s;
        s.welcome();
        s.hear(order(1));
        COMPARE_EFFECTS(s.hear(order(1)));
        s.tell(Started{key(1), 71, Instant(1'000)});
        COMPARE_EFFECTS(s.hear(order(1)), SendMessage{startOf(1)});
        s.tell(Ended{key(1), exited(3, 1)});
        COMPARE_EFFECTS(s.hear(order(1)), SendMessage{endOf(1, exited(3, 1))});
        s.hear(wire::ResultCommitted{RunId(1), 1});
        COMPARE_EFFECTS(s.hear(order(1)));
        s.hear(wire::LogAck{RunId(1), 1, 1, 1});
        COMPARE_EFFECTS(
            s.hear(order(1)), said(u"run 1, attempt 1 was ordered again; its result was acknowledged long ago"_s));
        // A second attempt is another one.
        COMPARE_EFFECTS(s.hear(order(1, 2)), StartOrder{order(1, 2)});
    }

    void anOrderForWhatTheSpoolHeldBeforeARestartStartsNothing()
    {
        Scene s;
        s.welcome({ordered(1), running(2), ended(3, exited(0))}, {standing(1), standing(2), standing(3)});
        COMPARE_EFFECTS(s.hear(order(1)));
        COMPARE_EFFECTS(s.hear(order(2)), SendMessage{startOf(2)});
        COMPARE_EFFECTS(s.hear(order(3)), SendMessage{endOf(3, exited(0))});
    }

    void anOrderTellsThatAnUnknownAttemptIsTheBackendsOwnAfterAll()
    {
        Scene s;
        s.welcome({running(1, 10)}, {unknown(1)});
        COMPARE_EFFECTS(s.hear(order(1)), SendMessage{startOf(1)}, SendLog{key(1), anEpoch, 0, 10});
    }

    void anotherAssignmentUnderTheSameNumberStartsNothing()
    {
        const QString warning
            = u"run 1, attempt 1 was ordered in epoch 9, but the spool holds it from epoch 4: nothing is started"_s;
        wire::StartAttempt other = order(1);
        other.epoch = 9;
        // The spool's one is the backend's own: nothing is said that could end it.
        Scene known;
        known.welcome({running(1)}, {standing(1)});
        COMPARE_EFFECTS(known.hear(other), warned(warning));
        // It is not: the order is answered, the stranger goes on.
        Scene stranger;
        stranger.welcome({running(1)}, {unknown(1)});
        wire::AttemptResult result = stranger.nothingRan();
        result.notStarted = u"EEXIST: the agent's spool holds this attempt's number from epoch 4"_s;
        COMPARE_EFFECTS(stranger.hear(other), warned(warning), SendMessage{wire::AttemptEnded{RunId(1), 1, 9, result}});
        QCOMPARE(stranger.engine.attempts().front(), running(1));
    }

    void anOrderOfAnotherBootIsLostAndNotRefused()
    {
        Scene s;
        s.welcome();
        wire::StartAttempt old = order(1);
        old.bootId = u"boot-1"_s;
        wire::AttemptResult result = s.nothingRan();
        result.exitUnseen = true;
        COMPARE_EFFECTS(s.hear(old), SendMessage{endOf(1, result)});
        COMPARE_EFFECTS(s.hear(old), SendMessage{endOf(1, result)});
        // There is no entry to delete.
        COMPARE_EFFECTS(s.hear(wire::ResultCommitted{RunId(1), 1}));
        QVERIFY(s.engine.attempts().empty());
    }

    void anOrderOfAQuarantinedEntryIsLostAndNeverStarted()
    {
        Scene s;
        COMPARE_EFFECTS(s.tell(EntryQuarantined{key(1), u"/data/quarantine/1-1"_s, u"order: bad checksum"_s}),
            warned(u"/data/quarantine/1-1 cannot be read and was put aside: order: bad checksum"_s));
        s.tell(EntryQuarantined{std::nullopt, u"/data/quarantine/x"_s, u"not an attempt"_s});
        s.welcome();
        wire::AttemptResult result = s.nothingRan();
        result.exitUnseen = true;
        COMPARE_EFFECTS(s.hear(order(1)), SendMessage{endOf(1, result)});
        COMPARE_EFFECTS(s.hear(order(1, 2)), StartOrder{order(1, 2)});
    }

    void aFailedStartIsAnEndThatLeavesNoEntry()
    {
        Scene s;
        s.welcome();
        s.hear(order(1));
        wire::AttemptResult result = s.nothingRan();
        result.notStarted = u"ENOSPC: no space left on device"_s;
        COMPARE_EFFECTS(s.tell(StartFailed{key(1), result.notStarted}),
            warned(u"run 1, attempt 1 was not started: ENOSPC: no space left on device"_s),
            SendMessage{endOf(1, result)});
        COMPARE_EFFECTS(s.tell(StartFailed{key(1), result.notStarted}));
        COMPARE_EFFECTS(s.hear(order(1)), SendMessage{endOf(1, result)});
        COMPARE_EFFECTS(s.hear(wire::ResultCommitted{RunId(1), 1}));
        QVERIFY(s.engine.attempts().empty());
    }

    void aCancelReachesTheSupervisorOnce_data()
    {
        QTest::addColumn<bool>("started");
        QTest::newRow("not started yet") << false;
        QTest::newRow("running") << true;
    }
    void aCancelReachesTheSupervisorOnce()
    {
        QFETCH(bool, started);
        Scene s;
        s.welcome();
        s.hear(order(1));
        if (started)
            s.tell(Started{key(1), 71, Instant(1'000)});
        COMPARE_EFFECTS(s.hear(cancelOf(1)), CancelOrder{key(1), 10s, u"by ann"_s});
        COMPARE_EFFECTS(s.hear(cancelOf(1)));
        COMPARE_EFFECTS(s.hear(cancelOf(1, 20s)));
        COMPARE_EFFECTS(s.hear(cancelOf(1, 0s)), CancelOrder{key(1), 0s, u"by ann"_s});
        s.tell(Ended{key(1), exited(0)});
        COMPARE_EFFECTS(s.hear(cancelOf(1, 0s)));
    }

    void aCancelOfAnotherEpochIsDropped()
    {
        Scene s;
        s.welcome({running(1)}, {standing(1)});
        wire::CancelAttempt old = cancelOf(1);
        old.epoch = 3;
        COMPARE_EFFECTS(s.hear(old),
            warned(u"a cancel of run 1, attempt 1 is of epoch 3, the spool's attempt of epoch 4: ignored"_s));
    }

    void aCancelThatCameBeforeItsOrderPreventsTheStart()
    {
        Scene s;
        s.welcome();
        COMPARE_EFFECTS(
            s.hear(cancelOf(1)), said(u"run 1, attempt 1 is to be cancelled, but it is not in the spool"_s));
        wire::AttemptResult result = s.nothingRan();
        result.cancelled = true;
        result.notStarted = u"ECANCELED: cancelled before it was started"_s;
        COMPARE_EFFECTS(s.hear(order(1)), SendMessage{endOf(1, result)});
        // It is of this connection: after the next hello the backend says anew what it wants.
        s.hear(cancelOf(2));
        s.tell(Connected{});
        s.hear(wire::AgentWelcome{.attempts = {standing(1)}});
        COMPARE_EFFECTS(s.hear(order(2)), StartOrder{order(2)});
    }

    void aCancelThatCouldNotBeWrittenIsRepeated()
    {
        Scene s;
        s.welcome({running(1)}, {standing(1)});
        s.hear(cancelOf(1));
        COMPARE_EFFECTS(
            s.tell(CancelFailed{key(1), u"ENOSPC"_s}), warned(u"run 1, attempt 1 cannot be cancelled yet: ENOSPC"_s));
        s.tell(Disconnected{1006, u""_s});
        QCOMPARE(*s.engine.nextDue(), s.monotonic + 5s);
        s.pass(4'999ms);
        COMPARE_EFFECTS(s.tell(TimePassed{}));
        s.pass(1ms);
        COMPARE_EFFECTS(s.tell(TimePassed{}), CancelOrder{key(1), 10s, u"by ann"_s});
        COMPARE_EFFECTS(s.tell(TimePassed{}));
        s.tell(CancelFailed{key(1), u"ENOSPC"_s});
        s.tell(Ended{key(1), exited(0)});
        QVERIFY(!s.engine.nextDue());
    }

    void logsOfSeveralAttemptsShareTheConnection()
    {
        Scene s;
        s.welcome({running(1, 3 * wire::maxLogBlock), running(2, wire::maxLogBlock + 1)}, {});
        s.tell(Disconnected{1006, u""_s});
        s.tell(Connected{});
        COMPARE_EFFECTS(s.hear(wire::AgentWelcome{.attempts = {standing(1), standing(2)}}),
            SendLog{key(1), anEpoch, 0, wire::maxLogBlock}, SendLog{key(2), anEpoch, 0, wire::maxLogBlock},
            SendLog{key(1), anEpoch, wire::maxLogBlock, wire::maxLogBlock},
            SendLog{key(2), anEpoch, wire::maxLogBlock, 1},
            SendLog{key(1), anEpoch, 2 * wire::maxLogBlock, wire::maxLogBlock});
    }

    void afterAReconnectALogGoesOnFromItsDurableOffset()
    {
        Scene s;
        s.welcome({running(1, 100)}, {standing(1)});
        s.hear(wire::LogAck{RunId(1), 1, 100, 30});
        s.tell(Disconnected{1006, u""_s});
        s.tell(OutputGrew{key(1), 120});
        s.tell(Connected{});
        COMPARE_EFFECTS(s.hear(wire::AgentWelcome{.attempts = {standing(1, 30)}}), SendLog{key(1), anEpoch, 30, 90});
    }

    void aBackendThatHoldsLessThanItOnceDidGetsItAgain()
    {
        Scene s;
        s.welcome({ended(1, exited(0, 100))}, {standing(1)});
        s.hear(wire::LogAck{RunId(1), 1, 100, 100});
        s.tell(Connected{});
        COMPARE_EFFECTS(s.hear(wire::AgentWelcome{.attempts = {standing(1, 10)}}),
            SendMessage{endOf(1, exited(0, 100))}, SendLog{key(1), anEpoch, 10, 90});
        COMPARE_EFFECTS(s.hear(wire::ResultCommitted{RunId(1), 1}));
    }

    void aLogThatIsShorterThanItsResultSaysIsGivenUpWithAWarning()
    {
        Scene s;
        s.welcome({ended(1, exited(0, 100))}, {standing(1, 0)});
        s.hear(wire::ResultCommitted{RunId(1), 1});
        COMPARE_EFFECTS(s.tell(LogShort{key(1), 60}),
            warned(u"only 60 of 100 bytes of the log of run 1, attempt 1 are in the spool: the rest is lost"_s));
        COMPARE_EFFECTS(s.tell(LogShort{key(1), 60}));
        COMPARE_EFFECTS(s.hear(wire::LogAck{RunId(1), 1, 60, 60}), DeleteEntry{key(1)});
    }

    void anUnreadableLogIsTriedAgainEachMinute()
    {
        Scene s;
        s.welcome({running(1, 50)}, {standing(1)});
        COMPARE_EFFECTS(s.tell(LogUnreadable{key(1), u"EIO"_s}),
            warned(u"the log of run 1, attempt 1 cannot be read: EIO. It is tried again each minute"_s));
        COMPARE_EFFECTS(s.tell(OutputGrew{key(1), 60}));
        s.pass(20s);
        s.hear(wire::BackendPing{});
        s.pass(20s);
        s.hear(wire::BackendPing{});
        s.pass(20s);
        s.hear(wire::BackendPing{});
        COMPARE_EFFECTS(s.tell(TimePassed{}), SendMessage{wire::AgentPing{s.now, s.bootTime}}, SendLog{key(1), anEpoch, 0, 60});
    }

    void nonsenseFromTheBackendChangesNothing()
    {
        Scene s;
        s.welcome({running(1, 50)}, {standing(1)});
        COMPARE_EFFECTS(s.hear(wire::LogAck{RunId(1), 1, -5, -5}));
        COMPARE_EFFECTS(s.hear(wire::LogAck{RunId(1), 2, 5, 5}));
        COMPARE_EFFECTS(s.hear(wire::LogAck{RunId(-1), -1, 5, 5}));
        COMPARE_EFFECTS(s.hear(wire::ResultCommitted{RunId(-1), 0}));
        wire::StartAttempt bad = order(0);
        COMPARE_EFFECTS(s.hear(bad), warned(u"an order without a run or attempt number is ignored"_s));
        // More than there is cannot be acknowledged ahead.
        s.hear(wire::LogAck{RunId(1), 1, 1'000, 1'000});
        COMPARE_EFFECTS(s.tell(OutputGrew{key(1), 70}), SendLog{key(1), anEpoch, 50, 20});
        s.tell(Ended{key(1), exited(0, 70)});
        COMPARE_EFFECTS(s.hear(wire::ResultCommitted{RunId(1), 1}));
    }
};

QTEST_GUILESS_MAIN(TestAttempts)
#include "tst_attempts.moc"
