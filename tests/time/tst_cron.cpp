// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/cron.h"

#include <QCryptographicHash>
#include <QFile>
#include <QtEndian>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

QString unescaped(const QString &text)
{
    QString result;
    for (qsizetype i = 0; i < text.size(); ++i) {
        const QStringView rest = QStringView(text).sliced(i);
        if (rest.startsWith(u"\\n")) {
            result += u'\n';
            i += 1;
        } else if (rest.startsWith(u"\\0")) {
            result += QChar(u'\0');
            i += 1;
        } else if (rest.startsWith(u"\\u")) {
            result += QChar(rest.mid(2, 4).toUShort(nullptr, 16));
            i += 5;
        } else {
            result += text[i];
        }
    }
    return result;
}

// The matching days of a month, as `1 15 31`.
QString daysIn(const Cron &cron, int year, int month)
{
    QStringList days;
    for (QDate date(year, month, 1); date.month() == month; date = date.addDays(1))
        if (cron.matches(dayNumberOf(date)))
            days += QString::number(date.day());
    return days.join(u' ');
}

// The matching times of a day, as `00:00 12:30:15`.
QString timesOf(const Cron &cron)
{
    QStringList times;
    for (int time = cron.nextTime(0); time >= 0; time = cron.nextTime(time + 1))
        times += toText(LocalTime::at(0, time)).section(u' ', 1);
    return times.join(u' ');
}

int hashed(const QByteArray &text, int span)
{
    const QByteArray hash = QCryptographicHash::hash(text, QCryptographicHash::Sha256);
    return int(qFromBigEndian<quint64>(hash.constData()) % quint64(span));
}

} // namespace

class TestCron : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void refusesWithPlaceAndReason_data()
    {
        QTest::addColumn<QString>("text");
        QTest::addColumn<int>("column");
        QTest::addColumn<QString>("field");
        QTest::addColumn<QString>("reason");
        QFile file(QStringLiteral(BELFRY_SOURCE_DIR "/tests/data/cron-refused.txt"));
        QVERIFY(file.open(QIODevice::ReadOnly));
        int number = 0;
        for (const QString &line : QString::fromUtf8(file.readAll()).split(u'\n')) {
            ++number;
            if (line.startsWith(u'#') || line.isEmpty())
                continue;
            const QString text = line.section(u'\t', 3);
            const QString field = line.section(u'\t', 1, 1);
            QTest::addRow("line %d: %s", number, qPrintable(text))
                << unescaped(text) << line.section(u'\t', 0, 0).toInt() << (field == u"-" ? QString() : field)
                << line.section(u'\t', 2, 2);
        }
        QVERIFY(number > 150);
    }
    void refusesWithPlaceAndReason()
    {
        QFETCH(QString, text);
        QFETCH(int, column);
        QFETCH(QString, field);
        QFETCH(QString, reason);
        const auto fault = Cron::fault(text);
        QVERIFY2(fault, "it was accepted");
        QCOMPARE(fault->reason, reason);
        QCOMPARE(fault->column, column);
        QCOMPARE(fault->field, field);
        const auto parsed = Cron::parse(text);
        QVERIFY(!parsed);
        QCOMPARE(parsed.error().kind, ErrorKind::Invalid);
        QVERIFY(parsed.error().message.endsWith(reason));
        QVERIFY(parsed.error().message.contains(u"column %1"_s.arg(column)));
    }

    void knowsTimesOfDay_data()
    {
        QTest::addColumn<QString>("times");
        QTest::newRow("30 2 * * *") << u"02:30"_s;
        QTest::newRow("0 */6 * * *") << u"00:00 06:00 12:00 18:00"_s;
        QTest::newRow("0 5/7 * * *") << u"05:00 12:00 19:00"_s;
        QTest::newRow("0 5-12/7 * * *") << u"05:00 12:00"_s;
        QTest::newRow("50/5 0 * * *") << u"00:50 00:55"_s;
        QTest::newRow("*/60 3 * * *") << u"03:00"_s;
        QTest::newRow("0 */24 * * *") << u"00:00"_s;
        QTest::newRow("5,3,3,4 1 * * *") << u"01:03 01:04 01:05"_s;
        QTest::newRow("1-3,58-59 23 * * *") << u"23:01 23:02 23:03 23:58 23:59"_s;
        QTest::newRow("*/20,1 7 * * *") << u"07:00 07:01 07:20 07:40"_s;
        QTest::newRow("*/30 0 12 * * *") << u"12:00 12:00:30"_s;
        QTest::newRow("15 0 12 * * *") << u"12:00:15"_s;
        QTest::newRow("59 59 23 * * *") << u"23:59:59"_s;
        QTest::newRow("00 04 * * *") << u"04:00"_s;
        QTest::newRow("  5\t6  * * *  ") << u"06:05"_s;
        QTest::newRow("@daily") << u"00:00"_s;
        QTest::newRow("@midnight") << u"00:00"_s;
    }
    void knowsTimesOfDay()
    {
        QFETCH(QString, times);
        const auto cron = Cron::parse(QString::fromUtf8(QTest::currentDataTag()));
        QVERIFY(cron);
        QCOMPARE(timesOf(*cron), times);
    }

    // February 2026 begins on a Sunday and has 28 days; August 2026 begins on a Saturday and ends on a Monday; May 2026
    // ends on a Sunday and begins on a Friday.
    void knowsDays_data()
    {
        QTest::addColumn<int>("month");
        QTest::addColumn<QString>("days");
        const auto row = [](const char *text, int month, const QString &days) {
            QTest::addRow("%s in %d", text, month) << month << days;
        };
        row("0 0 1,15 * *", 2, u"1 15"_s);
        row("0 0 31 * *", 2, u""_s);
        row("0 0 L * *", 2, u"28"_s);
        row("0 0 L-1 * *", 2, u"27"_s);
        row("0 0 L-27 * *", 2, u"1"_s);
        row("0 0 L-28 * *", 2, u""_s);
        row("0 0 L-30 * *", 8, u"1"_s);
        row("0 0 LW * *", 2, u"27"_s);
        row("0 0 LW * *", 5, u"29"_s);
        row("0 0 LW * *", 8, u"31"_s);
        row("0 0 L-1W * *", 5, u"29"_s); // the 30th is a Saturday
        row("0 0 L-1W * *", 8, u"31"_s); // the 30th is a Sunday
        row("0 0 L-30W * *", 8, u"3"_s); // the 1st is a Saturday: Monday, not July
        row("0 0 1W * *", 8, u"3"_s);
        row("0 0 1W * *", 2, u"2"_s); // the 1st is a Sunday
        row("0 0 15W * *", 8, u"14"_s); // Saturday
        row("0 0 16W * *", 8, u"17"_s); // Sunday
        row("0 0 31W * *", 5, u"29"_s); // Sunday at the end: Friday, not June
        row("0 0 31W * *", 2, u""_s);
        row("0 0 29W * *", 2, u""_s);
        row("0 0 28W * *", 2, u"27"_s);
        row("0 0 1W,LW * *", 8, u"3 31"_s);
        row("0 0 15,L * *", 2, u"15 28"_s);
        row("0 0 * * 5L", 2, u"27"_s);
        row("0 0 * * friL", 2, u"27"_s);
        row("0 0 * * 0L", 5, u"31"_s);
        row("0 0 * * 7L", 5, u"31"_s);
        row("0 0 * * 5#1", 5, u"1"_s);
        row("0 0 * * 5#3", 2, u"20"_s);
        row("0 0 * * fri#5", 5, u"29"_s);
        row("0 0 * * 5#5", 2, u""_s);
        row("0 0 * * 7#2", 2, u"8"_s);
        row("0 0 * * 1#1,3#3", 2, u"2 18"_s);
        row("0 0 * * 0", 2, u"1 8 15 22"_s);
        row("0 0 * * 7", 2, u"1 8 15 22"_s);
        row("0 0 * * Sun", 2, u"1 8 15 22"_s);
        row("0 0 * * fri-sun", 2, u"1 6 7 8 13 14 15 20 21 22 27 28"_s);
        row("0 0 * * 5-7", 2, u"1 6 7 8 13 14 15 20 21 22 27 28"_s);
        row("0 0 * * sun-tue", 2, u"1 2 3 8 9 10 15 16 17 22 23 24"_s);
        row("0 0 * * sun-sun", 2, u"1 8 15 22"_s);
        row("0 0 * * mon-fri/2", 2, u"2 4 6 9 11 13 16 18 20 23 25 27"_s);
        row("0 0 * * 6/1", 2, u"1 7 8 14 15 21 22 28"_s); // Saturday to 7
        row("0 0 * * */7", 2, u"1 8 15 22"_s);
        row("0 0 * * */2", 2, u"1 3 5 7 8 10 12 14 15 17 19 21 22 24 26 28"_s);
        row("0 0 25/2 * *", 2, u"25 27"_s);
        row("0 0 */10 * *", 2, u"1 11 21"_s);
        // Both restricted: either. One begins with * or is ?: both.
        row("0 0 13 * 5", 2, u"6 13 20 27"_s);
        row("0 0 13 * ?", 2, u"13"_s);
        row("0 0 ? * 5", 2, u"6 13 20 27"_s);
        row("0 0 ? * ?", 2, u"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28"_s);
        row("0 0 */2 * 5", 2, u"13 27"_s);
        row("0 0 13 * */5", 2, u"13"_s); // 0 and 5
        row("0 0 14 * */5", 2, u""_s);
        row("0 0 *,13 * 5", 2, u"6 13 20 27"_s);
        row("0 0 13,* * 5", 2, u"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28"_s);
        row("0 0 1-7 * mon", 2, u"1 2 3 4 5 6 7 9 16 23"_s);
        row("0 0 */1 * 5#2", 2, u"13"_s);
        row("0 0 L * 5L", 2, u"27 28"_s);
        row("0 0 1 3-5 *", 2, u""_s);
        row("0 0 1 FEB,aug *", 2, u"1"_s);
        row("0 0 1 jan/3 *", 2, u""_s);
        row("0 0 1 feb/3 *", 5, u"1"_s);
        row("@monthly", 2, u"1"_s);
        row("@weekly", 2, u"1 8 15 22"_s);
        row("@yearly", 2, u""_s);
    }
    void knowsDays()
    {
        QFETCH(int, month);
        QFETCH(QString, days);
        const auto cron = Cron::parse(QString::fromUtf8(QTest::currentDataTag()).section(u" in "_s, 0, 0));
        QVERIFY(cron);
        QCOMPARE(daysIn(*cron, 2026, month), days);
    }

    void findsLeapDaysForwardsAndBackwards()
    {
        const auto cron = Cron::parse(u"0 0 29 2 *");
        QVERIFY(cron);
        QCOMPARE(dateOf(*cron->nextDay(dayNumberOf(QDate(2096, 3, 1)))), QDate(2104, 2, 29)); // 2100 has none
        QCOMPARE(dateOf(*cron->previousDay(dayNumberOf(QDate(2104, 2, 28)))), QDate(2096, 2, 29));
        QCOMPARE(dateOf(*cron->nextDay(dayNumberOf(QDate(2096, 2, 29)))), QDate(2096, 2, 29));
        const auto friday = Cron::parse(u"0 0 29 2 */5"); // Sundays and Fridays
        QVERIFY(friday);
        QCOMPARE(dateOf(*friday->nextDay(dayNumberOf(QDate(2026, 1, 1)))), QDate(2032, 2, 29));
    }

    void tellsWhatNeverFires_data()
    {
        QTest::addColumn<bool>("never");
        QTest::newRow("0 0 30 2 *") << true;
        QTest::newRow("0 0 31 2,4,6,9,11 *") << true;
        QTest::newRow("0 0 L-29 2 *") << true;
        QTest::newRow("0 0 30W 2 *") << true;
        QTest::newRow("0 0 31 4 ?") << true;
        QTest::newRow("0 0 */31 2 */2") << false; // 1 February on an even weekday
        QTest::newRow("0 0 L-28 2 *") << false; // leap years
        QTest::newRow("0 0 29 2 *") << false;
        QTest::newRow("0 0 30 2 1") << false; // or on Monday
        QTest::newRow("0 0 * 2 1#5") << false; // 29 February on a Monday
        QTest::newRow("0 0 */30 2 1#1") << false;
        QTest::newRow("0 0 8-31/1 * 1#1") << false;
    }
    void tellsWhatNeverFires()
    {
        QFETCH(bool, never);
        const auto cron = Cron::parse(QString::fromUtf8(QTest::currentDataTag()));
        QVERIFY(cron);
        QCOMPARE(cron->neverFires(), never);
    }

    void tellsElapsedFromWall_data()
    {
        QTest::addColumn<bool>("elapsed");
        QTest::newRow("*/15 2 * * *") << true;
        QTest::newRow("30 * * * *") << true;
        QTest::newRow("30 */2 * * *") << true;
        QTest::newRow("* 2 * * *") << true;
        QTest::newRow("*,5 2 * * *") << true;
        QTest::newRow("H/15 2 * * *") << true;
        QTest::newRow("30 H/4 * * *") << true;
        QTest::newRow("@hourly") << true;
        QTest::newRow("0 */15 * * * *") << true;
        QTest::newRow("30 2 * * *") << false;
        QTest::newRow("* 30 2 * * *") << false; // seconds never decide
        QTest::newRow("*/5 30 2 * * *") << false;
        QTest::newRow("0/15 0/1 * * *") << false;
        QTest::newRow("0-59 0-23 * * *") << false;
        QTest::newRow("5,* 2 * * *") << false;
        QTest::newRow("H 2 * * *") << false;
        QTest::newRow("H H * * *") << false;
        QTest::newRow("H(0-29)/10 2 * * *") << false;
        QTest::newRow("H/15,7 2 * * *") << false;
        QTest::newRow("30 2 */2 * *") << false;
        QTest::newRow("30 2 * */2 */2") << false;
        QTest::newRow("@daily") << false;
    }
    void tellsElapsedFromWall()
    {
        QFETCH(bool, elapsed);
        const auto cron = Cron::parse(QString::fromUtf8(QTest::currentDataTag()), u"job");
        QVERIFY(cron);
        QCOMPARE(cron->isElapsed(), elapsed);
    }

    void hashesTheJobIdIntoItsRange()
    {
        // First 8 bytes of SHA-256 of `id|field`, most significant byte first.
        const auto plain = Cron::parse(u"H H * * *", u"sales/etl");
        QVERIFY(plain);
        QCOMPARE(plain->nextTime(0), hashed("sales/etl|hour", 24) * 3600 + hashed("sales/etl|minute", 60) * 60);

        const auto second = Cron::parse(u"H 0 0 * * *", u"sales/etl");
        QVERIFY(second);
        QCOMPARE(second->nextTime(0), hashed("sales/etl|second", 60));

        const auto ranged = Cron::parse(u"H(10-19) 3 * * *", u"sales/etl");
        QVERIFY(ranged);
        QCOMPARE(ranged->nextTime(0), 3 * 3600 + (10 + hashed("sales/etl|minute", 10)) * 60);

        const auto stepped = Cron::parse(u"H/20 0 * * *", u"sales/etl");
        QVERIFY(stepped);
        const int first = hashed("sales/etl|minute", 20) * 60;
        QCOMPARE(stepped->nextTime(0), first);
        QCOMPARE(stepped->nextTime(first + 1), first + 1200);
        QCOMPARE(stepped->nextTime(first + 1201), first + 2400);

        const auto day = Cron::parse(u"0 0 H * *", u"sales/etl");
        QVERIFY(day);
        QCOMPARE(daysIn(*day, 2026, 2), QString::number(1 + hashed("sales/etl|day", 28)));

        const auto month = Cron::parse(u"0 0 1 H *", u"sales/etl");
        QVERIFY(month);
        QCOMPARE(dateOf(*month->nextDay(dayNumberOf(QDate(2026, 1, 1)))).month(), 1 + hashed("sales/etl|month", 12));

        const auto weekday = Cron::parse(u"0 0 * * H", u"sales/etl");
        QVERIFY(weekday);
        QCOMPARE(dateOf(*weekday->nextDay(0)).dayOfWeek() % 7, hashed("sales/etl|weekday", 7));
    }

    void staysInRangeForAnyId()
    {
        for (int i = 0; i < 500; ++i) {
            const auto cron = Cron::parse(u"H(50-59)/4 H(22-23) H * *", QString::number(i));
            QVERIFY(cron);
            const int time = cron->nextTime(0);
            QVERIFY(time / 3600 >= 22 && time / 60 % 60 >= 50 && time / 60 % 60 < 54);
            const auto day = cron->nextDay(dayNumberOf(QDate(2026, 1, 1)));
            QVERIFY(day && dateOf(*day).day() <= 28);
        }
    }

    void saysTheSameInOneSpelling_data()
    {
        QTest::addColumn<QString>("other");
        QTest::addColumn<bool>("same");
        const auto row = [](const char *text, const char *other, bool same) {
            QTest::newRow(text) << QString::fromUtf8(other) << same;
        };
        row("@daily", "0 0 * * *", true);
        row("0 0 * * mon", "0  0\t* * 1", true);
        row("0 0 * * 7", "0 0 * * sun", true);
        row("0 0 * * fri-sun", "0 0 * * 0,5,6", true);
        row("0 0 0 * * *", "0 0 * * ?", true);
        row("5,3 0 L,1 * *", "3,5 0 1,L * *", true);
        row("*/1 0 * * *", "* 0 * * *", true);
        row("H 0 * * *", "H(0-59) 0 * * *", true);
        // What begins with * weighs more than its values.
        row("0-59 0 * * *", "* 0 * * *", false);
        row("0 0 1-31 * 1", "0 0 * * 1", false);
        row("H/5 0 * * *", "H(0-59)/5 0 * * *", false);
        row("0 0 * * 5L", "0 0 * * 5", false);
        row("0 0 1W * *", "0 0 1 * *", false);
        row("0 0 L-1 * *", "0 0 L-1W * *", false);
        row("1 0 0 * * *", "0 0 * * *", false);
    }
    void saysTheSameInOneSpelling()
    {
        QFETCH(QString, other);
        QFETCH(bool, same);
        const QString text = QString::fromUtf8(QTest::currentDataTag());
        QVERIFY(Cron::parse(text, u"job"));
        QVERIFY(Cron::parse(other, u"job"));
        QCOMPARE(Cron::normalised(text) == Cron::normalised(other), same);
    }

    void isShownInWords_data()
    {
        QTest::addColumn<QString>("words");
        QTest::newRow("* * * * *") << u"Every minute"_s;
        QTest::newRow("* * * * * *") << u"Every second"_s;
        QTest::newRow("*/15 * * * *") << u"Every 15 minutes"_s;
        QTest::newRow("30 2 * * 1-5") << u"At 02:30, Monday to Friday"_s;
        QTest::newRow("0 0 * * *") << u"At 00:00 every day"_s;
        QTest::newRow("0 6,18 1 jan,jul *") << u"At 06:00 and 18:00, on day 1, in January and July"_s;
        QTest::newRow("30 2 13 * 5") << u"At 02:30, on day 13 or on Friday"_s;
        QTest::newRow("30 2 */7 * 5") << u"At 02:30, on days 1, 8, 15, 22 and 29 where that is Friday"_s;
        QTest::newRow("@hourly") << u"At minute 0 of every hour"_s;
        QTest::newRow("0 */4 * * *") << u"At minute 0 of every 4th hour, counted from 0"_s;
        QTest::newRow("*/10 9-17 * * sat,sun") << u"Every 10 minutes of hours 9 to 17, on Saturday and Sunday"_s;
        QTest::newRow("0 4 LW * *") << u"At 04:00, on the last Monday-to-Friday day of the month"_s;
        QTest::newRow("0 4 L-3 * *") << u"At 04:00, on the day 3 days before the last of the month"_s;
        QTest::newRow("0 4 ? * 5#3") << u"At 04:00, on the third Friday of the month"_s;
        QTest::newRow("0 4 * * 1L") << u"At 04:00, on the last Monday of the month"_s;
        QTest::newRow("15 30 2 * * *") << u"At 02:30:15 every day"_s;
        QTest::newRow("*/10 30 2 * * *") << u"Every 10 seconds at minute 30 of hour 2 every day"_s;
    }
    void isShownInWords()
    {
        QFETCH(QString, words);
        const auto cron = Cron::parse(QString::fromUtf8(QTest::currentDataTag()));
        QVERIFY(cron);
        QCOMPARE(cron->describe(), words);
    }
};

QTEST_APPLESS_MAIN(TestCron)
#include "tst_cron.moc"
