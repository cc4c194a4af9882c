// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/diagnosis.h"
#include "backend/server/requests.h"
#include "backend/server/sidework.h"

#include <QElapsedTimer>
#include <QFileInfo>

#include <sys/timex.h>
#include <unistd.h>

namespace belfry::requests {

using namespace Qt::StringLiterals;

namespace {

constexpr int mostExaminations = 2; // at once; each reads the whole database
constexpr qsizetype mostPath = 4096;

// Nothing where the kernel does not tell (a container may forbid the question).
std::optional<bool> isClockSynchronised()
{
    timex state{};
    const int answer = ::adjtimex(&state);
    if (answer < 0)
        return std::nullopt;
    return answer != TIME_ERROR && (state.status & STA_UNSYNC) == 0;
}

DoctorFacts factsOf(ServerParts &parts)
{
    const wire::StatusReply status = parts.status();
    DoctorFacts facts{.data = {},
        .health = status.checks,
        .agents = {},
        .tokens = parts.tokenRows(),
        .now = status.now,
        .version = status.version,
        .tzdata = status.tzdata,
        .root = ::geteuid() == 0,
        .insecureNetwork = parts.insecureNetwork(),
        .clockSynchronised = isClockSynchronised()};
    for (const auto &[name, agent] : parts.live.agents())
        facts.agents.push_back(agent);
    return facts;
}

wire::DoctorReply judge(ServerParts &parts, const store::Examination &found)
{
    DoctorFacts facts = factsOf(parts);
    facts.data = found;
    wire::DoctorReply reply{.checks = diagnose(facts), .at = facts.now};
    reply.well = std::none_of(reply.checks.begin(), reply.checks.end(),
        [](const wire::DoctorCheck &each) { return each.verdict == wire::Verdict::Bad; });
    return reply;
}

} // namespace

void handle(ClientSession &session, const wire::ServerDoctor &, const Respond<wire::DoctorReply> &respond)
{
    ServerParts &parts = session.parts();
    if (parts.examinations >= mostExaminations) {
        respond(fail(ErrorKind::Unavailable, u"the backend is being examined already; ask again later"_s));
        return;
    }
    ++parts.examinations;
    const auto examine = [folder = parts.core.store().folder(), now = parts.core.clock().now()] {
        return store::examine(folder, now);
    };
    // Not the session as the context: the count must go down when it has left too.
    parts.examiner.run(&parts.live, examine, [&parts, respond](Result<store::Examination> found) {
        --parts.examinations;
        if (found)
            respond(judge(parts, *found));
        else
            respond(fail(found.error()));
    });
}

void handle(ClientSession &session, const wire::ServerBackup &request, const Respond<wire::BackupReply> &respond)
{
    const Status length = checkLength("file", request.file, mostPath);
    const bool absolute = request.file.startsWith(u'/') && !request.file.contains(QChar(u'\0')) && !request.file.endsWith(u'/');
    if (!length || !absolute) {
        respond(fail(!length ? length.error()
                             : Error{ErrorKind::Invalid, u"file: expected the full path of a file on the backend's host"_s}));
        return;
    }
    QElapsedTimer timer;
    timer.start();
    session.parts().core.store().backup(
        request.file, &session, [respond, file = request.file, timer](const Status &done) {
            if (done)
                respond(wire::BackupReply{
                    .file = file, .bytes = QFileInfo(file).size(), .took = Duration(timer.elapsed())});
            else
                respond(fail(done.error()));
        });
}

} // namespace belfry::requests
