// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/logintake.h"

namespace belfry {

namespace {

constexpr Duration retryAfter = 1s;
// Far beyond any log, far below where sums overflow.
constexpr qint64 maxOffset = qint64(1) << 60;
constexpr qsizetype maxReason = 1024;
constexpr qint64 wordCost = 4096; // that a word about missing bytes counts as

// The index must cover exactly the bytes, in order, without holes.
bool fits(const wire::LogChunk &chunk)
{
    if (chunk.bytes.isEmpty() || chunk.bytes.size() > wire::maxLogBlock || chunk.offset < 0 || chunk.offset > maxOffset)
        return false;
    qint64 at = chunk.offset;
    for (const wire::LogEntry &entry : chunk.index) {
        if (entry.offset != at || entry.length <= 0 || entry.length > wire::maxLogBlock || entry.stream < 0
            || entry.stream > 2)
            return false;
        at += entry.length;
    }
    return at == chunk.offset + chunk.bytes.size();
}

LogBlock blockOf(const wire::LogChunk &chunk)
{
    LogBlock block{.key = {chunk.run, chunk.attempt}, .offset = chunk.offset, .bytes = chunk.bytes, .index = {}};
    for (const wire::LogEntry &entry : chunk.index)
        block.index.push_back({entry.offset, entry.length, entry.stream, entry.at});
    return block;
}

qint64 costOf(const LogBlock &block)
{
    return block.bytes.size() + (block.until != 0 ? wordCost : 0);
}

} // namespace

LogIntake::LogIntake(Core &core)
    : m_core(core)
{
    m_retry.setSingleShot(true);
    m_retry.setInterval(retryAfter);
    connect(&m_retry, &QTimer::timeout, this, &LogIntake::retry);
}

void LogIntake::allow(AttemptKey key, qint64 epoch)
{
    m_streams[key].epoch = epoch;
}

LogIntake::Verdict LogIntake::take(const wire::LogChunk &chunk)
{
    if (!isAllowed({chunk.run, chunk.attempt}, chunk.epoch))
        return Verdict::NotAllowed;
    return fits(chunk) ? take(blockOf(chunk)) : Verdict::Malformed;
}

LogIntake::Verdict LogIntake::take(const wire::LogMissing &missing)
{
    if (!isAllowed({missing.run, missing.attempt}, missing.epoch))
        return Verdict::NotAllowed;
    const bool fit = missing.offset >= 0 && missing.until > missing.offset && missing.until <= maxOffset
        && missing.reason.size() <= maxReason;
    if (!fit)
        return Verdict::Malformed;
    return take({.key = {missing.run, missing.attempt},
        .offset = missing.offset,
        .until = missing.until,
        .reason = missing.reason});
}

bool LogIntake::isAllowed(AttemptKey key, qint64 epoch) const
{
    const auto stream = m_streams.find(key);
    return stream != m_streams.end() && stream->second.epoch == epoch;
}

LogIntake::Verdict LogIntake::take(LogBlock block)
{
    if (m_unacknowledged + costOf(block) > maxUnacknowledged)
        return Verdict::Flood;
    m_unacknowledged += costOf(block);
    Stream &stream = m_streams.at(block.key);
    if (stream.waiting.empty())
        append(std::move(block));
    else
        stream.waiting.push_back(std::move(block)); // behind those that wait
    return Verdict::Taken;
}

void LogIntake::append(LogBlock block)
{
    m_core.store().appendLog(block, this, [this, block](Result<LogPosition> position) { onAppended(block, position); });
}

void LogIntake::onAppended(const LogBlock &block, const Result<LogPosition> &position)
{
    Stream &stream = m_streams[block.key];
    const bool behindOthers = position && position->gap && !stream.waiting.empty();
    if (!position || behindOthers) {
        stream.waiting.push_back(block);
        if (!m_retry.isActive())
            m_retry.start();
        return;
    }
    m_unacknowledged -= costOf(block);
    if (position->gap) {
        Q_EMIT outOfStep(block.key);
        return;
    }
    stream.received = std::max(stream.received, position->received);
    stream.durable = std::max(stream.durable, position->durable);
    acknowledge(block.key, stream);
}

void LogIntake::retry()
{
    for (auto &[key, stream] : m_streams) {
        std::vector<LogBlock> waiting = std::exchange(stream.waiting, {});
        std::stable_sort(
            waiting.begin(), waiting.end(), [](const LogBlock &a, const LogBlock &b) { return a.offset < b.offset; });
        for (LogBlock &block : waiting)
            append(std::move(block));
    }
}

void LogIntake::durable(AttemptKey key, qint64 size)
{
    const auto stream = m_streams.find(key);
    if (stream == m_streams.end() || size <= stream->second.durable)
        return;
    stream->second.durable = size;
    stream->second.received = std::max(stream->second.received, size);
    acknowledge(key, stream->second);
}

void LogIntake::acknowledge(AttemptKey key, const Stream &stream)
{
    Q_EMIT acknowledged({key.run, key.attempt, stream.received, stream.durable});
}

} // namespace belfry
