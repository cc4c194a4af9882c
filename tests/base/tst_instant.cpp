// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/instant.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

class TestInstant : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void writesAndReadsRfc3339_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<qint64>("ms");
        QTest::addColumn<QString>("canonical");
        QTest::newRow("epoch") << u"1970-01-01T00:00:00Z"_s << qint64(0) << u"1970-01-01T00:00:00.000Z"_s;
        QTest::newRow("offset") << u"2026-03-29T03:00:00+02:00"_s << qint64(1774746000000) << u"2026-03-29T01:00:00.000Z"_s;
        QTest::newRow("negative offset") << u"2026-03-28T21:00:00.5-04:00"_s << qint64(1774746000500) << u"2026-03-29T01:00:00.500Z"_s;
        QTest::newRow("before 1970") << u"1969-12-31T23:59:59.999Z"_s << qint64(-1) << u"1969-12-31T23:59:59.999Z"_s;
        QTest::newRow("leap day") << u"2024-02-29T12:00:00Z"_s << qint64(1709208000000) << u"2024-02-29T12:00:00.000Z"_s;
        QTest::newRow("far") << u"9999-12-31T23:59:59.999Z"_s << qint64(253402300799999) << u"9999-12-31T23:59:59.999Z"_s;
    }
    void writesAndReadsRfc3339()
    {
        QFETCH(QString, text);
        QFETCH(qint64, ms);
        QFETCH(QString, canonical);
        const auto parsed = parseRfc3339(text);
        QVERIFY(parsed);
        QCOMPARE(parsed->ms, ms);
        QCOMPARE(toRfc3339(*parsed), canonical);
    }

    void refusesWhatIsNoTime()
    {
        for (const QString &text : {u""_s, u"2026-01-01"_s, u"2026-13-01T00:00:00Z"_s, u"2026-02-29T00:00:00Z"_s, u"2026-01-01T24:00:00Z"_s,
                 u"2026-01-01T00:00:60Z"_s, u"2026-01-01T00:00:00"_s, u"2026-01-01T00:00:00+25:00"_s, u"2026-01-01T00:00:00Z\n"_s})
            QVERIFY2(!parseRfc3339(text), qPrintable(text));
    }

    void readsDurations_data()
    {
        QTest::addColumn<qint64>("ms");
        QTest::addColumn<QString>("shown");
        QTest::newRow("90s") << qint64(90'000) << u"1m30s"_s;
        QTest::newRow("15m") << qint64(900'000) << u"15m"_s;
        QTest::newRow("2h30m") << qint64(9'000'000) << u"2h30m"_s;
        QTest::newRow("7d") << qint64(604'800'000) << u"7d"_s;
        QTest::newRow("1w") << qint64(604'800'000) << u"7d"_s;
        QTest::newRow("500ms") << qint64(500) << u"500ms"_s;
        QTest::newRow("0s") << qint64(0) << u"0s"_s;
    }
    void readsDurations()
    {
        QFETCH(qint64, ms);
        QFETCH(QString, shown);
        const auto parsed = parseDuration(QString::fromLatin1(QTest::currentDataTag()));
        QVERIFY(parsed);
        QCOMPARE(qint64(parsed->count()), ms);
        QCOMPARE(formatDuration(*parsed), shown);
    }

    void refusesWhatIsNoDuration()
    {
        for (const QString &text : {u""_s, u"15"_s, u"m"_s, u"-5m"_s, u"5m2h"_s, u"1h1h"_s, u"5 m"_s, u"5min"_s, u"99999999999999999999d"_s,
                 u"9999999999999999w"_s, u"1.5h"_s})
            QVERIFY2(!parseDuration(text), qPrintable(text));
    }

    void readsSizes()
    {
        QCOMPARE(*parseSize(u"512MiB"), qint64(512) << 20);
        QCOMPARE(*parseSize(u"64KiB"), qint64(65536));
        QCOMPARE(*parseSize(u"1kB"), qint64(1000));
        QCOMPARE(*parseSize(u"17"), qint64(17));
        for (const QString &text : {u""_s, u"MiB"_s, u"-1"_s, u"1.5GiB"_s, u"1 GiB"_s, u"99999999999TiB"_s})
            QVERIFY2(!parseSize(text), qPrintable(text));
    }
};

QTEST_APPLESS_MAIN(TestInstant)
#include "tst_instant.moc"
