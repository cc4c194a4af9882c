// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/store/runcondition.h"

#include "backend/store/sql.h"

#include <set>

using namespace Qt::StringLiterals;

namespace belfry::store {

namespace {

QString operatorOf(Relation comparison)
{
    switch (comparison) {
    case Relation::Equal:
        return u"="_s;
    case Relation::Less:
        return u"<"_s;
    case Relation::AtMost:
        return u"<="_s;
    case Relation::Greater:
        return u">"_s;
    case Relation::AtLeast:
        return u">="_s;
    }
    Q_UNREACHABLE();
}

// GLOB knows sets of characters too; ours does not.
QString globOf(QString text)
{
    return text.replace(u'[', u"[[]"_s);
}

QString likeOf(QString text)
{
    for (const QChar special : {u'\\', u'%', u'_'})
        text.replace(special, u'\\' + QString(special));
    return u'%' + text + u'%';
}

QString numberColumn(RunField field)
{
    switch (field) {
    case RunField::OfJobs:
        return u"job"_s;
    case RunField::Queued:
        return u"queued_at"_s;
    case RunField::Started:
        return u"started_at"_s;
    case RunField::Ended:
        return u"ended_at"_s;
    case RunField::Exit:
        return u"exit_code"_s;
    case RunField::Signal:
        return u"signal"_s;
    case RunField::Run:
        return u"id"_s;
    case RunField::Attempts:
        return u"attempts"_s;
    case RunField::Priority:
        return u"priority"_s;
    default:
        throw SqlError{1, u"the store cannot compare field %1 of a run"_s.arg(int(field))};
    }
}

// Any of the columns holds the text. SQLite's LIKE takes ASCII letters in any case.
QString holds(const QStringList &columns, const QString &text, std::vector<QVariant> &values)
{
    QStringList parts;
    for (const QString &column : columns) {
        parts += column + u" LIKE ? ESCAPE '\\'"_s;
        values.push_back(likeOf(text));
    }
    return parts.join(u" OR "_s);
}

QString testSql(const RunTest &test, RunField field, Instant now, std::vector<QVariant> &values)
{
    const auto bind = [&](const QString &expression, const QVariant &value) {
        values.push_back(value);
        return expression;
    };
    switch (field) {
    case RunField::State:
        return bind(u"state = ?"_s, test.text);
    case RunField::Cause:
        return bind(u"cause = ?"_s, test.text);
    case RunField::Job:
        return bind(u"job_name GLOB ?"_s, globOf(test.text));
    case RunField::Agent:
        return bind(u"agent GLOB ?"_s, globOf(test.text));
    case RunField::By:
        return bind(u"by GLOB ?"_s, globOf(test.text));
    case RunField::Reason:
        return holds({u"reason"_s, u"trigger_reason"_s}, test.text, values);
    case RunField::Text:
        return holds({u"job_name"_s, u"agent"_s, u"by"_s, u"reason"_s, u"trigger_reason"_s}, test.text, values);
    case RunField::Lasted:
        values.push_back(now.ms);
        return bind(u"coalesce(ended_at, ?) - started_at %1 ?"_s.arg(operatorOf(test.comparison)), test.number);
    default:
        return bind(u"%1 %2 ?"_s.arg(numberColumn(field), operatorOf(test.comparison)), test.number);
    }
}

bool isOnly(const RunCondition &condition, RunField field)
{
    return condition.field == field && !condition.negated;
}

void narrowStates(ListRuns &query, const RunCondition &condition)
{
    std::set<RunState> states;
    for (const RunTest &test : condition.anyOf)
        if (const auto state = enumOf<RunState>(test.text))
            states.insert(*state);
    if (!query.states.empty())
        std::erase_if(
            states, [&](RunState each) { return std::ranges::find(query.states, each) == query.states.end(); });
    if (!states.empty())
        query.states.assign(states.begin(), states.end());
}

} // namespace

QString conditionSql(const RunCondition &condition, Instant now, std::vector<QVariant> &values)
{
    QStringList tests;
    for (const RunTest &test : condition.anyOf)
        tests += testSql(test, condition.field, now, values);
    if (tests.isEmpty())
        tests += u"0"_s;
    // What is absent is NULL, which no test passes and no negation either without this.
    return u"(coalesce(%1, 0) = %2)"_s.arg(tests.join(u" OR "_s)).arg(int(!condition.negated));
}

ListRuns narrowed(const ListRuns &query)
{
    ListRuns narrow = query;
    for (const RunCondition &condition : query.filter.conditions) {
        if (isOnly(condition, RunField::State))
            narrowStates(narrow, condition);
        else if (isOnly(condition, RunField::Queued) && condition.anyOf.size() == 1
            && condition.anyOf.front().comparison >= Relation::Greater)
            narrow.since = std::max(narrow.since.value_or(Instant(0)), Instant(condition.anyOf.front().number));
    }
    return narrow;
}

} // namespace belfry::store
