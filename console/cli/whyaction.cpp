// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/actions.h"
#include "console/cli/cells.h"
#include "console/cli/session.h"
#include "console/cli/waitcode.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

bool isNumber(const QString &text)
{
    return !text.isEmpty() && std::ranges::all_of(text, [](QChar c) { return c >= u'0' && c <= u'9'; });
}

QString blockersTable(const wire::Explanation &explanation, const View &view, const TableStyle &style)
{
    const std::vector<ColumnLook> columns{{u"BLOCKER"_s}, {u"AGAIN"_s}, {u"WHAT"_s, false, true}};
    std::vector<std::vector<Cell>> rows;
    for (const wire::Blocker &each : explanation.blockers) {
        rows.push_back({nameOf(each.kind), timeCell(each.until, view), each.text});
        for (const wire::RefusingAgent &agent : each.agents)
            rows.push_back({u"  "_s + agent.agent, timeCell(agent.since, view), agent.text});
    }
    return rows.empty() ? QString() : u'\n' + tableText(columns, rows, style);
}

void print(Session &session, const wire::Explanation &explanation)
{
    Output &output = session.output();
    if (output.isForPeople()) {
        output.say(visible(explanation.sentence));
        if (output.format() == Format::Wide)
            output.write(blockersTable(explanation, {session.now(), session.zone()}, output.style()).toUtf8());
    } else {
        output.sheet({.lines = {},
            .below = {},
            .json = toJson(explanation),
            .keys = fieldNames<wire::Explanation>(),
            .name = explanation.run ? QString::number(explanation.run->value) : explanation.job});
    }
    session.finish(exitDone);
}

} // namespace

void startWhy(Session &session)
{
    const QString what = session.arguments().positional(0);
    const auto printed = [&session](const wire::Explanation &explanation) { print(session, explanation); };
    if (!isNumber(what)) {
        wire::ExplainJob request{what, {}};
        if (session.time(u"at"_s, request.at))
            session.ask(request, printed);
        return;
    }
    if (session.arguments().has(u"at"_s)) {
        session.failUsage(u"--at asks about a job's occasions, and %1 is a run: leave one of them out"_s.arg(what));
        return;
    }
    if (const auto run = session.run(what))
        session.ask(wire::ExplainRun{*run}, printed);
}

} // namespace belfry
