// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/jobs/jobcheck.h"

#include "shared/expr/labelexpr.h"
#include "shared/jobs/jobfile.h"
#include "shared/jobs/tables.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

void checkWork(Reading &reading, const JobSource &job)
{
    const YamlEntry *command = job.entry.value.find(u"command");
    const YamlEntry *script = job.entry.value.find(u"script");
    if (command && script) {
        const YamlEntry *later = command->mark > script->mark ? command : script;
        reading.error(later->mark, u"a job has a command or a script, not both"_s, u"leave one out"_s);
    } else if (!job.entry.value.gaps && !job.find(u"command") && !job.find(u"script")
        && !jobTable().isMisspelled(job.entry.value, u"command"_s)
        && !jobTable().isMisspelled(job.entry.value, u"script"_s)) {
        reading.error(job.entry.mark, u"the job '%1' has neither a command nor a script"_s.arg(job.entry.key.left(64)));
    }
    if (const YamlNode *node = job.find(u"command");
        node && !job.definition.command.isEmpty() && job.definition.command[0].isEmpty())
        reading.error(node->items.empty() ? *node : node->items[0], u"the program's name is empty"_s);
}

void checkEnvNames(Reading &reading, const JobSource &job)
{
    const YamlNode *env = job.find(u"env");
    if (!env)
        return;
    for (const YamlEntry &each : env->entries)
        if (each.key.startsWith(u"BELFRY_"_s))
            reading.error(
                each.mark, u"variables that begin with BELFRY_ are set by Belfry"_s, u"choose another name"_s);
}

void checkExitCodes(Reading &reading, const JobSource &job)
{
    const YamlNode *node = job.find(u"exit_codes");
    if (!node)
        return;
    std::map<qint64, QString> seen;
    for (const YamlEntry &list : node->entries) {
        for (const YamlNode &each : list.value.items) {
            const auto code = asInteger(each, 1, 255);
            if (!code)
                continue; // already noted
            const auto [other, isNew] = seen.emplace(*code, list.key);
            if (!isNew)
                reading.error(
                    each, u"exit code %1 is in '%2' already"_s.arg(*code).arg(other->second), u"leave one out"_s);
        }
    }
}

void checkLoss(Reading &reading, const JobSource &job)
{
    const JobDefinition &definition = job.definition;
    const YamlNode *node = job.find(u"lost_after");
    // Under `wait` nobody counts, and the default must not forbid a long grace.
    if ((!node && definition.onLost == OnLost::Wait) || definition.lostAfter >= definition.grace + 30s)
        return;
    const QString least = formatDuration(definition.grace + 30s);
    reading.error(node ? node->mark : job.entry.mark,
        u"lost_after, %1, must be at least grace + 30s"_s.arg(formatDuration(definition.lostAfter)),
        u"write at least %1"_s.arg(least));
}

void checkLimits(Reading &reading, const YamlNode &node, const JobSource &job)
{
    if (!node.isMap())
        return;
    QStringList known;
    for (const auto &[name, spec] : job.limits)
        known += name;
    for (const YamlEntry &each : node.entries) {
        const auto limit = job.limits.find(each.key);
        const auto units = asInteger(each.value, 1, std::numeric_limits<int>::max());
        if (limit == job.limits.end() && isName(each.key) && job.allLimits) {
            const QString near = nearestName(each.key, known);
            reading.error(each.mark, u"the limit '%1' is not defined"_s.arg(each.key.left(64)),
                near.isEmpty() ? u"define it under 'limits' of the project"_s : u"did you mean '%1'?"_s.arg(near));
        } else if (limit != job.limits.end() && units && *units > limit->second.most()) {
            reading.error(each.value,
                limit->second.isRate()
                    ? u"the rate '%1' allows %2 at once, not %3"_s.arg(each.key).arg(limit->second.rate).arg(*units)
                    : u"the limit '%1' has %2, not %3"_s
                          .arg(
                              each.key, limit->second.units == 1 ? u"1 unit"_s : u"%1 units"_s.arg(limit->second.units))
                          .arg(*units),
                u"ask for less, or raise the limit"_s);
        }
    }
}

void checkOverlap(Reading &reading, const JobSource &job)
{
    const YamlNode *overlap = job.find(u"overlap");
    if (isSupported(u"job"_s, u"overlap"_s) && overlap && job.definition.overlap == OverlapPolicy::Allow
        && !job.find(u"max_running"))
        reading.error(*overlap, u"'allow' needs max_running"_s, u"say how many runs may live at once"_s);
}

} // namespace

const YamlNode *JobSource::find(QStringView key) const
{
    const YamlEntry *own = entry.value.find(key);
    if (!own && defaults)
        own = defaults->find(key);
    return own ? &own->value : nullptr;
}

std::vector<const YamlNode *> JobSource::rules() const
{
    std::vector<const YamlNode *> nodes;
    const YamlNode *node = find(u"schedule");
    if (node && node->isScalar())
        nodes.push_back(node);
    else if (node)
        for (const YamlNode &each : node->items)
            nodes.push_back(&each);
    return nodes;
}

void checkJob(Reading &reading, const JobSource &job)
{
    checkWork(reading, job);
    checkEnvNames(reading, job);
    checkExitCodes(reading, job);
    checkLoss(reading, job);
    if (const YamlEntry *own = job.entry.value.find(u"limits"))
        checkLimits(reading, own->value, job);
    if (const YamlEntry *shared = job.defaults ? job.defaults->find(u"limits") : nullptr)
        checkLimits(reading, shared->value, job);
    checkOverlap(reading, job);
    if (const YamlNode *agent = job.find(u"agent"))
        if (const auto fault = LabelExpr::fault(job.definition.agent))
            reading.errorInside(*agent, fault->offset, fault->message, fault->hint);
    checkParams(reading, job);
    checkSchedule(reading, job);
}

} // namespace belfry
