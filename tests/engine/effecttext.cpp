// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/engine/effecttext.h"

namespace belfry {

using namespace Qt::StringLiterals;
using namespace engine;

namespace {

class Line
{
public:
    explicit Line(QString head)
        : m_parts{std::move(head)}
    { }
    Line &word(const QString &text)
    {
        if (!text.isEmpty())
            m_parts.push_back(text);
        return *this;
    }
    Line &field(const QString &name, const QString &text) { return text.isEmpty() ? *this : word(name + u'=' + text); }
    Line &field(const QString &name, qint64 number)
    {
        return number == 0 ? *this : field(name, QString::number(number));
    }
    Line &field(const QString &name, const std::optional<int> &number)
    {
        return number ? field(name, QString::number(*number)) : *this;
    }
    Line &field(const QString &name, const std::optional<Instant> &at)
    {
        return at ? field(name, clockText(*at)) : *this;
    }
    Line &field(const QString &name, const Params &params)
    {
        for (const auto &[key, value] : params)
            field(name + u'.' + key, value);
        return *this;
    }
    Line &quoted(const QString &name, const QString &text)
    {
        return text.isEmpty() ? *this : field(name, u"'%1'"_s.arg(text));
    }
    QString text() const { return m_parts.join(u' '); }

private:
    QStringList m_parts;
};

QString keyText(RunId run, int attempt)
{
    return u"%1.%2"_s.arg(run.value).arg(attempt);
}

QString lineFor(const SaveJob &write)
{
    const Job &job = write.job;
    return Line(u"job %1 %2"_s.arg(job.id.value).arg(job.definition.fullName()))
        .word(u"v%1"_s.arg(job.version))
        .field(u"release"_s, job.release)
        .field(u"since"_s, std::optional(job.since))
        .word(job.removed ? u"removed"_s : QString())
        .field(u"uid"_s, job.uid == job.definition.fullName() ? QString() : job.uid)
        .text();
}
QString lineFor(const SaveRelease &write)
{
    return Line(u"release %1 %2"_s.arg(write.release.project).arg(write.release.number))
        .field(u"by"_s, write.release.by)
        .text();
}
QString lineFor(const SaveRuleMark &write)
{
    const RuleMark &mark = write.mark;
    Line line(u"mark %1 %2"_s.arg(mark.job.value).arg(mark.rule));
    line.field(u"since"_s, std::optional(mark.since))
        .field(u"until"_s, std::optional(mark.accountedUntil))
        .field(u"leap"_s, mark.leapFrom)
        .field(u"to"_s, mark.leapTo);
    for (const Instant at : mark.leapRan)
        line.field(u"but"_s, std::optional(at));
    return line.word(mark.reopened ? u"reopened"_s : QString()).text();
}
QString lineFor(const RemoveRuleMark &write)
{
    return u"no mark %1 %2"_s.arg(write.job.value).arg(write.rule);
}
QString lineFor(const SaveRun &write)
{
    const Run &run = write.run;
    return Line(u"run %1 %2 v%3 %4 %5"_s.arg(run.id.value)
                    .arg(run.jobName)
                    .arg(run.version)
                    .arg(nameOf(run.state), nameOf(run.cause)))
        .field(u"rule"_s, run.rule)
        .field(u"occasion"_s, run.occasion)
        .field(u"first"_s, run.firstOccasion == run.occasion ? std::nullopt : run.firstOccasion)
        .field(u"from"_s, run.windowStart)
        .field(u"to"_s, run.windowEnd == run.occasion ? std::nullopt : run.windowEnd)
        .field(u"param"_s, run.params)
        .field(u"queued"_s, std::optional(run.queuedAt))
        .field(u"not_before"_s, run.notBefore)
        .field(u"started"_s, run.startedAt)
        .field(u"ended"_s, run.endedAt)
        .field(u"attempts"_s, run.attempts)
        .field(u"agent"_s, run.agent)
        .field(u"exit"_s, run.exitCode)
        .field(u"signal"_s, run.signal)
        .quoted(u"reason"_s, run.reason)
        .field(u"by"_s, run.by)
        .quoted(u"why"_s, run.triggerReason)
        .field(u"cancel"_s, run.cancelRequested)
        .field(u"cancelled_by"_s, run.cancelledBy)
        .field(u"held"_s, run.heldSince)
        .field(u"held_by"_s, run.heldBy)
        .quoted(u"hold"_s, run.holdReason)
        .text();
}
QString lineFor(const SaveAttempt &write)
{
    const Attempt &attempt = write.attempt;
    return Line(
        u"attempt %1 %2 on %3"_s.arg(keyText(attempt.run, attempt.attempt), nameOf(attempt.state), attempt.agent))
        .field(u"boot"_s, attempt.bootId)
        .field(u"epoch"_s, attempt.epoch)
        .field(u"assigned"_s, std::optional(attempt.assignedAt))
        .field(u"started"_s, attempt.startedAt)
        .field(u"ended"_s, attempt.endedAt)
        .field(u"exit"_s, attempt.exitCode)
        .field(u"signal"_s, attempt.signal)
        .field(u"pid"_s, attempt.pid)
        .quoted(u"reason"_s, attempt.reason)
        .field(u"log"_s, attempt.logWritten)
        .text();
}
QString lineFor(const SaveOccasion &write)
{
    const Occasion &row = write.occasion;
    return Line(u"occasion %1 %2 %3 %4"_s.arg(row.jobName, row.rule, clockText(row.at), nameOf(row.fate)))
        .field(u"reason"_s, row.reason)
        .field(u"run"_s, row.run ? row.run->value : 0)
        .word(u"v%1"_s.arg(row.version))
        .field(u"count"_s, row.count == 1 ? 0 : row.count)
        .field(u"until"_s, row.until)
        .field(u"by"_s, row.by)
        .quoted(u"said"_s, row.byReason)
        .text();
}
QString lineFor(const ReopenOccasions &write)
{
    return u"reopen %1 %2 %3 - %4"_s.arg(write.job.value)
        .arg(write.rule, clockText(write.from), clockText(write.until));
}
QString lineFor(const SavePlannedSkip &write)
{
    return Line(u"skip %1 %2"_s.arg(write.skip.job.value).arg(clockText(write.skip.at)))
        .field(u"by"_s, write.skip.by)
        .quoted(u"reason"_s, write.skip.reason)
        .text();
}
QString lineFor(const RemovePlannedSkip &write)
{
    return u"no skip %1 %2"_s.arg(write.job.value).arg(clockText(write.at));
}
QString lineFor(const AcknowledgeRun &write)
{
    return Line(u"seen run %1"_s.arg(write.run.id.value))
        .field(u"at"_s, write.run.acknowledgedAt)
        .field(u"by"_s, write.run.acknowledgedBy)
        .quoted(u"note"_s, write.run.acknowledgeNote)
        .text();
}
QString lineFor(const AcknowledgeOccasion &write)
{
    const Occasion &row = write.occasion;
    return Line(u"seen %1 %2 %3"_s.arg(row.jobName, row.rule, clockText(row.at)))
        .field(u"at"_s, row.acknowledgedAt)
        .field(u"by"_s, row.acknowledgedBy)
        .quoted(u"note"_s, row.acknowledgeNote)
        .text();
}
QString lineFor(const SaveAgent &write)
{
    const Agent &agent = write.agent;
    return Line(u"agent %1 %2"_s.arg(agent.name, nameOf(agent.state)))
        .field(u"instance"_s, agent.instance)
        .field(u"boot"_s, agent.bootId)
        .field(u"slots"_s, agent.slots)
        .field(u"used"_s, agent.used)
        .field(u"skew"_s, agent.skewMs)
        .field(u"seen"_s, std::optional(agent.lastSeen))
        .word(agent.drained ? u"drained"_s : QString())
        .word(agent.ephemeral ? u"ephemeral"_s : QString())
        .text();
}
QString lineFor(const RemoveAgent &write)
{
    return u"no agent "_s + write.name;
}
QString lineFor(const SaveTriggerKey &write)
{
    return u"key %1/%2 run=%3"_s.arg(write.key.project, write.key.key).arg(write.key.run.value);
}
QString lineFor(const RemoveTriggerKeys &write)
{
    return u"no keys before "_s + clockText(write.before);
}
QString lineFor(const SaveLimit &write)
{
    const LimitSpec &spec = write.limit.spec;
    return Line(u"limit %1/%2"_s.arg(write.limit.project, write.limit.name))
        .field(u"units"_s, spec.units)
        .field(u"rate"_s, spec.rate)
        .field(u"per"_s, spec.isRate() ? formatDuration(spec.per) : QString())
        .text();
}
QString lineFor(const RemoveLimit &write)
{
    return u"no limit %1/%2"_s.arg(write.project, write.name);
}
QString lineFor(const SaveRateUse &write)
{
    return u"use %1/%2 %3 by %4"_s.arg(write.use.project, write.use.limit)
        .arg(write.use.units)
        .arg(keyText(write.use.key.run, write.use.key.attempt));
}
QString lineFor(const RemoveRateUses &write)
{
    return u"no uses of %1/%2"_s.arg(write.project, write.name);
}

QString lineFor(const wire::AgentWelcome &message)
{
    Line line(u"welcome"_s);
    line.field(u"epoch"_s, message.epoch);
    for (const wire::AttemptStanding &standing : message.attempts) {
        const QString what = !standing.known ? u"unknown"_s : standing.resultCommitted ? u"committed"_s : u"known"_s;
        line.word(u"%1:%2:%3"_s.arg(keyText(standing.run, standing.attempt), what).arg(standing.logDurable));
    }
    return line.text();
}
QString lineFor(const wire::AgentRefused &message)
{
    return u"refused: "_s + message.reason;
}
QString lineFor(const wire::StartAttempt &message)
{
    return Line(u"start %1 %2"_s.arg(keyText(message.run, message.attempt), message.jobName))
        .field(u"boot"_s, message.bootId)
        .field(u"epoch"_s, message.epoch)
        .field(u"lease"_s, message.leaseUntil ? formatDuration(*message.leaseUntil) : QString())
        .word(message.command.join(u' '))
        .text();
}
QString lineFor(const wire::CancelAttempt &message)
{
    return Line(u"cancel "_s + keyText(message.run, message.attempt))
        .field(u"epoch"_s, message.epoch)
        .field(u"grace"_s, formatDuration(message.grace))
        .quoted(u"reason"_s, message.reason)
        .text();
}
QString lineFor(const wire::ResultCommitted &message)
{
    return u"committed "_s + keyText(message.run, message.attempt);
}
QString lineFor(const wire::LogAck &message)
{
    return u"log "_s + keyText(message.run, message.attempt);
}
QString lineFor(const wire::BackendPing &)
{
    return u"ping"_s;
}
QString lineFor(const wire::LeasesRenewed &message)
{
    Line line(u"leases"_s);
    for (const wire::Lease &lease : message.leases)
        line.field(keyText(lease.run, lease.attempt), formatDuration(lease.until));
    return line.text();
}

QString lineFor(const wire::Nothing &)
{
    return u"done"_s;
}
QString lineFor(const wire::AttentionMarked &reply)
{
    return u"marked %1"_s.arg(reply.rows);
}
QString lineFor(const wire::SkipReply &reply)
{
    return u"%1 at %2"_s.arg(reply.job, clockText(reply.at));
}
QString lineFor(const wire::PauseReply &reply)
{
    return reply.jobs.join(u',');
}
QString lineFor(const wire::TriggerReply &reply)
{
    return Line(u"run %1"_s.arg(reply.run.value)).word(reply.existing ? u"existing"_s : QString()).text();
}
QString lineFor(const wire::ApplyReply &reply)
{
    return Line(u"apply "_s + reply.project)
        .field(u"release"_s, reply.release)
        .field(u"added"_s, reply.added.join(u','))
        .field(u"changed"_s, reply.changed.join(u','))
        .field(u"removed"_s, reply.removed.join(u','))
        .field(u"unchanged"_s, reply.unchanged)
        .field(u"warnings"_s, reply.warnings.join(u'|'))
        .field(u"limits"_s, reply.limits.join(u','))
        .text();
}

} // namespace

QString clockText(Instant instant)
{
    QString text = toRfc3339(instant).chopped(1);
    if (text.endsWith(u".000"))
        text.chop(4);
    return text.startsWith(u"2026-01-05T") ? text.mid(11) : text;
}

QString lineOf(const Write &write)
{
    return std::visit([](const auto &row) { return lineFor(row); }, write);
}

QStringList linesOf(const Effects &effects)
{
    QStringList lines;
    for (const Write &write : effects.writes)
        lines.push_back(lineOf(write));
    for (const ToAgent &each : effects.messages)
        lines.push_back(u"> %1 "_s.arg(each.session.value)
            + std::visit([](const auto &message) { return lineFor(message); }, each.message));
    for (const CloseAgent &close : effects.closes)
        lines.push_back(u"x %1 %2"_s.arg(close.session.value).arg(close.code));
    for (const Answer &answer : effects.answers) {
        const QString body = answer.body
            ? std::visit([](const auto &reply) { return lineFor(reply); }, *answer.body)
            : errorCodeName(answer.body.error().kind) + u": "_s + answer.body.error().message;
        lines.push_back(u"= %1 "_s.arg(answer.token) + body);
    }
    for (const Notice &notice : effects.notices) {
        if (notice.level == Notice::Level::Warning)
            lines.push_back(u"! "_s + notice.text);
    }
    return lines;
}

} // namespace belfry
