// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/applyplan.h"

#include "backend/engine/leases.h"
#include "shared/expr/labelexpr.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

tl::unexpected<Error> bad(const QString &job, const QString &text)
{
    return fail(ErrorKind::Invalid, u"job %1: %2"_s.arg(job, text));
}

// Less would leave a lease too short to be renewed in time.
Status checkLoss(const JobDefinition &definition)
{
    if (isLeased(definition) && definition.lostAfter < definition.grace + 30s)
        return bad(definition.name,
            u"lost_after, %1, must be at least grace + 30s (%2)"_s.arg(
                formatDuration(definition.lostAfter), formatDuration(definition.grace + 30s)));
    return {};
}

Status checkLimits(const JobDefinition &definition, const std::map<QString, LimitSpec> &limits)
{
    for (const auto &[name, units] : definition.limits) {
        const auto limit = limits.find(name);
        if (limit == limits.end())
            return bad(definition.name, u"limits: there is no limit '%1' in its project"_s.arg(name));
        if (units < 1 || units > limit->second.most())
            return bad(definition.name,
                u"limits: %1 units of '%2' are asked for, there are %3"_s.arg(units).arg(name).arg(
                    limit->second.most()));
    }
    return {};
}

Status checkLimit(const QString &name, const LimitSpec &spec)
{
    if (spec.most() >= 1 && (spec.units > 0) != (spec.rate > 0) && (!spec.isRate() || spec.per >= 1s))
        return {};
    return fail(ErrorKind::Invalid, u"limit %1: it needs either units or a rate, 1 or more"_s.arg(name));
}

Status checkDefinition(const JobDefinition &definition, const QString &project)
{
    if (definition.project != project)
        return bad(definition.name,
            u"it belongs to project '%1', and this is an apply of '%2'"_s.arg(definition.project, project));
    if (definition.name.isEmpty())
        return bad(u"''"_s, u"a job needs a name"_s);
    if (definition.command.isEmpty() && definition.script.isEmpty())
        return bad(definition.name, u"it needs `command` or `script`"_s);
    if (const auto expression = LabelExpr::parse(definition.agent); !expression)
        return fail(expression.error().within(u"job %1: agent"_s.arg(definition.name)));
    const auto rules = rulesOf(definition, definition.fullName());
    if (!rules)
        return fail(rules.error());
    for (const DueRule &rule : *rules) {
        if (rule.rule.neverFires())
            return bad(definition.name, u"schedule: rule %1 never comes due"_s.arg(rule.key));
    }
    return checkLoss(definition);
}

class Planner
{
public:
    Planner(const ApplyProject &apply, const JobTable &jobs, const std::map<QString, LimitSpec> &limits)
        : m_apply(apply)
        , m_jobs(jobs)
        , m_limits(limits)
        , m_live(jobs.ofProject(apply.project, false))
        , m_gone(jobs.ofProject(apply.project, true))
    { }

    Result<ApplyPlan> plan()
    {
        if (const qint64 active = m_jobs.newestRelease(m_apply.project);
            m_apply.expected != 0 && active != m_apply.expected)
            return fail(ErrorKind::Conflict,
                u"release %1 of %2 has become active meanwhile; look at it, then try again"_s.arg(active).arg(
                    m_apply.project));
        if (const auto status = planLimits(); !status)
            return fail(status.error());
        for (const JobDefinition &definition : m_apply.jobs) {
            if (const auto status = checkDefinition(definition, m_apply.project); !status)
                return fail(status.error());
            if (const auto status = checkLimits(definition, m_plan.limits); !status)
                return fail(status.error());
            if (!m_wanted.try_emplace(definition.name, &definition).second)
                return bad(definition.name, u"it is defined twice"_s);
        }
        m_ids = resolveIds();
        for (const auto &[name, definition] : m_wanted) {
            if (const auto status = place(*definition); !status)
                return fail(status.error());
        }
        for (const auto &[name, id] : m_live) {
            if (m_kept.count(id) != 0)
                continue;
            if (m_apply.prune)
                m_plan.removed.push_back(id);
            else if (const auto status = checkLimits(m_jobs.find(id)->definition, m_plan.limits); !status)
                return fail(status.error());
        }
        return std::move(m_plan);
    }

private:
    Status planLimits()
    {
        for (const auto &[name, spec] : m_apply.limits) {
            if (const auto status = checkLimit(name, spec); !status)
                return status;
            m_plan.limits[name] = spec;
        }
        if (!m_apply.prune)
            m_plan.limits.insert(m_limits.begin(), m_limits.end());
        std::map<QString, LimitSpec> all = m_plan.limits;
        all.insert(m_limits.begin(), m_limits.end());
        for (const auto &[name, spec] : all) {
            const auto was = m_limits.find(name);
            const auto is = m_plan.limits.find(name);
            if (was == m_limits.end() || is == m_plan.limits.end() || was->second != is->second)
                m_plan.changedLimits.push_back(name);
        }
        return {};
    }

    // The job that has the name, in force or removed.
    JobId holder(const QString &name) const
    {
        const auto live = m_live.find(name);
        const auto gone = m_gone.find(name);
        return live != m_live.end() ? live->second : gone != m_gone.end() ? gone->second : JobId();
    }

    // Whose definitions these are by `ids`. A name that another job has which stays away from all this goes on with
    // that job: two jobs of one name could not be told apart later.
    std::map<QString, JobId> resolveIds()
    {
        std::map<QString, JobId> ids;
        std::set<JobId> kept;
        for (const auto &[name, id] : m_apply.ids)
            if (m_wanted.count(name) != 0 && m_jobs.find(id) && kept.insert(id).second)
                ids[name] = id;
        for (bool settled = false; !settled;) {
            settled = true;
            for (auto &[name, id] : ids) {
                const JobId other = holder(name);
                if (!other || other == id || kept.count(other) != 0)
                    continue;
                m_plan.warnings.push_back(
                    u"job %1: another job has this name since then; it takes the definition and keeps its own history"_s
                        .arg(name));
                kept.erase(id);
                kept.insert(other);
                id = other;
                settled = false;
            }
        }
        return ids;
    }

    void keep(JobId id, const JobDefinition &definition)
    {
        const Job &job = *m_jobs.find(id);
        m_kept.insert(id);
        if (job.removed)
            m_plan.changes.push_back({id, true, definition, {}});
        else if (job.definition.name == definition.name)
            compare(id, definition);
        else
            m_plan.changes.push_back({id, false, definition, job.definition.fullName()});
    }

    Status place(const JobDefinition &definition)
    {
        if (const auto known = m_ids.find(definition.name); known != m_ids.end()) {
            keep(known->second, definition);
            return {};
        }
        if (const auto live = m_live.find(definition.name); live != m_live.end()) {
            keep(live->second, definition);
            return {};
        }
        const QString &was = definition.was;
        const auto old = m_live.find(was);
        if (old != m_live.end())
            return rename(old->second, definition);
        const auto gone = m_gone.find(definition.name);
        if (!was.isEmpty() && gone == m_gone.end())
            m_plan.warnings.push_back(
                u"job %1: was: there is no job '%2' in project %3, so it starts without a history"_s.arg(
                    definition.name, was, m_apply.project));
        m_plan.changes.push_back({gone == m_gone.end() ? JobId() : gone->second, true, definition, {}});
        return {};
    }

    Status rename(JobId id, const JobDefinition &definition)
    {
        const QString &was = definition.was;
        if (m_wanted.count(was) != 0)
            return bad(definition.name,
                u"was: '%1' is still defined; a job cannot take over the history of one that stays"_s.arg(was));
        if (m_gone.count(definition.name) != 0)
            return bad(definition.name,
                u"was: a job of this name existed before and keeps its own history; choose another name"_s);
        if (m_kept.count(id) != 0)
            return bad(definition.name, u"was: another job takes over '%1' already"_s.arg(was));
        keep(id, definition);
        return {};
    }

    void compare(JobId id, const JobDefinition &definition)
    {
        JobDefinition now = m_jobs.find(id)->definition;
        now.was = definition.was; // says where a job came from, not what it does
        if (now == definition)
            ++m_plan.unchanged;
        else
            m_plan.changes.push_back({id, false, definition, {}});
    }

    const ApplyProject &m_apply;
    const JobTable &m_jobs;
    const std::map<QString, LimitSpec> &m_limits;
    std::map<QString, JobId> m_live; // by bare name
    std::map<QString, JobId> m_gone;
    std::map<QString, const JobDefinition *> m_wanted;
    std::map<QString, JobId> m_ids; // by bare name
    std::set<JobId> m_kept;
    ApplyPlan m_plan;
};

} // namespace

Result<ApplyPlan> planApply(const ApplyProject &apply, const JobTable &jobs, const std::map<QString, LimitSpec> &limits)
{
    return Planner(apply, jobs, limits).plan();
}

} // namespace belfry::engine
