// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/blockers.h"

#include "backend/engine/dispatch.h"
#include "backend/engine/refusals.h"
#include "backend/engine/whatif.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;
using wire::Blocker;
using wire::BlockerKind;

namespace {

constexpr std::size_t mostAhead = 1000; // runs ahead in the queue that are named

wire::BlockingRun blockingRun(const OpenRun &open, int units = 0)
{
    const Run &run = open.run;
    return {.run = run.id,
        .job = run.jobName,
        .state = run.state,
        .agent = open.attempt ? open.attempt->agent : QString(),
        .since = open.attempt ? open.attempt->startedAt.value_or(open.attempt->assignedAt) : run.queuedAt,
        .units = units};
}

// `run 3 (on agent a1 since 12:00:00Z)`; of several, the first one's standing.
QString runTexts(const std::vector<wire::BlockingRun> &runs, const Words &words, bool withJob)
{
    std::vector<RunId> ids;
    for (const wire::BlockingRun &run : runs)
        ids.push_back(run.run);
    const wire::BlockingRun &first = runs.front();
    QString where = first.state == RunState::Queued ? u"waiting"_s
        : first.state == RunState::Retrying         ? u"between two attempts"_s
                                                    : u"on agent "_s + first.agent;
    if (first.since)
        where += u" since "_s + words.time(*first.since);
    return Words::runs(ids) + (withJob && runs.size() == 1 ? u" of "_s + first.job : QString()) + u" ("_s
        + (runs.size() == 1 ? QString() : u"run %1 "_s.arg(first.run.value)) + where + u')';
}

class Inquiry
{
public:
    Inquiry(Engine::State &state, const OpenRun &open, const Words &words)
        : m_state(state)
        , m_open(open)
        , m_run(open.run)
        , m_words(words)
    { }

    std::vector<Blocker> all()
    {
        askClock();
        const auto demand = demandOf(m_state, m_open);
        if (!demand) {
            m_found.push_back({.kind = BlockerKind::Expression, .text = demand.error().message});
            return std::move(m_found);
        }
        askRoom(*demand);
        for (const Shortage &shortage : m_state.limits.lacking(*demand, QueueKey::of(m_run), m_words.now()))
            addShortage(shortage);
        if (!m_state.placement.hasRoom(demand->agents))
            m_found.push_back(refusalsOf(m_state, m_open, *demand, m_words));
        askQueue(*demand);
        return std::move(m_found);
    }

private:
    void askClock()
    {
        if (m_state.stopped)
            m_found.push_back(
                {.kind = BlockerKind::Stopped, .text = u"the backend is stopping, and starts nothing more"_s});
        if (m_state.clock.isHeld())
            m_found.push_back({.kind = BlockerKind::Hold,
                .text = u"starts are held until %1, for the clock was stepped forward"_s.arg(
                    m_words.time(*m_state.clock.heldUntil())),
                .until = m_state.clock.heldUntil()});
        if (isPaused(m_state, m_run)) {
            const Job &job = *m_state.jobs.find(m_run.job);
            const QString until = job.pausedUntil ? u", until %1"_s.arg(m_words.time(*job.pausedUntil)) : QString();
            m_found.push_back({.kind = BlockerKind::Paused,
                .text
                = u"its job is paused by %1 since %2%3"_s.arg(job.pausedBy, m_words.time(*job.pausedSince), until),
                .until = job.pausedUntil});
        }
        if (m_run.heldSince)
            m_found.push_back({.kind = BlockerKind::Held,
                .text = u"it is held by %1 since %2%3"_s.arg(m_run.heldBy.isEmpty() ? u"somebody"_s : m_run.heldBy,
                    m_words.time(*m_run.heldSince),
                    m_run.holdReason.isEmpty() ? QString() : u" (%1)"_s.arg(m_run.holdReason))});
        const Instant earliest = earliestStart(m_run);
        if (earliest <= m_words.now())
            return;
        if (m_run.state == RunState::Retrying)
            m_found.push_back({.kind = BlockerKind::Delay,
                .text = u"attempt %1 is made at %2, after the delay of its retries (%3)"_s.arg(m_run.attempts + 1)
                            .arg(m_words.time(earliest), m_run.reason),
                .until = earliest});
        else
            m_found.push_back({.kind = BlockerKind::NotDue,
                .text = u"it is due at %1 and never starts earlier"_s.arg(m_words.time(earliest)),
                .until = earliest});
    }

    // Other runs of the job that hold its room, or will.
    void askRoom(const Demand &demand)
    {
        if (m_run.state != RunState::Queued)
            return;
        Blocker blocker{.kind = BlockerKind::Overlap};
        for (const RunId id : m_state.queue.occupants(m_run.job)) {
            if (id != m_run.id)
                blocker.runs.push_back(blockingRun(*m_state.runs.find(id)));
        }
        const std::size_t live = blocker.runs.size();
        for (const RunId id : m_state.queue.waiting(m_run.job)) {
            const OpenRun &other = *m_state.runs.find(id);
            if (QueueKey::of(other.run) < QueueKey::of(m_run))
                blocker.runs.push_back(blockingRun(other));
        }
        blocker.ends = endsForRoom(blocker.runs, demand);
        if (blocker.ends == 0)
            return;
        const int room = m_state.queue.room(m_run.job);
        const auto middle = blocker.runs.begin() + qsizetype(live);
        const std::vector<wire::BlockingRun> holders(blocker.runs.begin(), middle);
        const std::vector<wire::BlockingRun> ahead(middle, blocker.runs.end());
        QStringList parts{room == 1 ? u"only one run of the job may live at a time"_s
                                    : u"only %1 runs of the job may live at a time"_s.arg(room)};
        if (live > 0)
            parts += runTexts(holders, m_words, false) + (live == 1 ? u" has not ended"_s : u" have not ended"_s);
        if (!ahead.empty())
            parts
                += runTexts(ahead, m_words, false) + (ahead.size() == 1 ? u" is ahead of it"_s : u" are ahead of it"_s);
        blocker.text = Words::list(parts);
        m_found.push_back(std::move(blocker));
    }

    // How many of them must leave, from the first on, before the queue gives it room.
    int endsForRoom(const std::vector<wire::BlockingRun> &runs, const Demand &demand) const
    {
        RunQueue queue = m_state.queue;
        stand(queue, m_open, m_state.lines.of(demand));
        int ends = 0;
        while (!queue.inLine(QueueKey::of(m_run)) && ends < int(runs.size()))
            queue.leave(m_run.job, runs[std::size_t(ends++)].run);
        return ends;
    }

    void addShortage(const Shortage &shortage)
    {
        const LimitSpec &spec = shortage.spec;
        Blocker blocker{.kind = spec.isRate() ? BlockerKind::Rate : BlockerKind::Limit,
            .limit = shortage.limit.name,
            .need = shortage.need,
            .used = shortage.used,
            .claimed = shortage.claimed,
            .most = spec.most(),
            .until = shortage.freeAt};
        if (spec.isRate() && !blocker.until && shortage.need + shortage.used > spec.most())
            blocker.until = m_words.now() + spec.per; // then at the latest
        if (!spec.isRate())
            addHolders(blocker, shortage.limit);
        const std::size_t holders = blocker.runs.size();
        addClaims(blocker, shortage.limit);
        int missing = shortage.need + shortage.used + shortage.claimed - spec.most();
        if (spec.isRate())
            missing -= shortage.used; // time takes these away
        for (const wire::BlockingRun &run : blocker.runs) {
            if (missing <= 0)
                break;
            missing -= std::min(run.units, spec.most());
            ++blocker.ends;
        }
        blocker.text = shortageText(blocker, spec, holders);
        m_found.push_back(std::move(blocker));
    }

    void addHolders(Blocker &blocker, const LimitKey &limit) const
    {
        for (const auto &[id, holder] : m_state.limits.holders(limit)) {
            if (const OpenRun *open = m_state.runs.find(id)) {
                blocker.runs.push_back(blockingRun(*open, holder.units));
                blocker.runs.back().since = holder.since;
            }
        }
        std::stable_sort(blocker.runs.begin(), blocker.runs.end(),
            [](const wire::BlockingRun &a, const wire::BlockingRun &b) { return a.since < b.since; });
    }

    void addClaims(Blocker &blocker, const LimitKey &limit) const
    {
        for (const auto &[key, claim] : m_state.limits.claims()) {
            const OpenRun *open = m_state.runs.find(key.run);
            if (key < QueueKey::of(m_run) && claim.limits.count(limit) != 0 && open)
                blocker.runs.push_back(blockingRun(*open, claim.demand.limits.at(limit.name)));
        }
    }

    QString shortageText(const Blocker &blocker, const LimitSpec &spec, std::size_t holders) const
    {
        QString text;
        if (spec.isRate()) {
            text = u"it needs %1 of limit %2, which gives %3 in %4, and %5 of them %6 taken"_s.arg(blocker.need)
                       .arg(blocker.limit, Words::counted(spec.rate, u"unit"_s), Words::span(spec.per))
                       .arg(blocker.used)
                       .arg(blocker.used == 1 ? u"is"_s : u"are"_s);
        } else {
            const std::vector<wire::BlockingRun> held(blocker.runs.begin(), blocker.runs.begin() + qsizetype(holders));
            text = u"it needs %1 of the %2 of limit %3"_s.arg(blocker.need)
                       .arg(Words::counted(blocker.most, u"unit"_s), blocker.limit);
            if (!held.empty())
                text += u", and %1 %2 %3"_s.arg(runTexts(held, m_words, true),
                    held.size() == 1 ? u"holds"_s : u"hold"_s, QString::number(blocker.used));
        }
        std::vector<RunId> claiming;
        for (std::size_t i = holders; i < blocker.runs.size(); ++i)
            claiming.push_back(blocker.runs[i].run);
        if (!claiming.empty())
            text += u", and %1 ahead of it %2 for %3"_s.arg(Words::runs(claiming),
                claiming.size() == 1 ? u"waits"_s : u"wait"_s, Words::counted(blocker.claimed, u"unit"_s));
        if (blocker.until)
            text += u"; it is looked at again at "_s + m_words.time(*blocker.until);
        return text;
    }

    // With all that stands in its way gone: who would still be assigned instead of it?
    void askQueue(const Demand &demand)
    {
        WhatIf whatIf(m_state, m_words.now());
        if (!clearTheWay(whatIf))
            return;
        Blocker blocker{.kind = BlockerKind::Queue};
        while (blocker.runs.size() < mostAhead) {
            const auto rivals = whatIf.rivalsOf(m_open);
            if (!rivals)
                break;
            const std::size_t known = blocker.runs.size();
            addRivals(whatIf, rivals->assigned, demand, blocker);
            if (blocker.runs.size() == known)
                addRivals(whatIf, rivals->claiming, demand, blocker);
            if (blocker.runs.size() == known)
                return; // nobody takes it away: it would wait all the same
        }
        if (blocker.runs.empty())
            return;
        blocker.ends = int(blocker.runs.size());
        std::vector<RunId> ids;
        for (const wire::BlockingRun &run : blocker.runs)
            ids.push_back(run.run);
        blocker.text = (ids.size() == mostAhead ? u"at least "_s : QString()) + Words::runs(ids)
            + (ids.size() == 1 ? u" comes"_s : u" come"_s) + u" before it in the queue and can use the same "_s
            + (demand.limits.empty() ? u"agents"_s : u"agents or limits"_s);
        m_found.push_back(std::move(blocker));
    }

    void addRivals(WhatIf &whatIf, const std::vector<RunId> &runs, const Demand &demand, Blocker &blocker)
    {
        for (const RunId id : runs) {
            const OpenRun &other = *m_state.runs.find(id);
            if (blocker.runs.size() == mostAhead || !competes(other, demand))
                continue;
            blocker.runs.push_back(blockingRun(other));
            whatIf.endRun(other);
        }
    }

    // False: only an agent that is not known yet could take it.
    bool clearTheWay(WhatIf &whatIf)
    {
        for (const Blocker &blocker : m_found) {
            for (int i = 0; i < blocker.ends; ++i)
                whatIf.endRun(*m_state.runs.find(blocker.runs[std::size_t(i)].run));
            if (blocker.until)
                whatIf.passUntil(*blocker.until);
            if (blocker.kind != BlockerKind::Agents)
                continue;
            const wire::RefusingAgent *first = blocker.agents.empty() ? nullptr : &blocker.agents.front();
            if (!first || first->refusal == wire::AgentRefusal::Labels || first->ends > int(first->runs.size()))
                return false;
            if (first->refusal != wire::AgentRefusal::Full)
                whatIf.openAgent(first->agent);
            for (int i = 0; i < first->ends; ++i)
                whatIf.endRun(*m_state.runs.find(first->runs[std::size_t(i)]));
        }
        whatIf.stand(m_open);
        return true;
    }

    bool competes(const OpenRun &other, const Demand &demand) const
    {
        const auto theirs = demandOf(m_state, other);
        if (!theirs || other.run.id == m_run.id)
            return false;
        const auto &mine = m_state.placement.agentsOf(demand.agents);
        const auto &his = m_state.placement.agentsOf(theirs->agents);
        if (std::any_of(his.begin(), his.end(), [&](const QString &name) { return mine.count(name) != 0; }))
            return true;
        return theirs->project == demand.project
            && std::any_of(theirs->limits.begin(), theirs->limits.end(),
                [&](const auto &each) { return demand.limits.count(each.first) != 0; });
    }

    Engine::State &m_state;
    const OpenRun &m_open;
    const Run &m_run;
    const Words &m_words;
    std::vector<Blocker> m_found;
};

} // namespace

std::vector<Blocker> blockersOf(Engine::State &state, const OpenRun &open, const Words &words)
{
    return isWaiting(open.run.state) ? Inquiry(state, open, words).all() : std::vector<Blocker>();
}

} // namespace belfry::engine
