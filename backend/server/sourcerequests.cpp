// SPDX-License-Identifier: GPL-3.0-or-later
#include "backend/server/requests.h"

#include "backend/server/lintwarnings.h"
#include "backend/server/liveview.h"
#include "backend/server/sidework.h"
#include "shared/jobs/excerpt.h"

namespace belfry::requests {

using namespace Qt::StringLiterals;

namespace {

// Beside the main thread: parsing a large project takes a second.
wire::JobSourceReply read(
    const store::JobVersion &version, const Release &release, const AgentLabels &agents, Instant now)
{
    wire::JobSourceReply reply{.job = version.definition.fullName(),
        .version = version.version,
        .release = version.release,
        .definition = version.definition};
    const ParseResult parsed = parseJobFiles(release.files);
    if (!parsed) {
        reply.warnings = warningLines(parsed.error());
        return reply;
    }
    const auto place = parsed->places.find(version.definition.name);
    if (place == parsed->places.end())
        return reply;
    const QString file = place->second.file;
    const Excerpt excerpt = excerptAt(release.files.at(file), place->second.name);
    reply.file = file;
    reply.line = excerpt.first;
    reply.text = excerpt.text;
    std::vector<Problem> problems = lintProblems(*parsed, agents, now);
    std::erase_if(problems, [&](const Problem &each) {
        return each.file != file || each.line < excerpt.first || each.line > excerpt.last;
    });
    reply.warnings = warningLines(problems);
    return reply;
}

void answerFrom(ClientSession &session, store::JobVersion version, const Respond<wire::JobSourceReply> &respond)
{
    const store::FindRelease question{version.definition.project, version.release};
    session.parts().core.store().ask(
        question, &session, [&session, version = std::move(version), respond](Result<Release> release) {
            if (!release) {
                respond(fail(release.error()));
                return;
            }
            const Instant now = session.parts().core.clock().now();
            session.parts().side.run(
                &session,
                [version, release = std::move(*release), agents = agentLabels(session), now] {
                    return read(version, release, agents, now);
                },
                [respond](const wire::JobSourceReply &reply) { respond(reply); });
        });
}

} // namespace

void handle(ClientSession &session, const wire::JobSource &request, const Respond<wire::JobSourceReply> &respond)
{
    const Status good = request.version ? checkRange("version", *request.version, 1, 1'000'000'000) : Status();
    const Result<JobId> job = good ? knownJob(session, request.job) : fail(good.error());
    if (!job) {
        respond(fail(job.error()));
        return;
    }
    store::ListJobVersions question{.job = *job, .limit = 1};
    if (request.version)
        question.after = *request.version + 1;
    session.parts().core.store().ask(
        question, &session, [&session, request, respond](Result<std::vector<store::JobVersion>> versions) {
            if (!versions)
                respond(fail(versions.error()));
            else if (versions->empty() || (request.version && versions->front().version != *request.version))
                respond(fail(ErrorKind::NotFound,
                    request.version ? u"%1 has no version %2"_s.arg(request.job).arg(*request.version)
                                    : u"%1 has no version"_s.arg(request.job)));
            else
                answerFrom(session, std::move(versions->front()), respond);
        });
}

} // namespace belfry::requests
