// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/looks.h"

#include "console/cli/cells.h"
#include "console/cli/timetext.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

QString labelsText(const std::map<QString, QString> &labels)
{
    QStringList parts;
    for (const auto &[name, value] : labels)
        parts += value.isEmpty() ? name : name + u'=' + value;
    return parts.join(u' ');
}

// What a live run says of itself takes the place of a reason.
Cell reasonCell(const wire::RunRow &run)
{
    return {run.reason.isEmpty() ? run.progressMessage : run.reason, Tone::Dim};
}

std::vector<Column<wire::RunRow>> runColumns(const View &view, bool live)
{
    using Row = wire::RunRow;
    return {
        {.title = u"RUN"_s, .cell = [](const Row &r) { return Cell(QString::number(r.id.value)); }, .right = true},
        {.title = u"JOB"_s, .cell = [](const Row &r) { return Cell(r.jobName); }},
        {.title = u"STATE"_s,
            .cell = [view](const Row &r) { return stateCell(r.state, r.unreachableSince, view.now); }},
        {.title = u"CAUSE"_s, .cell = [](const Row &r) { return Cell(nameOf(r.cause)); }},
        {.title = u"OCCASION"_s,
            .cell = [view](const Row &r) { return r.occasion ? Cell(localText(*r.occasion, view.zone)) : Cell(); },
            .wideOnly = true},
        {.title = u"QUEUED"_s, .cell = [view](const Row &r) { return timeCell(r.queuedAt, view); }},
        {.title = u"STARTED"_s,
            .cell = [view](const Row &r) { return r.startedAt ? Cell(localText(*r.startedAt, view.zone)) : Cell(); },
            .wideOnly = true},
        {.title = u"TOOK"_s,
            .cell = [view](const Row &r) { return Cell(durationText(r.startedAt, r.endedAt, view.now)); },
            .right = true},
        {.title = u"DONE"_s,
            .cell = [](const Row &r) { return Cell(r.progress ? percentText(*r.progress) : QString()); },
            .right = true,
            .wideOnly = !live},
        {.title = u"TRIES"_s, .cell = [](const Row &r) { return Cell(QString::number(r.attempts)); }, .right = true},
        {.title = u"EXIT"_s, .cell = [](const Row &r) { return Cell(exitText(r.exitCode, r.signal)); }, .right = true},
        {.title = u"AGENT"_s, .cell = [](const Row &r) { return Cell(r.agent); }},
        {.title = u"BY"_s, .cell = [](const Row &r) { return Cell(r.by); }, .wideOnly = true},
        {.title = u"PARAMS"_s, .cell = [](const Row &r) { return Cell(paramsText(r.params)); }, .wideOnly = true},
        {.title = u"REASON"_s, .cell = [](const Row &r) { return reasonCell(r); }, .shrinks = true},
    };
}

ListLook<wire::RunRow> runRowsLook(const View &view, bool live, const QString &nothing)
{
    return {.columns = runColumns(view, live),
        .name = [](const wire::RunRow &run) { return QString::number(run.id.value); },
        .nothing = nothing};
}

Cell agentStateCell(AgentState state)
{
    const Tone tone = state == AgentState::Online ? Tone::Good : state == AgentState::Draining ? Tone::Warn : Tone::Bad;
    return {nameOf(state), tone};
}

Cell fateCell(Fate fate)
{
    switch (fate) {
    case Fate::Ran:
        return {nameOf(fate), Tone::Good};
    case Fate::Missed:
    case Fate::Expired:
        return {nameOf(fate), Tone::Bad};
    case Fate::Pending:
        return {nameOf(fate), Tone::Live};
    case Fate::Merged:
    case Fate::Skipped:
    case Fate::Cancelled:
        break;
    }
    return {nameOf(fate), Tone::Warn};
}

} // namespace

ListLook<wire::RunRow> liveRunsLook(const View &view)
{
    return runRowsLook(view, true, u"nothing waits and nothing runs"_s);
}

ListLook<wire::RunRow> runsLook(const View &view)
{
    return runRowsLook(view, false, u"no runs"_s);
}

ListLook<wire::JobRow> jobsLook(const View &view)
{
    using Row = wire::JobRow;
    const auto state = [](const Row &r) {
        if (!r.enabled)
            return Cell(u"disabled"_s, Tone::Dim);
        return r.pausedSince ? Cell(u"paused"_s, Tone::Warn) : Cell(u"enabled"_s);
    };
    return {.columns
        = {{.title = u"JOB"_s, .cell = [](const Row &r) { return Cell(r.job); }}, {.title = u"STATE"_s, .cell = state},
            {.title = u"SCHEDULE"_s, .cell = [](const Row &r) { return Cell(r.schedule); }, .shrinks = true},
            {.title = u"NEXT"_s, .cell = [view](const Row &r) { return timeCell(r.next, view); }},
            {.title = u"LAST"_s, .cell = [](const Row &r) { return r.lastState ? stateCell(*r.lastState) : Cell(); }},
            {.title = u"ENDED"_s, .cell = [view](const Row &r) { return timeCell(r.lastEnded, view); }},
            {.title = u"VERSION"_s,
                .cell = [](const Row &r) { return Cell(QString::number(r.version)); },
                .right = true,
                .wideOnly = true},
            {.title = u"TITLE"_s,
                .cell = [](const Row &r) { return Cell(r.title); },
                .shrinks = true,
                .wideOnly = true}},
        .name = [](const Row &r) { return r.job; },
        .nothing = u"no jobs; make some with belfry apply"_s};
}

ListLook<Agent> agentsLook(const View &view)
{
    const auto seen = [view](const Agent &a) {
        return a.state == AgentState::Unreachable ? timeCell(a.lastSeen, view) : Cell(u"connected"_s);
    };
    return {
        .columns = {{.title = u"NAME"_s, .cell = [](const Agent &a) { return Cell(a.name); }},
            {.title = u"STATE"_s, .cell = [](const Agent &a) { return agentStateCell(a.state); }},
            {.title = u"USED"_s,
                .cell = [](const Agent &a) { return Cell(u"%1/%2"_s.arg(a.used).arg(a.slots)); },
                .right = true},
            {.title = u"SEEN"_s, .cell = seen},
            {.title = u"SKEW"_s, .cell = [](const Agent &a) { return Cell(u"%1ms"_s.arg(a.skewMs)); }, .right = true},
            {.title = u"VERSION"_s, .cell = [](const Agent &a) { return Cell(a.version); }},
            {.title = u"KILLS BY"_s, .cell = [](const Agent &a) { return Cell(a.killSet); }, .wideOnly = true},
            {.title = u"LABELS"_s, .cell = [](const Agent &a) { return Cell(labelsText(a.labels)); }, .shrinks = true}},
        .name = [](const Agent &a) { return a.name; },
        .nothing = u"no agents; start one with belfry-agent"_s};
}

ListLook<Occasion> ledgerLook(const View &view)
{
    const auto at = [view](const Occasion &o) {
        const QString from = localText(o.at, view.zone);
        return Cell(o.until ? u"%1 to %2"_s.arg(from, localText(*o.until, view.zone)) : from);
    };
    return {.columns = {{.title = u"AT"_s, .cell = at},
                {.title = u"JOB"_s, .cell = [](const Occasion &o) { return Cell(o.jobName); }},
                {.title = u"RULE"_s, .cell = [](const Occasion &o) { return Cell(o.rule); }},
                {.title = u"FATE"_s, .cell = [](const Occasion &o) { return fateCell(o.fate); }},
                {.title = u"RUN"_s,
                    .cell = [](const Occasion &o) { return o.run ? Cell(QString::number(o.run->value)) : Cell(); },
                    .right = true},
                {.title = u"COUNT"_s,
                    .cell = [](const Occasion &o) { return Cell(QString::number(o.count)); },
                    .right = true},
                {.title = u"VERSION"_s,
                    .cell = [](const Occasion &o) { return Cell(QString::number(o.version)); },
                    .right = true,
                    .wideOnly = true},
                {.title = u"REASON"_s, .cell = [](const Occasion &o) { return Cell(o.reason); }, .shrinks = true}},
        .name = [](const Occasion &o) { return u"%1@%2"_s.arg(o.jobName, toRfc3339(o.at)); },
        .nothing = u"no occasions in this time"_s};
}

ListLook<wire::AttentionRow> attentionLook(const View &view)
{
    using Row = wire::AttentionRow;
    const auto what = [](const Row &r) {
        const QString many = r.count > 1 ? u" (%1 occasions)"_s.arg(r.count) : QString();
        return Cell(nameOf(r.concern) + many, Tone::Bad);
    };
    return {
        .columns = {{.title = u"RUN"_s,
                        .cell = [](const Row &r) { return r.run ? Cell(QString::number(r.run->value)) : Cell(); },
                        .right = true},
            {.title = u"JOB"_s, .cell = [](const Row &r) { return Cell(r.job); }}, {.title = u"WHAT"_s, .cell = what},
            {.title = u"AT"_s, .cell = [view](const Row &r) { return Cell(localText(r.at, view.zone)); }},
            {.title = u"AWAY"_s, .cell = [view](const Row &r) { return timeCell(r.at, view); }},
            {.title = u"EXIT"_s,
                .cell = [](const Row &r) { return Cell(exitText(r.exitCode, r.signal)); },
                .right = true},
            {.title = u"AGENT"_s, .cell = [](const Row &r) { return Cell(r.agent); }},
            {.title = u"OCCASION"_s,
                .cell = [view](const Row &r) { return r.occasion ? Cell(localText(*r.occasion, view.zone)) : Cell(); },
                .wideOnly = true},
            {.title = u"REASON"_s, .cell = [](const Row &r) { return Cell(r.reason, Tone::Dim); }, .shrinks = true}},
        .name
        = [](const Row &r) { return r.run ? QString::number(r.run->value) : u"%1@%2"_s.arg(r.job, toRfc3339(r.at)); },
        .nothing = u"nothing needs attention"_s};
}

ListLook<wire::DayRow> daysLook()
{
    using Row = wire::DayRow;
    // Of the runs those that pass, or all others for the column that is left.
    const auto countOf = [](const Row &row, auto passes) {
        qint64 count = 0;
        for (const auto &[name, runs] : row.runs)
            if (const auto state = enumOf<RunState>(name); state && passes(*state))
                count += runs;
        return count;
    };
    const auto column = [countOf](const QString &title, Tone tone, auto passes) {
        return Column<Row>{.title = title,
            .cell =
                [countOf, tone, passes](const Row &row) {
                    const qint64 count = countOf(row, passes);
                    return count > 0 ? Cell(QString::number(count), tone) : Cell(u"-"_s, Tone::Dim);
                },
            .right = true};
    };
    return {.columns = {{.title = u"DAY"_s, .cell = [](const Row &row) { return Cell(row.date); }},
                column(u"RUNS"_s, Tone::Plain, [](RunState) { return true; }),
                column(u"SUCCEEDED"_s, Tone::Good, [](RunState state) { return state == RunState::Succeeded; }),
                column(u"FAILED"_s, Tone::Bad, [](RunState state) { return isFailure(state); }),
                column(u"CANCELLED"_s, Tone::Warn, [](RunState state) { return state == RunState::Cancelled; }),
                column(u"OPEN"_s, Tone::Live, [](RunState state) { return !isFinal(state); }),
                {.title = u"MISSED"_s,
                    .cell =
                        [](const Row &row) {
                            return row.missed > 0 ? Cell(QString::number(row.missed), Tone::Bad)
                                                  : Cell(u"-"_s, Tone::Dim);
                        },
                    .right = true}},
        .name = [](const Row &row) { return row.date; },
        .nothing = u"nothing ran, and nothing was missed, on these days"_s};
}

ListLook<wire::NextEntry> nextLook(const View &view, bool ofJobs)
{
    using Row = wire::NextEntry;
    const auto note = [](const Row &r) {
        const Tone tone = r.note == u"skipped"_s ? Tone::Warn : Tone::Plain;
        const QString word = r.note.value_or(QString());
        return Cell(r.reason.isEmpty() ? word : word + u": "_s + r.reason, tone);
    };
    ListLook<Row> look;
    look.columns
        = {{.title = u"AT"_s, .cell = [](const Row &r) { return Cell(QString(r.local).replace(10, 1, u' ')); }},
            {.title = u"UTC"_s, .cell = [](const Row &r) { return Cell(toRfc3339(r.at)); }, .wideOnly = !ofJobs},
            {.title = u"AWAY"_s, .cell = [view](const Row &r) { return Cell(relativeText(r.at, view.now)); }}};
    if (ofJobs) {
        look.columns[1].wideOnly = true;
        look.columns.push_back({.title = u"JOB"_s, .cell = [](const Row &r) { return Cell(r.job); }});
        look.columns.push_back(
            {.title = u"RULE"_s, .cell = [](const Row &r) { return Cell(r.rule); }, .wideOnly = true});
    }
    look.columns.push_back({.title = u"NOTE"_s, .cell = note, .shrinks = true});
    look.name = [](const Row &r) { return toRfc3339(r.at); };
    look.nothing = u"nothing comes"_s;
    look.json = [ofJobs](const Row &row) {
        QJsonObject object = toJson(row);
        if (!ofJobs) {
            object.remove(u"job"_s);
            object.remove(u"by"_s);
            object.remove(u"rule"_s);
        }
        return object;
    };
    if (!ofJobs)
        look.keys = {u"at"_s, u"local"_s, u"note"_s, u"reason"_s};
    return look;
}

} // namespace belfry
