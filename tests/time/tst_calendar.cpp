// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/calendar.h"
#include "shared/time/rule.h"

#include <QElapsedTimer>
#include <QTest>

using namespace belfry;
using namespace Qt::StringLiterals;

namespace {

const QStringList workdays{u"mon"_s, u"tue"_s, u"wed"_s, u"thu"_s, u"fri"_s};

using Specs = std::map<QString, CalendarSpec>;

DayItem day(const QString &text)
{
    return {.days = text};
}
DayItem easter(int offset)
{
    return {.easter = offset};
}

// The days of a month that are open, as `1 15 31`.
QString openDays(const Specs &specs, const QString &name, int year, int month)
{
    const auto calendars = Calendar::makeAll(specs);
    if (!calendars)
        return calendars.error().message;
    QStringList days;
    for (QDate date(year, month, 1); date.month() == month; date = date.addDays(1))
        if (calendars->at(name).contains(dayNumberOf(date)))
            days += QString::number(date.day());
    return days.join(u' ');
}

QString problem(const Specs &specs)
{
    const auto calendars = Calendar::makeAll(specs);
    return calendars ? u"accepted"_s : calendars.error().message;
}

// December 2026: the 25th is a Friday; 1 January 2027 as well.
const Specs german{
    {u"de"_s, {.weekdays = workdays, .exclude = {day(u"12-25..12-26"_s), day(u"01-01"_s), easter(-2), easter(1)}}}};

QStringList listed(RuleSpec spec, const Specs &specs, const QString &from, const QString &until)
{
    const auto calendars = Calendar::makeAll(specs);
    if (!calendars)
        return {calendars.error().message};
    const auto rule = Rule::make(spec, Zone::utc(), *calendars, u"job"_s);
    if (!rule)
        return {rule.error().message};
    QStringList lines;
    for (const Occurrence &entry : rule->list(*parseRfc3339(from), *parseRfc3339(until), 1000)) {
        QString line = toRfc3339(entry.at, rule->zone()).left(16).replace(u'T', u' ');
        if (entry.note != OccurrenceNote::None)
            line += u' ' + noteName(entry.note);
        lines += line;
    }
    return lines;
}

} // namespace

class TestCalendar : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void knowsEaster()
    {
        QCOMPARE(easterSunday(1961), QDate(1961, 4, 2));
        QCOMPARE(easterSunday(2000), QDate(2000, 4, 23));
        QCOMPARE(easterSunday(2008), QDate(2008, 3, 23));
        QCOMPARE(easterSunday(2024), QDate(2024, 3, 31));
        QCOMPARE(easterSunday(2025), QDate(2025, 4, 20));
        QCOMPARE(easterSunday(2026), QDate(2026, 4, 5));
        QCOMPARE(easterSunday(2038), QDate(2038, 4, 25)); // the latest there is
        QCOMPARE(easterSunday(2076), QDate(2076, 4, 19));
        QCOMPARE(easterSunday(2285), QDate(2285, 3, 22)); // the earliest
        for (int year = 1583; year < 3000; ++year)
            QCOMPARE(easterSunday(year).dayOfWeek(), 7);
    }

    void holdsWhatItsRulesSay_data()
    {
        QTest::addColumn<CalendarSpec>("spec");
        QTest::addColumn<QString>("april2026"); // begins on a Wednesday; Easter is the 5th
        const auto row = [](const char *name, const CalendarSpec &spec, const QString &days) {
            QTest::newRow(name) << spec << days;
        };
        row("nothing said: every day", {},
            u"1 2 3 4 5 6 7 8 9 10 11 12 13 14 15 16 17 18 19 20 21 22 23 24 25 26 27 28 29 30"_s);
        row("weekdays", {.weekdays = {u"mon"_s, u"FRI"_s}}, u"3 6 10 13 17 20 24 27"_s);
        row("Sunday", {.weekdays = {u"sun"_s}}, u"5 12 19 26"_s);
        row("Good Friday and Easter Monday", {.weekdays = workdays, .exclude = {easter(-2), easter(1)}},
            u"1 2 7 8 9 10 13 14 15 16 17 20 21 22 23 24 27 28 29 30"_s);
        row("dates only", {.include = {day(u"2026-04-02"_s), day(u"2026-04-29..2026-05-03"_s), day(u"2025-04-10"_s)}},
            u"2 29 30"_s);
        row("weekday or date", {.weekdays = {u"mon"_s}, .include = {day(u"2026-04-04"_s)}}, u"4 6 13 20 27"_s);
        row("every year", {.include = {day(u"04-01..04-03"_s), day(u"04-30"_s)}}, u"1 2 3 30"_s);
        row("over the turn of the year", {.exclude = {day(u"04-10..04-02"_s)}}, u"3 4 5 6 7 8 9"_s);
        row("exclusion beats inclusion", {.include = {day(u"04-01..04-05"_s)}, .exclude = {day(u"2026-04-02"_s)}},
            u"1 3 4 5"_s);
        row("Easter", {.include = {easter(0), easter(-45), easter(10)}}, u"5 15"_s);
    }
    void holdsWhatItsRulesSay()
    {
        QFETCH(CalendarSpec, spec);
        QFETCH(QString, april2026);
        QCOMPARE(openDays({{u"c"_s, spec}}, u"c"_s, 2026, 4), april2026);
    }

    void reachesOverTheTurnOfTheYear()
    {
        const Specs specs{{u"c"_s, {.include = {easter(-100), day(u"12-30..01-02"_s)}}}};
        QCOMPARE(openDays(specs, u"c"_s, 2025, 12), u"26 30 31"_s); // a hundred days before 5 April 2026
        QCOMPARE(openDays(specs, u"c"_s, 2026, 1), u"1 2"_s);
    }

    void knowsLeapDays()
    {
        const Specs specs{{u"c"_s, {.include = {day(u"02-29"_s)}}}};
        QCOMPARE(openDays(specs, u"c"_s, 2028, 2), u"29"_s);
        QCOMPARE(openDays(specs, u"c"_s, 2026, 2), QString());
    }

    void combinesOthers()
    {
        const Specs specs{
            {u"week"_s, {.weekdays = workdays}},
            {u"holidays"_s, {.include = {day(u"04-06"_s), day(u"04-09..04-10"_s)}}},
            {u"firstdays"_s, {.include = {day(u"04-01..04-12"_s)}}},
            {u"open"_s,
                {.orCalendars = {u"week"_s}, .andCalendars = {u"firstdays"_s}, .minusCalendars = {u"holidays"_s}}},
            {u"either"_s, {.include = {day(u"04-30"_s)}, .orCalendars = {u"holidays"_s, u"open"_s}}},
            {u"narrowed"_s, {.andCalendars = {u"week"_s, u"firstdays"_s}}},
        };
        QCOMPARE(openDays(specs, u"open"_s, 2026, 4), u"1 2 3 7 8"_s);
        QCOMPARE(openDays(specs, u"either"_s, 2026, 4), u"1 2 3 6 7 8 9 10 30"_s);
        QCOMPARE(openDays(specs, u"narrowed"_s, 2026, 4), u"1 2 3 6 7 8 9 10"_s);
    }

    void refusesWhatMeansNothing()
    {
        for (const QString &text : {u""_s, u"25"_s, u"2026"_s, u"2026-12"_s, u"2026-13-01"_s, u"2026-02-29"_s,
                 u"02-30"_s, u"1-1"_s, u"2026-1-1"_s, u"26-12-25"_s, u"2026/12/25"_s, u"2026-12-25T00:00"_s,
                 u"2026-12-25.."_s, u"..2026-12-25"_s, u"2026-12-25...2026-12-26"_s, u"2026-12-26..2026-12-25"_s,
                 u"2026-12-25..12-26"_s, u"12-25..2026-12-26"_s, u"christmas"_s, u"mon"_s, u" 12-25"_s, u"１２-25"_s})
            QVERIFY2(!checkDayItem(day(text)), qPrintable(text));
        QVERIFY(!checkDayItem(easter(400)));
        QVERIFY(!checkDayItem({.days = u"12-25"_s, .easter = 1}));
        QVERIFY(checkDayItem(easter(-47)) && checkDayItem(day(u"02-29"_s)) && checkDayItem(day(u"2028-02-29"_s)));
        for (const QString &text : {u""_s, u"monday"_s, u"mo"_s, u"1"_s})
            QVERIFY2(!checkWeekday(text), qPrintable(text));
        QCOMPARE(problem({{u"c"_s, {.include = {day(u"02-30"_s)}}}}),
            u"calendar c: '02-30' is not a day: there is no such day"_s);
        QCOMPARE(problem({{u"c"_s, {.weekdays = {u"monday"_s}}}}),
            u"calendar c: 'monday' is no weekday; write mon, tue, wed, thu, fri, sat or sun"_s);
    }

    void refusesReferencesThatLeadNowhereOrBack()
    {
        QCOMPARE(problem({{u"a"_s, {.orCalendars = {u"b"_s}}}}), u"calendar a: there is no calendar 'b'"_s);
        QVERIFY(problem({{u"a"_s, {.minusCalendars = {u"a"_s}}}}).contains(u"'a' refers to itself"));
        QVERIFY(problem({{u"a"_s, {.andCalendars = {u"b"_s}}}, {u"b"_s, {.orCalendars = {u"a"_s}}}})
                    .contains(u"refers to itself"));
        Specs chain, doubling;
        for (int i = 0; i < 200; ++i) {
            CalendarSpec spec;
            if (i > 0)
                spec.orCalendars = QStringList{u"c%1"_s.arg(i - 1, 3, 10, QChar(u'0'))};
            chain[u"c%1"_s.arg(i, 3, 10, QChar(u'0'))] = spec;
            spec.andCalendars = spec.orCalendars;
            if (i < 15)
                doubling[u"c%1"_s.arg(i, 3, 10, QChar(u'0'))] = spec;
        }
        QVERIFY(problem(chain).contains(u"more than 16 deep"));
        QVERIFY(problem(doubling).contains(u"more than 1000 references"));
    }

    void tellsItsLastDatedDay()
    {
        const auto calendars
            = Calendar::makeAll({{u"a"_s, {.weekdays = workdays, .exclude = {day(u"2026-12-25"_s), day(u"01-01"_s)}}},
                {u"b"_s, {.include = {day(u"2025-01-01..2027-02-01"_s)}, .orCalendars = {u"a"_s}}},
                {u"c"_s, {.weekdays = workdays}}});
        QVERIFY(calendars);
        QCOMPARE(*calendars->at(u"a"_s).lastDatedDay(), QDate(2026, 12, 25));
        QCOMPARE(*calendars->at(u"b"_s).lastDatedDay(), QDate(2027, 2, 1));
        QVERIFY(!calendars->at(u"c"_s).lastDatedDay());
    }

    void treatsClosedDaysAsTheRuleSays_data()
    {
        QTest::addColumn<RuleSpec>("spec");
        QTest::addColumn<QStringList>("entries"); // 24 December 2026, a Thursday, to 4 January 2027, a Monday
        const auto row = [](const char *name, RuleSpec spec, const QStringList &entries) {
            spec.calendar = u"de"_s;
            QTest::newRow(name) << spec << entries;
        };
        row("skip", {.cron = u"0 6 * * 4,5"_s},
            {u"2026-12-24 06:00"_s, u"2026-12-25 06:00 skipped"_s, u"2026-12-31 06:00"_s,
                u"2027-01-01 06:00 skipped"_s});
        row("next", {.cron = u"0 6 * * 5"_s, .onClosed = OnClosed::Next},
            {u"2026-12-28 06:00 moved"_s, u"2027-01-04 06:00 moved"_s});
        row("next, due there anyway", {.cron = u"0 6 * * 1,5"_s, .onClosed = OnClosed::Next},
            {u"2026-12-28 06:00 merged"_s, u"2027-01-04 06:00 merged"_s});
        row("previous", {.cron = u"0 6 25,26 12 ?"_s, .onClosed = OnClosed::Previous}, {u"2026-12-24 06:00 moved"_s});
        row("previous, due there anyway", {.cron = u"0 6 24,25 12 ?"_s, .onClosed = OnClosed::Previous},
            {u"2026-12-24 06:00 merged"_s});
        row("last of the month, the open day before", {.cron = u"0 6 L 1 ?"_s, .onClosed = OnClosed::Previous}, {});
        row("every day on to open days", {.cron = u"0 6 * * *"_s, .onClosed = OnClosed::Next},
            {u"2026-12-24 06:00"_s, u"2026-12-28 06:00 merged"_s, u"2026-12-29 06:00"_s, u"2026-12-30 06:00"_s,
                u"2026-12-31 06:00"_s, u"2027-01-04 06:00 merged"_s});
        row("every",
            {.every = 12h,
                .from = *parseRfc3339(u"2026-12-31T06:00:00Z"),
                .until = *parseRfc3339(u"2027-01-02T00:00:00Z")},
            {u"2026-12-31 06:00"_s, u"2026-12-31 18:00"_s, u"2027-01-01 06:00 skipped"_s,
                u"2027-01-01 18:00 skipped"_s});
        row("at", {.at = *parseRfc3339(u"2026-12-25T07:30:00Z")}, {u"2026-12-25 07:30 skipped"_s});
        row("at, next", {.at = *parseRfc3339(u"2026-12-25T07:30:00Z"), .onClosed = OnClosed::Next},
            {u"2026-12-28 07:30 moved"_s});
        row("at, previous", {.at = *parseRfc3339(u"2027-01-01T07:30:00Z"), .onClosed = OnClosed::Previous},
            {u"2026-12-31 07:30 moved"_s});
        row("at, open", {.at = *parseRfc3339(u"2026-12-31T07:30:00Z"), .onClosed = OnClosed::Previous},
            {u"2026-12-31 07:30"_s});
    }
    void treatsClosedDaysAsTheRuleSays()
    {
        QFETCH(RuleSpec, spec);
        QFETCH(QStringList, entries);
        QCOMPARE(listed(spec, german, u"2026-12-24T00:00:00Z"_s, u"2027-01-05T00:00:00Z"_s), entries);
    }

    void skipsAClosedDayInAGapToo()
    {
        const Specs specs{{u"de"_s, {.weekdays = workdays}}}; // the clock changes on a Sunday
        const QString from = u"2026-03-28T23:00:00Z"_s, until = u"2026-03-30T02:00:00Z"_s;
        QCOMPARE(
            listed({.cron = u"15,30 2 * * *"_s, .zone = u"Europe/Berlin"_s, .calendar = u"de"_s}, specs, from, until),
            QStringList({u"2026-03-29 03:00 skipped"_s, u"2026-03-30 02:15"_s, u"2026-03-30 02:30"_s}));
        QCOMPARE(
            listed({.cron = u"30 2,3 * * *"_s, .zone = u"Europe/Berlin"_s, .calendar = u"de"_s}, specs, from, until),
            QStringList({u"2026-03-29 03:00 skipped"_s, u"2026-03-29 03:30 skipped"_s, u"2026-03-30 02:30"_s,
                u"2026-03-30 03:30"_s}));
        QCOMPARE(
            listed({.cron = u"0 2,3 * * *"_s, .zone = u"Europe/Berlin"_s, .calendar = u"de"_s}, specs, from, until),
            QStringList({u"2026-03-29 03:00 skipped"_s, u"2026-03-30 02:00"_s, u"2026-03-30 03:00"_s}));
        QCOMPARE(
            listed(
                {.cron = u"30 2 * * *"_s, .zone = u"Europe/Berlin"_s, .calendar = u"de"_s, .onClosed = OnClosed::Next},
                specs, from, until),
            QStringList({u"2026-03-30 02:30 merged"_s}));
    }

    void saysWhy()
    {
        const auto calendars = Calendar::makeAll(german);
        const auto reason = [&](const RuleSpec &spec, const char *from) {
            const auto rule = Rule::make(spec, Zone::utc(), *calendars, u"job"_s);
            return rule->list(*parseRfc3339(QString::fromLatin1(from)), std::nullopt, 1).front().reason;
        };
        QCOMPARE(reason({.cron = u"0 6 * * 5"_s, .calendar = u"de"_s}, "2026-12-25T00:00:00Z"),
            u"2026-12-25 is closed in calendar de"_s);
        QCOMPARE(
            reason({.cron = u"0 6 * * 5"_s, .calendar = u"de"_s, .onClosed = OnClosed::Next}, "2026-12-25T00:00:00Z"),
            u"Moved from 2026-12-25, which is closed in calendar de"_s);
        QCOMPARE(
            reason({.cron = u"0 6 * * *"_s, .calendar = u"de"_s, .onClosed = OnClosed::Next}, "2026-12-25T00:00:00Z"),
            u"Also stands for 2026-12-27 and 2 more days that are closed in calendar de"_s);
    }

    void skipsWhereNoDayIsOpenForAYear()
    {
        const Specs specs{{u"de"_s, {.include = {day(u"2026-12-24"_s)}}}};
        QCOMPARE(listed({.cron = u"0 6 * * *"_s, .calendar = u"de"_s, .onClosed = OnClosed::Next}, specs,
                     u"2026-12-23T00:00:00Z"_s, u"2026-12-27T00:00:00Z"_s),
            QStringList({u"2026-12-24 06:00 merged"_s, u"2026-12-25 06:00 skipped"_s, u"2026-12-26 06:00 skipped"_s}));
        const auto calendars = Calendar::makeAll(specs);
        for (const OnClosed policy : {OnClosed::Skip, OnClosed::Next, OnClosed::Previous}) {
            const auto rule = Rule::make(
                {.cron = u"* * * * *"_s, .calendar = u"de"_s, .onClosed = policy}, Zone::utc(), *calendars, u"job"_s);
            QVERIFY(!rule->neverFires());
            const auto end = policy == OnClosed::Previous ? u"2027-12-26T00:00:00Z"_s : u"2026-12-25T00:00:00Z"_s;
            QElapsedTimer timer;
            timer.start();
            QVERIFY(!rule->next(*parseRfc3339(end)));
            QCOMPARE(
                rule->previous(*parseRfc3339(u"2030-01-01T00:00:00Z"_s))->at, *parseRfc3339(u"2026-12-24T23:59:00Z"_s));
            QVERIFY2(timer.elapsed() < 30'000, qPrintable(u"%1 ms"_s.arg(timer.elapsed())));
            timer.start();
            QCOMPARE(
                rule->list(*parseRfc3339(u"2028-01-01T00:00:00Z"_s), std::nullopt, 1).size(), std::size_t(100'000));
            QVERIFY2(timer.elapsed() < 30'000, qPrintable(u"%1 ms"_s.arg(timer.elapsed())));
        }
        const auto every = Rule::make({.every = 1s, .calendar = u"de"_s}, Zone::utc(), *calendars, u"job"_s);
        QVERIFY(!every->next(*parseRfc3339(u"2026-12-25T00:00:00Z"_s)));
        QCOMPARE(
            every->previous(*parseRfc3339(u"2028-12-25T00:00:00Z"_s))->at, *parseRfc3339(u"2026-12-24T23:59:59Z"_s));
        QCOMPARE(every->next(*parseRfc3339(u"1990-12-25T00:00:00Z"_s))->at, *parseRfc3339(u"2026-12-24T00:00:00Z"_s));
    }
};

QTEST_APPLESS_MAIN(TestCalendar)
#include "tst_calendar.moc"
