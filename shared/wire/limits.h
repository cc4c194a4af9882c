// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "shared/base/instant.h"

// The numbers that both sides keep (design.md section 11, faults.md N7 and N8).
namespace belfry::wire {

constexpr int agentProtocol = 1;
constexpr auto clientSubprotocol = "belfry.v1";
constexpr auto agentSubprotocol = "belfry-agent.v1";
constexpr quint16 defaultPort = 7410;

constexpr qint64 maxFrame = 1 << 20;
constexpr qint64 maxMessage = 4 << 20;
constexpr qint64 maxApplyMessage = 16 << 20; // the socket limit of /ws; only job.apply and job.diff may use more than maxMessage
constexpr qint64 maxBacklog = 4 << 20; // bytes waiting for one client, then "watch again"
constexpr qint64 maxHead = 16 << 10; // HTTP head
constexpr qint64 maxBody = 1 << 20; // HTTP body
constexpr int maxDepth = 32; // of JSON and CBOR
constexpr qint64 maxLogBlock = 64 << 10; // bytes of log in one chunk
constexpr qint64 logCredit = 1 << 20; // bytes of one attempt's log in flight

constexpr Duration headTimeout = 10s;
constexpr Duration idleTimeout = 75s; // plain HTTP
constexpr Duration agentPing = 10s;
constexpr Duration agentSilence = 30s; // dead after
constexpr Duration clientPing = 20s;
constexpr Duration clientSilence = 60s;
constexpr Duration firstRetry = 250ms;
constexpr Duration lastRetry = 5s;

// WebSocket close codes.
constexpr int closeAuth = 4401;
constexpr int closeReplaced = 4409;
constexpr int closeResync = 4410; // the agent is to come back and say hello again
constexpr int closeOverload = 1013;

} // namespace belfry::wire
