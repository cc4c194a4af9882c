// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/ids.h"
#include "shared/base/instant.h"
#include "shared/wire/nothing.h"

// Requests about logs. Bytes travel only in binary frames (CBOR of LogPiece with text keys), after the answer to
// log.open.
namespace belfry::wire {

struct LogOpenReply {
    int watch = 0;
    int attempt = 0;
    qint64 size = 0; // bytes held now
    bool complete = false; // the attempt has ended and all its bytes are here
};
constexpr auto describe(const LogOpenReply *)
{
    return fields(required(1, "watch", &LogOpenReply::watch), field(2, "attempt", &LogOpenReply::attempt),
        field(3, "size", &LogOpenReply::size), field(4, "complete", &LogOpenReply::complete));
}
// Pieces follow as far as the credit goes; notification `log.end` {watch, size, complete, reason} is the last of a
// watch.
struct LogOpen {
    static constexpr auto method = "log.open";
    using Reply = LogOpenReply;
    RunId run;
    std::optional<int> attempt; // default: the last one; with follow, also those that come after it are a new log.open
    qint64 offset = 0; // first byte wanted; negative: counted from the end
    bool follow = false; // until the attempt has ended and its log is complete
    qint64 credit = 1 << 20; // bytes that may be under way
};
constexpr auto describe(const LogOpen *)
{
    return fields(required(1, "run", &LogOpen::run), field(2, "attempt", &LogOpen::attempt),
        field(3, "offset", &LogOpen::offset), field(4, "follow", &LogOpen::follow),
        field(5, "credit", &LogOpen::credit));
}
struct LogCredit {
    static constexpr auto method = "log.credit";
    using Reply = Nothing;
    int watch = 0;
    qint64 bytes = 0; // more that may be under way
};
constexpr auto describe(const LogCredit *)
{
    return fields(required(1, "watch", &LogCredit::watch), required(2, "bytes", &LogCredit::bytes));
}

// One piece of a log as it is now, without waiting for more. Its bytes are in one binary frame with the reply's watch,
// sent before the reply; no bytes, no frame.
struct LogReadReply {
    int watch = 0;
    int attempt = 0;
    qint64 offset = 0; // of the first byte; beyond the one asked for where bytes are missing
    qint64 length = 0; // bytes in the frame; 0: there is nothing from there on
    qint64 size = 0; // of the whole log now
    bool complete = false; // the attempt has ended and all its bytes are here
};
constexpr auto describe(const LogReadReply *)
{
    return fields(required(1, "watch", &LogReadReply::watch), field(2, "attempt", &LogReadReply::attempt),
        field(3, "offset", &LogReadReply::offset), field(4, "length", &LogReadReply::length),
        field(5, "size", &LogReadReply::size), field(6, "complete", &LogReadReply::complete));
}
constexpr qint64 mostLogRead = 512 << 10; // bytes; with their index they fit into a frame
struct LogRead {
    static constexpr auto method = "log.read";
    using Reply = LogReadReply;
    RunId run;
    std::optional<int> attempt; // default: the last one
    qint64 offset = 0; // first byte wanted; negative: counted from the end
    qint64 limit = 64 << 10; // bytes, at most mostLogRead
};
constexpr auto describe(const LogRead *)
{
    return fields(required(1, "run", &LogRead::run), field(2, "attempt", &LogRead::attempt),
        field(3, "offset", &LogRead::offset), field(4, "limit", &LogRead::limit));
}

// One index entry of a piece: {offset, length, stream (1 stdout, 2 stderr), time}.
struct LogIndexEntry {
    qint64 offset = 0;
    int length = 0;
    int stream = 1;
    Instant at;
    bool operator==(const LogIndexEntry &) const = default;
};
constexpr auto describe(const LogIndexEntry *)
{
    return fields(required(1, "offset", &LogIndexEntry::offset), required(2, "length", &LogIndexEntry::length),
        field(3, "stream", &LogIndexEntry::stream), field(4, "time", &LogIndexEntry::at));
}
struct LogPiece {
    int watch = 0;
    RunId run;
    int attempt = 0;
    qint64 offset = 0;
    std::vector<LogIndexEntry> index;
    QByteArray bytes;
    QString missing; // why the bytes before `offset` are not here, when it is beyond where the piece before ended
};
constexpr auto describe(const LogPiece *)
{
    return fields(required(1, "watch", &LogPiece::watch), required(2, "run", &LogPiece::run),
        field(3, "attempt", &LogPiece::attempt), required(4, "offset", &LogPiece::offset),
        field(5, "index", &LogPiece::index), required(6, "bytes", &LogPiece::bytes),
        field(7, "missing", &LogPiece::missing));
}
struct LogEnd { // notification log.end
    int watch = 0;
    qint64 size = 0;
    bool complete = false;
    QString reason; // when not complete: why nothing more comes; when complete: what is still to be said of it
};
constexpr auto describe(const LogEnd *)
{
    return fields(required(1, "watch", &LogEnd::watch), field(2, "size", &LogEnd::size),
        field(3, "complete", &LogEnd::complete), field(4, "reason", &LogEnd::reason));
}

} // namespace belfry::wire
