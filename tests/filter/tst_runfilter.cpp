// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/filter/runfilter.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

constexpr Instant now(1'790'000'000'000);

Run sample()
{
    Run run;
    run.id = RunId(42);
    run.jobName = u"sales/etl-load"_s;
    run.state = RunState::Failed;
    run.cause = Cause::Schedule;
    run.agent = u"db1"_s;
    run.by = u"anna"_s;
    run.reason = u"exit code 75"_s;
    run.priority = 60;
    run.attempts = 2;
    run.exitCode = 75;
    run.queuedAt = now - 2h;
    run.startedAt = now - 2h + 5s;
    run.endedAt = now - 1h;
    return run;
}

bool passes(const QString &text, const Run &run = sample())
{
    const Result<RunFilter> filter = filter::parseRunFilter(text, now);
    if (!filter)
        qFatal("%s", qPrintable(filter.error().message));
    return filter::matches(*filter, run);
}

} // namespace

class TestRunFilter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void passing_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", "state:failed", "state:lost,failed", "-state:succeeded", "!state:succeeded",
                 "job:etl-*", "job:etl-load", "job:sales/*", "job:*/etl-loa?", "project:sales", "project:s*",
                 "agent:db1,db2", "cause:schedule", "by:anna", "reason:\"exit code\"", "reason:CODE", "since:24h",
                 "since:2h", "until:1h", "queued:>3h", "ended:<=1h", "duration:>10m", "duration:10m", "duration:<1h",
                 "exit:75", "exit:>0", "exit:<=75", "-signal:9", "run:42", "run:>=42", "attempts:2", "priority:>50",
                 "etl", "DB1", "\"code 75\"", "state:failed job:etl-* since:24h duration:>10m", "-reason:disk"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void passing()
    {
        QFETCH(QString, text);
        QVERIFY(passes(text));
    }

    void notPassing_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"state:succeeded", "-state:failed", "job:load", "job:etl", "job:other/*",
                 "project:sale", "agent:db", "agent:db?1", "cause:manual", "by:ann", "reason:disk", "since:1h",
                 "until:2h", "duration:>1h", "duration:<10m", "exit:0", "exit:>75", "signal:9", "run:<42",
                 "attempts:>2", "state:failed exit:1", "nothing", "tag:team=fin"})
            QTest::newRow(text) << QString::fromLatin1(text);
    }
    void notPassing()
    {
        QFETCH(QString, text);
        QVERIFY(!passes(text));
    }

    void whatIsAbsentPassesNothing()
    {
        Run waiting = sample();
        waiting.state = RunState::Queued;
        waiting.startedAt = waiting.endedAt = std::nullopt;
        waiting.exitCode = std::nullopt;
        QVERIFY(!passes(u"exit:<1000"_s, waiting));
        QVERIFY(passes(u"-exit:0"_s, waiting));
        QVERIFY(!passes(u"duration:>=0s"_s, waiting));
        waiting.startedAt = now - 30s;
        QVERIFY(passes(u"duration:>29s"_s, waiting));
    }

    void refused_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        QTest::newRow("key") << u"stat:failed"_s
                             << u"filter, column 1: there is no key 'stat'; did you mean 'state'?"_s;
        QTest::newRow("negated key") << u"etl -stat:failed"_s
                                     << u"filter, column 6: there is no key 'stat'; did you mean 'state'?"_s;
        QTest::newRow("value") << u"state:faild"_s << u"filter, column 7: 'faild' is unknown; did you mean 'failed'?"_s;
        QTest::newRow("second value") << u"state:failed,los"_s
                                      << u"filter, column 14: 'los' is unknown; did you mean 'lost'?"_s;
        QTest::newRow("no value") << u"state:"_s << u"filter, column 7: 'state:' needs a value"_s;
        QTest::newRow("empty alternative") << u"state:failed,"_s << u"filter, column 14: 'state:' needs a value"_s;
        QTest::newRow("no key") << u":failed"_s << u"filter, column 1: a key is missing before ':'"_s;
        QTest::newRow("number") << u"exit:many"_s << u"filter, column 6: 'many' is no whole number"_s;
        QTest::newRow("compared text")
            << u"agent:>db"_s << u"filter, column 7: texts are not compared; leave out what stands before 'db'"_s;
        QTest::newRow("quote") << u"reason:\"no end"_s << u"filter, column 8: the quote is not closed"_s;
        QTest::newRow("after quote")
            << u"\"a\"b"_s
            << u"filter, column 4: a space is missing before 'b'; put quotes around a text that holds it"_s;
        QTest::newRow("time") << u"since:yesterday"_s
                              << u"filter, column 7: 'yesterday' is no time; write an age (24h), a date (2026-01-31), "
                                 "a time (2026-01-31T14:00:00Z) or @seconds"_s;
        QTest::newRow("time without comparison")
            << u"started:24h"_s << u"filter, column 9: put >, >=, < or <= before the time"_s;
        QTest::newRow("project with slash")
            << u"project:a/b"_s << u"filter, column 9: 'a/b' is no project; write job:a/b"_s;
        QTest::newRow("dash alone") << u"-"_s << u"filter, column 2: a word is missing"_s;
        QTest::newRow("long") << QString(2001, u'a')
                              << u"filter, column 2001: a filter may have at most 2000 characters"_s;
    }
    void refused()
    {
        QFETCH(QString, text);
        QFETCH(QString, message);
        const Result<RunFilter> filter = filter::parseRunFilter(text, now);
        QVERIFY(!filter);
        QCOMPARE(filter.error().kind, ErrorKind::Invalid);
        QCOMPARE(filter.error().message, message);
    }

    void times()
    {
        const auto bound
            = [](const QString &text) { return filter::parseRunFilter(text, now)->conditions.front().anyOf.front(); };
        QCOMPARE(bound(u"since:24h"_s).number, (now - 24h).ms);
        QCOMPARE(bound(u"since:2026-01-31"_s).number, parseRfc3339(u"2026-01-31T00:00:00Z")->ms);
        QCOMPARE(bound(u"until:2026-01-31T14:00:00+01:00"_s).number, parseRfc3339(u"2026-01-31T13:00:00Z")->ms);
        QCOMPARE(bound(u"ended:<@1700000000"_s).number, 1'700'000'000'000);
    }
};

QTEST_GUILESS_MAIN(TestRunFilter)
#include "tst_runfilter.moc"
