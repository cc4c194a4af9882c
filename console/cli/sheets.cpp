// SPDX-License-Identifier: GPL-3.0-or-later
#include "console/cli/sheets.h"

#include "console/cli/cells.h"
#include "console/cli/runfollower.h"
#include "console/cli/text.h"
#include "console/cli/timetext.h"

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

// Lines without a value say nothing.
class Lines
{
public:
    void add(const QString &label, const QString &value, Tone tone = Tone::Plain)
    {
        if (!value.isEmpty())
            m_lines.push_back({label, {value, tone}});
    }
    std::vector<SheetLine> take() { return std::move(m_lines); }

private:
    std::vector<SheetLine> m_lines;
};

QString ruleWords(const RuleSpec &rule)
{
    QString words = !rule.cron.isEmpty() ? u"cron "_s + rule.cron
        : rule.every                     ? u"every "_s + formatDuration(*rule.every)
        : rule.after                     ? u"after "_s + formatDuration(*rule.after)
        : rule.at                        ? u"at "_s + toRfc3339(*rule.at)
                                         : QString();
    if (!rule.zone.isEmpty())
        words += u" in "_s + rule.zone;
    return rule.calendar.isEmpty() ? words : words + u" on "_s + rule.calendar;
}

QString valuesText(const std::map<QString, QString> &values)
{
    QStringList lines;
    for (const auto &[name, value] : values)
        lines += name + u'=' + value;
    return lines.join(u'\n');
}

// When, by whom and what they said.
QString personText(Instant at, const QString &by, const QString &said, const View &view)
{
    QString text = timeText(at, view);
    if (!by.isEmpty())
        text += u" by "_s + by;
    return said.isEmpty() ? text : text + u": "_s + said;
}

// Bytes written, received and stored, whether they are the same, and what is missing and why.
QString logText(const wire::AttemptRow &attempt)
{
    const qint64 written = attempt.logWritten + attempt.logLost;
    if (!isFinal(attempt.state))
        return attempt.logReceived == 0
            ? QString()
            : u"%1 bytes received, %2 stored so far"_s.arg(attempt.logReceived).arg(attempt.logStored);
    if (written == 0 && attempt.logReceived == 0)
        return u"nothing was written"_s;
    qint64 stored = attempt.logStored;
    for (const LogGap &gap : attempt.logGaps)
        stored -= std::max<qint64>(0, std::min(gap.until, attempt.logStored) - gap.from);
    // What has come is counted as stored a moment later, when it is durable.
    const bool isUnderWay = attempt.logStored < attempt.logReceived;
    QStringList lines{u"%1 bytes written, %2 received, %3 stored%4"_s.arg(written)
                          .arg(attempt.logReceived)
                          .arg(stored)
                          .arg(isUnderWay ? u" so far"_s : QString())};
    if (!attempt.logHash.isEmpty())
        lines.back() += u", XXH3 %1 %2"_s.arg(attempt.logHash,
            attempt.logCheck == "same"_L1          ? u"as stored"_s
                : attempt.logCheck == "differs"_L1 ? u"DIFFERS from what is stored"_s
                                                   : u"not compared yet"_s);
    for (const LogGap &gap : attempt.logGaps)
        lines += gapText(gap.from, gap.until, gap.reason);
    if (attempt.logLost > 0)
        lines += gapText(attempt.logWritten, written, attempt.logLostWhy);
    if (attempt.logReceived < attempt.logWritten)
        lines += u"%1 bytes have not come from agent %2 yet"_s.arg(attempt.logWritten - attempt.logReceived)
                     .arg(attempt.agent);
    return lines.join(u'\n');
}

void addLogLines(Lines &lines, const wire::RunDetail &run)
{
    for (const wire::AttemptRow &each : run.attemptRows) {
        const QString of = run.attemptRows.size() > 1 ? u" of %1"_s.arg(each.attempt) : QString();
        const bool last = &each == &run.attemptRows.back();
        if (last && each.progress) {
            const QString percent = percentText(*each.progress);
            lines.add(
                u"Progress"_s, each.progressMessage.isEmpty() ? percent : percent + u", "_s + each.progressMessage);
        }
        lines.add(u"Outputs"_s + of, valuesText(each.outputs));
        std::map<QString, QString> metrics;
        for (const auto &[name, value] : each.metrics)
            metrics[name] = QString::number(value, 'g', 12);
        lines.add(u"Metrics"_s + of, valuesText(metrics));
        if (each.errors > 0 || each.warnings > 0)
            lines.add(u"Said"_s + of,
                u"%1, %2"_s.arg(counted(each.errors, u"error"_s), counted(each.warnings, u"warning"_s)));
        lines.add(u"Log"_s + of, logText(each), each.logCheck == "differs"_L1 ? Tone::Bad : Tone::Plain);
    }
}

QString attemptsTable(const std::vector<wire::AttemptRow> &attempts, const View &view, const TableStyle &style)
{
    const std::vector<ColumnLook> columns{{u"ATTEMPT"_s, true}, {u"AGENT"_s}, {u"STATE"_s}, {u"STARTED"_s},
        {u"TOOK"_s, true}, {u"EXIT"_s, true}, {u"LOG"_s, true}, {u"REASON"_s, false, true}};
    std::vector<std::vector<Cell>> rows;
    for (const wire::AttemptRow &each : attempts)
        rows.push_back({QString::number(each.attempt), each.agent, stateCell(each.state),
            each.startedAt ? localText(*each.startedAt, view.zone) : QString(),
            durationText(each.startedAt, each.endedAt, view.now), exitText(each.exitCode, each.signal),
            formatSize(std::max(each.logStored, each.logReceived)), Cell(each.reason, Tone::Dim)});
    return rows.empty() ? QString() : u'\n' + tableText(columns, rows, style);
}

QString checksTable(const std::vector<wire::HealthCheck> &checks, const View &view, const TableStyle &style)
{
    const std::vector<ColumnLook> columns{{u"CHECK"_s}, {u"STATE"_s}, {u"SINCE"_s}, {u"REASON"_s, false, true}};
    std::vector<std::vector<Cell>> rows;
    for (const wire::HealthCheck &each : checks)
        rows.push_back({each.name, each.ok ? Cell(u"ok"_s, Tone::Good) : Cell(u"bad"_s, Tone::Bad),
            timeCell(each.since, view), each.reason});
    return rows.empty() ? QString() : u'\n' + tableText(columns, rows, style);
}

} // namespace

Sheet runSheet(const wire::RunDetail &run, const View &view, const TableStyle &style)
{
    const Cell state = stateCell(run.state, run.unreachableSince, view.now);
    Lines lines;
    lines.add(u"Run"_s, QString::number(run.id.value), Tone::Strong);
    lines.add(u"Job"_s, u"%1, version %2"_s.arg(run.jobName).arg(run.version));
    lines.add(u"State"_s, state.text, state.tone);
    lines.add(u"Reason"_s, run.reason);
    lines.add(u"Exit"_s, exitText(run.exitCode, run.signal));
    lines.add(u"Cause"_s, run.by.isEmpty() ? nameOf(run.cause) : u"%1, by %2"_s.arg(nameOf(run.cause), run.by));
    lines.add(u"Because"_s, run.triggerReason);
    lines.add(u"Occasion"_s, timeText(run.occasion, view));
    if (run.firstOccasion != run.occasion)
        lines.add(u"Covers from"_s, timeText(run.firstOccasion, view));
    lines.add(u"Params"_s, paramsText(run.params));
    lines.add(u"Queued"_s, timeText(run.queuedAt, view));
    lines.add(
        u"Priority"_s, run.priorityBy.isEmpty() ? QString() : u"%1, set by %2"_s.arg(run.priority).arg(run.priorityBy));
    if (run.heldSince)
        lines.add(u"Held"_s, personText(*run.heldSince, run.heldBy, run.holdReason, view), Tone::Warn);
    lines.add(u"Not before"_s, isFinal(run.state) ? QString() : timeText(run.notBefore, view));
    lines.add(u"Started"_s, timeText(run.startedAt, view));
    lines.add(u"Ended"_s, timeText(run.endedAt, view));
    lines.add(u"Took"_s, durationText(run.startedAt, run.endedAt, view.now));
    lines.add(u"Cancel asked"_s, timeText(run.cancelRequested, view));
    lines.add(u"Cancelled by"_s, run.cancelledBy);
    if (run.acknowledgedAt)
        lines.add(u"Acknowledged"_s, personText(*run.acknowledgedAt, run.acknowledgedBy, run.acknowledgeNote, view));
    addLogLines(lines, run);
    return {.lines = lines.take(),
        .below = attemptsTable(run.attemptRows, view, style),
        .json = toJson(run),
        .keys = fieldNames<wire::RunDetail>(),
        .name = QString::number(run.id.value)};
}

Sheet jobSheet(const Job &job, const wire::VersionRow &made, const View &view)
{
    const JobDefinition &definition = job.definition;
    QStringList params;
    for (const ParamDefinition &each : definition.params)
        params += u"%1 (%2)%3"_s.arg(each.name, nameOf(each.type),
            each.defaultValue   ? u", default "_s + *each.defaultValue
                : each.required ? u", required"_s
                                : QString());
    QStringList rules;
    for (const ScheduleRule &each : definition.schedule)
        rules += ruleWords(each.rule);
    Lines lines;
    lines.add(u"Job"_s, definition.fullName(), Tone::Strong);
    lines.add(u"Title"_s, definition.title);
    lines.add(u"Version"_s,
        u"%1, of release %2, since %3"_s.arg(job.version).arg(job.release).arg(timeText(job.since, view)));
    lines.add(u"Made by"_s, made.message.isEmpty() ? made.by : u"%1: %2"_s.arg(made.by, made.message));
    lines.add(u"State"_s,
        job.removed               ? u"removed"_s
            : !definition.enabled ? u"disabled"_s
            : job.pausedSince     ? u"paused"_s
                                  : u"enabled"_s);
    lines.add(u"Owner"_s, definition.owner);
    lines.add(u"Runbook"_s, definition.runbook);
    lines.add(u"Schedule"_s, rules.join(u'\n'));
    lines.add(u"Zone"_s, definition.zone);
    lines.add(u"Overlap"_s, nameOf(definition.overlap));
    lines.add(u"Catch up"_s, nameOf(definition.catchUp.policy));
    lines.add(u"Params"_s, params.join(u'\n'));
    lines.add(u"Command"_s, definition.command.join(u' '));
    lines.add(u"Script"_s, definition.script.trimmed());
    lines.add(u"Agent"_s, definition.agent);
    lines.add(u"Timeout"_s, definition.timeout ? formatDuration(*definition.timeout) : QString());
    lines.add(u"Retries"_s,
        definition.retries.max > 0
            ? u"%1, after %2"_s.arg(definition.retries.max).arg(formatDuration(definition.retries.delay))
            : QString());
    QJsonObject json = toJson(job);
    json.insert(u"by"_s, made.by);
    json.insert(u"message"_s, made.message);
    return {.lines = lines.take(),
        .json = json,
        .keys = fieldNames<Job>() << u"by"_s << u"message"_s,
        .name = definition.fullName()};
}

Sheet sourceSheet(const wire::JobSourceReply &source)
{
    Lines lines;
    lines.add(u"Job"_s, u"%1, version %2"_s.arg(source.job).arg(source.version), Tone::Strong);
    lines.add(u"File"_s,
        source.line > 0 ? u"%1:%2, of release %3"_s.arg(source.file).arg(source.line).arg(source.release)
                        : u"of release %1, whose files cannot be read any more"_s.arg(source.release),
        source.line > 0 ? Tone::Plain : Tone::Warn);
    QString text;
    const QStringList rows = source.text.isEmpty() ? QStringList() : source.text.split(u'\n');
    const qsizetype digits = QString::number(source.line + rows.size()).size();
    for (qsizetype i = 0; i < rows.size(); ++i)
        text += u"%1  %2\n"_s.arg(QString::number(source.line + i).rightJustified(digits), visible(rows[i]));
    return {.lines = lines.take(),
        .below = text,
        .json = toJson(source),
        .keys = fieldNames<wire::JobSourceReply>(),
        .name = source.job};
}

Sheet previewSheet(const wire::PreviewReply &preview, const TableStyle &style)
{
    Lines lines;
    lines.add(u"Job"_s, u"%1, version %2"_s.arg(preview.job).arg(preview.version), Tone::Strong);
    lines.add(u"Params"_s, paramsText(preview.params));
    lines.add(u"Command"_s, preview.command.join(u' '));
    lines.add(u"Script"_s, preview.script.trimmed());
    lines.add(u"Folder"_s, preview.dir);
    lines.add(u"Outcome"_s, preview.sentence,
        !preview.refusal.isEmpty() ? Tone::Bad
            : preview.starts       ? Tone::Good
                                   : Tone::Warn);
    const std::vector<ColumnLook> columns{{u"AGENT"_s}, {u"TAKES IT"_s}, {u"WHY NOT"_s, false, true}};
    std::vector<std::vector<Cell>> rows;
    for (const wire::AgentAnswer &each : preview.agents)
        rows.push_back({each.agent, each.takes ? Cell(u"yes"_s, Tone::Good) : Cell(u"no"_s, Tone::Dim), each.why});
    return {.lines = lines.take(),
        .below = rows.empty() ? QString() : u'\n' + tableText(columns, rows, style),
        .json = toJson(preview),
        .keys = fieldNames<wire::PreviewReply>(),
        .name = preview.job};
}

Sheet statusSheet(const wire::StatusReply &status, const View &view, const TableStyle &style)
{
    Lines lines;
    lines.add(u"Backend"_s, u"version %1, up since %2"_s.arg(status.version, timeText(status.startedAt, view)));
    lines.add(u"Jobs"_s, QString::number(status.jobs));
    lines.add(u"Runs"_s, u"%1 waiting, %2 live"_s.arg(status.waiting).arg(status.live));
    lines.add(u"Agents"_s, u"%1 of %2 online"_s.arg(status.agentsOnline).arg(status.agents),
        status.agentsOnline < status.agents ? Tone::Warn : Tone::Plain);
    lines.add(u"Attention"_s,
        status.attention == 0 ? u"nothing"_s : counted(status.attention, u"failure"_s) + u"; see belfry attention"_s,
        status.attention == 0 ? Tone::Plain : Tone::Bad);
    if (status.next)
        lines.add(u"Next"_s, u"%1 at %2"_s.arg(status.next->job, timeText(status.next->at, view)));
    lines.add(u"Zone data"_s, status.tzdata);
    return {.lines = lines.take(),
        .below = checksTable(status.checks, view, style),
        .json = toJson(status),
        .keys = fieldNames<wire::StatusReply>(),
        .name = status.version};
}

Sheet applySheet(const wire::ApplyReply &reply, bool dryRun)
{
    std::vector<SheetLine> lines;
    QStringList changed;
    for (const QString &job : reply.changed)
        if (const auto was = reply.renamed.find(job); was != reply.renamed.end())
            lines.push_back({u"renamed"_s, {u"%1 -> %2"_s.arg(was->second, job), Tone::Warn}});
        else
            changed += job;
    const auto add = [&](const QStringList &jobs, const QString &word, Tone tone) {
        for (const QString &job : jobs)
            lines.push_back({word, {job, tone}});
    };
    add(reply.added, u"added"_s, Tone::Good);
    add(changed, u"changed"_s, Tone::Warn);
    add(reply.removed, u"removed"_s, Tone::Bad);
    add(reply.limits, u"limit"_s, Tone::Warn);
    const QString unchanged = u"%1 unchanged"_s.arg(counted(reply.unchanged, u"job"_s));
    const QString end = dryRun
        ? u"%1; nothing was done"_s.arg(unchanged)
        : u"%1; release %2 of %3 is active"_s.arg(unchanged).arg(reply.release).arg(reply.project);
    return {.lines = std::move(lines),
        .below = visible(end) + u'\n',
        .json = toJson(reply),
        .keys = fieldNames<wire::ApplyReply>(),
        .name = reply.project};
}

} // namespace belfry
