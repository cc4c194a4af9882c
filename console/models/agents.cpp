// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/models/agents.h"

#include "console/models/estimates.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

std::vector<ColumnOf<Agent>> agentColumns(const Times *times)
{
    const auto seen = [times](const Agent &a) {
        return a.state == AgentState::Unreachable ? agoText(a.lastSeen, times->now()) : Agents::tr("connected");
    };
    return {{.id = u"agent"_s, .title = Agents::tr("Agent"), .text = [](const Agent &a) { return a.name; }},
        {.id = u"state"_s,
            .title = Agents::tr("State"),
            .text = [](const Agent &a) { return lookOf(a).word; },
            .look = [](const Agent &a) { return lookOf(a); }},
        {.id = u"slots"_s,
            .title = Agents::tr("Slots in use"),
            .text = [](const Agent &a) { return Agents::tr("%1 of %2").arg(a.used).arg(a.slots); },
            .sort = [](const Agent &a) { return QVariant(a.used); },
            .progress =
                [](const Agent &a) {
                    const double fraction = a.slots > 0 ? std::min(1.0, double(a.used) / a.slots) : 0;
                    return QVariant::fromValue(
                        Progress{Progress::Kind::Fraction, fraction, Agents::tr("%1 of %2").arg(a.used).arg(a.slots)});
                }},
        {.id = u"seen"_s,
            .title = Agents::tr("Last seen"),
            .text = seen,
            .sort = [](const Agent &a) { return QVariant(a.lastSeen.ms); },
            .tip = [times](const Agent &a) { return times->everyZone(a.lastSeen); },
            .ticks = true},
        {.id = u"skew"_s,
            .title = Agents::tr("Clock"),
            .text = [](const Agent &a) { return u"%1%2 ms"_s.arg(a.skewMs < 0 ? u"" : u"+").arg(a.skewMs); },
            .sort = [](const Agent &a) { return QVariant(a.skewMs); },
            .tip
            = [](const Agent &) { return Agents::tr("The agent's clock against the backend's. It decides nothing."); },
            .numeric = true},
        {.id = u"version"_s, .title = Agents::tr("Version"), .text = [](const Agent &a) { return a.version; }},
        {.id = u"kills"_s,
            .title = Agents::tr("Kills by"),
            .text = [](const Agent &a) { return a.killSet; },
            .tip =
                [](const Agent &) {
                    return Agents::tr("How the processes of an attempt are found when they must end: a cgroup finds "
                                      "all of them, a cookie those that keep their environment.");
                }},
        {.id = u"labels"_s,
            .title = Agents::tr("Labels"),
            .text = [](const Agent &a) { return labelWords(a.labels); },
            .tip = [](const Agent &a) { return labelWords(a.labels).replace(u' ', u'\n'); }}};
}

} // namespace

Agents::Agents(const Times *times, QObject *parent)
    : KeyedModel(&Agent::name, agentColumns(times), parent)
{ }

int Agents::online() const
{
    return int(std::count_if(
        rows().begin(), rows().end(), [](const Agent &agent) { return agent.state != AgentState::Unreachable; }));
}

QString labelWords(const std::map<QString, QString> &labels)
{
    QStringList parts;
    for (const auto &[name, value] : labels)
        parts += value.isEmpty() ? name : name + u'=' + value;
    return parts.join(u' ');
}

} // namespace belfry
