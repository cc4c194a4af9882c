// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/requests.h"

#include "backend/engine/engine.h"
#include "backend/engine/explainjob.h"
#include "backend/engine/explainrun.h"
#include "backend/store/store.h"

namespace belfry::requests {

using namespace Qt::StringLiterals;

namespace {

constexpr std::size_t mostExplained = 3; // open runs of a job whose blockers are looked for
constexpr int mostEarlier = 50; // runs of the job in which the cause of a delay is looked for

wire::Explanation explanationOf(const engine::RunFacts &facts, const engine::Words &words)
{
    wire::Explanation explanation{.sentence = engine::runSentence(facts, words), .blockers = facts.blockers};
    explanation.job = facts.run.jobName;
    explanation.run = facts.run.id;
    explanation.state = facts.run.state;
    explanation.version = facts.run.version;
    return explanation;
}

// Who asks, and in which zone: one of its own, or that of the job.
struct Asker {
    ClientSession &session;
    QString zone;

    engine::Words words(const QString &zoneOfJob) const
    {
        return engine::Words(zone.isEmpty() ? zoneOfJob : zone, session.parts().core.clock().now());
    }
};

// The zone of a run's sentences: that of its job now.
QString zoneOf(ClientSession &session, JobId id)
{
    const engine::Engine *engine = session.parts().core.engine();
    const Job *job = engine ? engine->job(id) : nullptr;
    return job ? job->definition.zone : u"UTC"_s;
}

void answerWithEarlier(const Asker &asker, engine::RunFacts facts, const Respond<wire::Explanation> &respond)
{
    const store::ListRuns earlier{.job = facts.run.job, .after = facts.run.id, .limit = mostEarlier};
    asker.session.parts().core.store().ask(
        earlier, &asker.session, [asker, facts = std::move(facts), respond](Result<store::RunPage> page) mutable {
            if (!page) {
                respond(fail(page.error()));
                return;
            }
            facts.earlier = std::move(page->runs);
            respond(explanationOf(facts, asker.words(zoneOf(asker.session, facts.run.job))));
        });
}

// Of a run that is lost the policy says more than its reason does.
void explainFinal(const Asker &asker, engine::RunFacts facts, const Respond<wire::Explanation> &respond)
{
    if (facts.run.state != RunState::Lost) {
        answerWithEarlier(asker, std::move(facts), respond);
        return;
    }
    const store::FindDefinition question{facts.run.job, facts.run.version};
    asker.session.parts().core.store().ask(
        question, &asker.session, [asker, facts = std::move(facts), respond](Result<JobDefinition> definition) mutable {
            if (definition)
                facts.definition = std::make_shared<const JobDefinition>(std::move(*definition));
            answerWithEarlier(asker, std::move(facts), respond);
        });
}

void explainOpen(const Asker &asker, const engine::Engine &engine, const engine::OpenRun &open,
    const Respond<wire::Explanation> &respond)
{
    engine::RunFacts facts{.run = open.run,
        .definition = open.definition,
        .unreachableSince = engine.unreachableSince(open),
        .lease = engine.leaseTimes(open),
        .blockers = engine.blockers(open, asker.session.parts().core.clock().now())};
    if (open.attempt)
        facts.attempts = {*open.attempt};
    if (isWaiting(open.run.state))
        respond(explanationOf(facts, asker.words(open.definition->zone)));
    else
        answerWithEarlier(asker, std::move(facts), respond);
}

engine::JobFacts factsOf(const Job &job, Instant at, store::OccasionsAround around)
{
    engine::JobFacts facts{.job = job,
        .at = at,
        .rows = {},
        .before = std::move(around.before),
        .after = std::move(around.after),
        .version = around.version,
        .definition = std::move(around.definition),
        .exists = around.exists};
    for (store::ExplainedOccasion &each : around.rows)
        facts.rows.push_back(
            {std::move(each.row), std::move(each.definition), std::move(each.run), std::move(each.earlier)});
    return facts;
}

// A run that waits for the occasion says what it waits for.
void addBlockers(const Asker &asker, wire::Explanation &explanation)
{
    const engine::Engine *engine = asker.session.parts().core.engine();
    const engine::OpenRun *open = engine && explanation.run ? engine->run(*explanation.run) : nullptr;
    if (!open || !isWaiting(open->run.state))
        return;
    const engine::Words words = asker.words(open->definition->zone);
    explanation.blockers = engine->blockers(*open, words.now());
    const engine::RunFacts facts{.run = open->run, .blockers = explanation.blockers};
    explanation.sentence += u' ' + engine::runSentence(facts, words);
}

std::optional<PlannedSkip> plannedSkip(ClientSession &session, JobId job, std::optional<Instant> at)
{
    const engine::Engine *engine = session.parts().core.engine();
    const PlannedSkip *skip = engine && at ? engine->plannedSkip(job, *at) : nullptr;
    return skip ? std::optional(*skip) : std::nullopt;
}

void explainOccasion(const Asker &asker, const Job &job, Instant at, const Respond<wire::Explanation> &respond)
{
    asker.session.parts().core.store().ask(store::FindOccasionsAround{job.id, at}, &asker.session,
        [asker, job, at, respond](Result<store::OccasionsAround> around) {
            if (!around) {
                respond(fail(around.error()));
                return;
            }
            engine::JobFacts facts = factsOf(job, at, std::move(*around));
            facts.skip = plannedSkip(asker.session, job.id, at);
            wire::Explanation explanation = engine::explainAt(facts, asker.words(job.definition.zone));
            addBlockers(asker, explanation);
            respond(explanation);
        });
}

// The last run, where none is open.
void explainIdle(const Asker &asker, engine::JobNow now, const Respond<wire::Explanation> &respond)
{
    asker.session.parts().core.store().ask(store::ListRuns{.job = now.job.id, .limit = 1}, &asker.session,
        [asker, now = std::move(now), respond](Result<store::RunPage> page) mutable {
            if (!page) {
                respond(fail(page.error()));
                return;
            }
            if (!page->runs.empty())
                now.last = page->runs.front();
            respond(engine::explainNow(now, asker.words(now.job.definition.zone)));
        });
}

void explainNow(
    const Asker &asker, const engine::Engine &engine, const Job &job, const Respond<wire::Explanation> &respond)
{
    const engine::Words words = asker.words(job.definition.zone);
    engine::JobNow now{.job = job, .open = {}, .next = engine.nextOccasion(job.id), .skip = {}, .last = {}};
    now.skip = plannedSkip(asker.session, job.id, now.next);
    for (const auto &[id, open] : engine.openRuns()) {
        if (open.run.job == job.id)
            now.open.push_back({.run = open.run,
                .attempts = open.attempt ? std::vector{*open.attempt} : std::vector<Attempt>(),
                .definition = open.definition,
                .unreachableSince = engine.unreachableSince(open),
                .lease = engine.leaseTimes(open),
                .blockers
                = now.open.size() < mostExplained ? engine.blockers(open, words.now()) : std::vector<wire::Blocker>()});
    }
    if (now.open.empty())
        explainIdle(asker, std::move(now), respond);
    else
        respond(engine::explainNow(now, words));
}

} // namespace

void handle(ClientSession &session, const wire::ExplainRun &request, const Respond<wire::Explanation> &respond)
{
    const Status good = checkZone(request.zone);
    const Result<const engine::Engine *> engine = good ? engineOf(session) : fail(good.error());
    if (!engine) {
        respond(fail(engine.error()));
        return;
    }
    const Asker asker{session, request.zone};
    if (const engine::OpenRun *open = (*engine)->run(request.run)) {
        explainOpen(asker, **engine, *open, respond);
        return;
    }
    session.parts().core.store().ask(
        store::FindRun{request.run}, &session, [asker, respond](Result<store::RunWithAttempts> found) {
            if (found)
                explainFinal(asker, {.run = std::move(found->run), .attempts = std::move(found->attempts)}, respond);
            else
                respond(fail(found.error()));
        });
}

void handle(ClientSession &session, const wire::ExplainJob &request, const Respond<wire::Explanation> &respond)
{
    Status good = checkLength("job", request.job, 256);
    if (good)
        good = checkZone(request.zone);
    const Result<const engine::Engine *> engine = good ? engineOf(session) : fail(good.error());
    const Result<JobId> id = engine ? (*engine)->jobEverNamed(request.job) : fail(engine.error());
    if (!id) {
        respond(fail(id.error()));
        return;
    }
    const Job &job = *(*engine)->job(*id);
    const Asker asker{session, request.zone};
    if (request.at)
        explainOccasion(asker, job, *request.at, respond);
    else
        explainNow(asker, **engine, job, respond);
}

} // namespace belfry::requests
