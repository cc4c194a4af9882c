// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/rule.h"
#include "tests/time/oracle.h"

#include <QElapsedTimer>
#include <QTest>

#include <rapidcheck.h>

using namespace belfry;
using namespace Qt::StringLiterals;

// For rapidcheck's counterexamples.
static std::ostream &operator<<(std::ostream &stream, const QString &text)
{
    return stream << text.toStdString();
}

namespace {

// Overruled by RC_PARAMS; rapidcheck prints how to get at a counterexample again.
constexpr const char *params = "seed=20260329 max_success=250 max_size=100";

int among(int low, int high)
{
    return *rc::gen::inRange(low, high + 1);
}
template <class Value> Value oneOf(std::initializer_list<Value> values)
{
    return *rc::gen::elementOf(std::vector<Value>(values));
}

const std::vector<QString> &zones()
{
    static const std::vector<QString> names = [] {
        std::vector<QString> found;
        for (const QByteArray &id : QTimeZone::availableTimeZoneIds())
            if (const auto zone = Zone::make(QString::fromLatin1(id)))
                found.push_back(zone->name());
        return found;
    }();
    return names;
}

QString anyPart(int low, int high)
{
    const int size = low == 0 && high == 7 ? 7 : high - low + 1; // 0 and 7 are one weekday
    const int first = among(low, high);
    switch (among(0, 5)) {
    case 0:
        return QString::number(first);
    case 1:
        return u"%1-%2"_s.arg(first).arg(among(first, high));
    case 2:
        return u"%1-%2/%3"_s.arg(first).arg(among(first, high)).arg(among(1, size));
    case 3:
        return u"%1/%2"_s.arg(first).arg(among(1, size));
    case 4:
        return u"*/%1"_s.arg(among(1, size));
    default:
        return u"*"_s;
    }
}

QString anyList(int low, int high)
{
    QStringList parts;
    for (int i = among(1, 3); i > 0; --i)
        parts += anyPart(low, high);
    return parts.join(u',');
}

// Clock changes happen on the half hours.
QString anyMinute()
{
    return among(0, 2) > 0
        ? oneOf<QString>({u"0"_s, u"30"_s, u"0,30"_s, u"15,45"_s, u"0/15"_s, u"0-59"_s, u"*/30"_s, u"59"_s})
        : anyList(0, 59);
}

// ... and in the small hours.
QString anyHour()
{
    return among(0, 2) > 0 ? oneOf<QString>({u"0"_s, u"1"_s, u"2"_s, u"3"_s, u"0-3"_s, u"1,2"_s, u"2-4"_s, u"23"_s,
               u"*"_s, u"*/2"_s, u"0/1"_s, u"0-23"_s, u"22-23"_s})
                           : anyList(0, 23);
}

QString anyDay()
{
    switch (among(0, 9)) {
    case 0:
        return oneOf<QString>({u"L"_s, u"LW"_s, u"?"_s});
    case 1:
        return u"L-%1"_s.arg(among(1, 30));
    case 2:
        return u"L-%1W"_s.arg(among(1, 30));
    case 3:
        return u"%1W"_s.arg(among(1, 31));
    case 4:
        return u"%1,L"_s.arg(anyList(1, 31));
    case 5:
        return anyList(1, 31);
    default:
        return u"*"_s;
    }
}

QString anyWeekday()
{
    switch (among(0, 9)) {
    case 0:
        return u"%1L"_s.arg(among(0, 7));
    case 1:
        return u"%1#%2"_s.arg(among(0, 7)).arg(among(1, 5));
    case 2:
        return oneOf<QString>({u"mon-fri"_s, u"FRI-sun"_s, u"sun"_s, u"tue,Thu"_s, u"?"_s, u"friL"_s});
    case 3:
    case 4:
        return anyList(0, 7);
    default:
        return u"*"_s;
    }
}

QString anyMonth()
{
    return among(0, 4) == 0 ? anyList(1, 12) : u"*"_s;
}

QString anyCron()
{
    QStringList fields{anyMinute(), anyHour(), anyDay(), anyMonth(), anyWeekday()};
    if (among(0, 7) == 0)
        fields.prepend(oneOf<QString>({u"0"_s, u"30"_s, u"*/20"_s, u"7,59"_s, u"*"_s}));
    return fields.join(u' ');
}

// A time near a change of the zone's clock, if the year has one.
Instant nearChange(const Zone &zone, int year)
{
    const Instant begin(QDate(year, 1, 1).startOfDay(Qt::UTC).toMSecsSinceEpoch());
    std::vector<Instant> changes;
    Instant pos = begin;
    while (const auto change = zone.changeIn(pos, begin + 366 * 24h)) {
        changes.push_back(*change);
        pos = *change;
    }
    const Instant middle
        = changes.empty() ? begin + among(0, 364) * 24h : changes[std::size_t(among(0, int(changes.size()) - 1))];
    return middle + among(-2000, 100) * 1min + oneOf<Duration>({0ms, 1ms, 999ms, 30s});
}

std::map<qint64, QString> answered(const Rule &rule, Instant from, Instant until)
{
    std::map<qint64, QString> entries;
    Instant last(std::numeric_limits<qint64>::min());
    for (const Occurrence &entry : rule.list(from, until, 1'000'000)) {
        RC_ASSERT(entry.at > last);
        last = entry.at;
        RC_ASSERT(entry.offset == rule.zone().offsetAt(entry.at));
        RC_ASSERT(entry.reason.isEmpty() == (entry.note == OccurrenceNote::None));
        entries[entry.at.ms] = noteName(entry.note);
    }
    return entries;
}

std::string told(const std::map<qint64, QString> &entries)
{
    QString text;
    for (const auto &[at, note] : entries)
        text += toRfc3339(Instant(at)) + u' ' + note + u'\n';
    return text.toStdString();
}

void compare(const Rule &rule, const std::map<qint64, QString> &found, const std::map<qint64, QString> &expected)
{
    if (found == expected)
        return;
    RC_LOG() << rule.describe().toStdString() << "\nfound:\n" << told(found) << "expected:\n" << told(expected);
    RC_FAIL("the fast search and the slow walk differ");
}

// next() and previous() give the firing entries of the list, one after the other.
void checkChain(const Rule &rule, const std::map<qint64, QString> &entries, Instant from, Instant until)
{
    std::vector<Instant> firing;
    for (const auto &[at, note] : entries)
        if (note != u"skipped")
            firing.push_back(Instant(at));
    if (firing.size() > 40)
        firing.resize(40);
    Instant asked = from;
    for (std::size_t i = 0; i < firing.size(); ++i) {
        const auto next = rule.next(asked);
        RC_ASSERT(next && next->at == firing[i]);
        RC_ASSERT(rule.next(firing[i])->at == firing[i]);
        const auto back = rule.previous(next->at + 1ms);
        RC_ASSERT(back && back->at == firing[i]);
        if (i > 0)
            RC_ASSERT(rule.previous(firing[i])->at == firing[i - 1]);
        asked = firing[i] + 1ms;
    }
    if (firing.empty()) {
        const auto next = rule.next(from);
        RC_ASSERT(!next || next->at >= until);
    }
}

Rule made(const RuleSpec &spec, const Calendars &calendars = {})
{
    const auto rule = Rule::make(spec, Zone::utc(), calendars, u"job"_s);
    if (!rule)
        throw std::runtime_error(rule.error().message.toStdString());
    return *rule;
}

} // namespace

class TestWalk : public QObject
{
    Q_OBJECT

private Q_SLOTS:
    void equalsTheSlowWalkAroundClockChanges()
    {
        QVERIFY(rc::check("cron, any zone, 1973 to 2099", [] {
            const RuleSpec spec{.cron = anyCron(),
                .zone = *rc::gen::elementOf(zones()),
                .gap = oneOf({GapPolicy::Run, GapPolicy::Run, GapPolicy::Skip}),
                .fold = oneOf({FoldPolicy::First, FoldPolicy::Second, FoldPolicy::Both})};
            const Rule rule = made(spec);
            const Instant from = nearChange(rule.zone(), among(1973, 2099));
            const Instant until = from + among(1, 72) * 1h;
            RC_LOG() << spec.cron.toStdString() << " in " << spec.zone.toStdString() << " from "
                     << toRfc3339(from).toStdString() << '\n';
            const auto expected = oracleEntries({.cron = spec.cron,
                .zone = spec.zone,
                .gap = spec.gap,
                .fold = spec.fold,
                .from = from,
                .until = until});
            compare(rule, answered(rule, from, until), expected);
            checkChain(rule, expected, from, until);
        }));
    }

    // Chance may leave a zone out; here each one is asked around some of its changes, whatever the seed.
    void equalsTheSlowWalkInEveryZone()
    {
        const std::vector<QString> crons{u"30 2 * * *"_s, u"0,30 0-3 * * *"_s, u"*/20 * * * *"_s, u"0 0 * * *"_s,
            u"15,45 23,0,1 * * 6,0"_s, u"59 */2 * * *"_s, u"0 3 L * *"_s};
        std::size_t asked = 0;
        for (const QString &name : zones()) {
            const Zone zone = *Zone::make(name);
            for (int round = 0; round < 2; ++round, ++asked) {
                const int year = 1973 + int(asked * 37 % 127);
                Instant from(QDate(year, 1, 1).startOfDay(Qt::UTC).toMSecsSinceEpoch());
                from = zone.changeIn(from, from + 366 * 24h).value_or(from) - 5h - int(asked % 7) * 1h;
                const Instant until = from + 26h;
                const RuleSpec spec{.cron = crons[asked % crons.size()],
                    .zone = name,
                    .gap = asked % 3 == 0 ? GapPolicy::Skip : GapPolicy::Run,
                    .fold = FoldPolicy(asked % 4 % 3)};
                std::map<qint64, QString> found;
                for (const Occurrence &entry : made(spec).list(from, until, 10'000))
                    found[entry.at.ms] = noteName(entry.note);
                const auto expected = oracleEntries({.cron = spec.cron,
                    .zone = name,
                    .gap = spec.gap,
                    .fold = spec.fold,
                    .from = from,
                    .until = until});
                QVERIFY2(found == expected,
                    (spec.cron + u" in "_s + name + u" from "_s + toRfc3339(from)).toStdString().c_str());
            }
        }
        QVERIFY(asked > 800);
    }

    void equalsTheSlowWalkInOddZones()
    {
        QVERIFY(rc::check("cron, odd zones", [] {
            struct Place {
                const char *zone;
                int year;
            };
            const Place place = oneOf<Place>({{"Pacific/Apia", 2011}, {"Pacific/Kwajalein", 1993},
                {"Pacific/Kiritimati", 1994}, {"Australia/Lord_Howe", 2026}, {"America/Sao_Paulo", 2017},
                {"Asia/Beirut", 2030}, {"Africa/Casablanca", 2026}, {"Africa/Casablanca", 2071},
                {"Antarctica/Casey", 2010}, {"Antarctica/Casey", 2020}, {"Antarctica/Troll", 2044},
                {"America/St_Johns", 2005}, {"Asia/Ust-Nera", 1981}, {"Europe/Dublin", 2026},
                {"Antarctica/Vostok", 1994}, {"Africa/Cairo", 2050}, {"America/Havana", 2033}});
            const RuleSpec spec{.cron = anyCron(),
                .zone = QString::fromLatin1(place.zone),
                .gap = oneOf({GapPolicy::Run, GapPolicy::Skip}),
                .fold = oneOf({FoldPolicy::First, FoldPolicy::Second, FoldPolicy::Both})};
            const Rule rule = made(spec);
            const Instant from = nearChange(rule.zone(), place.year);
            const Instant until = from + among(1, 72) * 1h;
            RC_LOG() << spec.cron.toStdString() << " in " << spec.zone.toStdString() << " from "
                     << toRfc3339(from).toStdString() << '\n';
            const auto expected = oracleEntries({.cron = spec.cron,
                .zone = spec.zone,
                .gap = spec.gap,
                .fold = spec.fold,
                .from = from,
                .until = until});
            compare(rule, answered(rule, from, until), expected);
            checkChain(rule, expected, from, until);
        }));
    }

    void equalsTheSlowWalkWithCalendars()
    {
        QVERIFY(rc::check("cron with a calendar", [] {
            const int year = among(1973, 2098);
            const int kind = among(0, 3);
            const int holiday = among(1, 28);
            CalendarSpec calendar;
            calendar.weekdays = QStringList{u"mon"_s, u"tue"_s, u"wed"_s, u"thu"_s, u"fri"_s};
            std::function<bool(QDate)> isOpen = [](QDate date) { return date.dayOfWeek() <= 5; };
            if (kind == 1) {
                calendar.exclude.push_back({.days = u"03-%1..04-%1"_s.arg(holiday, 2, 10, QChar(u'0'))});
                isOpen = [holiday](QDate date) {
                    const int day = date.month() * 100 + date.day();
                    return date.dayOfWeek() <= 5 && (day < 300 + holiday || day > 400 + holiday);
                };
            } else if (kind == 2) {
                calendar.weekdays = QStringList{u"sun"_s};
                isOpen = [](QDate date) { return date.dayOfWeek() == 7; };
            } else if (kind == 3) {
                const QDate only(year, 6, holiday);
                calendar.weekdays.clear();
                calendar.include.push_back({.days = only.toString(Qt::ISODate)});
                isOpen = [only](QDate date) { return date == only; };
            }
            const auto calendars = Calendar::makeAll({{u"c"_s, calendar}});
            const RuleSpec spec{.cron = anyCron(),
                .zone = *rc::gen::elementOf(zones()),
                .gap = oneOf({GapPolicy::Run, GapPolicy::Skip}),
                .fold = oneOf({FoldPolicy::First, FoldPolicy::Both}),
                .calendar = u"c"_s,
                .onClosed = oneOf({OnClosed::Skip, OnClosed::Next, OnClosed::Previous})};
            const Rule rule = made(spec, *calendars);
            const Instant from = nearChange(rule.zone(), year);
            const Instant until = from + among(1, 72) * 1h;
            RC_LOG() << spec.cron.toStdString() << " in " << spec.zone.toStdString() << " from "
                     << toRfc3339(from).toStdString() << " calendar " << kind << ", on_closed "
                     << onClosedName(spec.onClosed).toStdString() << '\n';
            const auto expected = oracleEntries({.cron = spec.cron,
                .zone = spec.zone,
                .gap = spec.gap,
                .fold = spec.fold,
                .isOpen = isOpen,
                .onClosed = spec.onClosed,
                .from = from,
                .until = until});
            compare(rule, answered(rule, from, until), expected);
            checkChain(rule, expected, from, until);
        }));
    }

    void equalsTheSlowWalkForWholeYears_data()
    {
        QTest::addColumn<QString>("zone");
        QTest::addColumn<int>("year");
        const auto row = [](const char *cron, const char *zone, int year) {
            QTest::addRow("%s in %s %d", cron, zone, year) << QString::fromLatin1(zone) << year;
        };
        row("30 2 * * *", "America/New_York", 2026);
        row("*/30 * * * *", "Europe/London", 2027);
        row("0 0 L * *", "America/Sao_Paulo", 2018);
        row("15,45 1-2 * * 0", "Australia/Lord_Howe", 2025);
        row("0 12 29-31 * *", "Pacific/Apia", 2011);
        row("30 2 15W,LW * *", "Africa/Casablanca", 2026);
        row("0 */3 * * 6,0", "Asia/Beirut", 2040);
    }
    void equalsTheSlowWalkForWholeYears()
    {
        QFETCH(QString, zone);
        QFETCH(int, year);
        const QString cron = QString::fromUtf8(QTest::currentDataTag()).section(u" in "_s, 0, 0);
        const Instant from(QDate(year, 1, 1).startOfDay(Qt::UTC).toMSecsSinceEpoch());
        const Instant until = from + 366 * 24h;
        std::map<qint64, QString> found;
        for (const Occurrence &entry : made({.cron = cron, .zone = zone}).list(from, until, 1'000'000))
            found[entry.at.ms] = noteName(entry.note);
        const auto expected = oracleEntries({.cron = cron, .zone = zone, .from = from, .until = until});
        QVERIFY2(found == expected, (told(found) + "expected\n" + told(expected)).c_str());
        QVERIFY(!found.empty());
    }

    // Pieces without a change are cut somewhere; where must not matter. The search starts at ever other distances from
    // a change.
    void doesNotDependOnWhereItStarts_data()
    {
        QTest::addColumn<QString>("change");
        QTest::newRow("Europe/Berlin") << u"2026-10-25T01:00:00Z"_s;
        QTest::newRow("America/New_York") << u"2026-03-08T07:00:00Z"_s;
        QTest::newRow("Australia/Lord_Howe") << u"2026-04-04T15:00:00Z"_s;
        QTest::newRow("Antarctica/Casey") << u"2010-03-04T15:00:00Z"_s;
        QTest::newRow("Pacific/Apia") << u"2011-12-30T10:00:00Z"_s;
    }
    void doesNotDependOnWhereItStarts()
    {
        QFETCH(QString, change);
        const Instant at = *parseRfc3339(change);
        for (const FoldPolicy fold : {FoldPolicy::First, FoldPolicy::Second}) {
            const Rule rule = made(
                {.cron = u"0/20 0-6 * * *"_s, .zone = QString::fromLatin1(QTest::currentDataTag()), .fold = fold});
            const auto expected = rule.list(at - 48h, at + 48h, 10'000);
            for (Instant from = at - 34 * 24h; from < at - 49h; from = from + 23min) {
                auto entries = rule.list(from, at + 48h, 10'000);
                std::erase_if(entries, [&](const Occurrence &entry) { return entry.at < at - 48h; });
                QVERIFY2(entries == expected, qPrintable(toRfc3339(from)));
            }
        }
    }

    // A daily job runs once on every civil day that exists.
    void runsOnceADayInEveryZone()
    {
        const QDate first(2010, 1, 1), last(2040, 1, 1);
        for (const QString &name : zones()) {
            const Rule rule = made({.cron = u"30 2 * * *"_s, .zone = name});
            const Instant from = rule.zone().resolve(LocalTime::at(first, 0)).first;
            QDate expected = first;
            for (const Occurrence &entry : rule.list(from, Instant(LocalTime::at(last, 0).ms), 100'000)) {
                if (!entry.fires()) {
                    QVERIFY2(
                        entry.cause == SkipCause::Gap && entry.reason.contains(u"3 hours or more"), qPrintable(name));
                    expected = expected.addDays(1);
                    continue;
                }
                QVERIFY2(entry.local().date() == expected, qPrintable(name + u' ' + toRfc3339(entry.at)));
                expected = expected.addDays(1);
            }
            QVERIFY(expected >= last.addDays(-1));
        }
    }
};

int main(int argc, char **argv)
{
    if (!qEnvironmentVariableIsSet("RC_PARAMS"))
        qputenv("RC_PARAMS", params);
    qInfo("RC_PARAMS=%s", qgetenv("RC_PARAMS").constData());
    TestWalk test;
    return QTest::qExec(&test, argc, argv);
}

#include "tst_walk.moc"
