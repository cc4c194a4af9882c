// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/timetext.h"

#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

// 2026-03-28T23:30Z, 00:30 of the 29th in Berlin, whose clocks go forward over 02:00 to 03:00 that night.
const Instant now = *parseRfc3339(u"2026-03-28T23:30:00Z");
const Zone berlin = *Zone::make(u"Europe/Berlin");

} // namespace

class TestTimeText : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void readsTimes_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<QString>("instant");
        QTest::newRow("now") << u"now"_s << u"2026-03-28T23:30:00.000Z"_s;
        QTest::newRow("rfc") << u"2026-01-31T14:00:00+01:00"_s << u"2026-01-31T13:00:00.000Z"_s;
        QTest::newRow("ago") << u"-2h"_s << u"2026-03-28T21:30:00.000Z"_s;
        QTest::newRow("long ago") << u"-1w2d"_s << u"2026-03-19T23:30:00.000Z"_s;
        QTest::newRow("to come") << u"+90s"_s << u"2026-03-28T23:31:30.000Z"_s;
        QTest::newRow("epoch") << u"@1767225600"_s << u"2026-01-01T00:00:00.000Z"_s;
        QTest::newRow("epoch with fraction") << u"@1767225600.25"_s << u"2026-01-01T00:00:00.250Z"_s;
        QTest::newRow("today is the zone's") << u"today"_s << u"2026-03-28T23:00:00.000Z"_s;
        QTest::newRow("today at") << u"today 14:00"_s << u"2026-03-29T12:00:00.000Z"_s;
        QTest::newRow("yesterday") << u"yesterday 06:30:15"_s << u"2026-03-28T05:30:15.000Z"_s;
        QTest::newRow("tomorrow") << u"tomorrow"_s << u"2026-03-29T22:00:00.000Z"_s;
        QTest::newRow("date") << u"2026-10-25"_s << u"2026-10-24T22:00:00.000Z"_s;
        QTest::newRow("repeated: the first") << u"2026-10-25 02:30"_s << u"2026-10-25T00:30:00.000Z"_s;
        QTest::newRow("blanks") << u"  today   14:00 "_s << u"2026-03-29T12:00:00.000Z"_s;
    }
    void readsTimes()
    {
        QFETCH(QString, text);
        const auto instant = parseTimeArgument(text, now, berlin);
        QVERIFY2(instant, instant ? "" : qPrintable(instant.error().message));
        QTEST(toRfc3339(*instant), "instant");
    }

    void refusesWhatIsNoTime_data()
    {
        QTest::addColumn<QString>("text");
        for (const char *text : {"", " ", "soon", "-2", "-2x", "--2h", "@", "@x", "@-5", "@1e300", "@nan", "25:00",
                 "today 25:00", "today 14:00 UTC", "2026-02-30", "2026-13-01", "2026-01-31T14:00", "2026-1-1", "14:00"})
            QTest::newRow(text[0] ? text : "empty") << QString::fromLatin1(text);
    }
    void refusesWhatIsNoTime()
    {
        QFETCH(QString, text);
        const auto instant = parseTimeArgument(text, now, berlin);
        QVERIFY(!instant);
        QCOMPARE(instant.error().kind, ErrorKind::Invalid);
        QVERIFY(!instant.error().message.isEmpty());
    }

    void refusesALocalTimeThatDoesNotExist()
    {
        const auto instant = parseTimeArgument(u"today 02:30", now, berlin);
        QVERIFY(!instant);
        QVERIFY2(instant.error().message.contains(u"does not exist in Europe/Berlin"_s),
            qPrintable(instant.error().message));
    }

    void speaksOfTime()
    {
        QCOMPARE(localText(now, berlin), u"2026-03-29 00:30:00"_s);
        QCOMPARE(relativeText(now, now), u"now"_s);
        QCOMPARE(relativeText(now - 59s, now), u"59s ago"_s);
        QCOMPARE(relativeText(now + 60s, now), u"in 1m"_s);
        QCOMPARE(roughly(3h + 20min + 59s), u"3h 20m"_s);
        QCOMPARE(roughly(3h), u"3h"_s);
        QCOMPARE(roughly(50h), u"2d 2h"_s);
        QCOMPARE(roughly(48h), u"2d"_s);
        QCOMPARE(roughly(-5s), u"0s"_s);
    }
};

QTEST_APPLESS_MAIN(TestTimeText)
#include "tst_timetext.moc"
