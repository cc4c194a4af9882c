// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/requests.h"

#include "backend/engine/engine.h"
#include "backend/server/schedule.h"
#include "backend/store/store.h"

namespace belfry::requests {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostAgentName = 255;

// All that may fire when none is named; a job that is disabled owes nothing and is left out.
Result<std::vector<const Job *>> jobsToShow(ClientSession &session, const QStringList &names)
{
    std::vector<const Job *> jobs;
    for (const QString &name : names) {
        const Result<const Job *> job = jobNamed(session, name);
        if (!job)
            return fail(job.error());
        jobs.push_back(*job);
    }
    if (names.isEmpty()) {
        const Result<const engine::Engine *> engine = engineOf(session);
        if (!engine)
            return fail(engine.error());
        for (const auto &[name, id] : (*engine)->jobNames())
            jobs.push_back((*engine)->job(id));
    }
    std::erase_if(jobs, [](const Job *job) { return !job->definition.enabled; });
    return jobs;
}

void drain(ClientSession &session, const QString &name, bool drained, const Respond<wire::Nothing> &respond)
{
    if (const Status good = checkLength("name", name, mostAgentName); !good)
        respond(fail(good.error()));
    else
        submit<wire::Nothing>(session, engine::DrainAgent{.name = name, .drained = drained}, respond);
}

} // namespace

Result<const engine::Engine *> engineOf(ClientSession &session)
{
    if (const engine::Engine *engine = session.parts().core.engine())
        return engine;
    return fail(ErrorKind::Unavailable, u"the store has failed; see `belfry status`"_s);
}

Result<const Job *> jobNamed(ClientSession &session, const QString &name)
{
    const Result<const engine::Engine *> engine = engineOf(session);
    if (!engine)
        return fail(engine.error());
    const Result<JobId> id = (*engine)->jobNamed(name.left(256));
    if (!id)
        return fail(id.error());
    const Job *job = (*engine)->job(*id);
    if (!job)
        return fail(ErrorKind::NotFound, u"there is no job '%1'"_s.arg(name.left(64)));
    return job;
}

std::vector<std::map<QString, QString>> agentLabels(ClientSession &session)
{
    std::vector<std::map<QString, QString>> all;
    for (const auto &[name, agent] : session.parts().live.agents())
        all.push_back(agent.labels);
    return all;
}

Status checkRange(const char *field, qint64 value, qint64 low, qint64 high)
{
    if (value >= low && value <= high)
        return {};
    return fail(ErrorKind::Invalid,
        u"%1: %2 is out of range, %3 to %4"_s.arg(QLatin1StringView(field)).arg(value).arg(low).arg(high));
}

Status checkLength(const char *field, const QString &value, qsizetype most)
{
    if (value.size() <= most)
        return {};
    return fail(ErrorKind::Invalid, u"%1: it may have at most %2 characters"_s.arg(QLatin1StringView(field)).arg(most));
}

Status checkZone(const QString &zone)
{
    if (const Status good = checkLength("zone", zone, 64); !good || zone.isEmpty())
        return good;
    const auto known = Zone::make(zone);
    return known ? Status() : fail(known.error().within(u"zone"_s));
}

void handle(ClientSession &session, const wire::ScheduleNext &request, const Respond<wire::NextReply> &respond)
{
    const Status good = checkRange("n", request.n, 1, 10'000);
    const auto jobs = good ? jobsToShow(session, request.jobs) : fail(good.error());
    if (!jobs) {
        respond(fail(jobs.error()));
        return;
    }
    const Result<const engine::Engine *> engine = engineOf(session);
    if (!engine) {
        respond(fail(engine.error()));
        return;
    }
    const Clock &clock = session.parts().core.clock();
    const UpcomingQuestion question{
        .rules = [engine = *engine](JobId job) -> const std::vector<engine::DueRule> & { return engine->rules(job); },
        .n = request.n,
        .from = request.from.value_or(clock.now()),
        .until = request.until,
        .skip = [engine = *engine](JobId job, Instant at) { return engine->plannedSkip(job, at); }};
    auto entries = upcoming(*jobs, question, clock);
    respond(entries ? Result<wire::NextReply>(wire::NextReply{std::move(*entries)}) : fail(entries.error()));
}

void handle(ClientSession &session, const wire::LedgerList &request, const Respond<wire::LedgerReply> &respond)
{
    const Status good = checkRange("limit", request.limit, 1, 10'000);
    store::ListOccasions question{.job = {}, .from = request.from, .until = request.until, .limit = request.limit};
    const Result<const Job *> job = !good ? fail(good.error())
        : request.job.isEmpty()           ? Result<const Job *>(nullptr)
                                          : jobNamed(session, request.job);
    if (!job) {
        respond(fail(job.error()));
        return;
    }
    if (*job)
        question.job = (*job)->id;
    session.parts().core.store().ask(std::move(question), &session, [respond](Result<std::vector<Occasion>> rows) {
        respond(rows ? Result<wire::LedgerReply>(wire::LedgerReply{std::move(*rows)}) : fail(rows.error()));
    });
}

void handle(ClientSession &session, const wire::AgentList &, const Respond<wire::AgentListReply> &respond)
{
    wire::AgentListReply reply;
    for (const auto &[name, agent] : session.parts().live.agents())
        reply.agents.push_back(agent);
    respond(reply);
}

void handle(ClientSession &session, const wire::AgentDrain &request, const Respond<wire::Nothing> &respond)
{
    drain(session, request.name, true, respond);
}

void handle(ClientSession &session, const wire::AgentResume &request, const Respond<wire::Nothing> &respond)
{
    drain(session, request.name, false, respond);
}

void handle(ClientSession &session, const wire::AgentForget &request, const Respond<wire::Nothing> &respond)
{
    if (const Status good = checkLength("name", request.name, mostAgentName); !good)
        respond(fail(good.error()));
    else
        submit<wire::Nothing>(session, engine::ForgetAgent{.name = request.name}, respond);
}

void handle(ClientSession &session, const wire::ServerStatus &, const Respond<wire::StatusReply> &respond)
{
    respond(session.parts().status());
}

} // namespace belfry::requests
