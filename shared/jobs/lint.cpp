// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/jobs/lint.h"

#include "shared/expr/labelexpr.h"
#include "shared/time/rule.h"

#include <algorithm>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr Duration ahead = 400 * 24h;
// Enough to meet the shortest distance of rules that repeat by the day or the week.
constexpr qsizetype occasionsCompared = 60;

class Linter
{
public:
    Linter(const ParsedProject &project, Instant now)
        : m_project(project)
        , m_now(now)
    { }

    std::vector<Problem> run()
    {
        for (const JobDefinition &job : m_project.jobs)
            lint(job);
        lintNames();
        lintCalendars();
        sortProblems(m_problems);
        return std::move(m_problems);
    }

private:
    void warn(const QString &file, Mark mark, const QString &message, const QString &hint)
    {
        m_problems.push_back({Severity::Warning, file, mark.line, mark.column, message, hint});
    }

    void lint(const JobDefinition &job)
    {
        const JobPlace &place = m_project.places.at(job.name);
        const auto zone = Zone::make(job.zone);
        const auto calendars = Calendar::makeAll(job.calendars);
        if (!zone || !calendars || !job.enabled)
            return;
        std::vector<Instant> instants;
        for (std::size_t i = 0; i < job.schedule.size() && i < place.rules.size(); ++i) {
            const auto rule = Rule::make(job.schedule[i].rule, *zone, *calendars, job.fullName());
            if (!rule || !rule->hasInstants())
                continue;
            const auto entries = rule->list(m_now, m_now + ahead, occasionsCompared);
            const bool fires
                = std::any_of(entries.begin(), entries.end(), [](const Occurrence &each) { return each.fires(); });
            if (!fires && !rule->next(m_now))
                warn(place.file, place.rules[i].mark, u"this rule never fires again"_s,
                    u"leave it out, or look at its times"_s);
            for (const Occurrence &each : entries)
                if (each.fires())
                    instants.push_back(each.at);
            // Times that come and go with the clock are what an elapsed rule asks for.
            if (!place.rules[i].saysClockChanges && !rule->isElapsed()) {
                const QString &ruleZone = job.schedule[i].rule.zone;
                lintClockChanges(place, i, *rule, changesOf(ruleZone.isEmpty() ? job.zone : ruleZone, rule->zone()));
            }
        }
        lintTimeout(job, place, instants);
    }

    void lintTimeout(const JobDefinition &job, const JobPlace &place, std::vector<Instant> &instants)
    {
        if (!job.timeout || instants.size() < 2)
            return;
        std::sort(instants.begin(), instants.end());
        instants.erase(std::unique(instants.begin(), instants.end()), instants.end());
        Duration shortest = Duration::max();
        for (std::size_t i = 1; i < instants.size(); ++i)
            shortest = std::min(shortest, instants[i] - instants[i - 1]);
        if (*job.timeout > shortest)
            warn(place.file, place.timeout,
                u"the timeout, %1, is longer than the shortest time between occasions, %2"_s.arg(
                    formatDuration(*job.timeout), formatDuration(shortest)),
                u"a slow run makes the next one wait"_s);
    }

    // Most jobs share a zone.
    const std::vector<Instant> &changesOf(const QString &name, const Zone &zone)
    {
        const auto [found, isNew] = m_changes.try_emplace(name);
        if (isNew) {
            Instant at = m_now;
            while (const auto change = zone.changeIn(at, m_now + ahead))
                found->second.push_back(at = *change);
        }
        return found->second;
    }

    void lintClockChanges(
        const JobPlace &place, std::size_t index, const Rule &rule, const std::vector<Instant> &changes)
    {
        for (const Instant change : changes) {
            // A day on both sides: what a change moves is due near it.
            for (const Occurrence &each : rule.list(change - 24h, change + 24h, 200)) {
                if (each.note == OccurrenceNote::None || each.cause == SkipCause::Calendar || each.at < m_now)
                    continue;
                return warn(place.file, place.rules[index].mark,
                    u"a clock change touches this rule: %1"_s.arg(each.reason),
                    u"say gap and fold in the rule if this is meant, or choose another time"_s);
            }
        }
    }

    void lintNames()
    {
        std::map<QString, QString> seen;
        for (const auto &[name, place] : m_project.places) {
            const auto [other, isNew] = seen.emplace(QString(name).replace(u'_', u'-'), name);
            if (!isNew)
                warn(place.file, place.name,
                    u"the names '%1' and '%2' are easily taken for each other"_s.arg(name, other->second),
                    u"rename one"_s);
        }
    }

    void lintCalendars()
    {
        const auto calendars = Calendar::makeAll(m_project.calendars);
        if (!calendars)
            return;
        const QDate today = dateOf(LocalTime(m_now.ms).day());
        for (const auto &[name, calendar] : *calendars) {
            const auto last = calendar.lastDatedDay();
            const FilePlace &place = m_project.calendarPlaces.at(name);
            if (last && *last < today)
                warn(place.file, place.mark,
                    u"the dates of the calendar '%1' end on %2"_s.arg(name, last->toString(Qt::ISODate)),
                    u"add the next ones"_s);
        }
    }

    const ParsedProject &m_project;
    const Instant m_now;
    std::map<QString, std::vector<Instant>> m_changes; // of the time ahead, by zone
    std::vector<Problem> m_problems;
};

} // namespace

std::vector<Problem> lintProject(const ParsedProject &project, Instant now)
{
    return Linter(project, now).run();
}

std::vector<Problem> lintAgents(const ParsedProject &project, const std::vector<std::map<QString, QString>> &agents)
{
    std::vector<Problem> problems;
    for (const JobDefinition &job : project.jobs) {
        const auto expression = LabelExpr::parse(job.agent);
        const auto matches = [&](const auto &labels) { return expression->matches(labels); };
        if (!expression || std::any_of(agents.begin(), agents.end(), matches))
            continue;
        QStringList nowhere;
        for (const QString &label : expression->labels())
            if (std::none_of(agents.begin(), agents.end(), [&](const auto &labels) { return labels.contains(label); }))
                nowhere += u'\'' + label + u'\'';
        const JobPlace &place = project.places.at(job.name);
        const Mark mark = place.agent.line > 0 ? place.agent : place.name;
        problems.push_back({Severity::Warning, place.file, mark.line, mark.column,
            agents.empty() ? u"there is no agent"_s : u"no agent matches '%1'"_s.arg(expression->toString()),
            nowhere.isEmpty() || agents.empty() ? QString() : u"none has "_s + nowhere.join(u", "_s)});
    }
    sortProblems(problems);
    return problems;
}

} // namespace belfry
