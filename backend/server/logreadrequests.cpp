// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/logreader.h"
#include "backend/server/requests.h"
#include "backend/store/store.h"

namespace belfry::requests {

using namespace Qt::StringLiterals;

namespace {

void sendPiece(ClientSession &session, const wire::LogRead &request, const Attempt &attempt,
    const Respond<wire::LogReadReply> &respond)
{
    const store::ReadLog question{attempt.key(), request.offset, request.limit};
    session.parts().core.store().ask(question, &session, [&session, attempt, respond](Result<store::LogPiece> piece) {
        const Result<int> watch = piece ? session.addWatch() : fail(piece.error());
        if (!watch) {
            respond(fail(watch.error()));
            return;
        }
        // Its frame is on its way before the answer: the number is free again.
        if (!piece->bytes.isEmpty())
            session.link().sendBinary(toCbor(toWire(*piece, *watch, attempt.key()), Keys::Names).toCbor());
        session.removeWatch(*watch);
        respond(wire::LogReadReply{.watch = *watch,
            .attempt = attempt.attempt,
            .offset = piece->offset,
            .length = piece->bytes.size(),
            .size = piece->size,
            .complete = LogReader::isComplete(attempt, piece->size)});
    });
}

} // namespace

void handle(ClientSession &session, const wire::LogRead &request, const Respond<wire::LogReadReply> &respond)
{
    if (const Status good = checkRange("limit", request.limit, 1, wire::mostLogRead); !good) {
        respond(fail(good.error()));
        return;
    }
    session.parts().core.store().ask(store::FindRun{request.run}, &session,
        [&session, request, respond](Result<store::RunWithAttempts> found) {
            const Result<Attempt> attempt = found ? chooseAttempt(*found, request.attempt) : fail(found.error());
            if (attempt)
                sendPiece(session, request, *attempt, respond);
            else
                respond(fail(attempt.error()));
        });
}

} // namespace belfry::requests
