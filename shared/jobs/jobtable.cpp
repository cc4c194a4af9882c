// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/jobs/jobfile.h"
#include "shared/jobs/tables.h"

#include <QRegularExpression>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration longest = 3650 * 24h;
constexpr int longText = 64 * 1024;

// A number, or `all`, which is 0 in the definition.
Shape<int> numberOrAll(int min, int max)
{
    const auto number = shape::integer(min, max);
    return {[number](Reading &reading, const YamlNode &node, int &out) {
                if (node.isScalar() && node.text == u"all"_s) {
                    out = 0;
                    return true;
                }
                return number.read(reading, node, out);
            },
        {{u"anyOf"_s, QJsonArray{number.schema, QJsonObject{{u"enum"_s, QJsonArray{u"all"_s}}}}}}};
}

// A text, or {secret: path}.
Shape<QString> envValue()
{
    static const Table<QString> table{u"env"_s, {reserved<QString>("secret", "The path of a secret.")}, {}};
    const auto text = shape::expressionText(longText);
    return {[text](Reading &reading, const YamlNode &node, QString &out) {
                return node.isMap() ? table.read(reading, node, out) : text.read(reading, node, out);
            },
        {{u"anyOf"_s, QJsonArray{text.schema, table.schema()}}}};
}

// A flag whose `true` is not supported yet.
template <class T> Key<T> reservedFlag(const char *name, const char *help)
{
    Key<T> key = reserved<T>(name, help);
    const auto flag = shape::boolean();
    key.schema = flag.schema;
    key.byDefault = false;
    key.read = [flag](Reading &reading, const YamlNode &node, T &) {
        bool on = false;
        if (!flag.read(reading, node, on))
            return false;
        if (on)
            reading.unsupported(node.mark, node.mark, u"secret parameters"_s);
        return true;
    };
    return key;
}

// What a retry can be for. A lost attempt is the business of on_lost.
Shape<QString> outcome()
{
    const QString pattern = u"failed|timed_out|not_started|exit:([1-9][0-9]?|1[0-9][0-9]|2[0-4][0-9]|25[0-5])"_s;
    return {[pattern](Reading &reading, const YamlNode &node, QString &out) {
                const auto text = asText(node);
                if (!text)
                    return reading.error(node, text.error().message);
                out = *text;
                if (QRegularExpression(u"\\A(?:%1)\\z"_s.arg(pattern)).match(out).hasMatch())
                    return true;
                if (out == u"lost"_s)
                    return reading.error(
                        node, u"'lost' is not retried by retries"_s, u"on_lost says what becomes of a lost run"_s);
                const QString near = nearestName(out, {u"failed"_s, u"timed_out"_s, u"not_started"_s});
                return reading.error(node,
                    u"'%1' is no outcome; there are failed, timed_out, not_started and exit:1 to exit:255"_s.arg(
                        out.left(64)),
                    near.isEmpty() ? near : u"did you mean '%1'?"_s.arg(near));
            },
        {{u"type"_s, u"string"_s}, {u"pattern"_s, u"^(%1)$"_s.arg(pattern)}}};
}

const Table<CatchUp> &catchUpTable()
{
    static const Table<CatchUp> table{u"catch_up"_s,
        {key<CatchUp>(
             "policy", &CatchUp::policy, shape::choice<CatchUpPolicy>(), "Which occasions of a downtime still run."),
            key<CatchUp>("window", &CatchUp::window, shape::duration(0s, longest), "Older occasions are missed."),
            key<CatchUp>("max", &CatchUp::max, shape::integer(1, 10000), "With `all`: the newest so many run."),
            key<CatchUp>("late_tolerance", &CatchUp::lateTolerance, shape::duration(0s, 24h),
                "An occasion so late still counts as on time.")},
        {}};
    return table;
}

const Table<ExitCodes> &exitCodesTable()
{
    const auto codes = [] { return shape::list<std::vector<int>>(shape::integer(1, 255), 0, 255); };
    static const Table<ExitCodes> table{u"exit_codes"_s,
        {key<ExitCodes>("warning", &ExitCodes::warning, codes(), "Codes that end a run as `warning`."),
            key<ExitCodes>("retry", &ExitCodes::retry, codes(), "Codes that are retried whatever `retries.on` says."),
            key<ExitCodes>("skip", &ExitCodes::skip, codes(), "Codes that end a run as `skipped`.")},
        {}};
    return table;
}

const Table<Retries> &retriesTable()
{
    static const Table<Retries> table{u"retries"_s,
        {key<Retries>("max", &Retries::max, shape::integer(0, 1000), "Retries after the first attempt."),
            key<Retries>("delay", &Retries::delay, shape::duration(0s, longest), "Wait before the first retry."),
            key<Retries>("backoff", &Retries::backoff, shape::number(1, 100), "Each wait is so many times the last."),
            key<Retries>("max_delay", &Retries::maxDelay, shape::duration(0s, longest), "No wait is longer."),
            key<Retries>(
                "jitter", &Retries::jitter, shape::number(0, 1), "The share of a wait that is left to chance."),
            key<Retries>("on", &Retries::on, shape::list<QStringList>(outcome(), 1, 64),
                "Outcomes that are retried: failed, timed_out, not_started, exit:N."),
            key<Retries>("other_agent", &Retries::otherAgent, shape::boolean(),
                "A retry goes to another agent where there is one.")},
        {}};
    return table;
}

const Table<Keep> &keepTable()
{
    static const Table<Keep> table{u"keep"_s,
        {key<Keep>("runs", &Keep::runs, shape::maybe(shape::integer(1, 1'000'000)), "So many finished runs are kept."),
            key<Keep>("age", &Keep::age, shape::duration(1h, longest), "Finished runs are kept so long.")},
        {}};
    return table;
}

const Table<JobDefinition> &resourcesTable()
{
    static const Table<JobDefinition> table{u"resources"_s,
        {reserved<JobDefinition>("memory", "Memory of the process tree."),
            reserved<JobDefinition>("cpus", "Processors of the process tree."),
            reserved<JobDefinition>("pids", "Processes of the process tree."),
            key<JobDefinition>("log", &JobDefinition::logCap, shape::size(4096, qint64(1) << 40),
                "How much output of an attempt is kept.")},
        {}};
    return table;
}

std::vector<Key<JobDefinition>> aboutKeys()
{
    using J = JobDefinition;
    return {key<J>("title", &J::title, shape::text(200), "One line for people."),
        key<J>("owner", &J::owner, shape::text(200), "Who is responsible."),
        key<J>("runbook", &J::runbook, shape::text(2000), "Where to read what to do when it fails."),
        key<J>("tags", &J::tags,
            shape::map(shape::text(200), {u"[A-Za-z0-9][A-Za-z0-9_.:/-]{0,63}"_s, u"a tag's name"_s}),
            "Free labels to filter by."),
        key<J>("enabled", &J::enabled, shape::boolean(), "`false`: no occasions."),
        key<J>("was", &J::was, shape::name(u"a job's name"_s), "The earlier name, whose id and history the job keeps."),
        key<J>("keep", &J::keep, keepTable().shape(), "How long finished runs are kept; either bound deletes.")};
}

std::vector<Key<JobDefinition>> whenKeys()
{
    using J = JobDefinition;
    return {key<J>("zone", &J::zone, shape::text(64, 1), "The time zone of the job."),
        key<J>("schedule", &J::schedule, shape::schedule(), "A cron text, or a list of rules."),
        key<J>("overlap", &J::overlap, shape::choice<OverlapPolicy>(),
            "What an occasion does while a run of the job waits or lives."),
        key<J>("max_queued", &J::maxQueued, numberOrAll(1, 1000),
            "With `queue`: so many runs wait, further occasions are merged; or `all`."),
        key<J>("max_running", &J::maxRunning, shape::integer(1, 1000), "With `allow`: so many runs live at once."),
        key<J>(
            "catch_up", &J::catchUp, catchUpTable().shape(), "What becomes of occasions while the backend was down."),
        key<J>("start_by", &J::startBy, shape::maybe(shape::duration(1s, longest)),
            "A run not started by then is cancelled."),
        reserved<J>("deadline", "When a run has to be done.")};
}

std::vector<Key<JobDefinition>> whatKeys()
{
    using J = JobDefinition;
    return {key<J>("params", &J::params, shape::params(), "The parameters of a run."),
        key<J>("command", &J::command, shape::list<QStringList>(shape::expressionText(longText), 1, 4096),
            "The program and its arguments, without a shell."),
        key<J>("script", &J::script, shape::script(), "A text that `shell` runs."),
        key<J>("shell", &J::shell, shape::absolutePath(), "What runs `script`."),
        key<J>("env", &J::env, shape::map(envValue(), {u"[A-Za-z_][A-Za-z0-9_]*"_s, u"a variable's name"_s}),
            "Variables of the process."),
        key<J>(
            "dir", &J::dir, shape::absolutePath(), "The folder the process starts in; a fresh one where it is absent."),
        reserved<J>("user", "The user that the process runs as."),
        key<J>("exit_codes", &J::exitCodes, exitCodesTable().shape(), "Exit codes that do not mean `failed`."),
        key<J>("timeout", &J::timeout, shape::maybe(shape::duration(1s, longest)),
            "An attempt that runs longer is stopped."),
        key<J>("stall_timeout", &J::stallTimeout, shape::maybe(shape::duration(1s, longest)),
            "An attempt that prints nothing for so long is stopped."),
        key<J>("grace", &J::grace, shape::duration(0s, 24h), "From TERM to KILL."),
        key<J>("leftovers", &J::leftovers, shape::choice<Leftovers>(),
            "What becomes of processes that outlive the main one."),
        {u"resources"_s, u"What an attempt may use."_s, resourcesTable().schema(),
            [](Reading &reading, const YamlNode &node, J &out) { return resourcesTable().read(reading, node, out); }}};
}

std::vector<Key<JobDefinition>> whereKeys()
{
    using J = JobDefinition;
    return {key<J>("agent", &J::agent, shape::text(1024), "An expression over the labels of agents."),
        reserved<J>("agents", "`all`: a run on every agent."),
        key<J>("placement", &J::placement, shape::choice<Placement>(), "Which of several agents takes a run."),
        key<J>("limits", &J::limits, shape::map(shape::integer(1, 1'000'000), shape::names(u"a limit's name"_s)),
            "Units of limits that an attempt holds."),
        key<J>("priority", &J::priority, shape::integer(0, 100), "Higher goes first."),
        key<J>("retries", &J::retries, retriesTable().shape(), "Further attempts after a failure."),
        key<J>(
            "on_lost", &J::onLost, shape::choice<OnLost>(), "What becomes of an attempt whose agent is out of reach."),
        key<J>("lost_after", &J::lostAfter, shape::duration(1s, longest), "How long it may be out of reach."),
        reserved<J>("alerts", "Who is told of what.")};
}

} // namespace

const Table<ParamDefinition> &paramTable()
{
    using P = ParamDefinition;
    static const Table<P> table{u"param"_s,
        {key<P>("type", &P::type, shape::choice<ParamType>(), "What values it takes."),
            key<P>("default", &P::defaultValue, shape::maybe(shape::expressionText(longText)),
                "The value where none is given; may name the occasion."),
            key<P>("choices", &P::choices, shape::list<QStringList>(shape::text(1024), 1, 1000),
                "The values it may have."),
            key<P>("min", &P::min, shape::maybe(shape::text(64, 1)), "The least value."),
            key<P>("max", &P::max, shape::maybe(shape::text(64, 1)), "The greatest value."),
            key<P>("pattern", &P::pattern, shape::text(1024, 1), "A regular expression for the whole value."),
            key<P>("help", &P::help, shape::text(2000), "A sentence for people."),
            key<P>("required", &P::required, shape::boolean(), "`false`: it may be without a value."),
            reservedFlag<P>("secret", "The value is never shown.")},
        {}};
    return table;
}

Shape<std::vector<ParamDefinition>> shape::params()
{
    const auto rule = shape::names(u"a parameter's name"_s);
    return {[rule](Reading &reading, const YamlNode &node, std::vector<ParamDefinition> &out) {
                if (!expectMap(reading, node))
                    return false;
                bool good = true;
                for (const YamlEntry &each : node.entries) {
                    ParamDefinition param;
                    param.name = each.key;
                    const bool fine = goodKey(reading, each, rule) & paramTable().read(reading, each.value, param);
                    if (!fine)
                        reading.markBad(each.value);
                    good = fine && good;
                    std::erase_if(out, [&](const ParamDefinition &old) { return old.name == each.key; });
                    out.push_back(std::move(param));
                }
                return good;
            },
        mapSchema(paramTable().schema(), rule)};
}

const Table<JobDefinition> &jobTable()
{
    static const Table<JobDefinition> table = [] {
        Table<JobDefinition> all{u"job"_s, aboutKeys(), {}};
        for (auto &part : {whenKeys(), whatKeys(), whereKeys()})
            all.keys.insert(all.keys.end(), part.begin(), part.end());
        all.more = {{u"not"_s, QJsonObject{{u"required"_s, QJsonArray{u"command"_s, u"script"_s}}}}};
        return all;
    }();
    return table;
}

} // namespace belfry
