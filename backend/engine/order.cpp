// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/order.h"

#include "backend/engine/parameters.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

QString timeText(const std::optional<Instant> &instant)
{
    return instant ? toRfc3339(*instant) : QString();
}

QString variableOf(const QString &param)
{
    return u"BELFRY_PARAM_"_s + param.toUpper().replace(u'-', u'_');
}

void addBelfryVariables(
    const Run &run, const JobDefinition &definition, const Attempt &attempt, std::map<QString, QString> &env)
{
    env[u"BELFRY_PROJECT"_s] = definition.project;
    env[u"BELFRY_JOB"_s] = definition.name;
    env[u"BELFRY_RUN"_s] = QString::number(run.id.value);
    env[u"BELFRY_ATTEMPT"_s] = QString::number(attempt.attempt);
    env[u"BELFRY_OCCASION"_s] = timeText(run.occasion);
    env[u"BELFRY_WINDOW_START"_s] = timeText(run.windowStart);
    env[u"BELFRY_WINDOW_END"_s] = timeText(run.windowEnd);
    env[u"BELFRY_LAST_SUCCESS"_s] = timeText(run.lastSuccess);
    env[u"BELFRY_CAUSE"_s] = nameOf(run.cause);
    for (const auto &[name, value] : run.params)
        env[variableOf(name)] = value;
}

} // namespace

Result<wire::StartAttempt> orderOf(const Run &run, const JobDefinition &definition, const Attempt &attempt)
{
    wire::StartAttempt order{.run = run.id,
        .attempt = attempt.attempt,
        .epoch = attempt.epoch,
        .bootId = attempt.bootId,
        .jobName = run.jobName,
        .script = definition.script,
        .shell = definition.shell,
        .dir = definition.dir,
        .timeout = definition.timeout,
        .stallTimeout = definition.stallTimeout,
        .grace = definition.grace,
        .leftovers = definition.leftovers,
        .logCap = definition.logCap};
    const NameValues values = namesOf(run, definition);
    for (const QString &word : definition.command) {
        auto text = Interpolation::evaluate(word, values);
        if (!text)
            return fail(text.error().within(u"command"_s));
        order.command.push_back(std::move(*text));
    }
    for (const auto &[name, value] : definition.env) {
        auto text = Interpolation::evaluate(value, values);
        if (!text)
            return fail(text.error().within(u"env: "_s + name));
        order.env[name] = std::move(*text);
    }
    addBelfryVariables(run, definition, attempt, order.env);
    return order;
}

wire::CancelAttempt cancelOf(const Attempt &attempt, const JobDefinition &definition, const QString &why)
{
    return {attempt.run, attempt.attempt, attempt.epoch, definition.grace, why};
}

} // namespace belfry::engine
