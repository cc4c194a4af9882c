// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/agentengine/scene.h"

#include "shared/wire/limits.h"

#include <QTest>

using namespace belfry;
using namespace belfry::agentengine;
using namespace Qt::StringLiterals;

// Leases on their way from the backend to the supervisor, and the pings on which they live.
class TestLeases : public QObject
{
    Q_OBJECT

    static SendMessage ping(const Scene &s) { return {wire::AgentPing{s.now, s.bootTime}}; }

private Q_SLOTS:
    void helloAndPingCarryTheBootTime()
    {
        Scene s;
        s.tell(SpoolScanned{});
        COMPARE_EFFECTS(s.tell(Connected{}), SendMessage{s.hello()});
        QCOMPARE(s.hello().bootTime, Duration(900s));
        s.hear(wire::AgentWelcome{.epoch = anEpoch});
        s.pass(wire::agentPing);
        COMPARE_EFFECTS(s.tell(TimePassed{}), ping(s));
    }

    void anAttemptWithALeaseMakesPingsMoreFrequent()
    {
        Scene s;
        s.welcome();
        QCOMPARE(*s.engine.nextDue() - s.monotonic, wire::agentPing);
        COMPARE_EFFECTS(s.hear(leased(1, 950s)), StartOrder{leased(1, 950s)});
        QCOMPARE(*s.engine.nextDue() - s.monotonic, leasePing);
        s.pass(leasePing - 1ms);
        COMPARE_EFFECTS(s.tell(TimePassed{}));
        s.pass(1ms);
        COMPARE_EFFECTS(s.tell(TimePassed{}), ping(s));
        COMPARE_EFFECTS(s.tell(agentengine::AttemptEnded{key(1), exited(0)}), SendMessage{endOf(1, exited(0))});
        QCOMPARE(*s.engine.nextDue() - s.monotonic, wire::agentPing);
    }

    void aPingIsDueAtOnceWhenTheLastIsOlderThanALeaseAllows()
    {
        Scene s;
        s.welcome();
        s.pass(8s);
        s.hear(leased(1, 950s));
        QVERIFY(*s.engine.nextDue() <= s.monotonic);
        COMPARE_EFFECTS(s.tell(TimePassed{}), ping(s));
    }

    void aLeaseOnlyEverGrows()
    {
        Scene s;
        s.welcome();
        s.hear(leased(1, 950s));
        COMPARE_EFFECTS(s.hear(leases(1, 960s)), RenewLease{key(1), 960s});
        COMPARE_EFFECTS(s.hear(leases(1, 960s)));
        COMPARE_EFFECTS(s.hear(leases(1, 955s)));
        COMPARE_EFFECTS(s.hear(leases(1, 961s)), RenewLease{key(1), 961s});
    }

    void aRepeatedOrderRenews()
    {
        Scene s;
        s.welcome();
        s.hear(leased(1, 950s));
        COMPARE_EFFECTS(s.hear(leased(1, 970s)), RenewLease{key(1), 970s});
        COMPARE_EFFECTS(s.hear(leased(1, 960s)));
    }

    void onlyWhatLivesHereIsRenewed()
    {
        Scene s;
        s.welcome();
        s.hear(leased(1, 950s));
        COMPARE_EFFECTS(s.hear(leases(2, 960s)));
        COMPARE_EFFECTS(s.hear(wire::LeasesRenewed{{{RunId(1), 1, anEpoch + 1, 960s}}}));
        COMPARE_EFFECTS(s.hear(wire::LeasesRenewed{{{RunId(1), 2, anEpoch, 960s}}}));
        s.tell(agentengine::AttemptEnded{key(1), exited(0)});
        COMPARE_EFFECTS(s.hear(leases(1, 960s)));
    }

    void aRestartedAgentLearnsOfLeasesAfterItsWelcome()
    {
        Scene s;
        s.welcome({running(1), running(2)}, {standing(1), standing(2)});
        QCOMPARE(*s.engine.nextDue() - s.monotonic, wire::agentPing);
        COMPARE_EFFECTS(s.hear(leases(1, 960s)), RenewLease{key(1), 960s});
        QCOMPARE(*s.engine.nextDue() - s.monotonic, leasePing);
    }

    void theEndByTheLeaseIsToldLikeAnyOther()
    {
        wire::AttemptResult result = expired();
        Scene s;
        s.welcome();
        s.hear(leased(1, 950s));
        s.tell(Disconnected{1006, u"cut"_s});
        COMPARE_EFFECTS(s.tell(agentengine::AttemptEnded{key(1), result}));
        s.tell(Connected{});
        COMPARE_EFFECTS(
            s.hear(wire::AgentWelcome{.epoch = anEpoch, .attempts = {standing(1)}}), SendMessage{endOf(1, result)});
    }

private:
    static wire::AttemptResult expired()
    {
        wire::AttemptResult result = exited(0);
        result.exitCode.reset();
        result.signal = 15;
        result.leaseExpired = true;
        return result;
    }
};

QTEST_GUILESS_MAIN(TestLeases)
#include "tst_leases.moc"
