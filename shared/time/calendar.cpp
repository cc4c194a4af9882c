// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/time/calendar.h"

#include <array>
#include <set>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr std::array weekdayNames{"mon"_L1, "tue"_L1, "wed"_L1, "thu"_L1, "fri"_L1, "sat"_L1, "sun"_L1};
// Half a year on either side: farther away than this an offset from Easter is a slip.
constexpr int maxEasterOffset = 183;
// References are followed for each question: these bound the depth of that, and its breadth counted with repetitions.
constexpr int maxDepth = 16;
constexpr int maxReferences = 1'000;

// ISO; 0 for no weekday.
int isoWeekdayNamed(QStringView name)
{
    for (std::size_t i = 0; i < weekdayNames.size(); ++i)
        if (name.compare(weekdayNames[i], Qt::CaseInsensitive) == 0)
            return int(i) + 1;
    return 0;
}

// month * 100 + day: ordered like the days of a year.
using YearDay = int;

struct DatedDays {
    DayNumber first;
    DayNumber last;
};
// Where first > last the range goes over the turn of the year.
struct YearlyDays {
    YearDay first;
    YearDay last;
};

struct DayRules {
    std::vector<DatedDays> dated;
    std::vector<YearlyDays> yearly;
    std::vector<int> easter;

    bool isEmpty() const { return dated.empty() && yearly.empty() && easter.empty(); }
    bool contain(DayNumber day, QDate date) const
    {
        const auto inDated = [day](const DatedDays &d) { return day >= d.first && day <= d.last; };
        if (std::any_of(dated.begin(), dated.end(), inDated))
            return true;
        const YearDay yearDay = date.month() * 100 + date.day();
        const auto inYearly = [yearDay](const YearlyDays &y) {
            const bool afterFirst = yearDay >= y.first, beforeLast = yearDay <= y.last;
            return y.first <= y.last ? afterFirst && beforeLast : afterFirst || beforeLast;
        };
        if (std::any_of(yearly.begin(), yearly.end(), inYearly))
            return true;
        // An offset reaches into the year before or after that of its Easter.
        return std::any_of(easter.begin(), easter.end(),
            [date](int offset) { return easterSunday(date.addDays(-offset).year()).addDays(offset) == date; });
    }
};

struct Point {
    std::optional<int> year;
    int month = 0;
    int day = 0;
};

std::optional<int> digits(QStringView text, qsizetype count)
{
    if (text.size() != count)
        return std::nullopt;
    int number = 0;
    for (const QChar c : text) {
        if (c < u'0' || c > u'9')
            return std::nullopt;
        number = number * 10 + (c.unicode() - u'0');
    }
    return number;
}

// `2026-12-25` or `12-25`.
Result<Point> pointOf(QStringView text)
{
    const auto bad = [&](const QString &why) {
        return fail(ErrorKind::Invalid, u"'%1' is not a day: %2"_s.arg(text.left(32), why));
    };
    const bool dated = text.size() == 10 && text[4] == u'-';
    const QStringView rest = dated ? text.sliced(5) : text;
    const auto month = digits(rest.left(2), 2);
    const auto day = digits(rest.mid(3), 2);
    const auto year = dated ? digits(text.first(4), 4) : std::nullopt;
    if (rest.size() != 5 || rest[2] != u'-' || !month || !day || (dated && !year))
        return bad(u"write 2026-12-25, or 12-25 for every year"_s);
    // 29 February is a day of every year that has it.
    if (!QDate::isValid(year.value_or(2000), *month, *day))
        return bad(u"there is no such day"_s);
    return Point{year, *month, *day};
}

Status addItem(const DayItem &item, DayRules &rules)
{
    if (item.easter) {
        if (!item.days.isEmpty())
            return fail(ErrorKind::Invalid, u"a day is either a date or an offset from Easter; write two items"_s);
        if (std::abs(*item.easter) > maxEasterOffset)
            return fail(ErrorKind::Invalid,
                u"%1 days from Easter are too far; write %2 to %3"_s.arg(*item.easter)
                    .arg(-maxEasterOffset)
                    .arg(maxEasterOffset));
        rules.easter.push_back(*item.easter);
        return {};
    }
    const qsizetype dots = item.days.indexOf(u".."_s);
    const auto first = pointOf(dots < 0 ? item.days : item.days.first(dots));
    if (!first)
        return fail(first.error());
    const auto last = dots < 0 ? first : pointOf(QStringView(item.days).sliced(dots + 2));
    if (!last)
        return fail(last.error());
    if (first->year.has_value() != last->year.has_value())
        return fail(ErrorKind::Invalid,
            u"'%1' mixes a date with a day of every year; write the year on both sides or on none"_s.arg(
                item.days.left(32)));
    if (!first->year) {
        rules.yearly.push_back({first->month * 100 + first->day, last->month * 100 + last->day});
        return {};
    }
    const DayNumber begin = dayNumberOf(QDate(*first->year, first->month, first->day));
    const DayNumber end = dayNumberOf(QDate(*last->year, last->month, last->day));
    if (end < begin)
        return fail(ErrorKind::Invalid, u"'%1' runs backwards; write the earlier date first"_s.arg(item.days.left(32)));
    rules.dated.push_back({begin, end});
    return {};
}

} // namespace

// Anonymous Gregorian algorithm (Meeus, Jones, Butcher).
QDate easterSunday(int year)
{
    const int a = year % 19, b = year / 100, c = year % 100;
    const int h = (19 * a + b - b / 4 - (b - (b + 8) / 25 + 1) / 3 + 15) % 30;
    const int l = (32 + 2 * (b % 4) + 2 * (c / 4) - h - c % 4) % 7;
    const int m = (a + 11 * h + 22 * l) / 451;
    const int n = h + l - 7 * m + 114;
    return QDate(year, n / 31, n % 31 + 1);
}

Status checkDayItem(const DayItem &item)
{
    DayRules ignored;
    return addItem(item, ignored);
}

Status checkWeekday(QStringView name)
{
    if (isoWeekdayNamed(name) > 0)
        return {};
    return fail(
        ErrorKind::Invalid, u"'%1' is no weekday; write mon, tue, wed, thu, fri, sat or sun"_s.arg(name.left(16)));
}

struct Calendar::Data {
    QString name;
    unsigned weekdays = 0; // bit n: ISO weekday n
    DayRules include;
    DayRules exclude;
    std::vector<Calendar> either;
    std::vector<Calendar> all;
    std::vector<Calendar> without;
    int references = 0;
    int depth = 1;

    bool contains(DayNumber day) const
    {
        const QDate date = dateOf(day);
        const auto holdsDay = [day](const Calendar &calendar) { return calendar.contains(day); };
        const bool everyDay = weekdays == 0 && include.isEmpty() && either.empty();
        if (!everyDay && !(weekdays >> isoWeekdayOf(day) & 1) && !include.contain(day, date)
            && !std::any_of(either.begin(), either.end(), holdsDay))
            return false;
        return std::all_of(all.begin(), all.end(), holdsDay) && !exclude.contain(day, date)
            && !std::any_of(without.begin(), without.end(), holdsDay);
    }
};

// Compiles the specs in the order of their references.
class Calendar::Maker
{
public:
    explicit Maker(const std::map<QString, CalendarSpec> &specs)
        : m_specs(specs)
    { }

    Result<Calendars> makeAll()
    {
        for (const auto &[name, spec] : m_specs)
            if (const auto made = make(name); !made)
                return fail(made.error());
        return std::move(m_made);
    }

private:
    Status make(const QString &name)
    {
        if (m_made.contains(name))
            return {};
        const auto spec = m_specs.find(name);
        if (spec == m_specs.end())
            return fail(ErrorKind::Invalid, u"there is no calendar '%1'"_s.arg(name.left(64)));
        if (!m_open.insert(name).second)
            return fail(ErrorKind::Invalid, u"calendar '%1' refers to itself, directly or through others"_s.arg(name));
        if (m_open.size() > maxDepth)
            return tooDeep();
        auto data = std::make_shared<Data>();
        data->name = name;
        const auto filled = fill(*data, spec->second);
        m_open.erase(name);
        if (!filled)
            return fail(filled.error().within(u"calendar %1"_s.arg(name)));
        m_made.emplace(name, Calendar(std::move(data)));
        return {};
    }

    Status fill(Data &data, const CalendarSpec &spec)
    {
        for (const QString &weekday : spec.weekdays) {
            if (const auto known = checkWeekday(weekday); !known)
                return known;
            data.weekdays |= 1u << isoWeekdayNamed(weekday);
        }
        for (const auto &[items, rules] :
            {std::pair(&spec.include, &data.include), std::pair(&spec.exclude, &data.exclude)})
            for (const DayItem &item : *items)
                if (const auto added = addItem(item, *rules); !added)
                    return added;
        for (const auto &[names, into] : {std::pair(&spec.orCalendars, &data.either),
                 std::pair(&spec.andCalendars, &data.all), std::pair(&spec.minusCalendars, &data.without)})
            for (const QString &name : *names)
                if (const auto referred = refer(name, data, *into); !referred)
                    return referred;
        return {};
    }

    static Status tooDeep()
    {
        return fail(ErrorKind::Invalid,
            u"calendars refer to each other more than %1 deep; name the days in fewer steps"_s.arg(maxDepth));
    }

    Status refer(const QString &name, Data &data, std::vector<Calendar> &into)
    {
        if (const auto made = make(name); !made)
            return made;
        into.push_back(m_made.at(name));
        data.depth = std::max(data.depth, 1 + into.back().m_data->depth);
        if (data.depth > maxDepth)
            return tooDeep();
        data.references += 1 + into.back().m_data->references;
        if (data.references > maxReferences)
            return fail(ErrorKind::Invalid, u"more than %1 references to other calendars"_s.arg(maxReferences));
        return {};
    }

    const std::map<QString, CalendarSpec> &m_specs;
    Calendars m_made;
    std::set<QString> m_open;
};

Result<Calendars> Calendar::makeAll(const std::map<QString, CalendarSpec> &specs)
{
    return Maker(specs).makeAll();
}

QString Calendar::name() const
{
    return m_data->name;
}

bool Calendar::contains(DayNumber day) const
{
    return m_data->contains(day);
}

std::optional<QDate> Calendar::lastDatedDay() const
{
    std::optional<QDate> last;
    const auto later = [&last](std::optional<QDate> date) {
        if (date && (!last || *date > *last))
            last = date;
    };
    for (const DayRules *rules : {&m_data->include, &m_data->exclude})
        for (const DatedDays &days : rules->dated)
            later(dateOf(days.last));
    for (const auto *others : {&m_data->either, &m_data->all, &m_data->without})
        for (const Calendar &other : *others)
            later(other.lastDatedDay());
    return last;
}

} // namespace belfry
