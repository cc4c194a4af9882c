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

// The zone of a run's sentences: that of its job now.
QString zoneOf(ClientSession &session, JobId id)
{
    const engine::Engine *engine = session.parts().core.engine();
    const Job *job = engine ? engine->job(id) : nullptr;
    return job ? job->definition.zone : u"UTC"_s;
}

void answerWithEarlier(ClientSession &session, engine::RunFacts facts, const Respond<wire::Explanation> &respond)
{
    const store::ListRuns earlier{.job = facts.run.job, .after = facts.run.id, .limit = mostEarlier};
    session.parts().core.store().ask(
        earlier, &session, [&session, facts = std::move(facts), respond](Result<store::RunPage> page) mutable {
            if (!page) {
                respond(fail(page.error()));
                return;
            }
            facts.earlier = std::move(page->runs);
            const engine::Words words(zoneOf(session, facts.run.job), session.parts().core.clock().now());
            respond(explanationOf(facts, words));
        });
}

// Of a run that is lost the policy says more than its reason does.
void explainFinal(ClientSession &session, engine::RunFacts facts, const Respond<wire::Explanation> &respond)
{
    if (facts.run.state != RunState::Lost) {
        answerWithEarlier(session, std::move(facts), respond);
        return;
    }
    const store::FindDefinition question{facts.run.job, facts.run.version};
    session.parts().core.store().ask(
        question, &session, [&session, facts = std::move(facts), respond](Result<JobDefinition> definition) mutable {
            if (definition)
                facts.definition = std::make_shared<const JobDefinition>(std::move(*definition));
            answerWithEarlier(session, std::move(facts), respond);
        });
}

void explainOpen(ClientSession &session, const engine::Engine &engine, const engine::OpenRun &open,
    const Respond<wire::Explanation> &respond)
{
    engine::RunFacts facts{.run = open.run,
        .definition = open.definition,
        .unreachableSince = engine.unreachableSince(open),
        .lease = engine.leaseTimes(open),
        .blockers = engine.blockers(open, session.parts().core.clock().now())};
    if (open.attempt)
        facts.attempts = {*open.attempt};
    if (isWaiting(open.run.state))
        respond(explanationOf(facts, engine::Words(open.definition->zone, session.parts().core.clock().now())));
    else
        answerWithEarlier(session, std::move(facts), respond);
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
void addBlockers(ClientSession &session, wire::Explanation &explanation)
{
    const engine::Engine *engine = session.parts().core.engine();
    const engine::OpenRun *open = engine && explanation.run ? engine->run(*explanation.run) : nullptr;
    if (!open || !isWaiting(open->run.state))
        return;
    const Instant now = session.parts().core.clock().now();
    explanation.blockers = engine->blockers(*open, now);
    const engine::RunFacts facts{.run = open->run, .blockers = explanation.blockers};
    explanation.sentence += u' ' + engine::runSentence(facts, engine::Words(open->definition->zone, now));
}

void explainOccasion(ClientSession &session, const Job &job, Instant at, const Respond<wire::Explanation> &respond)
{
    session.parts().core.store().ask(store::FindOccasionsAround{job.id, at}, &session,
        [&session, job, at, respond](Result<store::OccasionsAround> around) {
            if (!around) {
                respond(fail(around.error()));
                return;
            }
            const engine::Words words(job.definition.zone, session.parts().core.clock().now());
            wire::Explanation explanation = engine::explainAt(factsOf(job, at, std::move(*around)), words);
            addBlockers(session, explanation);
            respond(explanation);
        });
}

// The last run, where none is open.
void explainIdle(ClientSession &session, engine::JobNow now, const Respond<wire::Explanation> &respond)
{
    session.parts().core.store().ask(store::ListRuns{.job = now.job.id, .limit = 1}, &session,
        [&session, now = std::move(now), respond](Result<store::RunPage> page) mutable {
            if (!page) {
                respond(fail(page.error()));
                return;
            }
            if (!page->runs.empty())
                now.last = page->runs.front();
            const engine::Words words(now.job.definition.zone, session.parts().core.clock().now());
            respond(engine::explainNow(now, words));
        });
}

void explainNow(
    ClientSession &session, const engine::Engine &engine, const Job &job, const Respond<wire::Explanation> &respond)
{
    const Instant at = session.parts().core.clock().now();
    engine::JobNow now{.job = job, .open = {}, .next = engine.nextOccasion(job.id), .last = {}};
    for (const auto &[id, open] : engine.openRuns()) {
        if (open.run.job == job.id)
            now.open.push_back({.run = open.run,
                .attempts = open.attempt ? std::vector{*open.attempt} : std::vector<Attempt>(),
                .definition = open.definition,
                .unreachableSince = engine.unreachableSince(open),
                .lease = engine.leaseTimes(open),
                .blockers
                = now.open.size() < mostExplained ? engine.blockers(open, at) : std::vector<wire::Blocker>()});
    }
    if (now.open.empty())
        explainIdle(session, std::move(now), respond);
    else
        respond(engine::explainNow(now, engine::Words(job.definition.zone, at)));
}

} // namespace

void handle(ClientSession &session, const wire::ExplainRun &request, const Respond<wire::Explanation> &respond)
{
    const Result<const engine::Engine *> engine = engineOf(session);
    if (!engine) {
        respond(fail(engine.error()));
        return;
    }
    if (const engine::OpenRun *open = (*engine)->run(request.run)) {
        explainOpen(session, **engine, *open, respond);
        return;
    }
    session.parts().core.store().ask(
        store::FindRun{request.run}, &session, [&session, respond](Result<store::RunWithAttempts> found) {
            if (found)
                explainFinal(session, {.run = std::move(found->run), .attempts = std::move(found->attempts)}, respond);
            else
                respond(fail(found.error()));
        });
}

void handle(ClientSession &session, const wire::ExplainJob &request, const Respond<wire::Explanation> &respond)
{
    const Status good = checkLength("job", request.job, 256);
    const Result<const engine::Engine *> engine = good ? engineOf(session) : fail(good.error());
    const Result<JobId> id = engine ? (*engine)->jobEverNamed(request.job) : fail(engine.error());
    if (!id) {
        respond(fail(id.error()));
        return;
    }
    const Job &job = *(*engine)->job(*id);
    if (request.at)
        explainOccasion(session, job, *request.at, respond);
    else
        explainNow(session, **engine, job, respond);
}

} // namespace belfry::requests
