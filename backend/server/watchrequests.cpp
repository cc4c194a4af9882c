// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/requests.h"

#include "backend/server/logreader.h"
#include "backend/store/store.h"

namespace belfry::requests {

using namespace Qt::StringLiterals;

namespace {

constexpr qint64 mostCredit = 64 << 20;

void openReader(ClientSession &session, const wire::LogOpen &request, const Attempt &attempt, qint64 size,
    const Respond<wire::LogOpenReply> &respond)
{
    const Result<int> watch = session.addWatch();
    if (!watch) {
        respond(fail(watch.error()));
        return;
    }
    const qint64 offset = request.offset >= 0 ? request.offset : std::max<qint64>(0, size + request.offset);
    auto reader = std::make_unique<LogReader>(
        LogReader::Part{
            .watch = *watch, .attempt = attempt, .offset = offset, .follow = request.follow, .credit = request.credit},
        session.link(), session.parts().core, session.parts().logs);
    LogReader *started = reader.get();
    QObject::connect(started, &LogReader::ended, &session, [&session](int each) { session.removeWatch(each); });
    session.addLog(*watch, std::move(reader));
    respond(wire::LogOpenReply{
        .watch = *watch, .attempt = attempt.attempt, .size = size, .complete = LogReader::isComplete(attempt, size)});
    started->start();
}

} // namespace

Result<Attempt> chooseAttempt(const store::RunWithAttempts &found, std::optional<int> wanted)
{
    if (found.attempts.empty())
        return fail(
            ErrorKind::NotFound, u"run %1 has not been started yet, so it has no log"_s.arg(found.run.id.value));
    if (!wanted)
        return found.attempts.back();
    for (const Attempt &attempt : found.attempts)
        if (attempt.attempt == *wanted)
            return attempt;
    return fail(ErrorKind::NotFound, u"run %1 has no attempt %2"_s.arg(found.run.id.value).arg(*wanted));
}

void handle(ClientSession &session, const wire::LogOpen &request, const Respond<wire::LogOpenReply> &respond)
{
    if (const Status good = checkRange("credit", request.credit, 0, mostCredit); !good) {
        respond(fail(good.error()));
        return;
    }
    Store &store = session.parts().core.store();
    store.ask(store::FindRun{request.run}, &session,
        [&session, &store, request, respond](Result<store::RunWithAttempts> found) {
            const Result<Attempt> attempt = found ? chooseAttempt(*found, request.attempt) : fail(found.error());
            if (!attempt) {
                respond(fail(attempt.error()));
                return;
            }
            store.ask(store::FindLogSize{attempt->key()}, &session,
                [&session, request, attempt = *attempt, respond](Result<qint64> size) {
                    if (size)
                        openReader(session, request, attempt, *size, respond);
                    else
                        respond(fail(size.error()));
                });
        });
}

void handle(ClientSession &session, const wire::LogCredit &request, const Respond<wire::Nothing> &respond)
{
    const Status good = checkRange("bytes", request.bytes, 1, mostCredit);
    if (!good) {
        respond(fail(good.error()));
        return;
    }
    // A log that has just ended is no mistake of the client.
    if (LogReader *log = session.log(request.watch))
        log->addCredit(request.bytes);
    respond(wire::Nothing{});
}

void handle(ClientSession &session, const wire::WatchOpen &request, const Respond<wire::WatchOpenReply> &respond)
{
    const Result<int> watch = session.addWatch();
    if (!watch) {
        respond(fail(watch.error()));
        return;
    }
    session.parts().watches.open(
        request, *watch, &session, &session, [&session, watch = *watch, respond](Result<wire::WatchOpenReply> reply) {
            if (!reply)
                session.removeWatch(watch);
            respond(reply);
        });
}

void handle(ClientSession &session, const wire::WatchClose &request, const Respond<wire::Nothing> &respond)
{
    if (!session.hasWatch(request.watch)) {
        respond(fail(ErrorKind::NotFound, u"there is no watch %1"_s.arg(request.watch)));
        return;
    }
    session.parts().watches.close(request.watch, &session);
    session.removeWatch(request.watch);
    respond(wire::Nothing{});
}

} // namespace belfry::requests
