// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/sim/simulation.h"

#include <QTest>

#include <iostream>

using namespace belfry;
using namespace belfry::sim;
using namespace Qt::StringLiterals;

// BELFRY_SIM_SEED=n runs that seed alone and shows all effects; BELFRY_SIM_SEEDS=n runs n seeds instead of 300.
class TestSimulation : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void keepsItsPromises_data();
    void keepsItsPromises();
    void losesByEveryWay();
    void isTheSameForTheSameSeed();
};

namespace {

void report(const Simulation &simulation, const QStringList &complaints)
{
    for (const QString &line : simulation.trace + complaints)
        std::cerr << qPrintable(line) << '\n';
    std::cerr << qPrintable(simulation.summary()) << '\n';
}

} // namespace

void TestSimulation::keepsItsPromises_data()
{
    constexpr quint64 block = 50;
    QTest::addColumn<quint64>("first");
    QTest::addColumn<quint64>("last");
    bool isSet = false;
    const quint64 one = qgetenv("BELFRY_SIM_SEED").toULongLong(&isSet);
    if (isSet) {
        QTest::newRow("the seed given") << one << one;
        return;
    }
    const quint64 many = qgetenv("BELFRY_SIM_SEEDS").toULongLong(&isSet);
    const quint64 count = isSet ? many : 300;
    for (quint64 first = 1; first <= count; first += block)
        QTest::addRow("seeds from %llu on", first) << first << std::min(first + block - 1, count);
}

void TestSimulation::keepsItsPromises()
{
    QFETCH(quint64, first);
    QFETCH(quint64, last);
    for (quint64 seed = first; seed <= last; ++seed) {
        Simulation simulation({.seed = seed, .clockSteps = seed % 3 == 0, .trace = first == last});
        const QStringList complaints = simulation.run();
        if (!complaints.empty() || first == last)
            report(simulation, complaints);
        QVERIFY2(complaints.empty(), qPrintable(u"BELFRY_SIM_SEED=%1: %2"_s.arg(seed).arg(complaints.value(0))));
    }
}

// The seeds do what the promises about lost attempts are tested with.
void TestSimulation::losesByEveryWay()
{
    std::map<QString, int> seen;
    for (quint64 seed = 1; seed <= 10; ++seed) {
        Simulation simulation({.seed = seed, .clockSteps = false});
        const QStringList complaints = simulation.run();
        QVERIFY2(complaints.empty(), qPrintable(u"BELFRY_SIM_SEED=%1: %2"_s.arg(seed).arg(complaints.value(0))));
        for (const char *what : {"lost by lost_after", "lost by lease_expired", "lost by exit_unseen",
                 "lost by host_rebooted", "run again"})
            seen[QString::fromLatin1(what)] += simulation.count(QString::fromLatin1(what));
    }
    for (const auto &[what, count] : seen)
        QVERIFY2(count > 0, qPrintable(what));
}

void TestSimulation::isTheSameForTheSameSeed()
{
    for (const quint64 seed : {7u, 8u, 9u}) {
        Simulation first({.seed = seed, .length = 2h, .trace = true});
        Simulation second({.seed = seed, .length = 2h, .trace = true});
        QCOMPARE(first.run(), second.run());
        QCOMPARE(first.trace, second.trace);
        QCOMPARE(first.summary(), second.summary());
        QVERIFY(first.trace.size() > 100);
    }
}

QTEST_APPLESS_MAIN(TestSimulation)
#include "tst_simulation.moc"
