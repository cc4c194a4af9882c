// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/filter/runfilter.h"

#include "shared/filter/terms.h"
#include "shared/filter/values.h"

using namespace Qt::StringLiterals;

namespace belfry::filter {

namespace {

using Read = Result<RunTest> (*)(const Value &value, Instant now);

struct Key {
    const char *name;
    RunField field;
    Read read;
};

Result<RunTest> text(const Value &value, Instant)
{
    if (const Status good = noComparison(value); !good)
        return fail(good.error());
    return RunTest{.comparison = Relation::Equal, .text = value.text};
}

// A name without a project is one of any project.
Result<RunTest> jobGlob(const Value &value, Instant now)
{
    Result<RunTest> test = text(value, now);
    if (test && !test->text.contains(u'/'))
        test->text.prepend(u"*/"_s);
    return test;
}

Result<RunTest> projectGlob(const Value &value, Instant now)
{
    Result<RunTest> test = text(value, now);
    if (test && test->text.contains(u'/'))
        return refuse(value.column, u"'%1' is no project; write job:%1"_s.arg(value.text));
    if (test)
        test->text += u"/*"_s;
    return test;
}

template <class E> Result<RunTest> name(const Value &value, Instant now)
{
    if (const Status good = checkName<E>(value); !good)
        return fail(good.error());
    return text(value, now);
}

Result<RunTest> number(const Value &value, Instant)
{
    const Result<qint64> read = readNumber(value);
    if (!read)
        return fail(read.error());
    return RunTest{value.comparison.value_or(Relation::Equal), {}, *read};
}

Result<RunTest> span(const Value &value, Instant)
{
    const Result<Duration> read = readDuration(value);
    if (!read)
        return fail(read.error());
    return RunTest{value.comparison.value_or(Relation::AtLeast), {}, read->count()};
}

Result<RunTest> time(const Value &value, Instant now)
{
    const Result<Instant> read = readTime(value, now);
    if (!read)
        return fail(read.error());
    if (!value.comparison)
        return refuse(value.column, u"put >, >=, < or <= before the time"_s);
    return RunTest{*value.comparison, {}, read->ms};
}

template <Relation C> Result<RunTest> bound(const Value &value, Instant now)
{
    if (const Status good = noComparison(value); !good)
        return fail(good.error());
    const Result<Instant> read = readTime(value, now);
    if (!read)
        return fail(read.error());
    return RunTest{C, {}, read->ms};
}

constexpr Key keys[] = {
    {"state", RunField::State, name<RunState>},
    {"job", RunField::Job, jobGlob},
    {"project", RunField::Job, projectGlob},
    {"tag", RunField::Tag, text},
    {"agent", RunField::Agent, text},
    {"cause", RunField::Cause, name<Cause>},
    {"by", RunField::By, text},
    {"reason", RunField::Reason, text},
    {"since", RunField::Queued, bound<Relation::AtLeast>},
    {"until", RunField::Queued, bound<Relation::Less>},
    {"queued", RunField::Queued, time},
    {"started", RunField::Started, time},
    {"ended", RunField::Ended, time},
    {"duration", RunField::Lasted, span},
    {"exit", RunField::Exit, number},
    {"signal", RunField::Signal, number},
    {"run", RunField::Run, number},
    {"attempts", RunField::Attempts, number},
    {"priority", RunField::Priority, number},
};

Result<RunCondition> conditionOf(const Term &term, Instant now)
{
    RunCondition condition{.field = RunField::Text, .negated = term.negated, .anyOf = {}};
    Read read = text;
    if (!term.key.isEmpty()) {
        if (const Status good = checkKey(term, runFilterKeys()); !good)
            return fail(good.error());
        const Key &key
            = *std::ranges::find(keys, term.key, [](const Key &each) { return QLatin1StringView(each.name); });
        condition.field = key.field;
        read = key.read;
    }
    for (const Value &value : term.values) {
        Result<RunTest> test = read(value, now);
        if (!test)
            return fail(test.error());
        condition.anyOf.push_back(std::move(*test));
    }
    return condition;
}

std::optional<qint64> ms(const std::optional<Instant> &instant)
{
    return instant ? std::optional(instant->ms) : std::nullopt;
}

std::optional<qint64> numberOf(const Run &run, RunField field, Instant now)
{
    switch (field) {
    case RunField::OfJobs:
        return run.job.value;
    case RunField::Queued:
        return run.queuedAt.ms;
    case RunField::Started:
        return ms(run.startedAt);
    case RunField::Ended:
        return ms(run.endedAt);
    case RunField::Lasted:
        return run.startedAt ? std::optional((run.endedAt.value_or(now) - *run.startedAt).count()) : std::nullopt;
    case RunField::Exit:
        return run.exitCode;
    case RunField::Signal:
        return run.signal;
    case RunField::Run:
        return run.id.value;
    case RunField::Attempts:
        return run.attempts;
    case RunField::Priority:
        return run.priority;
    default:
        return {};
    }
}

bool passes(const RunTest &test, RunField field, const Run &run, Instant now)
{
    const auto within = [&](const QString &text) { return containsAscii(text, test.text); };
    switch (field) {
    case RunField::State:
        return nameOf(run.state) == test.text;
    case RunField::Cause:
        return nameOf(run.cause) == test.text;
    case RunField::Job:
        return globMatches(test.text, run.jobName);
    case RunField::Agent:
        return globMatches(test.text, run.agent);
    case RunField::By:
        return globMatches(test.text, run.by);
    case RunField::Reason:
        return within(run.reason) || within(run.triggerReason);
    case RunField::Text:
        return within(run.jobName) || within(run.agent) || within(run.by) || within(run.reason)
            || within(run.triggerReason);
    case RunField::Tag:
        return false;
    default:
        const std::optional<qint64> number = numberOf(run, field, now);
        return number && compare(test.comparison, *number, test.number);
    }
}

} // namespace

QStringList runFilterKeys()
{
    QStringList names;
    for (const Key &each : keys)
        names += QString::fromLatin1(each.name);
    return names;
}

Result<RunFilter> parseRunFilter(QStringView text, Instant now)
{
    const Result<std::vector<Term>> terms = parseTerms(text);
    if (!terms)
        return fail(terms.error());
    RunFilter filter{.now = now, .conditions = {}};
    for (const Term &term : *terms) {
        Result<RunCondition> condition = conditionOf(term, now);
        if (!condition)
            return fail(condition.error());
        filter.conditions.push_back(std::move(*condition));
    }
    return filter;
}

bool matches(const RunFilter &filter, const Run &run)
{
    return std::ranges::all_of(filter.conditions, [&](const RunCondition &condition) {
        const bool any = std::ranges::any_of(
            condition.anyOf, [&](const RunTest &test) { return passes(test, condition.field, run, filter.now); });
        return any != condition.negated;
    });
}

} // namespace belfry::filter
