// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/filter/jobfilter.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

class TestJobFilter : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void matches_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<bool>("passes");
        for (const char *text : {"", "job:etl-*", "job:sales/etl-load", "project:sales", "tag:team=fin", "tag:team",
                 "tag:te*=f*", "owner:team-fin", "title:NIGHTLY", "state:failed,lost", "enabled:true", "paused:false",
                 "nightly", "-tag:env=test"})
            QTest::newRow(text) << QString::fromLatin1(text) << true;
        for (const char *text : {"job:etl", "project:sale", "tag:team=finance", "tag:env", "owner:team", "title:daily",
                 "state:succeeded", "-state:failed", "enabled:false", "paused:true", "weekly", "tag:team tag:env"})
            QTest::newRow(text) << QString::fromLatin1(text) << false;
    }
    void matches()
    {
        QFETCH(QString, text);
        Job job;
        job.definition.project = u"sales"_s;
        job.definition.name = u"etl-load"_s;
        job.definition.title = u"Load nightly sales"_s;
        job.definition.owner = u"team-fin"_s;
        job.definition.tags = {{u"team"_s, u"fin"_s}};
        const Result<filter::JobFilter> filter = filter::JobFilter::parse(text);
        QVERIFY(filter);
        QTEST(filter->matches({job, RunState::Failed}), "passes");
    }

    void aJobThatNeverRanHasNoState()
    {
        const Job job;
        QVERIFY(!filter::JobFilter::parse(u"state:failed"_s)->matches({job, {}}));
        QVERIFY(filter::JobFilter::parse(u"-state:failed"_s)->matches({job, {}}));
    }

    void refused_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("message");
        QTest::newRow("key of runs")
            << u"exit:1"_s
            << u"filter, column 1: there is no key 'exit'; known are job, project, tag, owner, title, state, enabled, paused"_s;
        QTest::newRow("flag") << u"paused:maybe"_s << u"filter, column 8: 'maybe' is none of true, false"_s;
        QTest::newRow("compared") << u"job:>a"_s
                                  << u"filter, column 5: texts are not compared; leave out what stands before 'a'"_s;
    }
    void refused()
    {
        QFETCH(QString, text);
        const Result<filter::JobFilter> filter = filter::JobFilter::parse(text);
        QVERIFY(!filter);
        QTEST(filter.error().message, "message");
    }
};

QTEST_GUILESS_MAIN(TestJobFilter)
#include "tst_jobfilter.moc"
