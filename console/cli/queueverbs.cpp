// SPDX-License-Identifier: GPL-3.0-or-later
// Verbs about runs that wait, and about occasions to come.
#include "console/cli/actions.h"
#include "console/cli/bulk.h"
#include "console/cli/timetext.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

void show(Session &session, const wire::SkipReply &reply, const QString &title)
{
    const QString at = localText(reply.at, session.zone());
    session.output().sheet(
        {.lines = {{title, {u"%1 at %2 (%3)"_s.arg(reply.job, at, relativeText(reply.at, session.now()))}}},
            .below = {},
            .json = toJson(reply),
            .keys = fieldNames<wire::SkipReply>(),
            .name = u"%1@%2"_s.arg(reply.job, toRfc3339(reply.at))});
    session.finish(exitDone);
}

} // namespace

void startSkip(Session &session)
{
    wire::ScheduleSkip request{
        .job = session.arguments().positional(0), .at = {}, .reason = session.arguments().value(u"reason"_s)};
    if (session.time(u"at"_s, request.at))
        session.ask(request, [&session](const wire::SkipReply &reply) { show(session, reply, u"to be skipped"_s); });
}

void startUnskip(Session &session)
{
    wire::ScheduleUnskip request{.job = session.arguments().positional(0), .at = {}};
    if (session.time(u"at"_s, request.at))
        session.ask(request, [&session](const wire::SkipReply &reply) { show(session, reply, u"will run"_s); });
}

void startHold(Session &session)
{
    const auto targets = runTargets(session);
    if (!targets)
        return;
    const QString reason = session.arguments().value(u"reason"_s);
    askEach(
        session, *targets,
        [reason](const BulkRow &row) {
            return wire::RunHold{*row.run, reason};
        },
        [](const BulkRow &row) { return u"run %1 is held"_s.arg(row.target); });
}

void startRelease(Session &session)
{
    const auto targets = runTargets(session);
    if (!targets)
        return;
    askEach(
        session, *targets, [](const BulkRow &row) { return wire::RunRelease{*row.run}; },
        [](const BulkRow &row) { return u"run %1 is released"_s.arg(row.target); });
}

void startPriority(Session &session)
{
    const auto run = session.run(session.arguments().positional(0));
    if (!run)
        return;
    const QString text = session.arguments().positional(1);
    bool isNumber = false;
    const int priority = text.toInt(&isNumber);
    if (!isNumber || priority < 0 || priority > 100) {
        session.failUsage(u"'%1' is no priority: 0 to 100"_s.arg(text));
        return;
    }
    const BulkRow target{.target = QString::number(run->value), .run = *run, .error = {}};
    askEach(
        session, {target},
        [priority](const BulkRow &row) {
            return wire::RunPriority{*row.run, priority};
        },
        [priority](const BulkRow &row) { return u"run %1 has priority %2"_s.arg(row.target).arg(priority); });
}

} // namespace belfry
