// SPDX-License-Identifier: GPL-3.0-or-later
#include "tests/agentengine/scene.h"

#include <QJsonDocument>

namespace belfry::agentengine {

using namespace Qt::StringLiterals;

namespace {

template <class T> QString json(const T &value)
{
    return QString::fromUtf8(QJsonDocument(toJson(value)).toJson(QJsonDocument::Compact));
}

QString name(AttemptKey key)
{
    return u"%1-%2"_s.arg(key.run.value).arg(key.attempt);
}

QString text(const StartOrder &effect)
{
    return u"start "_s + json(effect.order);
}
QString text(const CancelOrder &effect)
{
    return u"cancel %1 grace %2 %3"_s.arg(name(effect.key), formatDuration(effect.grace), effect.reason);
}
QString text(const RenewLease &effect)
{
    return u"lease %1 until %2"_s.arg(name(effect.key), formatDuration(effect.until));
}
QString text(const SendMessage &effect)
{
    return std::visit(
        [&](const auto &message) { return u"send %1 "_s.arg(message.tag) + json(message); }, effect.message);
}
QString text(const SendLog &effect)
{
    return u"log %1 epoch %2 from %3 size %4"_s.arg(name(effect.key))
        .arg(effect.epoch)
        .arg(effect.offset)
        .arg(effect.size);
}
QString text(const DeleteEntry &effect)
{
    return u"delete "_s + name(effect.key);
}
QString text(const Reconnect &effect)
{
    return u"reconnect after "_s + formatDuration(effect.after);
}
QString text(const Notice &effect)
{
    return (effect.level == Notice::Level::Warning ? u"warn: "_s : u"say: "_s) + effect.text;
}

} // namespace

QStringList textOf(const Effects &effects)
{
    QStringList lines;
    for (const Effect &effect : effects)
        lines += std::visit([](const auto &each) { return text(each); }, effect);
    return lines;
}

Scene::Scene() = default;

Effects Scene::tell(EventBody body)
{
    return engine.apply({now, monotonic, bootTime, std::move(body)});
}

void Scene::welcome(std::vector<wire::AttemptReport> spool, std::vector<wire::AttemptStanding> standings)
{
    tell(SpoolScanned{std::move(spool)});
    tell(Connected{});
    hear(wire::AgentWelcome{.epoch = anEpoch, .attempts = std::move(standings)});
}

Identity Scene::identity()
{
    return {.name = u"a1"_s,
        .instance = u"i-1"_s,
        .bootId = u"boot-2"_s,
        .version = u"0.1"_s,
        .killSet = u"cookie"_s,
        .labels = {{u"linux"_s, u""_s}},
        .slots = 2};
}

wire::AgentHello Scene::hello(std::vector<wire::AttemptReport> attempts) const
{
    const Identity who = engine.identity();
    return {.protocol = 1,
        .version = who.version,
        .name = who.name,
        .instance = who.instance,
        .bootId = who.bootId,
        .now = now,
        .labels = who.labels,
        .slots = who.slots,
        .ephemeral = who.ephemeral,
        .killSet = who.killSet,
        .attempts = std::move(attempts),
        .bootTime = bootTime};
}

wire::AttemptResult Scene::nothingRan() const
{
    wire::AttemptResult result;
    result.startedAt = result.endedAt = now;
    return result;
}

AttemptKey key(qint64 run, int attempt)
{
    return {RunId(run), attempt};
}

wire::StartAttempt order(qint64 run, int attempt)
{
    return {.run = RunId(run),
        .attempt = attempt,
        .epoch = anEpoch,
        .bootId = u"boot-2"_s,
        .jobName = u"p/j"_s,
        .command = {u"true"_s}};
}

wire::CancelAttempt cancelOf(qint64 run, Duration grace)
{
    return {RunId(run), 1, anEpoch, grace, u"by ann"_s};
}

wire::AttemptResult exited(int code, qint64 logWritten)
{
    wire::AttemptResult result;
    result.exitCode = code;
    result.startedAt = Instant(1'000);
    result.endedAt = Instant(2'000);
    result.logWritten = logWritten;
    return result;
}

wire::AttemptReport ordered(qint64 run)
{
    return {RunId(run), 1, anEpoch};
}

wire::AttemptReport running(qint64 run, qint64 logSize)
{
    return {RunId(run), 1, anEpoch, wire::AttemptPhase::Running, 70 + run, Instant(1'000), logSize};
}

wire::AttemptReport ended(qint64 run, const wire::AttemptResult &result)
{
    return {RunId(run), 1, anEpoch, wire::AttemptPhase::Ended, 70 + run, Instant(1'000), result.logWritten, result};
}

wire::AttemptStanding standing(qint64 run, qint64 logDurable, bool committed)
{
    return {RunId(run), 1, true, committed, logDurable};
}

wire::AttemptStanding unknown(qint64 run)
{
    return {RunId(run), 1, false, false, 0};
}

wire::StartAttempt leased(qint64 run, Duration until)
{
    wire::StartAttempt start = order(run);
    start.leaseUntil = until;
    return start;
}

wire::LeasesRenewed leases(qint64 run, Duration until)
{
    return {{{RunId(run), 1, anEpoch, until}}};
}

wire::AttemptEnded endOf(qint64 run, const wire::AttemptResult &result)
{
    return {RunId(run), 1, anEpoch, result};
}

Notice said(const QString &text)
{
    return {Notice::Level::Info, text};
}

Notice warned(const QString &text)
{
    return {Notice::Level::Warning, text};
}

} // namespace belfry::agentengine
