// SPDX-License-Identifier: GPL-3.0-or-later
#pragma once

#include "console/client/answer.h"
#include "shared/wire/api.h"

#include <QJsonObject>
#include <QPointer>

#include <functional>

namespace belfry {

// A request on its way, in the form of JSON-RPC.
struct Call {
    QString method;
    QJsonObject params;
    bool repeatable = false;
    QString text; // of the message; its id is the same on each connection
    bool sent = false; // on the present connection
    std::optional<Refusal> refused; // it may not be sent at all
    QPointer<QObject> context; // once it is gone, nobody waits for the answer
    std::function<void(const Answer<QJsonValue> &)> done;
};

// Whether a request may be sent a second time when it is not known what became of the first: reading is, and so is what
// has the same effect twice. What makes something anew each time is not, nor is opening watches and logs: their objects
// open them anew.
template <class Request, class... Others> constexpr bool isAnyOf = (std::is_same_v<Request, Others> || ...);
template <class Request>
constexpr bool isRepeatable = !isAnyOf<Request, wire::LogOpen, wire::LogRead, wire::LogCredit, wire::WatchOpen,
    wire::WatchClose, wire::ProjectRollback, wire::RunRerun, wire::TokenCreate, wire::ServerBackup>;

// What a request needs before it is sent.
template <class Request> void prepare(Request &) { }
void prepare(wire::RunTrigger &trigger);

template <class Reply> Answer<Reply> decodeReply(const Answer<QJsonValue> &answer)
{
    if (!answer)
        return tl::unexpected<Refusal>(answer.error());
    auto reply = fromJson<Reply>(*answer);
    if (!reply)
        return refuse(
            ErrorKind::Internal, QStringLiteral("the backend's answer cannot be read: ") + reply.error().message);
    return std::move(*reply);
}

// `data.problems` of a refused job.apply. Entries that cannot be read are left out; the message says what is wrong too.
std::vector<Problem> problemsOf(const QJsonObject &errorData);

} // namespace belfry
