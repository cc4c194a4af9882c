// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/hellocheck.h"

#include "shared/wire/limits.h"

#include <set>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr int maxAttempt = 1'000'000;
constexpr qint64 maxNumber = qint64(1) << 60;
constexpr int maxSlots = 10'000;
constexpr std::size_t maxLabels = 256;
constexpr qsizetype maxText = 256;
constexpr std::size_t maxAttempts = 100'000;
constexpr Instant firstInstant(-62'167'219'200'000); // the years 0 to 9999
constexpr Instant lastInstant(253'402'300'799'999);

bool isAgentName(const QString &name)
{
    const auto allowed = [](QChar c) {
        return (c >= u'a' && c <= u'z') || (c >= u'A' && c <= u'Z') || (c >= u'0' && c <= u'9') || c == u'.'
            || c == u'_' || c == u'-';
    };
    return !name.isEmpty() && name.size() <= 255 && name[0] != u'.' && name[0] != u'-'
        && std::all_of(name.begin(), name.end(), allowed);
}

// No control characters: these texts are shown to operators.
bool isShortText(const QString &text, qsizetype most = maxText)
{
    return text.size() <= most && std::all_of(text.begin(), text.end(), [](QChar c) { return c.isPrint(); });
}

Status checkTexts(const wire::AgentHello &hello)
{
    if (!isAgentName(hello.name))
        return fail(ErrorKind::Invalid, u"name: letters, digits, '.', '_' and '-', at most 255, are a name"_s);
    if (hello.instance.isEmpty() || !isShortText(hello.instance, 128))
        return fail(ErrorKind::Invalid, u"instance: expected 1 to 128 printable characters"_s);
    if (hello.bootId.isEmpty() || !isShortText(hello.bootId, 128))
        return fail(ErrorKind::Invalid, u"boot_id: expected 1 to 128 printable characters"_s);
    if (!isShortText(hello.version, 64) || !isShortText(hello.killSet, 64))
        return fail(ErrorKind::Invalid, u"version, kill_set: expected at most 64 printable characters"_s);
    if (hello.labels.size() > maxLabels)
        return fail(ErrorKind::Invalid, u"labels: at most %1"_s.arg(maxLabels));
    for (const auto &[label, value] : hello.labels)
        if (label.isEmpty() || !isShortText(label) || !isShortText(value))
            return fail(
                ErrorKind::Invalid, u"labels: '%1' or its value is not short and printable"_s.arg(label.left(64)));
    return {};
}

Status checkAttempts(const std::vector<wire::AttemptReport> &attempts)
{
    if (attempts.size() > maxAttempts)
        return fail(ErrorKind::Invalid, u"attempts: at most %1"_s.arg(maxAttempts));
    std::set<AttemptKey> seen;
    for (const wire::AttemptReport &report : attempts) {
        const bool plausible = isPlausible(report.run, report.attempt, report.epoch) && report.pid >= 0
            && report.logSize >= 0 && report.logSize <= maxNumber
            && (!report.startedAt || isPlausible(*report.startedAt)) && (!report.result || isPlausible(*report.result));
        if (!plausible)
            return fail(
                ErrorKind::Invalid, u"attempts: one of run %1 has numbers that cannot be"_s.arg(report.run.value));
        if (report.result.has_value() != (report.phase == wire::AttemptPhase::Ended))
            return fail(ErrorKind::Invalid,
                u"attempts: one of run %1 has ended without result, or has one too early"_s.arg(report.run.value));
        if (!seen.insert({report.run, report.attempt}).second)
            return fail(ErrorKind::Invalid, u"attempts: one of run %1 is named twice"_s.arg(report.run.value));
    }
    return {};
}

} // namespace

Status checkHello(const wire::AgentHello &hello)
{
    if (hello.protocol != wire::agentProtocol)
        return fail(ErrorKind::Conflict,
            u"this backend (%1) speaks agent protocol %2, the agent (%3) %4: install the same version on both"_s
                .arg(QStringLiteral(BELFRY_VERSION))
                .arg(wire::agentProtocol)
                .arg(hello.version.left(64))
                .arg(hello.protocol));
    if (const Status texts = checkTexts(hello); !texts)
        return texts;
    if (hello.slots < 0 || hello.slots > maxSlots)
        return fail(ErrorKind::Invalid, u"slots: expected 0 to %1"_s.arg(maxSlots));
    if (!isPlausible(hello.now))
        return fail(ErrorKind::Invalid, u"now: the agent's clock is outside the years 0 to 9999"_s);
    if (!isPlausible(hello.bootTime))
        return fail(ErrorKind::Invalid, u"boot_time: the host cannot have been up for so long"_s);
    return checkAttempts(hello.attempts);
}

bool isPlausible(RunId run, int attempt, qint64 epoch)
{
    return run.value > 0 && run.value <= maxNumber && attempt > 0 && attempt <= maxAttempt && epoch >= 0
        && epoch <= maxNumber;
}

bool isPlausible(Instant at)
{
    return at >= firstInstant && at <= lastInstant;
}

bool isPlausible(Duration bootTime)
{
    return bootTime >= 0ms && bootTime.count() <= maxNumber;
}

bool isPlausible(const wire::AttemptResult &result)
{
    const int outcomes = int(result.exitCode.has_value()) + int(result.signal.has_value())
        + int(!result.notStarted.isEmpty()) + int(result.exitUnseen);
    const auto inRange = [](qint64 value) { return value >= 0 && value <= maxNumber; };
    qsizetype outputSize = 0;
    for (const auto &[name, value] : result.outputs)
        outputSize += name.size() + value.size();
    return outcomes == 1 && (!result.exitCode || (*result.exitCode >= 0 && *result.exitCode <= 255))
        && (!result.signal || (*result.signal > 0 && *result.signal <= 64)) && result.notStarted.size() <= 4096
        && isPlausible(result.startedAt) && isPlausible(result.endedAt) && inRange(result.cpu.count())
        && inRange(result.peakMemory) && inRange(result.logWritten) && inRange(result.logLost) && result.leftovers >= 0
        && isShortText(result.logHash, 64) && result.logLostWhy.size() <= 4096 && outputSize <= 64 << 10;
}

} // namespace belfry
