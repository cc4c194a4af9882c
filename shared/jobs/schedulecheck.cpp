// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/base/nearestname.h"
#include "shared/expr/interpolation.h"
#include "shared/jobs/jobcheck.h"
#include "shared/time/rule.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QStringList namesOf(const std::map<QString, CalendarSpec> &calendars)
{
    QStringList names;
    for (const auto &[name, spec] : calendars)
        names += name;
    return names;
}

// The value of a key of a rule; the rule itself where it is a cron text alone.
const YamlNode &valueOf(const YamlNode &rule, QStringView key)
{
    const YamlEntry *entry = rule.find(key);
    return entry ? entry->value : rule;
}

bool checkCalendarName(Reading &reading, const JobSource &job, const RuleSpec &rule, const YamlNode &node)
{
    if (rule.calendar.isEmpty() || job.calendars.contains(rule.calendar))
        return true;
    if (!job.allCalendars)
        return false;
    const QString near = nearestName(rule.calendar, namesOf(job.calendars));
    return reading.error(valueOf(node, u"calendar"), u"the calendar '%1' is not defined"_s.arg(rule.calendar),
        near.isEmpty() ? u"define it under calendars"_s : u"did you mean '%1'?"_s.arg(near));
}

bool checkCron(Reading &reading, const RuleSpec &rule, const YamlNode &node, const QString &seed)
{
    if (rule.cron.isEmpty())
        return true;
    const auto fault = Cron::fault(rule.cron, seed);
    if (!fault)
        return true;
    const QString field = fault->field.isEmpty() ? u"cron"_s : fault->field;
    return reading.errorInside(valueOf(node, u"cron"), fault->column - 1, field + u": "_s + fault->reason);
}

// The rest is the judgement of Rule, whose sentences begin with the key at fault.
std::optional<Rule> makeRule(Reading &reading, const JobSource &job, const RuleSpec &rule, const YamlNode &node)
{
    const auto zone = Zone::make(job.definition.zone);
    const auto made = Rule::make(rule, zone ? *zone : Zone::utc(), job.ready, job.definition.fullName());
    if (made)
        return *made;
    const QString message = made.error().message;
    const YamlEntry *at = node.find(message.section(u':', 0, 0));
    reading.error(at ? at->value.mark : node.mark, message);
    return std::nullopt;
}

} // namespace

bool checkZoneName(Reading &reading, const YamlNode &node)
{
    if (!node.isScalar() || node.text.isEmpty() || Interpolation::isIn(node.text))
        return false; // already noted
    const auto zone = Zone::make(node.text);
    return zone || reading.error(node, zone.error().message);
}

void checkSchedule(Reading &reading, const JobSource &job)
{
    if (const YamlNode *zone = job.find(u"zone"))
        checkZoneName(reading, *zone);
    const auto nodes = job.rules();
    const auto &rules = job.definition.schedule;
    std::map<QString, const YamlNode *> keys;
    for (std::size_t i = 0; i < nodes.size() && i < rules.size(); ++i) {
        const RuleSpec &spec = rules[i].rule;
        const YamlNode &node = *nodes[i];
        const YamlEntry *zone = node.find(u"zone");
        if (reading.isBad(node))
            continue;
        const bool hasZone = !zone || checkZoneName(reading, zone->value);
        const bool hasCron = checkCron(reading, spec, node, job.definition.fullName());
        const bool hasCalendar = checkCalendarName(reading, job, spec, node)
            && (spec.calendar.isEmpty() || job.ready.contains(spec.calendar));
        if (!hasZone || !hasCron || !hasCalendar)
            continue;
        const auto rule = makeRule(reading, job, spec, node);
        if (!rule)
            continue;
        if (rule->neverFires())
            reading.error(spec.cron.isEmpty() ? node : valueOf(node, u"cron"), u"the rule never fires, at no time"_s,
                u"no such day exists, or it is never open"_s);
        const auto [first, isNew] = keys.emplace(ruleKey(rules[i]), &node);
        if (!isNew)
            reading.error(node,
                spec.name.isEmpty() ? u"this rule is there twice, first at line %1"_s.arg(first->second->mark.line)
                                    : u"two rules have the name '%1', the first is at line %2"_s.arg(spec.name).arg(
                                        first->second->mark.line),
                u"leave one out, or give them names of their own"_s);
    }
}

} // namespace belfry
