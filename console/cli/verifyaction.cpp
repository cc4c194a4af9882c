// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/session.h"
#include "console/cli/waitcode.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

Sheet sheetOf(const wire::VerifyReply &reply)
{
    std::vector<SheetLine> lines{{u"from"_s, toRfc3339(reply.from)}, {u"until"_s, toRfc3339(reply.until)},
        {u"occasions"_s, QString::number(reply.occasions)}, {u"rows"_s, QString::number(reply.rows)},
        {u"differences"_s, QString::number(reply.differences.size())}};
    for (const wire::LedgerDifference &each : reply.differences)
        lines.push_back({each.kind, each.text});
    return {.lines = std::move(lines),
        .json = toJson(reply),
        .keys = fieldNames<wire::VerifyReply>(),
        .name = reply.differences.empty() ? u"same"_s : u"differs"_s};
}

} // namespace

void startVerify(Session &session)
{
    wire::LedgerVerify request;
    if (!session.time(u"from"_s, request.from) || !session.time(u"until"_s, request.until))
        return;
    session.ask(request, [&session](const wire::VerifyReply &reply) {
        session.output().sheet(sheetOf(reply));
        if (reply.partial)
            session.output().note(u"there are more differences than these"_s);
        session.finish(reply.differences.empty() ? exitDone : exitFailed);
    });
}

} // namespace belfry
