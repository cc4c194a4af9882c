// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "agent/process/supervisors.h"
#include "shared/wire/agentmessages.h"

// Between what travels to and from the backend and what stands in the spool.
namespace belfry {

spool::AttemptKey toSpool(AttemptKey key);
AttemptKey fromSpool(spool::AttemptKey key);

// With BELFRY_AGENT added; what else the host knows (PATH, HOME, ...) is added where the order is written.
spool::Order toSpool(const wire::StartAttempt &order, const QString &agentName);

// `outputs` as readOutputs() gives them. A reboot of the host is an end that nobody saw: the backend knows by the boot
// id of the hello which of the two it was.
wire::AttemptResult fromSpool(const spool::AttemptResult &result, std::map<QString, QString> outputs);
wire::AttemptReport fromSpool(const SpoolEntry &entry, std::map<QString, QString> outputs);

// What a job said by `key=value` lines in BELFRY_OUTPUT; the last of a key counts. Lines without a key, and all that
// goes beyond 64 KiB in sum, are left out and counted.
struct Outputs {
    std::map<QString, QString> values;
    int ignoredLines = 0;
};
Outputs parseOutputs(const QByteArray &text);

// A piece of the log as chunks of at most wire::maxLogBlock bytes and a few thousand index entries each.
std::vector<wire::LogChunk> toChunks(AttemptKey key, qint64 epoch, qint64 offset, const spool::OutputPiece &piece);

} // namespace belfry
