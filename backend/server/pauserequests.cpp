// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/requests.h"

namespace belfry::requests {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype mostName = 130; // two names and a slash, with room

// Bare names of jobs are refused by the engine: without `/` it is a project.
Status checkName(const QString &name)
{
    if (name.isEmpty())
        return fail(ErrorKind::Invalid, u"name: give a job (project/job) or a project"_s);
    return checkLength("name", name, mostName);
}

} // namespace

void handle(ClientSession &session, const wire::JobPause &request, const Respond<wire::PauseReply> &respond)
{
    if (const Status good = checkName(request.name); !good)
        respond(fail(good.error()));
    else
        submit<wire::PauseReply>(session,
            engine::PauseJobs{
                .name = request.name, .until = request.until, .then = request.then, .by = session.identity().name},
            respond);
}

void handle(ClientSession &session, const wire::JobResume &request, const Respond<wire::PauseReply> &respond)
{
    if (const Status good = checkName(request.name); !good)
        respond(fail(good.error()));
    else
        submit<wire::PauseReply>(
            session, engine::ResumeJobs{.name = request.name, .by = session.identity().name}, respond);
}

} // namespace belfry::requests
