// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/accounting.h"

#include "backend/engine/dispatch.h"
#include "backend/engine/lifecycle.h"
#include "backend/engine/parameters.h"
#include "backend/engine/skips.h"

#include <algorithm>

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

// An occasion on its way to its fate.
struct Due {
    std::size_t rule = 0; // index in `rules`
    const std::vector<DueRule> *rules = nullptr; // of the definition that owes it
    Instant at;
    Instant due; // with jitter
    DefinitionPtr definition;
    int version = 0;
    bool held = false; // a pause held it

    const DueRule &of() const { return (*rules)[rule]; }
};

// One job's occasions at one moment.
class JobAccount
{
public:
    JobAccount(Step &step, const Job &job)
        : m_step(step)
        , m_job(job)
        , m_current(step.state.jobs.current(job.id))
        , m_definition(*m_current)
    { }

    // All that was due by `until`.
    void settleBy(Instant until)
    {
        if (m_job.pausedSince) {
            const bool ends = m_job.pausedUntil && *m_job.pausedUntil <= m_step.now;
            holdAll(ends ? std::min(until, *m_job.pausedUntil - 1ms) : until);
            if (ends)
                endPause();
        }
        if (!m_job.pausedSince)
            sortOutAll(until);
        startAndMiss(settle(m_candidates, m_definition.catchUp));
        writeRows();
        moveMarks();
    }

private:
    const std::vector<DueRule> &rules() const { return m_step.state.agenda.rules(m_job.id); }

    Due dueOf(const Owed &owed) const
    {
        return {owed.rule, &rules(), owed.at, owed.due, m_current, m_job.version, false};
    }

    Occasion row(const Due &due, Verdict verdict, std::optional<RunId> run = {}) const
    {
        return {.job = m_job.id,
            .jobName = m_definition.fullName(),
            .rule = due.of().key,
            .at = due.at,
            .fate = verdict.fate,
            .reason = verdict.reason.toString(),
            .run = run,
            .version = due.version};
    }

    OwedList take(Instant until)
    {
        const CatchUp &catchUp = m_definition.catchUp;
        const Duration oldest = std::max({catchUp.window, catchUp.lateTolerance, m_definition.startBy.value_or(0s)});
        OwedList list = m_step.state.agenda.take(m_job.id, until, m_step.now - oldest);
        for (const auto &[index, from] : list.accountedFrom)
            m_accountedFrom.try_emplace(index, from);
        return list;
    }

    Occasion rangeRow(const OwedRange &range, Verdict verdict) const
    {
        Occasion all = row(dueOf({range.rule, range.from, range.from, range.skip}), verdict);
        all.until = range.until;
        all.count = range.count;
        return all;
    }

    // What a person wanted to be skipped is, whatever else would have become of it; but for those that do not fire.
    bool skipAsPlanned(const Due &due, const Owed &owed)
    {
        const PlannedSkip *plan = owed.skip.isEmpty() ? plannedSkip(m_step.state, m_job.id, owed.at) : nullptr;
        if (!plan)
            return false;
        Occasion skipped = row(due, {Fate::Skipped, reason::byOperator});
        skipped.by = plan->by;
        skipped.byReason = plan->reason;
        m_rows.push_back({due.rule, std::move(skipped)});
        return true;
    }

    // ---- while the job is paused

    Verdict pausedVerdict(const QString &skip) const
    {
        if (!skip.isEmpty())
            return {Fate::Skipped, skip};
        return {m_job.pauseThen == PauseThen::Skip ? Fate::Skipped : Fate::Pending, reason::paused};
    }

    void holdAll(Instant until)
    {
        const OwedList list = take(until);
        std::vector<Occasion> rows;
        for (const OwedRange &range : list.ranges) {
            hold(range.rule, rangeRow(range, pausedVerdict(range.skip)));
            m_leapt.insert(range.rule);
        }
        for (const Owed &owed : list.occasions) {
            const Due due = dueOf(owed);
            if (skipAsPlanned(due, owed))
                continue;
            const Occasion occasion = row(due, pausedVerdict(owed.skip));
            if (m_step.now - owed.due >= m_definition.catchUp.lateTolerance)
                m_leapt.insert(owed.rule);
            hold(owed.rule, occasion);
        }
    }

    void hold(std::size_t rule, const Occasion &occasion)
    {
        if (occasion.fate == Fate::Pending) {
            m_step.changes.save(occasion);
            m_step.state.held[m_job.id].push_back({occasion, m_current});
        } else if (occasion.until) {
            m_step.changes.save(occasion);
        } else {
            m_rows.push_back({rule, occasion});
        }
    }

    // What waits may start, and what was held follows catch-up.
    void endPause()
    {
        Engine::State &state = m_step.state;
        const PauseThen then = m_job.pauseThen;
        Job job = m_job;
        state.pauseEnds.erase({*job.pausedUntil, job.id});
        job.pausedSince.reset();
        job.pausedUntil.reset();
        job.pausedBy.clear();
        state.jobs.replace(job);
        m_step.changes.save(job);
        for (const RunId id : std::set<RunId>(state.runs.ofJob(job.id)))
            requeue(m_step, *state.runs.find(id));
        const auto held = state.held.extract(job.id);
        if (held) {
            for (const Held &each : held.mapped())
                sortOutHeld(each, then == PauseThen::All ? CatchUpPolicy::All : CatchUpPolicy::Latest);
            m_recount = true;
        }
    }

    void sortOutHeld(const Held &held, CatchUpPolicy then)
    {
        const Occasion &occasion = held.row;
        const std::vector<DueRule> *rules = rulesOfVersion(occasion.version, held.definition);
        const auto rule = std::find_if(
            rules->begin(), rules->end(), [&](const DueRule &each) { return each.key == occasion.rule; });
        if (rule == rules->end())
            return saveVerdict(occasion, {Fate::Cancelled, reason::jobRemoved});
        const std::size_t index = std::size_t(rule - rules->begin());
        const Owed owed{index, occasion.at, dueAt(rule->rule, occasion.at), {}};
        const Standing standing = standingOf(owed, *held.definition, m_step.now);
        if (standing.kind == Standing::Final || occasion.until)
            return saveVerdict(occasion,
                standing.kind == Standing::Final ? standing.verdict : Verdict{Fate::Missed, reason::outsideWindow});
        Due due{index, rules, owed.at, owed.due, held.definition, occasion.version, true};
        consider(std::move(due), standing.kind == Standing::Late, then);
    }

    void saveVerdict(Occasion occasion, Verdict verdict)
    {
        occasion.fate = verdict.fate;
        occasion.reason = verdict.reason.toString();
        m_step.changes.save(occasion);
    }

    // The rules that an earlier version owed by; their marks mean nothing.
    const std::vector<DueRule> *rulesOfVersion(int version, const DefinitionPtr &definition)
    {
        if (version == m_job.version)
            return &rules();
        auto &known = m_earlier[version];
        if (known.empty()) {
            if (auto made = rulesOf(*definition, m_job.uid))
                known = std::move(*made);
        }
        return &known;
    }

    // ---- while it is not

    void sortOutAll(Instant until)
    {
        const OwedList list = take(until);
        for (const OwedRange &range : list.ranges) {
            const Verdict verdict
                = standingOf({range.rule, range.from, range.from, range.skip}, m_definition, m_step.now).verdict;
            m_step.changes.save(rangeRow(range, verdict));
            noteWrittenOff(range.rule, verdict.fate);
        }
        for (const Owed &owed : list.occasions) {
            if (skipAsPlanned(dueOf(owed), owed))
                continue;
            const Standing standing = standingOf(owed, m_definition, m_step.now);
            if (standing.kind == Standing::Final)
                writeOff(dueOf(owed), standing.verdict);
            else
                consider(dueOf(owed), standing.kind == Standing::Late, std::nullopt);
        }
    }

    void consider(Due due, bool late, std::optional<CatchUpPolicy> then)
    {
        auto params = paramsOf(due);
        if (!params) {
            m_step.warn(u"job %1: an occasion is skipped: %2"_s.arg(m_definition.fullName(), params.error().message));
            return writeOff(due, {Fate::Skipped, reason::parameters});
        }
        m_candidates.push_back({late, std::move(*params), then});
        m_due.push_back(std::move(due));
    }

    Result<Params> paramsOf(const Due &due)
    {
        const Params &ofRule = due.of().params;
        const std::pair key{due.version, due.rule};
        if (const auto known = m_params.find(key); known != m_params.end())
            return known->second;
        auto params = paramsAt(*due.definition, ofRule, due.at);
        if (params && !dependsOnOccasion(*due.definition, ofRule))
            m_params[key] = *params;
        return params;
    }

    void startAndMiss(const std::vector<Settled> &settled)
    {
        std::vector<std::optional<RunId>> runs(settled.size());
        for (std::size_t i = 0; i < settled.size(); ++i) {
            if (settled[i].kind != Settled::Missed)
                runs[i] = start(m_due[i], m_candidates[i].params, settled[i]);
        }
        for (std::size_t i = 0; i < settled.size(); ++i) {
            if (settled[i].kind == Settled::Missed)
                writeOff(
                    m_due[i], {Fate::Missed, settled[i].reason}, settled[i].by ? runs[*settled[i].by] : std::nullopt);
        }
    }

    std::optional<RunId> start(const Due &due, const Params &params, const Settled &settled)
    {
        const Admission admission = admit(m_definition, crowd(params), settled.backlog);
        switch (admission.kind) {
        case Admission::Skip:
            writeOff(due, {Fate::Skipped, reason::overlap});
            return std::nullopt;
        case Admission::Merge:
            coverOccasion(m_step, *m_step.state.runs.find(admission.into), due.at);
            m_rows.push_back({due.rule, row(due, {Fate::Merged, reason::overlap}, admission.into)});
            noteRan(due);
            return admission.into;
        case Admission::Replace:
            replaceRuns(m_step, m_job.id, {});
            break;
        case Admission::Wait:
            break;
        }
        noteRan(due);
        return makeScheduled(due, params, settled);
    }

    void noteRan(const Due &due)
    {
        if (!due.held)
            m_ran[due.rule].push_back(due.at);
    }

    RunId makeScheduled(const Due &due, const Params &params, const Settled &settled)
    {
        const auto before = due.of().rule.previous(due.at);
        Run run{.cause = settled.kind == Settled::CatchUp ? Cause::CatchUp : Cause::Schedule,
            .rule = due.of().key,
            .occasion = due.at,
            .firstOccasion = due.at,
            .windowStart = before ? std::optional(before->at) : m_step.state.jobs.lastEnded(m_job.id),
            .windowEnd = due.at,
            .params = params,
            .backlog = settled.backlog};
        OpenRun &open = makeRun(m_step, m_job, std::move(run), Pinned{due.definition, due.version});
        open.pending.push_back(row(due, {}, open.run.id));
        m_step.changes.save(open.pending.back());
        return open.run.id;
    }

    Crowd crowd(const Params &params) const
    {
        const Engine::State &state = m_step.state;
        Crowd crowd{.waiting = state.queue.waitingCount(m_job.id), .holding = state.queue.occupants(m_job.id).size()};
        for (const RunId id : state.queue.waiting(m_job.id)) {
            const Run &run = state.runs.find(id)->run;
            if (!run.occasion || run.params != params || run.backlog)
                continue;
            ++crowd.waitingEqual;
            crowd.lastEqual = std::max(crowd.lastEqual.value_or(id), id);
        }
        return crowd;
    }

    void writeOff(const Due &due, Verdict verdict, std::optional<RunId> by = {})
    {
        m_rows.push_back({due.rule, row(due, verdict, by)});
        if (!due.held)
            noteWrittenOff(due.rule, verdict.fate);
    }

    void noteWrittenOff(std::size_t ruleIndex, Fate fate)
    {
        if (fate == Fate::Missed || fate == Fate::Expired)
            m_leapt.insert(ruleIndex);
    }

    // Alike rows of one rule become one range when they are many. Rows of held occasions are there already.
    void writeRows()
    {
        using Kind = std::tuple<QString, int, Fate, QString, std::optional<RunId>>;
        std::map<Kind, std::vector<const Occasion *>> alike;
        std::set<Instant> held;
        for (const Due &due : m_due) {
            if (due.held)
                held.insert(due.at);
        }
        for (const auto &[ruleIndex, occasion] : m_rows) {
            if (held.count(occasion.at) != 0 || occasion.reason == reason::byOperator)
                m_step.changes.save(occasion);
            else
                alike[{occasion.rule, occasion.version, occasion.fate, occasion.reason, occasion.run}].push_back(
                    &occasion);
        }
        for (const auto &[kind, rows] : alike) {
            if (rows.size() <= std::size_t(Agenda::maxRows)) {
                for (const Occasion *occasion : rows)
                    m_step.changes.save(*occasion);
                continue;
            }
            Occasion range = *rows.front();
            range.until = rows.back()->at;
            range.count = int(rows.size());
            m_step.changes.save(range);
        }
    }

    void moveMarks()
    {
        Engine::State &state = m_step.state;
        for (const auto &[index, from] : m_accountedFrom) {
            moveMark(index, from);
            m_recount |= !rules()[index].rule.hasInstants();
        }
        if (m_recount && state.runs.ofJob(m_job.id).empty() && state.held.count(m_job.id) == 0)
            state.agenda.setIdle(m_job.id, m_step.now); // what came after the last end came to nothing: count anew
    }

    void moveMark(std::size_t ruleIndex, Instant from)
    {
        RuleMark &mark = m_step.state.agenda.mark(m_job.id, ruleIndex);
        if (m_leapt.count(ruleIndex) != 0 && !mark.reopened && rules()[ruleIndex].rule.hasInstants()) {
            mark.leapFrom = from;
            mark.leapTo = mark.accountedUntil;
            mark.leapRan = m_ran[ruleIndex];
            std::sort(mark.leapRan.begin(), mark.leapRan.end());
        }
        m_step.changes.save(mark);
    }

    Step &m_step;
    const Job &m_job;
    const DefinitionPtr m_current;
    const JobDefinition &m_definition;
    std::vector<Candidate> m_candidates;
    std::vector<Due> m_due; // of each candidate
    std::map<std::pair<int, std::size_t>, Params> m_params; // of rules whose parameters are the same for all occasions
    std::map<int, std::vector<DueRule>> m_earlier; // by version
    std::vector<std::pair<std::size_t, Occasion>> m_rows;
    std::map<std::size_t, Instant> m_accountedFrom;
    std::map<std::size_t, std::vector<Instant>> m_ran;
    std::set<std::size_t> m_leapt; // rules that had something written off
    bool m_recount = false;
};

// Whether the job is idle is asked by its policy, and the answer is with an agent that has not come back since the
// start of the backend.
bool awaitsAgent(const Engine::State &state, const Job &job)
{
    const OverlapPolicy overlap = job.definition.overlap;
    if (state.clock.monotonic() >= state.agentsAwaited
        || (overlap != OverlapPolicy::Skip && overlap != OverlapPolicy::Replace))
        return false;
    const std::set<RunId> &runs = state.runs.ofJob(job.id);
    return std::any_of(runs.begin(), runs.end(), [&](RunId id) {
        const OpenRun &open = *state.runs.find(id);
        if (!open.attempt)
            return false;
        const auto known = state.agents.all().find(open.attempt->agent);
        return known != state.agents.all().end() && !known->second.session;
    });
}

void accountBy(Step &step, JobId job, Instant until)
{
    if (const Job *known = step.state.jobs.find(job); known && !known->removed)
        JobAccount(step, *known).settleBy(until);
}

} // namespace

void accountJob(Step &step, JobId job)
{
    accountBy(step, job, step.now);
}

void accountBefore(Step &step, JobId job)
{
    accountBy(step, job, step.now - 1ms);
}

void account(Step &step)
{
    Engine::State &state = step.state;
    if (state.clock.isHeld())
        return;
    while (!state.pauseEnds.empty() && state.pauseEnds.begin()->first <= step.now)
        accountJob(step, state.pauseEnds.begin()->second);
    while (const auto job = state.agenda.dueJob(step.now)) {
        if (awaitsAgent(state, *state.jobs.find(*job)))
            state.agenda.defer(*job, step.now + (state.agentsAwaited - state.clock.monotonic()));
        else
            accountJob(step, *job);
    }
}

void noteAgentBack(Step &step)
{
    Engine::State &state = step.state;
    if (state.clock.monotonic() >= state.agentsAwaited)
        return;
    for (const auto &[id, job] : state.jobs.all())
        state.agenda.undefer(id);
}

void cancelHeld(Step &step, JobId job, QStringView why)
{
    const auto held = step.state.held.extract(job);
    if (!held)
        return;
    for (const Held &each : held.mapped()) {
        Occasion row = each.row;
        row.fate = Fate::Cancelled;
        row.reason = why.toString();
        step.changes.save(row);
    }
}

void dropHeld(Engine::State &state, JobId job, const QString &rule, Instant from, Instant until)
{
    const auto held = state.held.find(job);
    if (held == state.held.end())
        return;
    std::erase_if(held->second,
        [&](const Held &each) { return each.row.rule == rule && each.row.at >= from && each.row.at < until; });
    if (held->second.empty())
        state.held.erase(held);
}

void replaceRuns(Step &step, JobId job, const QString &by)
{
    const std::set<RunId> runs = step.state.runs.ofJob(job);
    for (const RunId id : runs) {
        OpenRun &open = *step.state.runs.find(id);
        const bool isOfBacklog = open.run.backlog && (by.isEmpty() || isWaiting(open.run.state));
        if (!isOfBacklog)
            cancel(step, open, by, reason::replaced.toString(), {Fate::Cancelled, reason::replaced});
    }
}

void noteClockStep(Step &step, Duration by)
{
    step.warn(u"the clock was stepped %1 by %2"_s.arg(
        by > 0s ? u"forward"_s : u"back"_s, formatDuration(std::chrono::abs(by))));
    Engine::State &state = step.state;
    state.limits.shiftUses(by);
    std::vector<RunId> waiting;
    for (const auto &[id, open] : state.runs.open()) {
        if (isWaiting(open.run.state))
            waiting.push_back(id);
    }
    for (const RunId id : waiting) {
        OpenRun &open = *state.runs.find(id);
        if (open.run.notBefore) { // a delay, not a time of day
            open.run.notBefore = *open.run.notBefore + by;
            step.changes.save(open.run);
        }
        state.queue.leave(open.run.job, id);
        requeue(step, open);
    }
    if (by < 0s)
        reopenLeaps(step);
}

void reopenLeaps(Step &step)
{
    for (const RuleMark &mark : step.state.agenda.reopen(step.now)) {
        step.changes.save(mark);
        dropHeld(step.state, mark.job, mark.rule, *mark.leapFrom, *mark.leapTo);
        step.changes.reopen({mark.job, mark.rule, *mark.leapFrom, *mark.leapTo});
    }
}

} // namespace belfry::engine
