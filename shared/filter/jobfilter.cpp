// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/filter/jobfilter.h"

#include "shared/filter/values.h"

using namespace Qt::StringLiterals;

namespace belfry::filter {

namespace {

using Check = Status (*)(const Value &value);
using Matches = bool (*)(const JobFacts &facts, const QString &value);

struct Key {
    const char *name;
    Check check;
    Matches matches;
};

Status checkFlag(const Value &value)
{
    return checkName(value, {u"true"_s, u"false"_s});
}

bool isFlag(bool flag, const QString &value)
{
    return flag == (value == u"true");
}

QString fullName(const JobDefinition &definition)
{
    return definition.project + u'/' + definition.name;
}

constexpr Key keys[] = {
    {"job", noComparison,
        [](const JobFacts &facts, const QString &value) {
            const JobDefinition &definition = facts.job.definition;
            return globMatches(value, value.contains(u'/') ? fullName(definition) : definition.name);
        }},
    {"project", noComparison,
        [](const JobFacts &facts, const QString &value) { return globMatches(value, facts.job.definition.project); }},
    {"tag", noComparison,
        [](const JobFacts &facts, const QString &value) { return hasTag(facts.job.definition, value); }},
    {"owner", noComparison,
        [](const JobFacts &facts, const QString &value) { return globMatches(value, facts.job.definition.owner); }},
    {"title", noComparison,
        [](const JobFacts &facts, const QString &value) { return containsAscii(facts.job.definition.title, value); }},
    {"state", checkName<RunState>,
        [](const JobFacts &facts, const QString &value) {
            return facts.lastState && nameOf(*facts.lastState) == value;
        }},
    {"enabled", checkFlag,
        [](const JobFacts &facts, const QString &value) { return isFlag(facts.job.definition.enabled, value); }},
    {"paused", checkFlag,
        [](const JobFacts &facts, const QString &value) { return isFlag(facts.job.pausedSince.has_value(), value); }},
};

const Key *keyOf(const Term &term)
{
    return std::ranges::find(keys, term.key, [](const Key &each) { return QLatin1StringView(each.name); });
}

bool holdsWord(const JobFacts &facts, const QString &word)
{
    const JobDefinition &definition = facts.job.definition;
    return containsAscii(fullName(definition), word) || containsAscii(definition.title, word)
        || containsAscii(definition.owner, word);
}

bool passes(const Term &term, const JobFacts &facts)
{
    return std::ranges::any_of(term.values, [&](const Value &value) {
        return term.key.isEmpty() ? holdsWord(facts, value.text) : keyOf(term)->matches(facts, value.text);
    });
}

} // namespace

Result<JobFilter> JobFilter::parse(QStringView text)
{
    Result<std::vector<Term>> terms = parseTerms(text);
    if (!terms)
        return fail(terms.error());
    for (const Term &term : *terms) {
        if (term.key.isEmpty())
            continue;
        if (const Status good = checkKey(term, keys()); !good)
            return fail(good.error());
        for (const Value &value : term.values)
            if (const Status good = keyOf(term)->check(value); !good)
                return fail(good.error());
    }
    JobFilter filter;
    filter.m_terms = std::move(*terms);
    return filter;
}

QStringList JobFilter::keys()
{
    QStringList names;
    for (const Key &each : filter::keys)
        names += QString::fromLatin1(each.name);
    return names;
}

bool JobFilter::matches(const JobFacts &facts) const
{
    return std::ranges::all_of(m_terms, [&](const Term &term) { return passes(term, facts) != term.negated; });
}

bool hasTag(const JobDefinition &definition, const QString &tag)
{
    const qsizetype equals = tag.indexOf(u'=');
    const QString key = equals < 0 ? tag : tag.left(equals);
    return std::ranges::any_of(definition.tags, [&](const auto &each) {
        return globMatches(key, each.first)
            && (equals < 0 || globMatches(QStringView(tag).sliced(equals + 1), each.second));
    });
}

} // namespace belfry::filter
