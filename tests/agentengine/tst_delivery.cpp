// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/agentengine/world.h"

#include <rapidcheck.h>

#include <QTest>

using namespace belfry;
using namespace belfry::agentengine;
using namespace Qt::StringLiterals;

// Replays, reordering, cuts and restarts, in any mixture: nothing starts twice, nothing goes before it is durable,
// every byte arrives.
class TestDelivery : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void nothingIsDoubledOrLostWhateverTheNetworkDoes()
    {
        int started = 0;
        const bool holds = rc::check("delivery", [&started] {
            const auto steps = *rc::gen::container<std::vector<std::pair<quint64, quint64>>>(
                rc::gen::pair(rc::gen::inRange<quint64>(0, 16), rc::gen::inRange<quint64>(0, 1'000'000)));
            World world;
            for (const auto &[what, dice] : steps)
                world.step(int(what), dice);
            world.heal();
            started += world.started;
            const QStringList wrong = world.broken + world.unfinished();
            if (!wrong.isEmpty())
                RC_FAIL(wrong.join(u"; "_s).toStdString());
        });
        QVERIFY(holds);
        QVERIFY2(started > 20, qPrintable(u"the worlds were empty: %1 attempts"_s.arg(started)));
    }

    // Longer lives than a property test makes, from fixed seeds.
    void longLivesHoldToo()
    {
        for (quint64 seed = 1; seed <= 300; ++seed) {
            World world;
            quint64 state = seed;
            for (int i = 0; i < 2'000; ++i) {
                state = state * 6364136223846793005u + 1442695040888963407u;
                world.step(int(state >> 59), (state >> 20) % 1'000'000);
            }
            world.heal();
            QVERIFY2(world.started > 10, qPrintable(u"seed %1: only %2 started"_s.arg(seed).arg(world.started)));
            const QStringList wrong = world.broken + world.unfinished();
            QVERIFY2(wrong.isEmpty(), qPrintable(u"seed %1: "_s.arg(seed) + wrong.join(u"; "_s)));
        }
    }

    // One attempt; the connection is cut, the agent or the backend is restarted after each of its steps in turn.
    void oneAttemptSurvivesACutAtEachStep_data()
    {
        QTest::addColumn<int>("what");
        QTest::addColumn<quint64>("dice");
        QTest::newRow("cut") << 7 << quint64(0);
        QTest::newRow("agent restarted") << 9 << quint64(0);
        QTest::newRow("backend restarted") << 10 << quint64(0);
    }
    void oneAttemptSurvivesACutAtEachStep()
    {
        QFETCH(int, what);
        QFETCH(quint64, dice);
        // connect, hello, welcome, assign, start, begin, news, print, log, ack, sync, ack, finish, end, committed
        const std::vector<int> life{8, 2, 4, 0, 4, 11, 2, 12, 2, 4, 13, 2, 4, 4};
        for (std::size_t cut = 0; cut <= life.size(); ++cut) {
            World world;
            for (std::size_t i = 0; i < life.size(); ++i) {
                if (i == cut)
                    world.step(what, dice);
                world.step(life[i], 12);
            }
            world.heal();
            const QStringList wrong = world.broken + world.unfinished();
            QVERIFY2(wrong.isEmpty(), qPrintable(u"step %1: "_s.arg(cut) + wrong.join(u"; "_s)));
        }
    }
};

QTEST_GUILESS_MAIN(TestDelivery)
#include "tst_delivery.moc"
