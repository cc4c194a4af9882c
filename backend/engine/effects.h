// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "backend/engine/events.h"
#include "shared/wire/api.h"

namespace belfry::engine {

struct ToAgent {
    SessionId session;
    wire::BackendToAgent message;
};
// Closes an agent's connection with a WebSocket code, after what was sent to it.
struct CloseAgent {
    SessionId session;
    int code = 1000;
    QString reason;
};
using AnswerBody = std::variant<wire::Nothing, wire::ApplyReply, wire::TriggerReply, wire::PauseReply,
    wire::AttentionMarked, wire::SkipReply>;
struct Answer {
    Token token = 0;
    Result<AnswerBody> body;
};
// For the backend's own log.
struct Notice {
    enum class Level { Info, Warning };
    Level level = Level::Info;
    QString text;
    bool operator==(const Notice &) const = default;
};

// What one event asks for. The writes become durable first, in one transaction with those of other events; only then
// the rest leaves, in this order. Watches are fed from the writes.
struct Effects {
    WriteBatch writes;
    std::vector<ToAgent> messages;
    std::vector<CloseAgent> closes;
    std::vector<Answer> answers;
    std::vector<Notice> notices;
};

} // namespace belfry::engine
