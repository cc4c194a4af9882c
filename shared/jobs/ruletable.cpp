// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/jobs/jobfile.h"
#include "shared/jobs/tables.h"
#include "shared/time/calendar.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// A billion years of milliseconds fit; what is longer than this is a slip.
constexpr Duration longest = 3650 * 24h;

template <class M> auto ruleMember(M RuleSpec::*member)
{
    return [member](ScheduleRule &rule) -> M & { return rule.rule.*member; };
}

// A day or a range of days, or {easter: n}.
Shape<DayItem> dayItem()
{
    static const Table<DayItem> table{u"day"_s,
        {key<DayItem>("easter", &DayItem::easter, shape::maybe(shape::integer(-366, 366)),
            "Days from Easter Sunday: -2 is Good Friday, 1 Easter Monday.")},
        {}};
    const auto days = shape::text(64, 1);
    return {[days](Reading &reading, const YamlNode &node, DayItem &out) {
                const bool good = node.isMap() ? table.read(reading, node, out) : days.read(reading, node, out.days);
                if (!good)
                    return false;
                if (node.isMap() && !out.easter)
                    return reading.error(node, u"the key 'easter' is missing"_s);
                const Status status = checkDayItem(out);
                return status || reading.error(node, status.error().message);
            },
        {{u"anyOf"_s, QJsonArray{days.schema, table.schema()}}}};
}

// A text is a name, a list holds names.
Shape<QStringList> calendarNames()
{
    const auto one = shape::name(u"a calendar's name"_s);
    const auto many = shape::list<QStringList>(one, 1, 100);
    return {[one, many](Reading &reading, const YamlNode &node, QStringList &out) {
                if (!node.isScalar())
                    return many.read(reading, node, out);
                out = {QString()};
                return one.read(reading, node, out[0]);
            },
        {{u"anyOf"_s, QJsonArray{one.schema, many.schema}}}};
}

const QStringList ways{u"cron"_s, u"every"_s, u"after"_s, u"at"_s};

// A rule as a map: exactly one of the four ways to say when.
bool readRule(Reading &reading, const YamlNode &node, ScheduleRule &out)
{
    if (!node.isMap()) {
        reading.markBad(node);
        return reading.error(node, u"expected a rule, found %1"_s.arg(describeNode(node)),
            u"write it like {cron: \"0 2 * * *\"} or {every: 15m}"_s);
    }
    bool good = ruleTable().read(reading, node, out);
    // What is missing may be what was misspelled.
    const bool misspelled = !good;
    const YamlEntry *first = nullptr;
    for (const YamlEntry &each : node.entries) {
        if (!ways.contains(each.key))
            continue;
        if (first)
            good = reading.error(each.mark,
                u"a rule has one of cron, every, after and at; this one has '%1' already"_s.arg(first->key),
                u"make two rules of it"_s);
        else
            first = &each;
    }
    if (!first && !misspelled)
        good = reading.error(node, u"a rule needs one of cron, every, after and at"_s);
    if (!good)
        reading.markBad(node);
    return good;
}

} // namespace

shape::KeyRule shape::names(const QString &what)
{
    return {QString::fromLatin1(namePattern), what, nameHint()};
}

Shape<Params> shape::ruleParams()
{
    return shape::map(shape::expressionText(64 * 1024), shape::names(u"a parameter's name"_s));
}

const Table<CalendarSpec> &calendarTable()
{
    static const Table<CalendarSpec> table{u"calendar"_s,
        {key<CalendarSpec>("weekdays", &CalendarSpec::weekdays,
             shape::list<QStringList>(
                 shape::choice({u"mon"_s, u"tue"_s, u"wed"_s, u"thu"_s, u"fri"_s, u"sat"_s, u"sun"_s}), 1, 7),
             "Days of the week that the calendar holds."),
            key<CalendarSpec>("include", &CalendarSpec::include, shape::list<std::vector<DayItem>>(dayItem(), 0, 5000),
                "Days that it holds: dates, ranges, days of every year, {easter: n}."),
            key<CalendarSpec>("exclude", &CalendarSpec::exclude, shape::list<std::vector<DayItem>>(dayItem(), 0, 5000),
                "Days that it does not hold."),
            key<CalendarSpec>("or", &CalendarSpec::orCalendars, calendarNames(), "Calendars whose days it holds too."),
            key<CalendarSpec>(
                "and", &CalendarSpec::andCalendars, calendarNames(), "Calendars that must hold a day as well."),
            key<CalendarSpec>(
                "minus", &CalendarSpec::minusCalendars, calendarNames(), "Calendars whose days it leaves out."),
            reserved<CalendarSpec>("ical", "An iCalendar file to import.")},
        {}};
    return table;
}

const Table<ScheduleRule> &ruleTable()
{
    static const Table<ScheduleRule> table{u"rule"_s,
        {key<ScheduleRule>("cron", ruleMember(&RuleSpec::cron), shape::text(256, 1),
             "A cron expression of 5 fields, or 6 with seconds first."),
            key<ScheduleRule>("every", ruleMember(&RuleSpec::every), shape::maybe(shape::duration(1s, longest)),
                "An interval, counted from `from` or else from 1970-01-01T00:00Z."),
            key<ScheduleRule>("after", ruleMember(&RuleSpec::after), shape::maybe(shape::duration(0s, longest)),
                "A delay after the end of the last run."),
            key<ScheduleRule>("at", ruleMember(&RuleSpec::at), shape::maybe(shape::instant()), "One instant."),
            key<ScheduleRule>("name", ruleMember(&RuleSpec::name), shape::name(u"a rule's name"_s),
                "Names the rule, so that its occasions stay the same ones when it is changed."),
            key<ScheduleRule>("zone", ruleMember(&RuleSpec::zone), shape::text(64, 1), "The time zone of the rule."),
            key<ScheduleRule>("from", ruleMember(&RuleSpec::from), shape::maybe(shape::instant()),
                "The first instant that may be an occasion."),
            key<ScheduleRule>("until", ruleMember(&RuleSpec::until), shape::maybe(shape::instant()),
                "No occasion is at or after this instant."),
            key<ScheduleRule>("gap", ruleMember(&RuleSpec::gap), shape::choice<GapPolicy>(),
                "A local time that a clock change leaves out."),
            key<ScheduleRule>("fold", ruleMember(&RuleSpec::fold), shape::choice<FoldPolicy>(),
                "A local time that a clock change repeats."),
            key<ScheduleRule>("calendar", ruleMember(&RuleSpec::calendar), shape::name(u"a calendar's name"_s),
                "Occasions are on days of this calendar only."),
            key<ScheduleRule>("on_closed", ruleMember(&RuleSpec::onClosed), shape::choice<OnClosed>(),
                "What becomes of an occasion on another day."),
            key<ScheduleRule>("jitter", ruleMember(&RuleSpec::jitter), shape::duration(0s, 24h),
                "Spreads occasions by up to so much, the same for each occasion."),
            key<ScheduleRule>(
                "params", &ScheduleRule::params, shape::ruleParams(), "Values of parameters for these occasions.")},
        {{u"oneOf"_s,
            QJsonArray{QJsonObject{{u"required"_s, QJsonArray{u"cron"_s}}},
                QJsonObject{{u"required"_s, QJsonArray{u"every"_s}}},
                QJsonObject{{u"required"_s, QJsonArray{u"after"_s}}},
                QJsonObject{{u"required"_s, QJsonArray{u"at"_s}}}}}}};
    return table;
}

Shape<std::vector<ScheduleRule>> shape::schedule()
{
    const auto cron = shape::text(256, 1);
    const auto rule = Shape<ScheduleRule>{readRule, ruleTable().schema()};
    const auto list = shape::list<std::vector<ScheduleRule>>(rule, 1, 100);
    return {[cron, list](Reading &reading, const YamlNode &node, std::vector<ScheduleRule> &out) {
                if (node.isMap())
                    return reading.error(
                        node, u"expected a cron text or a list of rules, found a map"_s, u"put '- ' before the rule"_s);
                if (!node.isScalar())
                    return list.read(reading, node, out);
                out.assign(1, {});
                const bool good = cron.read(reading, node, out[0].rule.cron);
                if (!good)
                    reading.markBad(node);
                return good;
            },
        {{u"anyOf"_s, QJsonArray{cron.schema, list.schema}}}};
}

} // namespace belfry
