// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/session.h"
#include "console/cli/waitcode.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

void show(Session &session, const wire::PauseReply &reply, const QString &title)
{
    std::vector<SheetLine> lines;
    for (const QString &job : reply.jobs)
        lines.push_back({title, job});
    session.output().sheet({.lines = std::move(lines),
        .json = toJson(reply),
        .keys = fieldNames<wire::PauseReply>(),
        .name = reply.jobs.join(u'\n')});
    session.finish(exitDone);
}

} // namespace

void startPause(Session &session)
{
    wire::JobPause request{.name = session.arguments().positional(0)};
    if (!session.time(u"until"_s, request.until))
        return;
    if (const QString then = session.arguments().value(u"then"_s); !then.isEmpty())
        request.then = enumOf<PauseThen>(then).value_or(PauseThen::Skip); // the verb table allows no other
    session.ask(request, [&session](const wire::PauseReply &reply) { show(session, reply, u"paused"_s); });
}

void startResume(Session &session)
{
    session.ask(wire::JobResume{session.arguments().positional(0)},
        [&session](const wire::PauseReply &reply) { show(session, reply, u"resumed"_s); });
}

} // namespace belfry
