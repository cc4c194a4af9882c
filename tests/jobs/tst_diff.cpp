// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/jobs/diff.h"
#include "tests/jobs/jobsbench.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

// 2026-01-05T10:00:00Z, a Monday.
constexpr Instant begin{1'767'607'200'000};

JobDefinition jobWith(const QString &keys)
{
    return projectOf(u"project: p\njobs:\n  j:\n    command: [\"true\"]\n"_s + keys).jobs.front();
}
JobDefinition cron(const QString &text)
{
    return jobWith(u"    schedule: \"%1\"\n"_s.arg(text));
}

// `+1 -2 ~3`, with `...` when it is not complete.
QString counts(const OccasionDiff &diff)
{
    return u"+%1 -%2 ~%3%4"_s.arg(diff.added)
        .arg(diff.removed)
        .arg(diff.moved)
        .arg(diff.complete ? QString() : u" ..."_s);
}

OccasionDiff compared(
    const JobDefinition *before, const JobDefinition *after, Duration span = 10 * 24h, qsizetype most = 10'000)
{
    return diffOccasions({before, after, u"p/j"_s}, {begin, begin + span}, most);
}
QString counted(const JobDefinition &before, const JobDefinition &after)
{
    return counts(compared(&before, &after));
}

} // namespace

class TestDiff : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void comparesOccasions_data()
    {
        QTest::addColumn<QString>("before");
        QTest::addColumn<QString>("after");
        QTest::addColumn<QString>("expected");
        QTest::newRow("same") << u"0 2 * * *"_s << u"0 2 * * *"_s << u"+0 -0 ~0"_s;
        QTest::newRow("another spelling") << u"0 2 * * *"_s << u"00 02 */1 * *"_s << u"+0 -0 ~0"_s;
        QTest::newRow("later") << u"0 2 * * *"_s << u"0 3 * * *"_s << u"+0 -0 ~10"_s;
        QTest::newRow("earlier") << u"0 3 * * *"_s << u"0 2 * * *"_s << u"+0 -0 ~10"_s;
        // It moves over the first instant of the span: the nearer neighbour is the one.
        QTest::newRow("over now") << u"0 9 * * *"_s << u"0 11 * * *"_s << u"+1 -1 ~9"_s;
        QTest::newRow("more") << u"0 * * * *"_s << u"*/30 * * * *"_s << u"+240 -0 ~0"_s;
        QTest::newRow("fewer") << u"*/30 * * * *"_s << u"0 * * * *"_s << u"+0 -240 ~0"_s;
        QTest::newRow("another step") << u"*/15 * * * *"_s << u"*/20 * * * *"_s << u"+0 -240 ~480"_s;
    }
    void comparesOccasions()
    {
        QFETCH(QString, before);
        QFETCH(QString, after);
        QFETCH(QString, expected);
        QCOMPARE(counted(cron(before), cron(after)), expected);
    }

    void newAndGoneAndDisabled()
    {
        const JobDefinition daily = cron(u"0 2 * * *"_s);
        const JobDefinition off = jobWith(u"    enabled: false\n    schedule: \"0 2 * * *\"\n"_s);
        const OccasionDiff added = compared(nullptr, &daily);
        QCOMPARE(counts(added), u"+10 -0 ~0"_s);
        QCOMPARE(added.firstAdded.size(), 10u);
        QCOMPARE(toRfc3339(added.firstAdded.front()), u"2026-01-06T02:00:00.000Z"_s);
        QCOMPARE(counts(compared(&daily, nullptr)), u"+0 -10 ~0"_s);
        QCOMPARE(counted(daily, off), u"+0 -10 ~0"_s);
    }

    void aDenseJobIsComparedForAShorterTime()
    {
        const JobDefinition dense = cron(u"* * * * * *"_s);
        const JobDefinition daily = cron(u"0 2 * * *"_s);
        const OccasionDiff added = compared(nullptr, &dense, 24h, 1000);
        QCOMPARE(counts(added), u"+1000 -0 ~0 ..."_s);
        QCOMPARE(added.until, begin + 1000s);
        QCOMPARE(added.firstAdded.size(), 10u);
        // What the other side has later than that is not counted as gone.
        QCOMPARE(counts(compared(&daily, &dense, 24h, 1000)), u"+1000 -0 ~0 ..."_s);
        QCOMPARE(counts(compared(&dense, &dense, 24h, 1000)), u"+0 -0 ~0 ..."_s);
    }

    void closedDaysDoNotUseItUp()
    {
        const ParsedProject project = projectOf(uR"(
project: p
calendars: {one: {include: ["2026-01-14"]}}
jobs:
  j: {command: ["true"], schedule: [{cron: "* * * * * *", calendar: one}]}
)"_s);
        const OccasionDiff added = compared(nullptr, &project.jobs.front(), 10 * 24h, 100'000);
        QCOMPARE(counts(added), u"+86400 -0 ~0"_s);
        QCOMPARE(toRfc3339(added.firstAdded.front()), u"2026-01-14T00:00:00.000Z"_s);
    }

    void namesTheKeysOfTheFile()
    {
        const JobDefinition plain = jobWith({});
        const JobDefinition other
            = jobWith(u"    title: t\n    was: k\n    resources: {log: 1MiB}\n    schedule: \"@daily\"\n"_s);
        QCOMPARE(changedKeys(plain, other), (QStringList{u"title"_s, u"schedule"_s, u"resources"_s}));
        QCOMPARE(changedKeys(plain, plain), QStringList());
        QVERIFY(!hasSameSchedule(plain, other));
        QVERIFY(hasSameSchedule(plain, jobWith(u"    title: t\n"_s)));
    }
};

QTEST_APPLESS_MAIN(TestDiff)
#include "tst_diff.moc"
