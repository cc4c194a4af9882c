// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/ledger.h"
#include "tests/engine/bench.h"

#include <QTest>

using namespace belfry;
using namespace belfry::engine;
using namespace Qt::StringLiterals;

namespace {

QString text(const Standing &standing)
{
    if (standing.kind == Standing::OnTime)
        return u"on time"_s;
    return standing.kind == Standing::Late
        ? u"late"_s
        : nameOf(standing.verdict.fate) + u": "_s + standing.verdict.reason.toString();
}

QString text(const std::vector<Settled> &settled)
{
    QStringList parts;
    for (const Settled &each : settled) {
        QString part = each.kind == Settled::Run ? u"run"_s
            : each.kind == Settled::CatchUp      ? u"catch_up"_s
                                                 : each.reason.toString();
        if (each.by)
            part += u':' + QString::number(*each.by);
        parts.push_back(part);
    }
    return parts.join(u' ');
}

// `L` late, `n` on time; a digit after it tells parameters apart.
std::vector<Candidate> candidates(const char *text)
{
    std::vector<Candidate> all;
    for (const QString &part : QString::fromLatin1(text).split(u' '))
        all.push_back({part.startsWith(u'L'), {{u"n"_s, part.mid(1)}}});
    return all;
}

} // namespace

class TestLedger : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void standsInTheDocumentedOrder_data();
    void standsInTheDocumentedOrder();
    void settlesABacklog_data();
    void settlesABacklog();
    void admits_data();
    void admits();
};

void TestLedger::standsInTheDocumentedOrder_data()
{
    QTest::addColumn<QString>("late");
    QTest::addColumn<QString>("skip");
    QTest::addColumn<QString>("startBy");
    QTest::addColumn<QString>("standing");
    const auto row = [](const char *late, const char *skip, const char *startBy, const char *standing) {
        QTest::addRow("%s late, %s, start_by %s", late, skip, startBy)
            << QString::fromLatin1(late) << QString::fromLatin1(skip) << QString::fromLatin1(startBy)
            << QString::fromLatin1(standing);
    };
    row("0s", "", "", "on time");
    row("59s", "", "", "on time");
    row("1m", "", "", "late");
    row("24h", "", "", "late");
    row("25h", "", "", "missed: outside_window");
    row("0s", "calendar", "", "skipped: calendar");
    row("25h", "calendar", "10m", "skipped: calendar");
    row("10m", "", "10m", "late");
    row("11m", "", "10m", "expired: start_by");
    row("31s", "", "30s", "expired: start_by");
    row("25h", "", "30h", "missed: outside_window");
    row("31h", "", "30h", "expired: start_by");
}

void TestLedger::standsInTheDocumentedOrder()
{
    QFETCH(QString, late);
    QFETCH(QString, skip);
    QFETCH(QString, startBy);
    QFETCH(QString, standing);
    JobDefinition job;
    if (!startBy.isEmpty())
        job.startBy = parseDuration(startBy).value();
    const Instant now = clockAt("10:00");
    const Instant due = now - parseDuration(late).value();
    QCOMPARE(text(standingOf({0, due, due, skip}, job, now)), standing);
}

void TestLedger::settlesABacklog_data()
{
    QTest::addColumn<QString>("policy");
    QTest::addColumn<QString>("candidates");
    QTest::addColumn<QString>("settled");
    const auto row = [](const char *policy, const char *all, const char *settled) {
        QTest::addRow("%s: %s", policy, all)
            << QString::fromLatin1(policy) << QString::fromLatin1(all) << QString::fromLatin1(settled);
    };
    row("latest", "n", "run");
    row("latest", "L", "catch_up");
    row("latest", "L L L", "superseded:2 superseded:2 catch_up");
    row("latest", "L L n", "superseded:2 superseded:2 run");
    row("latest", "L n n", "superseded:2 run run");
    row("latest", "L1 L2 L1 n2", "superseded:2 superseded:3 catch_up run");
    row("none", "L L n", "downtime downtime run");
    row("all", "L L n", "catch_up catch_up run");
    row("all", "L L L L n", "over_max catch_up catch_up catch_up run");
}

void TestLedger::settlesABacklog()
{
    QFETCH(QString, policy);
    QFETCH(QString, candidates);
    QFETCH(QString, settled);
    CatchUp catchUp;
    catchUp.policy = *enumOf<CatchUpPolicy>(policy);
    catchUp.max = 3;
    QCOMPARE(text(settle(::candidates(candidates.toLatin1().constData()), catchUp)), settled);
}

void TestLedger::admits_data()
{
    QTest::addColumn<QString>("overlap");
    QTest::addColumn<int>("maxQueued");
    QTest::addColumn<int>("waiting");
    QTest::addColumn<int>("equal");
    QTest::addColumn<int>("holding");
    QTest::addColumn<int>("kind");
    const auto row = [](const char *name, const char *overlap, int maxQueued, int waiting, int equal, int holding,
                         Admission::Kind kind) {
        QTest::newRow(name) << QString::fromLatin1(overlap) << maxQueued << waiting << equal << holding << int(kind);
    };
    row("queue, idle", "queue", 1, 0, 0, 0, Admission::Wait);
    row("queue, one live", "queue", 1, 0, 0, 1, Admission::Wait);
    row("queue, one waits", "queue", 1, 1, 1, 1, Admission::Merge);
    row("queue, others wait", "queue", 1, 3, 0, 1, Admission::Wait);
    row("queue of two", "queue", 2, 1, 1, 1, Admission::Wait);
    row("queue of two, full", "queue", 2, 2, 2, 1, Admission::Merge);
    row("queue of all", "queue", 0, 999, 999, 1, Admission::Wait);
    row("queue of all, full", "queue", 0, 1000, 1000, 1, Admission::Skip);
    row("queue, full of others", "queue", 1, 1000, 0, 1, Admission::Skip);
    row("allow", "allow", 1, 1, 1, 1, Admission::Merge);
    row("skip, idle", "skip", 1, 0, 0, 0, Admission::Wait);
    row("skip, live", "skip", 1, 0, 0, 1, Admission::Skip);
    row("skip, waiting", "skip", 1, 1, 0, 0, Admission::Skip);
    row("replace, idle", "replace", 1, 0, 0, 0, Admission::Wait);
    row("replace, live", "replace", 1, 0, 0, 1, Admission::Replace);
}

void TestLedger::admits()
{
    QFETCH(QString, overlap);
    QFETCH(int, maxQueued);
    QFETCH(int, waiting);
    QFETCH(int, equal);
    QFETCH(int, holding);
    QFETCH(int, kind);
    JobDefinition job;
    job.overlap = *enumOf<OverlapPolicy>(overlap);
    job.maxQueued = maxQueued;
    Crowd crowd{.waiting = std::size_t(waiting), .waitingEqual = std::size_t(equal), .holding = std::size_t(holding)};
    if (equal > 0)
        crowd.lastEqual = RunId(5);
    const Admission admission = admit(job, crowd);
    QCOMPARE(int(admission.kind), kind);
    QCOMPARE(admission.into, kind == int(Admission::Merge) ? RunId(5) : RunId());
}

QTEST_APPLESS_MAIN(TestLedger)
#include "tst_ledger.moc"
