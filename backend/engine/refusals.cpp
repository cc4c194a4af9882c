// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/refusals.h"

#include "shared/expr/labelexpr.h"

#include <algorithm>

namespace belfry::engine {

using namespace Qt::StringLiterals;
using wire::AgentRefusal;
using wire::RefusingAgent;

namespace {

constexpr qsizetype namedAgents = 8;

QString fullText(const Agent &agent, const std::vector<RunId> &runs)
{
    const QString slots = Words::counted(agent.slots, u"slot"_s);
    return runs.empty() ? u"it has "_s + slots
                        : u"%1 of its %2 in use by %3"_s.arg(agent.used).arg(slots, Words::runs(runs));
}

RefusingAgent refusalOf(const KnownAgent &known, const LabelExpr &expression, bool matches, const Words &words)
{
    const Agent &agent = known.agent;
    RefusingAgent refusing{.agent = agent.name};
    if (!matches) {
        auto labels = agent.labels;
        labels[u"name"_s] = agent.name;
        refusing.refusal = AgentRefusal::Labels;
        refusing.text = expression.whyNot(labels);
        return refusing;
    }
    if (agent.used >= agent.slots) {
        refusing.ends = agent.used - agent.slots + 1;
        for (const AttemptKey key : known.live)
            refusing.runs.push_back(key.run);
    }
    if (!known.session) {
        refusing.refusal = AgentRefusal::Unreachable;
        refusing.since = agent.lastSeen;
        refusing.text = u"unreachable since "_s + words.since(agent.lastSeen);
    } else if (agent.drained) {
        refusing.refusal = AgentRefusal::Drained;
        refusing.text = u"drained until `belfry agent resume %1`"_s.arg(agent.name);
    } else if (known.draining) {
        refusing.refusal = AgentRefusal::Draining;
        refusing.text = u"stopping, it takes no more work"_s;
    }
    if (refusing.ends > 0)
        refusing.text += (refusing.text.isEmpty() ? QString() : u", and "_s) + fullText(agent, refusing.runs);
    return refusing;
}

QString textOf(const std::vector<RefusingAgent> &agents, const QString &expression)
{
    const QString wanted = expression.isEmpty() ? QString() : u" that matches `%1`"_s.arg(expression);
    if (agents.empty())
        return u"no agent%1 is known; one takes work as soon as it connects"_s.arg(wanted);
    QStringList parts;
    for (const RefusingAgent &each : agents) {
        if (parts.size() == namedAgents) {
            parts += u"and %1 more"_s.arg(agents.size() - std::size_t(namedAgents));
            break;
        }
        parts += u"%1: %2"_s.arg(each.agent, each.text);
    }
    const bool any = agents.front().refusal != AgentRefusal::Labels;
    return (any ? u"no agent%1 has a free slot ("_s : u"there is no agent%1 ("_s).arg(wanted) + parts.join(u"; "_s)
        + u')';
}

} // namespace

std::vector<wire::AgentAnswer> answersOf(
    const Engine::State &state, const OpenRun &open, const Demand &demand, const Words &words)
{
    const LabelExpr expression = LabelExpr::parse(open.definition->agent).value_or(LabelExpr());
    const std::set<QString> &matching = state.placement.agentsOf(demand.agents);
    std::vector<wire::AgentAnswer> answers;
    for (const auto &[name, known] : state.agents.all()) {
        const bool matches = matching.count(name) != 0;
        const QString why = refusalOf(known, expression, matches, words).text;
        answers.push_back({name, matches && why.isEmpty(), why});
    }
    std::stable_partition(answers.begin(), answers.end(), [](const wire::AgentAnswer &each) { return each.takes; });
    return answers;
}

wire::Blocker refusalsOf(const Engine::State &state, const OpenRun &open, const Demand &demand, const Words &words)
{
    const LabelExpr expression = LabelExpr::parse(open.definition->agent).value_or(LabelExpr());
    const std::set<QString> &matching = state.placement.agentsOf(demand.agents);
    wire::Blocker blocker{.kind = wire::BlockerKind::Agents};
    for (const auto &[name, known] : state.agents.all())
        blocker.agents.push_back(refusalOf(known, expression, matching.count(name) != 0, words));
    std::stable_sort(blocker.agents.begin(), blocker.agents.end(),
        [](const RefusingAgent &a, const RefusingAgent &b) { return a.refusal < b.refusal; });
    // One that could help comes before one that has too few slots for ever.
    std::stable_partition(blocker.agents.begin(), blocker.agents.end(), [](const RefusingAgent &each) {
        return each.refusal != AgentRefusal::Labels && each.ends <= int(each.runs.size());
    });
    blocker.text = textOf(blocker.agents, open.definition->agent);
    return blocker;
}

} // namespace belfry::engine
