// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/wire/agentmessages.h"

#include <QByteArrayView>

// A frame of the agent protocol: one CBOR array [tag, body, tag, body, ...] with integer keys in the bodies.
namespace belfry::wire {

// What a frame held. Messages of a tag that this version does not know are counted, not refused: a newer peer may send them.
template <class Message> struct Frame {
    std::vector<Message> messages;
    std::vector<int> unknownTags;
};

QByteArray encodeFrame(const std::vector<AgentToBackend> &messages);
QByteArray encodeFrame(const std::vector<BackendToAgent> &messages);

// Invalid for bytes that are no such array, nest deeper than maxDepth, or hold a body that does not fit its struct.
Result<Frame<AgentToBackend>> decodeAgentFrame(const QByteArray &bytes);
Result<Frame<BackendToAgent>> decodeBackendFrame(const QByteArray &bytes);

} // namespace belfry::wire
