// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/engine/reactions.h"

#include "backend/engine/accounting.h"
#include "backend/engine/dispatch.h"

namespace belfry::engine {

using namespace Qt::StringLiterals;

namespace {

// One job by its full name, or all of a project.
Result<std::vector<JobId>> jobsOf(const JobTable &jobs, const QString &name)
{
    if (name.contains(u'/')) {
        const auto job = jobs.named(name);
        if (!job)
            return fail(job.error());
        return std::vector{*job};
    }
    std::vector<JobId> all;
    for (const auto &[bare, id] : jobs.ofProject(name, false))
        all.push_back(id);
    if (all.empty())
        return fail(ErrorKind::NotFound,
            u"there is no project '%1' with jobs; a job is written project/job"_s.arg(name.left(64)));
    return all;
}

void save(Step &step, const Job &job)
{
    step.state.jobs.replace(job);
    step.changes.save(job);
}

void requeueAll(Step &step, JobId job)
{
    for (const RunId id : std::set<RunId>(step.state.runs.ofJob(job)))
        requeue(step, *step.state.runs.find(id));
}

void pause(Step &step, JobId id, const PauseJobs &event)
{
    Engine::State &state = step.state;
    accountBefore(step, id);
    Job job = *state.jobs.find(id);
    if (job.pausedUntil)
        state.pauseEnds.erase({*job.pausedUntil, id});
    if (!job.pausedSince)
        job.pausedSince = step.now;
    job.pausedUntil = event.until;
    job.pauseThen = event.then;
    job.pausedBy = event.by;
    if (job.pausedUntil)
        state.pauseEnds.insert({*job.pausedUntil, id});
    save(step, job);
    requeueAll(step, id);
}

// False: it was not paused.
bool resume(Step &step, JobId id)
{
    Engine::State &state = step.state;
    Job job = *state.jobs.find(id);
    if (!job.pausedSince)
        return false;
    if (job.pausedUntil)
        state.pauseEnds.erase({*job.pausedUntil, id});
    job.pausedUntil = step.now; // what is due from now on is outside the pause
    save(step, job);
    accountJob(step, id);
    return true;
}

Result<AnswerBody> tryPause(Step &step, const PauseJobs &event)
{
    if (event.until && *event.until <= step.now)
        return fail(ErrorKind::Invalid,
            u"until: %1 is past already; it is %2"_s.arg(toRfc3339(*event.until), toRfc3339(step.now)));
    const auto jobs = jobsOf(step.state.jobs, event.name);
    if (!jobs)
        return fail(jobs.error());
    wire::PauseReply reply;
    for (const JobId id : *jobs) {
        pause(step, id, event);
        reply.jobs.push_back(step.state.jobs.find(id)->definition.fullName());
    }
    return AnswerBody(reply);
}

Result<AnswerBody> tryResume(Step &step, const ResumeJobs &event)
{
    const auto jobs = jobsOf(step.state.jobs, event.name);
    if (!jobs)
        return fail(jobs.error());
    wire::PauseReply reply;
    for (const JobId id : *jobs) {
        if (resume(step, id))
            reply.jobs.push_back(step.state.jobs.find(id)->definition.fullName());
    }
    if (reply.jobs.isEmpty())
        return fail(ErrorKind::Conflict, u"%1 is not paused"_s.arg(event.name.left(130)));
    return AnswerBody(reply);
}

} // namespace

void on(Step &step, const PauseJobs &event)
{
    step.answer(event.token, tryPause(step, event));
}

void on(Step &step, const ResumeJobs &event)
{
    step.answer(event.token, tryResume(step, event));
}

} // namespace belfry::engine
