// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/expr/paramvalues.h"
#include "shared/jobs/jobcheck.h"
#include "shared/jobs/tables.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QStringList namesOf(const std::vector<ParamDefinition> &params)
{
    QStringList names;
    for (const ParamDefinition &each : params)
        names += each.name;
    return names;
}

const ParamDefinition *find(const std::vector<ParamDefinition> &params, QStringView name)
{
    for (const ParamDefinition &each : params)
        if (each.name == name)
            return &each;
    return nullptr;
}

void checkText(Reading &reading, const YamlNode &node, const KnownNames &known)
{
    for (const ExprFault &fault : Interpolation::faults(node.text, known))
        reading.errorInside(node, fault.offset, fault.message, fault.hint);
}

// The variable that carries a parameter to the process.
QString variableOf(const QString &param)
{
    return param.toUpper().replace(u'-', u'_');
}

// Where a parameter is defined: in the job, or in `defaults`.
const YamlEntry *entryOf(const JobSource &job, const QString &param)
{
    for (const YamlNode *owner : {&job.entry.value, job.defaults}) {
        const YamlEntry *params = owner ? owner->find(u"params") : nullptr;
        const YamlEntry *entry = params ? params->value.find(param) : nullptr;
        if (entry)
            return entry;
    }
    return nullptr;
}

void checkDefinitions(Reading &reading, const JobSource &job)
{
    std::map<QString, QString> variables;
    for (const ParamDefinition &each : job.definition.params) {
        const YamlEntry *entry = entryOf(job, each.name);
        if (!entry || reading.isBad(entry->value))
            continue;
        for (const ParamFault &fault : checkParamDefinition(each)) {
            const YamlEntry *at = entry->value.find(fault.key);
            reading.error(at ? at->value.mark : entry->mark, fault.message, fault.hint);
        }
        if (const YamlEntry *byDefault = entry->value.find(u"default"))
            checkText(reading, byDefault->value, {std::nullopt});
        const auto [other, isNew] = variables.emplace(variableOf(each.name), each.name);
        if (!isNew)
            reading.error(entry->mark,
                u"'%1' and '%2' would both be BELFRY_PARAM_%3"_s.arg(each.name, other->second, other->first),
                u"rename one"_s);
    }
}

void checkRuleParams(Reading &reading, const JobSource &job)
{
    const auto &params = job.definition.params;
    const auto nodes = job.rules();
    const auto isBad = [&](const ParamDefinition &param) {
        const YamlEntry *entry = entryOf(job, param.name);
        return !entry || reading.isBad(entry->value) || !checkParamDefinition(param).empty();
    };
    for (std::size_t i = 0; i < nodes.size() && i < job.definition.schedule.size(); ++i) {
        if (reading.isBad(*nodes[i]))
            continue;
        const YamlEntry *given = nodes[i]->find(u"params");
        for (const auto &[name, value] : job.definition.schedule[i].params) {
            const YamlEntry *entry = given ? given->value.find(name) : nullptr;
            if (!entry)
                continue;
            const ParamDefinition *definition = find(params, name);
            if (!definition) {
                const QString near = nearestName(name, namesOf(params));
                reading.error(entry->mark, u"the job has no parameter '%1'"_s.arg(name.left(64)),
                    near.isEmpty() ? u"define it under params"_s : u"did you mean '%1'?"_s.arg(near));
            } else if (Interpolation::isIn(value)) {
                checkText(reading, entry->value, {std::nullopt});
            } else if (isBad(*definition)) {
                continue; // nothing to compare it with
            } else if (const auto checked = checkParamValue(*definition, value); !checked) {
                reading.error(entry->value, checked.error().message);
            }
        }
        for (const ParamDefinition &each : params)
            if (each.required && !each.defaultValue && !job.definition.schedule[i].params.contains(each.name)
                && !isBad(each))
                reading.error(*nodes[i], u"the parameter '%1' has no value here"_s.arg(each.name),
                    u"give it a default, or a value in the rule's params"_s);
    }
}

} // namespace

void checkParams(Reading &reading, const JobSource &job)
{
    checkDefinitions(reading, job);
    const YamlNode *params = job.find(u"params");
    if (jobTable().isMisspelled(job.entry.value, u"params"_s) || (params && !params->isMap()))
        return; // every use of a parameter would be one more error
    checkRuleParams(reading, job);
    const KnownNames known{namesOf(job.definition.params)};
    if (const YamlNode *command = job.find(u"command"); command && !job.definition.command.isEmpty())
        for (const YamlNode &each : command->items)
            checkText(reading, each, known);
    const YamlEntry *own = job.entry.value.find(u"env");
    const YamlEntry *inherited = job.defaults ? job.defaults->find(u"env") : nullptr;
    for (const YamlEntry *env : {own, inherited})
        if (env)
            for (const YamlEntry &each : env->value.entries)
                if (env == own || !own || !own->value.find(each.key))
                    checkText(reading, each.value, known);
}

} // namespace belfry
