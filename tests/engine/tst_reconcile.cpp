// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/reconcile.h"

#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;
using wire::AttemptPhase;

namespace {

constexpr AttemptKey key{RunId(7), 1};

// A hello that names attempt 7.1 in that phase; none: it does not.
wire::AgentHello helloWith(std::optional<AttemptPhase> phase, const QString &boot, bool result = true, qint64 epoch = 3)
{
    wire::AgentHello hello;
    hello.bootId = boot;
    if (phase) {
        wire::AttemptReport report{.run = key.run, .attempt = key.attempt, .epoch = epoch, .phase = *phase};
        if (*phase == AttemptPhase::Ended && result)
            report.result = wire::AttemptResult{.exitCode = 0};
        hello.attempts = {report};
    }
    return hello;
}

const char *const kinds[] = {"keep", "started", "ended", "again", "gone", "unseen", "rebooted"};

} // namespace

class TestReconcile : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void findsEachCase_data();
    void findsEachCase();
    void tellsWhatTheStoreKnows_data();
    void tellsWhatTheStoreKnows();
    void anotherEpochIsAStranger();
    void eachReportHasOneStanding();
};

void TestReconcile::findsEachCase_data()
{
    QTest::addColumn<QString>("phase");
    QTest::addColumn<bool>("running");
    QTest::addColumn<bool>("cancel");
    QTest::addColumn<bool>("sameBoot");
    QTest::addColumn<QString>("finding");
    struct Row {
        const char *phase;
        bool running, cancel, sameBoot;
        const char *finding;
    };
    const Row rows[] = {
        {"absent", false, false, true, "again"},
        {"absent", false, true, true, "gone"},
        {"absent", true, false, true, "unseen"},
        {"absent", true, true, true, "unseen"},
        {"absent", false, false, false, "rebooted"},
        {"absent", false, true, false, "rebooted"},
        {"absent", true, false, false, "rebooted"},
        {"ordered", false, false, true, "again"},
        {"ordered", false, true, true, "keep+cancel"},
        {"ordered", true, false, true, "again"},
        {"ordered", false, false, false, "rebooted"},
        {"running", false, false, true, "started"},
        {"running", false, true, true, "started+cancel"},
        {"running", true, false, true, "keep"},
        {"running", true, true, true, "keep+cancel"},
        {"running", true, false, false, "rebooted"},
        {"ended", false, false, true, "ended"},
        {"ended", true, true, true, "ended"},
        {"ended", true, false, false, "ended"},
        {"ended without result", true, false, true, "keep"},
        {"ended without result", true, false, false, "keep"},
    };
    for (const Row &row : rows)
        QTest::addRow("%s, %s%s, %s", row.phase, row.running ? "running" : "assigned", row.cancel ? ", cancelled" : "",
            row.sameBoot ? "same boot" : "older boot")
            << QString::fromLatin1(row.phase) << row.running << row.cancel << row.sameBoot
            << QString::fromLatin1(row.finding);
}

void TestReconcile::findsEachCase()
{
    QFETCH(QString, phase);
    QFETCH(bool, running);
    QFETCH(bool, cancel);
    QFETCH(bool, sameBoot);
    QFETCH(QString, finding);
    const std::map<QString, std::optional<AttemptPhase>> phases{{u"absent"_s, std::nullopt},
        {u"ordered"_s, AttemptPhase::Ordered}, {u"running"_s, AttemptPhase::Running}, {u"ended"_s, AttemptPhase::Ended},
        {u"ended without result"_s, AttemptPhase::Ended}};
    const auto hello = helloWith(phases.at(phase), sameBoot ? u"b1"_s : u"b2"_s, phase == u"ended"_s);
    const Believed mine{key, 3, u"b1"_s, running ? RunState::Running : RunState::Assigned, cancel};
    const Reconciled found = reconcile({mine}, hello, {{key, true, false, 99}});
    QCOMPARE(found.findings.size(), 1u);
    const Finding &first = found.findings.at(0);
    QCOMPARE(QString::fromLatin1(kinds[first.kind]) + (first.cancel ? u"+cancel"_s : QString()), finding);
    QCOMPARE(first.report != nullptr, phase != u"absent"_s);
    QVERIFY(found.strangers.empty());
    if (phase == u"absent"_s) {
        QVERIFY(found.standings.empty());
        return;
    }
    const bool isOver = first.kind == Finding::Ended || first.kind == Finding::HostRebooted;
    QCOMPARE(found.standings, (std::vector<wire::AttemptStanding>{{key.run, key.attempt, true, isOver, 99}}));
}

void TestReconcile::tellsWhatTheStoreKnows_data()
{
    QTest::addColumn<bool>("known");
    QTest::addColumn<bool>("ended");
    QTest::newRow("ended, and its end is durable") << true << true;
    QTest::newRow("ended here, not yet in the store when it was asked") << true << false;
    QTest::newRow("never heard of") << false << false;
}

void TestReconcile::tellsWhatTheStoreKnows()
{
    QFETCH(bool, known);
    QFETCH(bool, ended);
    const Reconciled found = reconcile({}, helloWith(AttemptPhase::Ended, u"b1"_s), {{key, known, ended, 12}});
    QVERIFY(found.findings.empty());
    QCOMPARE(
        found.standings, (std::vector<wire::AttemptStanding>{{key.run, key.attempt, known, known, known ? 12 : 0}}));
    QCOMPARE(found.strangers.empty(), known);
}

void TestReconcile::anotherEpochIsAStranger()
{
    const Believed mine{key, 3, u"b1"_s, RunState::Assigned, false};
    for (const bool known : {false, true}) {
        const Reconciled found
            = reconcile({mine}, helloWith(AttemptPhase::Running, u"b1"_s, true, 2), {{key, known, false, 5}});
        QCOMPARE(found.findings.at(0).kind, Finding::SendAgain);
        QCOMPARE(found.standings, (std::vector<wire::AttemptStanding>{{key.run, key.attempt, false, false, 0}}));
        QCOMPARE(found.strangers, std::vector<AttemptKey>{key});
    }
}

void TestReconcile::eachReportHasOneStanding()
{
    wire::AgentHello hello = helloWith(AttemptPhase::Running, u"b1"_s);
    hello.attempts.push_back(hello.attempts.front()); // a hello that names it twice
    hello.attempts.push_back({.run = RunId(8), .attempt = 2, .epoch = 1});
    const Believed mine{key, 3, u"b1"_s, RunState::Running, false};
    const Reconciled found = reconcile({mine}, hello, {});
    QCOMPARE(found.findings.size(), 1u);
    QCOMPARE(found.standings.size(), 3u);
    QCOMPARE(found.standings.at(1), found.standings.at(0));
    QCOMPARE(found.standings.at(2).known, false);
}

QTEST_APPLESS_MAIN(TestReconcile)
#include "tst_reconcile.moc"
