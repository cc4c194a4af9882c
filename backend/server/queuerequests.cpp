// SPDX-License-Identifier: GPL-3.0-or-later
// What people do with runs that wait, and with occasions to come.
#include "backend/server/requests.h"

namespace belfry::requests {

namespace {

constexpr qsizetype mostName = 256;
constexpr qsizetype mostReason = 4096;

} // namespace

void handle(ClientSession &session, const wire::RunHold &request, const Respond<wire::Nothing> &respond)
{
    if (const Status good = checkLength("reason", request.reason, mostReason); !good)
        respond(fail(good.error()));
    else
        submit<wire::Nothing>(session,
            engine::HoldRun{.run = request.run, .by = session.identity().name, .reason = request.reason}, respond);
}

void handle(ClientSession &session, const wire::RunRelease &request, const Respond<wire::Nothing> &respond)
{
    submit<wire::Nothing>(session,
        engine::HoldRun{.run = request.run, .held = false, .by = session.identity().name, .reason = {}}, respond);
}

void handle(ClientSession &session, const wire::RunPriority &request, const Respond<wire::Nothing> &respond)
{
    submit<wire::Nothing>(session,
        engine::PrioritizeRun{.run = request.run, .priority = request.priority, .by = session.identity().name},
        respond);
}

void handle(ClientSession &session, const wire::ScheduleSkip &request, const Respond<wire::SkipReply> &respond)
{
    for (const Status &good :
        {checkLength("job", request.job, mostName), checkLength("reason", request.reason, mostReason)})
        if (!good) {
            respond(fail(good.error()));
            return;
        }
    submit<wire::SkipReply>(session,
        engine::SkipOccasion{
            .job = request.job, .at = request.at, .by = session.identity().name, .reason = request.reason},
        respond);
}

void handle(ClientSession &session, const wire::ScheduleUnskip &request, const Respond<wire::SkipReply> &respond)
{
    if (const Status good = checkLength("job", request.job, mostName); !good) {
        respond(fail(good.error()));
        return;
    }
    submit<wire::SkipReply>(session,
        engine::SkipOccasion{
            .job = request.job, .at = request.at, .undo = true, .by = session.identity().name, .reason = {}},
        respond);
}

} // namespace belfry::requests
