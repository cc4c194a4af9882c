// SPDX-License-Identifier: GPL-3.0-or-later
#include "agent/translate.h"

#include "shared/wire/limits.h"

#include <QRegularExpression>

#include <algorithm>
#include <csignal>

namespace belfry {

using namespace Qt::StringLiterals;

namespace {

constexpr qsizetype maxOutputs = 64 << 10; // characters of all keys and values
constexpr qsizetype maxSentence = 1'000; // characters
constexpr std::size_t maxEntries = 4'096; // of a chunk's index: below 100 KiB as CBOR

std::vector<std::string> toStrings(const QStringList &list)
{
    std::vector<std::string> strings;
    for (const QString &each : list)
        strings.push_back(each.toStdString());
    return strings;
}

qint64 toMs(const std::optional<Duration> &duration)
{
    return duration ? duration->count() : 0;
}

} // namespace

spool::AttemptKey toSpool(AttemptKey key)
{
    return {key.run.value, key.attempt};
}

AttemptKey fromSpool(spool::AttemptKey key)
{
    return {RunId(key.run), key.attempt};
}

spool::Order toSpool(const wire::StartAttempt &order, const QString &agentName)
{
    spool::Order spooled;
    spooled.key = {order.run.value, order.attempt};
    spooled.epoch = order.epoch;
    spooled.argv = toStrings(order.command);
    if (!order.shell.isEmpty())
        spooled.shell = order.shell.toStdString();
    spooled.wrap = toStrings(order.wrap);
    for (const auto &[name, value] : order.env)
        if (name != u"BELFRY_AGENT")
            spooled.environment.push_back((name + u'=' + value).toStdString());
    spooled.environment.push_back("BELFRY_AGENT=" + agentName.toStdString());
    spooled.directory = order.dir.toStdString();
    spooled.timeoutMs = toMs(order.timeout);
    spooled.stallTimeoutMs = toMs(order.stallTimeout);
    spooled.graceMs = order.grace.count();
    spooled.leaseUntilMs = toMs(order.leaseUntil);
    spooled.logCap = order.logCap;
    spooled.leftovers = order.leftovers == Leftovers::Leave ? spool::Leftovers::Leave : spool::Leftovers::Kill;
    return spooled;
}

wire::AttemptResult fromSpool(const spool::AttemptResult &result, std::map<QString, QString> outputs)
{
    wire::AttemptResult told;
    switch (result.kind) {
    case spool::EndKind::Exited:
        told.exitCode = result.code;
        break;
    case spool::EndKind::Signalled:
        told.signal = result.code;
        break;
    case spool::EndKind::NotStarted:
        told.notStarted
            = result.text.empty() ? u"not started"_s : QString::fromStdString(result.text).left(maxSentence);
        break;
    case spool::EndKind::ExitUnseen:
    case spool::EndKind::HostRebooted:
        told.exitUnseen = true;
        break;
    }
    told.timedOut = result.stopCause == spool::StopCause::TimedOut;
    told.stalled = result.stopCause == spool::StopCause::Stalled;
    told.leaseExpired = result.stopCause == spool::StopCause::LeaseExpired;
    told.cancelled = result.stopCause == spool::StopCause::Cancelled
        || (result.kind == spool::EndKind::NotStarted && result.code == 0 && !told.leaseExpired);
    told.killed = result.stopSignal == SIGKILL;
    told.endedAt = Instant(result.endedAtMs);
    told.startedAt = result.startedAtMs > 0 ? Instant(result.startedAtMs) : told.endedAt;
    told.cpu = Duration((result.userUs + result.systemUs) / 1'000);
    told.peakMemory = result.peakMemoryBytes;
    told.logWritten = result.outputBytes;
    told.logLost = result.outputLost;
    told.logLostWhy = QString::fromStdString(result.outputLostWhy).left(maxSentence);
    if (result.outputHash != 0)
        told.logHash = u"%1"_s.arg(result.outputHash, 16, 16, QLatin1Char('0'));
    told.leftovers = result.leftoversKilled;
    told.outputs = std::move(outputs);
    return told;
}

wire::AttemptReport fromSpool(const SpoolEntry &entry, std::map<QString, QString> outputs)
{
    wire::AttemptReport report{.run = RunId(entry.key.run),
        .attempt = entry.key.attempt,
        .epoch = entry.epoch,
        .pid = entry.pid,
        .startedAt = entry.startedAt,
        .logSize = entry.outputBytes};
    switch (entry.state) {
    case SpoolEntry::State::Ordered:
        break;
    case SpoolEntry::State::Running:
        report.phase = wire::AttemptPhase::Running;
        break;
    case SpoolEntry::State::Finished:
        report.phase = wire::AttemptPhase::Ended;
        report.result = fromSpool(entry.result.value(), std::move(outputs));
        break;
    }
    return report;
}

Outputs parseOutputs(const QByteArray &text)
{
    static const QRegularExpression name(u"^[A-Za-z_][A-Za-z0-9_.-]{0,63}$"_s);
    Outputs outputs;
    qsizetype size = 0;
    for (const QByteArray &line : text.split('\n')) {
        if (line.trimmed().isEmpty())
            continue;
        const qsizetype equals = line.indexOf('=');
        const QString key = QString::fromUtf8(equals < 0 ? QByteArray() : line.first(equals).trimmed());
        QString value = QString::fromUtf8(line.sliced(equals + 1));
        if (value.endsWith(u'\r'))
            value.chop(1);
        if (!name.match(key).hasMatch() || size + key.size() + value.size() > maxOutputs) {
            ++outputs.ignoredLines;
            continue;
        }
        size += key.size() + value.size();
        outputs.values.insert_or_assign(key, value);
    }
    return outputs;
}

std::vector<wire::LogChunk> toChunks(AttemptKey key, qint64 epoch, qint64 offset, const spool::OutputPiece &piece)
{
    std::vector<wire::LogChunk> chunks;
    const auto begin
        = [&](qint64 at) { chunks.push_back({.run = key.run, .attempt = key.attempt, .epoch = epoch, .offset = at}); };
    const auto bytesAt
        = [&](qint64 from, qint64 size) { return QByteArray(piece.bytes.data() + (from - offset), qsizetype(size)); };
    const qint64 end = offset + qint64(piece.bytes.size());
    for (const spool::IndexEntry &entry : piece.index) {
        for (qint64 at = entry.offset; at < std::min<qint64>(entry.end(), end);) {
            if (chunks.empty() || chunks.back().index.size() >= maxEntries
                || chunks.back().bytes.size() >= wire::maxLogBlock)
                begin(at);
            const qint64 size
                = std::min<qint64>({entry.end() - at, end - at, wire::maxLogBlock - chunks.back().bytes.size()});
            chunks.back().bytes += bytesAt(at, size);
            chunks.back().index.push_back({at, int(size), int(entry.stream), Instant(entry.timeMs)});
            at += size;
        }
    }
    return chunks;
}

} // namespace belfry
