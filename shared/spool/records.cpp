// SPDX-License-Identifier: GPL-3.0-or-later
#include "shared/spool/attemptresult.h"
#include "shared/spool/codec.h"
#include "shared/spool/index.h"

#include <algorithm>
#include <charconv>
#include <csignal>

namespace belfry::spool {

namespace {

// Each struct's fields, said once for both directions. Only ever append.

template <class Archive, class Self> void fieldsOfOrder(Archive &archive, Self &order)
{
    archive(order.key, order.epoch, order.bootId, order.cookie, order.argv, order.shell, order.wrap, order.environment,
        order.directory, order.timeoutMs, order.stallTimeoutMs, order.graceMs, order.leftovers, order.leaseUntilMs,
        order.logCap);
}

template <class Archive, class Self> void fieldsOfNote(Archive &archive, Self &note)
{
    archive(note.graceMs, note.reason);
}

template <class Archive, class Self> void fieldsOfStarted(Archive &archive, Self &started)
{
    archive(started.key, started.supervisor, started.bootId, started.pid, started.startTime, started.atMs,
        started.monotonicMs, started.epoch);
}

template <class Archive, class Self> void fieldsOfResult(Archive &archive, Self &result)
{
    archive(result.key, result.epoch, result.bootId, result.kind, result.code, result.text, result.stopCause,
        result.stopReason, result.stopSignal, result.startedAtMs, result.endedAtMs, result.goneAtMs, result.userUs,
        result.systemUs, result.peakMemoryBytes, result.outputBytes, result.outputHash, result.outputLost,
        result.outputLostWhy, result.leftoversKilled);
}

template <class Archive, class Self> void fieldsOfGap(Archive &archive, Self &gap)
{
    archive(gap.from, gap.until, gap.firstEntry, gap.endEntry);
}

Failure bad(const std::string &path, std::string why)
{
    return {0, path, std::move(why)};
}

// The payload of the one record that a file holds.
Checked<std::string_view> payloadOf(std::string_view bytes, RecordType type, const std::string &path)
{
    const auto record = openRecord(bytes);
    if (!record)
        return bad(path, record.failure().why);
    if (record->size == 0)
        return bad(path, "the file is cut off after " + std::to_string(bytes.size()) + " bytes");
    if (record->type != type)
        return bad(path, "the file holds another kind of record");
    if (record->size != bytes.size())
        return bad(path, "something follows the record");
    return record->payload;
}

bool hasNul(const std::string &text)
{
    return text.find('\0') != std::string::npos;
}
bool hasNul(const std::vector<std::string> &list)
{
    return std::any_of(list.begin(), list.end(), [](const std::string &text) { return hasNul(text); });
}

bool isKey(AttemptKey key)
{
    return key.run > 0 && key.attempt > 0;
}

std::string faultOf(const Order &order)
{
    if (!isKey(order.key))
        return "the order names no run and attempt";
    if (order.argv.empty() && order.shell.empty())
        return "the order has neither a command nor a shell";
    if (order.cookie.empty())
        return "the order has no cookie";
    if (hasNul(order.argv) || hasNul(order.shell) || hasNul(order.wrap) || hasNul(order.environment)
        || hasNul(order.directory) || hasNul(order.cookie))
        return "a text of the order has a NUL in it";
    for (const std::string &entry : order.environment)
        if (entry.find('=') == std::string::npos || entry.front() == '=')
            return "the order's environment has an entry that is not NAME=value";
    if (order.timeoutMs < 0 || order.stallTimeoutMs < 0 || order.graceMs < 0 || order.leaseUntilMs < 0)
        return "a time of the order is negative";
    if (order.logCap < 0)
        return "the order's log cap is negative";
    if (order.leftovers != Leftovers::Kill && order.leftovers != Leftovers::Leave)
        return "the order says neither kill nor leave for leftovers";
    return {};
}

std::string faultOf(const OutputGap &gap)
{
    if (gap.from < 0 || gap.until < gap.from || gap.firstEntry < 0 || gap.endEntry < gap.firstEntry)
        return "the gap's ends are not in order";
    return {};
}

std::string faultOf(const AttemptResult &result)
{
    if (!isKey(result.key))
        return "the result names no run and attempt";
    if (result.kind < EndKind::Exited || result.kind > EndKind::HostRebooted)
        return "the result says nothing about the end";
    if (result.stopCause > StopCause::LeaseExpired)
        return "the result names an unknown cause of the end";
    if (result.outputBytes < 0 || result.outputLost < 0)
        return "a size of the result is negative";
    return {};
}

} // namespace

std::string folderName(AttemptKey key)
{
    return std::to_string(key.run) + '-' + std::to_string(key.attempt);
}

std::optional<AttemptKey> keyOfFolder(std::string_view name)
{
    AttemptKey key;
    const char *const end = name.data() + name.size();
    const auto run = std::from_chars(name.data(), end, key.run);
    if (run.ec != std::errc() || run.ptr == end || *run.ptr != '-')
        return std::nullopt;
    const auto attempt = std::from_chars(run.ptr + 1, end, key.attempt);
    if (attempt.ec != std::errc() || attempt.ptr != end || !isKey(key) || folderName(key) != name)
        return std::nullopt;
    return key;
}

std::string encode(const Order &order)
{
    Encoder encoder;
    fieldsOfOrder(encoder, order);
    return sealRecord(RecordType::Order, encoder.take());
}

std::string encode(const CancelNote &note)
{
    Encoder encoder;
    fieldsOfNote(encoder, note);
    return sealRecord(RecordType::CancelNote, encoder.take());
}

std::string encode(const Started &started)
{
    Encoder encoder;
    fieldsOfStarted(encoder, started);
    return sealRecord(RecordType::Started, encoder.take());
}

std::string encode(const AttemptResult &result)
{
    Encoder encoder;
    fieldsOfResult(encoder, result);
    return sealRecord(RecordType::Result, encoder.take());
}

std::string encode(const OutputGap &gap)
{
    Encoder encoder;
    fieldsOfGap(encoder, gap);
    return sealRecord(RecordType::OutputGap, encoder.take());
}

Checked<Order> decodeOrder(std::string_view bytes, const std::string &path)
{
    const auto payload = payloadOf(bytes, RecordType::Order, path);
    if (!payload)
        return payload.failure();
    Order order;
    Decoder decoder(*payload);
    fieldsOfOrder(decoder, order);
    const std::string fault = decoder.broken() ? "a field is cut off" : faultOf(order);
    if (!fault.empty())
        return bad(path, fault);
    return order;
}

Checked<CancelNote> decodeCancelNote(std::string_view bytes, const std::string &path)
{
    const auto payload = payloadOf(bytes, RecordType::CancelNote, path);
    if (!payload)
        return payload.failure();
    CancelNote note;
    Decoder decoder(*payload);
    fieldsOfNote(decoder, note);
    if (decoder.broken() || note.graceMs < 0)
        return bad(path, "a field is cut off or negative");
    return note;
}

Checked<Started> decodeStarted(std::string_view bytes, const std::string &path)
{
    const auto payload = payloadOf(bytes, RecordType::Started, path);
    if (!payload)
        return payload.failure();
    Started started;
    Decoder decoder(*payload);
    fieldsOfStarted(decoder, started);
    if (decoder.broken() || !isKey(started.key) || started.pid < 0)
        return bad(path, "a field is cut off or out of range");
    return started;
}

Checked<OutputGap> decodeOutputGap(std::string_view bytes, const std::string &path)
{
    const auto payload = payloadOf(bytes, RecordType::OutputGap, path);
    if (!payload)
        return payload.failure();
    OutputGap gap;
    Decoder decoder(*payload);
    fieldsOfGap(decoder, gap);
    const std::string fault = decoder.broken() ? "a field is cut off" : faultOf(gap);
    if (!fault.empty())
        return bad(path, fault);
    return gap;
}

Checked<AttemptResult> decodeResult(std::string_view bytes, const std::string &path)
{
    const auto payload = payloadOf(bytes, RecordType::Result, path);
    if (!payload)
        return payload.failure();
    AttemptResult result;
    Decoder decoder(*payload);
    fieldsOfResult(decoder, result);
    const std::string fault = decoder.broken() ? "a field is cut off" : faultOf(result);
    if (!fault.empty())
        return bad(path, fault);
    return result;
}

} // namespace belfry::spool
