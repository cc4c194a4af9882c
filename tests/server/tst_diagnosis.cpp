// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/diagnosis.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

const Instant now(1'767'225'600'000);

Agent agent(const QString &name)
{
    return {.name = name, .state = AgentState::Online, .lastSeen = now, .version = u"1.2.3"_s};
}

// Nothing to complain about.
DoctorFacts well()
{
    DoctorFacts facts{.data = {},
        .health = {{.name = u"store"_s}},
        .agents = {agent(u"a1"_s)},
        .tokens = {{.id = u"1"_s, .created = now}},
        .now = now,
        .version = u"1.2.3"_s,
        .tzdata = u"2026a"_s,
        .clockSynchronised = true};
    facts.data.databaseBytes = 1 << 20;
    facts.data.freeBytes = 10LL << 30;
    facts.data.totalBytes = 20LL << 30;
    facts.data.reserve = true;
    facts.data.schema = 8;
    return facts;
}

using Spoil = void (*)(DoctorFacts &);

} // namespace
Q_DECLARE_METATYPE(Spoil)
Q_DECLARE_METATYPE(belfry::wire::Verdict)

class TestDiagnosis : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void allIsWell()
    {
        const auto checks = diagnose(well());
        QStringList names;
        for (const wire::DoctorCheck &each : checks) {
            names += each.name;
            QCOMPARE(each.verdict, wire::Verdict::Ok);
            QVERIFY2(!each.reason.isEmpty() && each.fix.isEmpty(), qPrintable(each.name));
        }
        QCOMPARE(names,
            (QStringList{u"store"_s, u"health"_s, u"disk"_s, u"spool"_s, u"orphans"_s, u"clock"_s, u"skew"_s,
                u"agents"_s, u"versions"_s, u"access"_s, u"tokens"_s}));
    }

    void eachFaultIsFoundByItsCheckAlone_data()
    {
        QTest::addColumn<QString>("check");
        QTest::addColumn<wire::Verdict>("verdict");
        QTest::addColumn<Spoil>("spoil");
        QTest::addColumn<QString>("names");
        const auto row = [](const char *what, const QString &check, wire::Verdict verdict, Spoil spoil,
                             const QString &names) { QTest::newRow(what) << check << verdict << spoil << names; };
        using enum wire::Verdict;
        row("damage", u"store"_s, Bad, [](DoctorFacts &f) { f.data.damage = {u"row 7 missing"_s}; }, u"row 7"_s);
        row("wal", u"store"_s, Warning, [](DoctorFacts &f) { f.data.walBytes = 1LL << 30; }, u"1 GiB"_s);
        row("health", u"health"_s, Bad,
            [](DoctorFacts &f) { f.health.push_back({.name = u"logs"_s, .ok = false, .reason = u"no space"_s}); },
            u"logs: no space"_s);
        row("full", u"disk"_s, Bad, [](DoctorFacts &f) { f.data.freeBytes = 1 << 20; }, u"free of"_s);
        row("low", u"disk"_s, Warning, [](DoctorFacts &f) { f.data.freeBytes = 500 << 20; }, u"free of"_s);
        row("unknown disk", u"disk"_s, Warning, [](DoctorFacts &f) { f.data.freeBytes = -1; }, u"unknown"_s);
        row("reserve", u"disk"_s, Bad, [](DoctorFacts &f) { f.data.reserve = false; }, u"reserve"_s);
        row("held", u"spool"_s, Warning,
            [](DoctorFacts &f) {
                f.data.heldByAgents.add(u"5-1 on db1"_s);
                f.data.heldBytes = 99;
            },
            u"5-1 on db1"_s);
        row("orphan files", u"orphans"_s, Warning,
            [](DoctorFacts &f) { f.data.filesWithoutAttempt.add(u"/d/logs/0/9-1.log"_s); }, u"9-1.log"_s);
        row("many orphans", u"orphans"_s, Warning,
            [](DoctorFacts &f) {
                for (int i = 1; i <= 25; ++i)
                    f.data.attemptsWithoutFile.add(u"%1-1"_s.arg(i));
            },
            u"and 15 more"_s);
        row("clock", u"clock"_s, Warning, [](DoctorFacts &f) { f.clockSynchronised = false; }, u"not synchronised"_s);
        row("clock unknown", u"clock"_s, Warning, [](DoctorFacts &f) { f.clockSynchronised = {}; }, u"not say"_s);
        row("skew", u"skew"_s, Warning, [](DoctorFacts &f) { f.agents[0].skewMs = -3000; }, u"a1 by -3s"_s);
        row("large skew", u"skew"_s, Bad, [](DoctorFacts &f) { f.agents[0].skewMs = 3'600'000; }, u"a1 by +1h"_s);
        row("no agents", u"agents"_s, Warning, [](DoctorFacts &f) { f.agents.clear(); }, u"no agent"_s);
        row("away", u"agents"_s, Warning,
            [](DoctorFacts &f) {
                f.agents[0].state = AgentState::Unreachable;
                f.agents[0].lastSeen = now - 90s;
            },
            u"a1 (1m30s)"_s);
        row("versions", u"versions"_s, Warning, [](DoctorFacts &f) { f.agents[0].version = u"1.0.0"_s; },
            u"a1 has 1.0.0"_s);
        row("network", u"access"_s, Bad, [](DoctorFacts &f) { f.insecureNetwork = true; }, u"in clear"_s);
        row("modes", u"access"_s, Bad, [](DoctorFacts &f) { f.data.open.add(u"/d/admin.token"_s); },
            u"/d/admin.token"_s);
        row("root", u"access"_s, Warning, [](DoctorFacts &f) { f.root = true; }, u"root"_s);
        row("tokens", u"tokens"_s, Warning, [](DoctorFacts &f) { f.tokens[0].expires = now + 24h; }, u"1 ("_s);
    }

    void eachFaultIsFoundByItsCheckAlone()
    {
        QFETCH(QString, check);
        QFETCH(wire::Verdict, verdict);
        QFETCH(Spoil, spoil);
        QFETCH(QString, names);
        DoctorFacts facts = well();
        spoil(facts);
        for (const wire::DoctorCheck &each : diagnose(facts)) {
            QCOMPARE(each.verdict, each.name == check ? verdict : wire::Verdict::Ok);
            if (each.name == check) {
                QVERIFY2(each.reason.contains(names), qPrintable(each.reason));
                QVERIFY(!each.fix.isEmpty());
            }
        }
    }

    // What is away or revoked says nothing about now.
    void theAbsentAreNotJudged()
    {
        DoctorFacts facts = well();
        Agent away = agent(u"a2"_s);
        away.state = AgentState::Unreachable;
        away.skewMs = 999'999;
        away.version = u"0.1"_s;
        facts.agents.push_back(away);
        facts.tokens.push_back({.id = u"2"_s, .expires = now + 1h, .valid = false});
        for (const wire::DoctorCheck &each : diagnose(facts))
            QCOMPARE(each.verdict, each.name == u"agents"_s ? wire::Verdict::Warning : wire::Verdict::Ok);
    }
};

QTEST_GUILESS_MAIN(TestDiagnosis)
#include "tst_diagnosis.moc"
