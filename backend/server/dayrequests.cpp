// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/requests.h"

#include "backend/engine/engine.h"
#include "backend/store/store.h"
#include "shared/time/zone.h"

namespace belfry::requests {

using namespace Qt::StringLiterals;

namespace {

constexpr DayNumber daysAtFirst = 52 * 7;
constexpr qint64 latest = 253'402'214'400'000; // a day before the year 10000, in milliseconds
constexpr qsizetype mostJobs = 10'000;

// One question on its way: the store answers it in slices.
struct Counting {
    DayNumber first = 0;
    wire::DaysReply reply;
    std::vector<Instant> bounds;
    std::optional<std::set<JobId>> jobs;
    std::vector<std::map<RunState, qint64>> runs;
};
using Shared = std::shared_ptr<Counting>;

Status findDays(const wire::RunDays &request, const Zone &zone, Instant now, Counting &counting)
{
    const Instant until = request.until.value_or(now);
    // The day of `until` is not asked for when it only begins then.
    const DayNumber last = zone.toLocal(until - Duration(1)).day();
    counting.first = request.since ? zone.toLocal(*request.since).day() : last - daysAtFirst;
    if (last < counting.first)
        return fail(ErrorKind::Invalid, u"until: it has to be later than since"_s);
    if (last - counting.first >= wire::RunDays::mostDays)
        return fail(ErrorKind::Invalid,
            u"since: at most %1 days are counted at once; ask for fewer"_s.arg(wire::RunDays::mostDays));
    for (DayNumber day = counting.first; day <= last + 1; ++day)
        counting.bounds.push_back(startOfDay(zone, day));
    counting.reply.zone = zone.name();
    return {};
}

Status findJobs(ClientSession &session, const wire::RunDays &request, Counting &counting)
{
    if (request.jobs.isEmpty() && request.project.isEmpty())
        return {};
    const Result<const engine::Engine *> engine = engineOf(session);
    if (!engine)
        return fail(engine.error());
    std::set<JobId> &jobs = counting.jobs.emplace();
    for (const QString &name : request.jobs) {
        const Result<JobId> job = (*engine)->jobEverNamed(name.left(256));
        if (!job)
            return fail(job.error());
        jobs.insert(*job);
    }
    if (!request.project.isEmpty()) // with those that were removed from it
        for (const auto &[id, job] : (*engine)->jobs())
            if (job.definition.project == request.project)
                jobs.insert(id);
    if (jobs.empty())
        return fail(ErrorKind::NotFound, u"there is no project '%1'"_s.arg(request.project.left(64)));
    return {};
}

wire::DaysReply replyOf(const Counting &counting, const std::vector<qint64> &missed)
{
    wire::DaysReply reply = counting.reply;
    for (std::size_t i = 0; i < missed.size(); ++i) {
        if (missed[i] == 0 && counting.runs[i].empty())
            continue;
        wire::DayRow row{.date = dateOf(counting.first + DayNumber(i)).toString(Qt::ISODate),
            .from = counting.bounds[i],
            .until = counting.bounds[i + 1],
            .runs = {},
            .missed = missed[i]};
        for (const auto &[state, count] : counting.runs[i])
            row.runs[nameOf(state)] = count;
        reply.days.push_back(std::move(row));
    }
    return reply;
}

void countMissed(ClientSession &session, const Shared &counting, const Respond<wire::DaysReply> &respond)
{
    session.parts().core.store().ask(store::CountMissedOfDays{counting->bounds, counting->jobs}, &session,
        [counting, respond](const Result<std::vector<qint64>> &missed) {
            respond(missed ? Result<wire::DaysReply>(replyOf(*counting, *missed)) : fail(missed.error()));
        });
}

void countRuns(ClientSession &session, const Shared &counting, std::optional<RunId> after,
    const Respond<wire::DaysReply> &respond)
{
    session.parts().core.store().ask(store::CountRunsOfDays{counting->bounds, counting->jobs, after}, &session,
        [&session, counting, respond](const Result<store::RunsOfDays> &found) {
            if (!found) {
                respond(fail(found.error()));
                return;
            }
            for (std::size_t i = 0; i < found->counts.size(); ++i)
                for (const auto &[state, count] : found->counts[i])
                    counting->runs[i][state] += count;
            if (found->next)
                countRuns(session, counting, found->next, respond);
            else
                countMissed(session, counting, respond);
        });
}

} // namespace

void handle(ClientSession &session, const wire::RunDays &request, const Respond<wire::DaysReply> &respond)
{
    const auto counting = std::make_shared<Counting>();
    const Instant now = session.parts().core.clock().now();
    Status good = checkZone(request.zone);
    for (const Status &each : {checkLength("project", request.project, 256),
             checkRange("jobs", request.jobs.size(), 0, mostJobs),
             checkRange("since", request.since.value_or(now).ms, 0, latest),
             checkRange("until", request.until.value_or(now).ms, 1, latest)})
        if (good && !each)
            good = each;
    if (good)
        good = findJobs(session, request, *counting);
    if (good)
        good = findDays(
            request, request.zone.isEmpty() ? Zone::utc() : Zone::make(request.zone).value(), now, *counting);
    if (!good) {
        respond(fail(good.error()));
        return;
    }
    counting->runs.resize(counting->bounds.size() - 1);
    countRuns(session, counting, std::nullopt, respond);
}

} // namespace belfry::requests
